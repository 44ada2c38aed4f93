"""Sentences about results, in the reader's language."""

from agelens.charts.changes import changes, model_change
from agelens.charts.number_format import YEARS, Wire, amount, number, ordinal, printed, share
from agelens.charts.plain_words import interval_meaning, starting_point
from agelens.charts.verdicts import peer_verdict
from agelens.languages import _

# Percentiles end here: whoever is beyond stays there.
LOWEST, HIGHEST = 1, 99
SAME_AGE_YEARS = 0.05
NAMED_FACTORS = 2


def sentence(
    result: Wire, chronological_age: float | None = None, *, curve: Wire | None = None
) -> str:
    """The result, the verdict on it and why, its likely range, and its rank.

    Without `chronological_age` it is the one that the result was computed with. `curve` is the clock's
    reference curve for the person's sex, where the verdict shall be that of the fan chart.
    """
    gap = result["age_gap"]
    if result["unit"] != YEARS:
        return " ".join(filter(None, [_other_unit(result), _rank(result), _range(result)]))
    result_age = result["prediction"] - gap["raw"] if gap else None
    age = result_age if chronological_age is None else chronological_age
    ranked = result_age is not None and age is not None and abs(age - result_age) < SAME_AGE_YEARS
    compared = result if ranked else {**result, "age_gap": None}  # its gap is of another age
    parts = [_("Your biological age is {number} years.", number=number(result["prediction"]))]
    verdict = peer_verdict(compared, age, curve=curve)
    if verdict:
        parts.append(f"{verdict.headline}.")
    if verdict and verdict.kind == "unclear":
        parts.append(verdict.reason)
    parts += [_range(result), _rank(result) if ranked else ""]
    return " ".join(filter(None, parts))


def change_words(before: Wire, after: Wire) -> str:
    """How one result differs from an earlier one, by what most, and whether one model gave both."""
    unit = after["unit"]
    if before["unit"] != unit:
        return _(
            "The results are in {one} and in {other}, so they cannot be compared.",
            one=printed(before["unit"]), other=printed(unit),
        )  # fmt: skip
    first, second = (f"{number(r['prediction'], unit)}" for r in (before, after))
    change = amount(after["prediction"] - before["prediction"], unit)
    parts = [
        _(
            "From {first} to {second} {unit}: {change}.",
            first=first, second=second, unit=printed(unit), change=change,
        ),
        _reasons(before, after),
    ]  # fmt: skip
    if models := model_change(before, after):
        parts.append(
            _(
                "The results come from different models ({models}), which may explain part of it.",
                models=models,
            )
        )
    return " ".join(filter(None, parts))


def _reasons(before: Wire, after: Wire) -> str:
    unit = after["unit"]
    base, *factors = changes(before, after)
    factor_texts = [
        f"{f.label} {amount(f.change, unit)} ({f.note})" for f in factors[:NAMED_FACTORS]
    ]
    parts = [_("Mainly: {factors}.", factors="; ".join(factor_texts))] if factor_texts else []
    if base.change:
        change = amount(base.change, unit)
        text = _("The starting point changed by {change} ({note}).", change=change, note=base.note)
        parts.append(text)
    return " ".join(parts)


def _other_unit(result: Wire) -> str:
    return _(
        "Your result is {number} {unit}. It is not an age; it is counted from {start}.",
        number=number(result["prediction"], result["unit"]),
        unit=printed(result["unit"]),
        start=starting_point(result),
    )


def _range(result: Wire) -> str:
    """The likely range; why there is none."""
    interval, unit = result["interval"], result["unit"]
    if interval is None:
        return interval_meaning(result)
    low, high = (number(interval[end], unit) for end in ("low", "high"))
    return _(
        "The {level} range is {range} {unit}.",
        level=share(interval["level"]),
        range=_("{low} to {high}", low=low, high=high),
        unit=printed(unit),
    )


def _rank(result: Wire) -> str:
    """The rank among the reference people, or the ranks that missing values leave; "" of none."""
    gap = result["age_gap"] or {}
    rank = result.get("rank") or {}
    percentile = gap.get("percentile", rank.get("percentile"))
    people = gap.get("reference") or rank.get("reference")
    bounds = rank_range(gap)
    if bounds:
        text = _("Your rank is {bounds} of 100, as values are missing", bounds=bounds)
    elif percentile is not None:
        text = _("Your rank is the {rank} of 100", rank=ordinal(round(percentile)))
    else:
        return ""
    counted = _("counted from the youngest") if gap else _("counted from the lowest")
    return " ".join([f"{text}, {counted} ({people}).", *other_ranks(gap)])


def other_ranks(gap: Wire) -> list[str]:
    """How the same gap ranks among other people, a sentence for each summary."""
    return [
        _(
            "Among people of {reference}, your rank is the {rank} of 100, counted from the youngest.",
            reference=each["reference"], rank=ordinal(round(each["percentile"])),
        )
        for each in gap.get("others") or ()
    ]  # fmt: skip


def rank_range(gap: Wire) -> str:
    """Where missing markers leave the rank: "between the 40th and the 70th"; "" where at one place."""
    low, high = (round(rank) for rank in gap.get("percentile_range") or (0, 0))
    if low >= high:
        return ""
    return _("between the {low} and the {high}", low=ordinal(low), high=ordinal(high))
