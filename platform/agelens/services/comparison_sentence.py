"""What is said of the change between two results."""

from collections.abc import Sequence

from agelens.wire import Measurement, VersionChange

YEARS = "years"
NAMED_PARTS = 3
MINUS = "\N{MINUS SIGN}"
WITHIN_NOISE = (
    "This change is within noise: measured twice, the same person's results differ by up to {} by "
    "chance."
)
REAL = (
    "This change is larger than chance explains: measured twice, the same person's results differ by "
    "up to {}."
)
UNKNOWN = "Whether this change is more than chance cannot be said: {}."
ONLY_ONCE = (
    "Measured in one of the two panels only: {}. What the other one lacks is part of the change, and is "
    "not counted as noise."
)
NAMED_ONCE = 3
ILL_OR_PREGNANT = "Pregnancy or acute illness was stated, which changes biomarkers for a while."
BY_VERSION = "The newer version of the clock accounts for {} of the difference."


def sentence(
    unit: str,
    real: bool | None,
    measured: Measurement,
    moved: list[tuple[str, float]],
    by_version: VersionChange | None,
    *,
    only_once: Sequence[str] = (),
    in_context: bool = False,
) -> str:
    """The verdict, what moved most, the version's part, and what makes the panels hard to compare.

    `only_once` are the labels of the biomarkers that one of the panels lacks; `in_context` is whether
    somebody was pregnant or ill.
    """
    limit = measured["minimum_detectable_change"]
    if limit is None:
        parts = [UNKNOWN.format(measured["reason"])]
    else:
        parts = [(REAL if real else WITHIN_NOISE).format(f"{_number(limit, unit)} {unit}")]
    named = [
        f"{name} {_signed(change, unit)} {unit}"
        for name, change in moved[:NAMED_PARTS]
        if _signed(change, unit)
    ]
    if named:
        parts.append(f"What moved most: {'; '.join(named)}.")
    if by_version and (amount := _signed(by_version["change"], unit)):
        parts.append(BY_VERSION.format(f"{amount} {unit}"))
    if only_once:
        parts.append(ONLY_ONCE.format(_listed(only_once)))
    if in_context:
        parts.append(ILL_OR_PREGNANT)
    return " ".join(parts)


def _listed(labels: Sequence[str]) -> str:
    more = len(labels) - NAMED_ONCE
    named = "; ".join(labels[:NAMED_ONCE])
    return f"{named}; and {more} more" if more > 0 else named


def _number(value: float, unit: str) -> str:
    return f"{value:.{1 if unit == YEARS else 2}f}"


def _signed(value: float, unit: str) -> str:
    """With its sign; nothing when it rounds to zero."""
    text = _number(abs(value), unit)
    return f"{'+' if value > 0 else MINUS}{text}" if text.strip("0.") else ""
