"""What a report says, before it is known which biomarkers these are."""

from dataclasses import dataclass, field

from agelens.domain.single_answer import printable

LONGEST_TEXT = 200  # of a name, a unit or a quotation
UNKNOWN = "is not a biomarker that AgeLens uses"
LONGEST_UNIT = 30  # of a part that was not understood


@dataclass(frozen=True)
class Result:
    """One result of a report as it is written there.

    `written` is the value as the report spells it, such as 4,20. `codes` are LOINC. `ucum` is the unit's code in UCUM, `unit` how it is printed. `moment` is an ISO
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
    written: str = ""


@dataclass(frozen=True)
class Unread:
    """A part of a report that was not understood, and why; with what looks like its value and unit."""

    source_text: str
    reason: str
    written: str = ""
    unit: str = ""


@dataclass
class Report:
    """Everything that a report says of one person; dates are ISO.

    `possible_days` are those of the blood draw, where its date can be read in two ways.
    """

    results: list[Result] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    sex: str | None = None
    birth_date: str | None = None
    possible_days: tuple[str, ...] = ()

    def leave_out(self, source_text: str, reason: str, written: str = "", unit: str = "") -> None:
        """Remember what was not understood."""
        quoted = printable(source_text.replace("\t", " "), LONGEST_TEXT)
        self.unread.append(Unread(quoted, reason, written, printable(unit, LONGEST_UNIT)))

    def ask_day(self, written: str, days: tuple[str, ...]) -> None:
        """Have the day of the blood draw chosen: nobody can tell which is meant."""
        self.possible_days = days
        date = written.split()[0]  # without its time
        self.warnings.append(
            f"The date {date} can be read in two ways: choose the day on which blood was drawn"
        )
