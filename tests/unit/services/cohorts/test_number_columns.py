"""Columns of numbers that are read as such when a file comes in: the same results, to the bit."""

import csv
import io
import random
import uuid

import pyarrow as pa
import pytest
from agelens.domain.panel import AGE
from agelens.services.cohorts import ingestion, part_scoring, part_writing
from agelens.services.cohorts.parts import PartClaim
from agelens.storage.files import Files
from agelens.tables.batch_reader import BatchReader
from agelens.tables.formats import csv_blocks, csv_files, number_parts

from benchmarks.cohorts.people import clock, people

PART_ROWS = 50
ODD = ["", "NA", " 5.1", "5.10 ", "5,1", "1.200", "1,200", "<0.3", "x", "inf", "nan", "1e400", "+5"]
ODD += ["-", "0x10", "5.", ".5", "1e1", "-0.0", "007", '5"', "5\n6", "999999", "  ", "1_0"]
HEADER = ("id", "sex", "albumin", AGE)


def messy(n_rows: int, share: float, seed: int) -> bytes:
    """A CSV file of people; of some parts a share of the cells is odd, of the first four none."""
    rng = random.Random(seed)
    table = people(n_rows)
    rows = [list(map(str, row.values())) for row in table.to_pylist()]
    for number, row in enumerate(rows):
        for place in range(len(row)):
            if number // PART_ROWS % 8 > 3 and rng.random() < share:
                row[place] = rng.choice(ODD)
            elif row[place] == "None":
                row[place] = rng.choice(["", "NA"])
    out = io.StringIO()
    csv.writer(out).writerows([table.column_names, *rows])
    return out.getvalue().encode()


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are shorter than usual, and blocks end in the middle of them."""
    for module in (csv_blocks, csv_files):
        monkeypatch.setattr(module, "BLOCK_BYTES", 3_000)
    for module in (ingestion, part_writing):
        monkeypatch.setattr(module, "PART_ROWS", PART_ROWS)


def numbers(names):
    return BatchReader(clock(), names, id_column="id").number_indices


def parts(files: Files, content: bytes, **options: object) -> list[pa.Table]:
    key = uuid.uuid4()
    stored = ingestion.store_upload(
        files, key, io.BytesIO(content), "csv", most_rows=10_000, **options
    )
    return list(ingestion.parts(files, key, stored.n_parts))


def scored(files: Files, content: bytes, **options: object) -> list[part_scoring.PartResult]:
    key = uuid.uuid4()
    stored = ingestion.store_upload(
        files, key, io.BytesIO(content), "csv", most_rows=10_000, **options
    )
    results = []
    for number in range(stored.n_parts):
        first = number * PART_ROWS
        claimed = PartClaim(
            id=uuid.uuid4(),
            cohort_id=key,
            number=number,
            first_row=first + 1,
            n_rows=min(PART_ROWS, stored.n_rows - first),
            attempts=1,
            handed_back=0,
            model_version_id=uuid.uuid4(),
            header=stored.header,
            columns="agelens",
            mapping={},
            units={},
            id_column="id",
            values={},
            censored=None,
            format="csv",
        )
        results.append(part_scoring.score_part(files, clock(), claimed))
    return results


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("share", [0.0, 0.002, 0.05, 0.4])
def test_results_are_the_same_whether_cells_were_numbers_or_text(
    files: Files, share: float, seed: int
) -> None:
    content = messy(6 * PART_ROWS + 7, share, seed)
    as_text, as_numbers = scored(files, content), scored(files, content, numbers=numbers)
    assert not any(result.given_up for result in as_numbers)
    for one, other in zip(as_text, as_numbers, strict=True):
        assert one.table.equals(other.table, check_metadata=True)
        assert one.tally == other.tally


def test_a_part_has_numbers_in_all_columns_of_numbers_or_text_to_the_letter_in_all(
    files: Files,
) -> None:
    content = messy(6 * PART_ROWS, 0.05, seed=1)
    as_text, as_numbers = parts(files, content), parts(files, content, numbers=numbers)
    places = numbers(people(1).column_names)
    kinds = set()
    for one, other in zip(as_text, as_numbers, strict=True):
        are_text = {pa.types.is_string(other.column(f"c{place}").type) for place in places}
        kinds |= are_text
        assert len(are_text) == 1
        assert one.column("c0").equals(other.column("c0"))  # who the rows are is text in both
        if are_text == {True}:
            assert one.equals(other)
    assert kinds == {True, False}


def test_rows_too_long_to_be_held_twice_are_read_as_text(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(number_parts, "MOST_HELD_BYTES", 10_000)
    content = messy(3 * PART_ROWS, 0.0, seed=0)
    as_text, as_numbers = parts(files, content), parts(files, content, numbers=numbers)
    assert all(one.equals(other) for one, other in zip(as_text, as_numbers, strict=True))


def test_a_column_that_is_needed_as_text_too_keeps_all_of_them_text() -> None:
    def places(**options: object) -> set[int]:
        return set(BatchReader(clock(), HEADER, **options).number_indices)

    assert places(id_column="id") == {2, 3}
    assert places(id_column="albumin") == set()
    assert places(values={"albumin": {"1": "40"}}) == set()
    assert places(values={"sex": {"1": "male"}}) == {2, 3}
