"""What is wrong with rows is told of once for all rows alike, however many there are."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from agelens.clocks.batches import score_batch
from agelens.clocks.batches.batch import Batch
from agelens.clocks.batches.reasons import ReasonGroups, Wording
from agelens.domain import single_answer
from agelens.domain.answer_parsing import AnswerParser
from agelens.tables import cell_parsing
from agelens.tables.batch_reader import BatchReader
from batch_files import File

AGE = "chronological_age"
FEW, MANY = 20, 2000


@dataclass
class Work:
    """How often messages are made."""

    calls: Counter[str]

    def of(self, scored: Callable[[], object]) -> Counter[str]:
        self.calls.clear()
        scored()
        return Counter(self.calls)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    calls: Counter[str] = Counter()

    def counted(owner: Any, name: str) -> None:
        function = getattr(owner, name)

        def run(*given: Any, **named: Any) -> Any:
            calls[name] += 1
            return function(*given, **named)

        monkeypatch.setattr(owner, name, run)

    for owner, name in (
        (cell_parsing, "no_number"),
        (cell_parsing, "first_usable"),
        (cell_parsing, "FieldProblem"),
        (single_answer, "printable"),
        (AnswerParser, "problem"),
        (Batch, "column_message"),
        (Wording, "in_words"),
    ):
        counted(owner, name)
    return Work(calls)


def score(clock: Any, cells: dict[str, list[object]]) -> tuple[Any, dict[str, Any]]:
    """The table and the tally of a file with these columns."""
    reader = BatchReader(clock, tuple(cells))
    file = File(tuple(cells), tuple(cells.values()))
    return score_batch(clock, reader.read(file.part()), first_row=1)


def people(clock: Any, wrong: Callable[[str, int], object], n_rows: int) -> dict[str, list[object]]:
    names = [AGE, *(f.key for f in clock.manifest.features)]
    return {name: [wrong(name, row) for row in range(n_rows)] for name in names}


@pytest.mark.parametrize("cell", ["abc", "", "-9", "<3", "1,5 %"])
def test_rows_alike_cost_no_messages_of_their_own(mortality: Any, work: Work, cell: str) -> None:
    few, many = (
        work.of(lambda n=n: score(mortality, people(mortality, lambda *_: cell, n)))
        for n in (FEW, MANY)
    )

    assert few == many
    assert few.total() > 0


def test_rows_with_cells_in_other_places_cost_one_message_for_each_cell(
    mortality: Any, work: Work
) -> None:
    """Any two of them differ in which column is wrong, and each column is wrong in one way."""
    names = list(people(mortality, lambda *_: "", 0))
    wrong = people(mortality, lambda name, row: "abc" if row >> names.index(name) & 1 else "", MANY)

    made = work.of(lambda: score(mortality, wrong))

    assert made["FieldProblem"] <= len(names)
    assert made["first_usable"] + made["no_number"] <= len(names)


def test_cells_that_all_differ_are_each_told_of_once(mortality: Any, work: Work) -> None:
    wrong = people(mortality, lambda name, row: f"{name} {row}", MANY)

    made = work.of(lambda: score(mortality, wrong))

    n_cells = MANY * len(wrong)
    assert made["FieldProblem"] + made["problem"] == n_cells
    assert made["column_message"] <= n_cells + len(wrong)


def test_what_is_counted_is_the_number_of_rows(mortality: Any) -> None:
    wrong = people(mortality, lambda name, row: "abc" if row % 4 else f"x{row}", MANY)

    table, tally = score(mortality, wrong)

    assert table["error"].null_count == 0
    assert set(tally["errors"].values()) == {MANY}


def test_reasons_are_put_into_words_once_for_all_rows_alike(mortality: Any, work: Work) -> None:
    def grouped(n_rows: int) -> list[Any]:
        cells = people(mortality, lambda *_: "abc", n_rows)
        groups = ReasonGroups(mortality.manifest.features)
        batch = BatchReader(mortality, tuple(cells)).read(
            File(tuple(cells), tuple(cells.values())).part()
        )
        groups.add(batch, 1)
        return groups.grouped()

    assert work.of(lambda: grouped(FEW)) == work.of(lambda: grouped(MANY))
    assert {group["n_rows"] for group in grouped(MANY)} == {MANY}
    assert all(group["first_rows"] == [1, 2, 3, 4, 5] for group in grouped(MANY))
