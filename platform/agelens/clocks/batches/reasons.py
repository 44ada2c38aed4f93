"""Group rows by what is wrong with them: "54 rows lack the blood count" instead of 54 lines."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from agelens.clocks.batches.advice import advice_on
from agelens.clocks.batches.batch import Batch, Problems, without_quotation
from agelens.clocks.batches.message_templates import common, template_of
from agelens.domain.answer_parsing import REQUIRED
from agelens.domain.features import Feature
from agelens.domain.panel import AGE
from agelens.languages import SOURCE, in_sentence
from agelens.wire import GroupedReason

FIRST_ROWS = 5
MOST_GROUPS = 1000
SHOWN_LABELS = 6
BLOOD_COUNT = (
    "white_cells",
    "lymphocytes",
    "red_cells",
    "mean_cell_volume",
    "red_cell_width",
)
MOST_REMEMBERED = 1000


class Labelled(Protocol):
    """A feature, or an entry of the registry."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...


class Wording:
    """Puts labels in the place of keys in messages for people; what stands in quotes is theirs."""

    def __init__(self, features: Iterable[Labelled]) -> None:
        self.labels = {f.key: _short(f.label) for f in features} | {AGE: "chronological age"}
        keys = sorted(self.labels, key=len, reverse=True)
        self._keys = re.compile(rf'"[^"]*"|\b(?:{"|".join(map(re.escape, keys))})\b')

    def in_words(self, message: str) -> str:
        """The message with labels."""
        return self._keys.sub(lambda match: self.labels.get(match[0], match[0]), message)


class ReasonCount(NamedTuple):
    """Rows with the same thing wrong, as plain JSON has them: some of them, and how many they are."""

    reason: str
    n_rows: int
    first_rows: Sequence[int]


class ReasonGroups:
    """Rows with an error or a warning, grouped part by part; labels stand for keys.

    Messages that differ in nothing but their numbers are one group.
    """

    def __init__(self, features: Sequence[Feature]) -> None:
        self._wording = Wording(features)
        self._labels = self._wording.labels
        self._blood_count = [key for key in BLOOD_COUNT if key in self._labels]
        self._groups: dict[str, ReasonCount] = {}
        self._wordings: dict[tuple[str, str], str] = {}

    def add(self, batch: Batch, first_row: int, failed: Mapping[int, str] | None = None) -> None:
        """Count a batch; `failed` are errors of scoring, by place."""
        # rows by what is wrong with them, which rows alike share
        rows_by_problems: dict[int, list[int]] = {}
        for row in sorted(batch.errors):
            rows_by_problems.setdefault(id(batch.errors[row]), []).append(row)
        for rows in rows_by_problems.values():
            first_rows = [first_row + row for row in rows[:FIRST_ROWS]]
            for reason in self._reasons(batch.errors[rows[0]]):
                self.count(ReasonCount(reason, len(rows), first_rows))
        for row, message in (failed or {}).items():
            self.count(ReasonCount(message, 1, [first_row + row]))

    def add_warning(self, message: str, n_rows: int, first_rows: Sequence[int]) -> None:
        """Count rows with the same warning."""
        words = self._wording.in_words(without_quotation(message))
        self.count(ReasonCount(words, n_rows, first_rows))

    def grouped(self) -> list[GroupedReason]:
        """The groups, the largest first."""
        return [
            {
                "reason": _sentence(group.n_rows, group.reason),
                "n_rows": group.n_rows,
                "first_rows": list(group.first_rows),
                "advice": advice_on(group.reason),
            }
            for group in self.counted()
        ]

    def counted(self) -> list[ReasonCount]:
        """The groups as another part's can be added to them, the largest first."""
        return sorted(self._groups.values(), key=lambda group: (-group.n_rows, group.reason))

    def count(self, addition: ReasonCount) -> None:
        """Add rows to their group."""
        template = template_of(addition.reason)
        group = self._groups.get(template)
        if group is None:
            if len(self._groups) < MOST_GROUPS:
                self._groups[template] = addition
            return
        rows = group.first_rows
        if len(rows) < FIRST_ROWS or addition.first_rows[0] < rows[-1]:
            rows = sorted([*rows, *addition.first_rows])[:FIRST_ROWS]
        reason = common(group.reason, addition.reason)
        self._groups[template] = ReasonCount(reason, group.n_rows + addition.n_rows, rows)

    def _reasons(self, problems: Problems) -> list[str]:
        lacking = [problem.field for problem in problems if problem.message == REQUIRED]
        others = {
            self._in_words(problem.field, problem.message)
            for problem in problems
            if problem.message != REQUIRED
        }
        return ([f"lack {self._listed(lacking)}"] if lacking else []) + sorted(others)

    def _in_words(self, key: str, message: str) -> str:
        general = without_quotation(message.partition("; ")[0])
        words = self._wordings.get((key, general))
        if words is None:
            without_label, label = self._wording.in_words(general), self._labels.get(key)
            words = f"{label} {without_label}" if label else without_label
            if len(self._wordings) < MOST_REMEMBERED:
                self._wordings[key, general] = words
        return words

    def _listed(self, keys: Sequence[str]) -> str:
        named = [self._labels.get(key, key) for key in keys]
        blood_count = [key for key in keys if key in self._blood_count]
        if len(blood_count) > 1 and len(blood_count) == len(self._blood_count):
            inside = ", ".join(self._labels[key] for key in blood_count)
            named = [self._labels.get(key, key) for key in keys if key not in blood_count]
            named.append(f"the blood count ({inside})")
        if len(named) > SHOWN_LABELS:
            more = len(named) - SHOWN_LABELS
            return f"{', '.join(named[:SHOWN_LABELS])} and {more} more"
        return " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))


def _short(label: str) -> str:
    """A label inside a sentence: without what it explains, small where it is no abbreviation."""
    return in_sentence(label.partition(",")[0], SOURCE)


def _sentence(n_rows: int, reason: str) -> str:
    rows = f"{n_rows:,} {'row' if n_rows == 1 else 'rows'}"
    if reason.startswith("lack "):
        return f"{rows} {'lacks' if n_rows == 1 else 'lack'} {reason.removeprefix('lack ')}"
    return f"{rows}: {reason}"
