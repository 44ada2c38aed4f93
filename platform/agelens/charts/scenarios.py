"""Scenarios: the factors of a result before and after some of its values changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from agelens.charts.number_format import Wire, amount, number, printed, signed
from agelens.languages import _

NEGLIGIBLE_YEARS = 0.05  # of a year: what is less is written as 0.0 anyway
PADDING_SHARE = 0.05


@dataclass(frozen=True)
class Factor:
    """By how much one factor moves the result, before and after; `key` is None of all others together."""

    key: str | None
    label: str
    before: float
    after: float


def scenario(before: Wire, after: Wire, keys: Collection[str]) -> list[Factor]:
    """The factors of `keys` in the order that they had before, and one row of all others.

    The order is that of the first result whatever the second one says, so that a bar that moves
    stays where it is; what only the second one has comes behind. The rows add up to the prediction,
    as the contributions do.
    """
    rows = in_order(before, after)
    effects_before, effects_after = (
        {row["feature"]: row["years"] for row in side["contributions"]} for side in (before, after)
    )
    factors = [
        Factor(key, row["label"], effects_before.get(key, 0.0), effects_after.get(key, 0.0))
        for row in rows
        if (key := row["feature"]) in keys
    ]
    n_others = len(rows) - len(factors)
    if not n_others:
        return factors
    effects_of_others = (
        sum(row["years"] for row in side["contributions"] if row["feature"] not in keys)
        for side in (before, after)
    )
    return [*factors, Factor(None, _("All other factors"), *effects_of_others)]


def in_order(before: Wire, after: Wire) -> list[Wire]:
    """The contributions of the first result, the largest first, and those that only the second one has."""
    rows = sorted(before["contributions"], key=lambda row: -abs(row["years"]))
    features = {row["feature"] for row in rows}
    return [*rows, *(row for row in after["contributions"] if row["feature"] not in features)]


def axis(factors: Sequence[Factor]) -> tuple[float, float]:
    """The ends of the chart's axis: zero and every effect of either side, with a little room."""
    effects = [years for each in factors for years in (each.before, each.after)]
    low, high = min([0.0, *effects]), max([0.0, *effects])
    room = PADDING_SHARE * (high - low) or 1.0
    return round(low - room * (low < 0), 4), round(high + room * (high > 0 or low == 0), 4)


def effect_text(factor: Factor, unit: str) -> str:
    """ "+1.2", or "+1.2 → −0.4" where it has changed."""
    texts = [signed(years, unit) for years in (factor.before, factor.after)]
    return texts[0] if texts[0] == texts[1] else " → ".join(texts)


def scenario_sentence(before: Wire, after: Wire) -> str:
    """What the estimate would be, for those who do not see the number change."""
    unit = after["unit"]
    return _(
        "The estimate would be {number} {unit}, {change}.",
        number=number(after["prediction"], unit),
        unit=printed(unit),
        change=amount(after["prediction"] - before["prediction"], unit),
    )


def change_sentence(before: Wire, after: Wire, key: str, values: tuple[str, str]) -> str:
    """Why what a factor does today differs from what changing it would do.

    Its effect is told from the clock's starting point, today's and the changed one alike; how far
    the estimate moves is the difference of the two, and what the change does to other factors.
    `values` are the texts of its value before and after.
    """
    unit = after["unit"]
    row = _row(before, key)
    today, changed = row["years"], _row(after, key)["years"]
    change = after["prediction"] - before["prediction"]
    fields = {
        "factor": row["label"],
        "now": values[0],
        "then": values[1],
        "today": amount(today, unit),
        "changed": amount(changed, unit),
        "number": number(after["prediction"], unit),
        "unit": printed(unit),
        "change": amount(change, unit),
    }
    elsewhere = change - (changed - today)
    if fields["today"] == fields["changed"]:
        return _(
            "{factor}: {then} instead of {now} would give {number} {unit} ({change}).", **fields
        )
    if abs(elsewhere) < NEGLIGIBLE_YEARS:
        return _(
            "{factor}: {then} instead of {now} would give {number} {unit} ({change}). Its own effect "
            "would go from {today} to {changed}.",
            **fields,
        )
    return _(
        "{factor}: {then} instead of {now} would give {number} {unit} ({change}). Its own effect "
        "would go from {today} to {changed}; factors that depend on it would change by {elsewhere}.",
        **fields,
        elsewhere=amount(elsewhere, unit),
    )


def _row(result: Wire, key: str) -> Wire:
    row: Wire = next(row for row in result["contributions"] if row["feature"] == key)
    return row
