"""What a report says, before it is known which biomarkers these are."""

from dataclasses import dataclass, field

from agelens.domain.answers import printable

LONGEST_TEXT = 200  # of a name, a unit or a quotation


@dataclass(frozen=True)
class Result:
    """One result of a report as it is written there.

    `codes` are LOINC. `ucum` is the unit's code in UCUM, `unit` how it is printed. `moment` is an ISO
    date or time, in UTC, that sorts; `date` is the day as the report says it.
    """

    source_text: str
    value: float | str
    names: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    comparator: str = ""
    ucum: str = ""
    unit: str = ""
    moment: str = ""
    date: str | None = None
    is_preliminary: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unread:
    """A part of a report that was not understood, and why."""

    source_text: str
    reason: str


@dataclass
class Report:
    """Everything that a report says of one person; `birth_date` is an ISO date."""

    results: list[Result] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    sex: str | None = None
    birth_date: str | None = None

    def leave_out(self, source_text: str, reason: str) -> None:
        """Remember what was not understood."""
        self.unread.append(Unread(printable(source_text, LONGEST_TEXT), reason))
