"""Plain-English sentences about results."""

from agelens.charts.changes import changes, model_change
from agelens.charts.number_format import YEARS, Wire, amount, number, ordinal, share, whole

# Percentiles end here: whoever is beyond stays there.
LOWEST, HIGHEST = 1, 99
SAME_AGE_YEARS = 0.05
NAMED_FACTORS = 2
FROM_YOUNGEST = "counted from the youngest"


def sentence(result: Wire, chronological_age: float | None = None) -> str:
    """How the biological age compares, how sure that is, and how it ranks among others.

    Without `chronological_age` it is the one that the result was computed with.
    """
    gap = result["age_gap"]
    if result["unit"] != YEARS:
        return " ".join(filter(None, [_other_unit(result), _interval_sentence(result, None)]))
    given = result["prediction"] - gap["raw"] if gap else None
    age = given if chronological_age is None else chronological_age
    ranked = given is not None and age is not None and abs(age - given) < SAME_AGE_YEARS
    parts = [_age(result, age), _interval_sentence(result, age), _rank(gap) if ranked else ""]
    return " ".join(filter(None, parts))


def change_words(before: Wire, after: Wire) -> str:
    """How one result differs from an earlier one, by what most, and whether one model gave both."""
    unit = after["unit"]
    if before["unit"] != unit:
        return f"The results are in {before['unit']} and in {unit}, so they cannot be compared."
    first, second = (f"{number(r['prediction'], unit)}" for r in (before, after))
    change = amount(after["prediction"] - before["prediction"], unit)
    parts = [f"From {first} to {second} {unit}: {change}.", _reasons(before, after)]
    if models := model_change(before, after):
        parts.append(
            f"The results come from different models ({models}), which may explain part of it."
        )
    return " ".join(filter(None, parts))


def _reasons(before: Wire, after: Wire) -> str:
    unit = after["unit"]
    base, *factors = changes(before, after)
    named = [f"{f.label} {amount(f.change, unit)} ({f.note})" for f in factors[:NAMED_FACTORS]]
    parts = [f"Mainly: {'; '.join(named)}."] if named else []
    if base.change:
        parts.append(f"The starting point changed by {amount(base.change, unit)} ({base.note}).")
    return " ".join(parts)


def _other_unit(result: Wire) -> str:
    unit = result["unit"]
    value = f"{number(result['prediction'], unit)} {unit}"
    return (
        f"Your result is {value}. It is not an age; it is measured from {result['base_meaning']}."
    )


def _age(result: Wire, age: float | None) -> str:
    own = f"Your biological age is {number(result['prediction'])} years"
    if age is None:
        return f"{own}."
    gap = number(abs(result["prediction"] - age))
    if not gap.strip("0."):
        return f"{own}, the same as your age."
    word = "older" if result["prediction"] > age else "younger"
    return f"{own}: {gap} years {word} than your {whole(age)}."


def _interval_sentence(result: Wire, age: float | None) -> str:
    interval, unit = result["interval"], result["unit"]
    if interval is None:
        reason = (result["interval_reason"] or "").removeprefix("none: ")
        return f"No interval is given: {reason}." if reason else ""
    low, high = (number(interval[end], unit) for end in ("low", "high"))
    interval_text = f"The {share(interval['level'])} interval is {low} to {high} {unit}"
    if age is None:
        return f"{interval_text}."
    if interval["low"] <= age <= interval["high"]:
        return (
            f"{interval_text}. Your age is inside it, so chance alone may explain the difference."
        )
    return f"{interval_text}; your age is outside it."


def _rank(gap: Wire | None) -> str:
    if not gap or gap["percentile"] is None:
        return ""
    percentile = gap["percentile"]
    word, part = ("older", percentile) if percentile >= 50 else ("younger", 100 - percentile)
    bound = "at least " if not LOWEST < percentile < HIGHEST else ""
    rank = f"{word} for your age than {bound}{share(round(part) / 100)} of similar people ({gap['reference']})"
    bounds = rank_range(gap)
    missing = (
        f" Missing markers leave your rank {bounds} of 100, {FROM_YOUNGEST}." if bounds else ""
    )
    missing += "".join(f" {each}" for each in other_ranks(gap))
    if gap["raw"] * gap["adjusted"] >= 0:
        return f"You look {rank}.{missing}"
    expected = gap["raw"] - gap["adjusted"]
    usual = f"{number(abs(expected))} years {'older' if expected > 0 else 'younger'}"
    return f"On this clock, people of your age look {usual} on average; you look {rank}.{missing}"


def other_ranks(gap: Wire) -> list[str]:
    """How the same gap ranks among other people, a sentence for each summary."""
    return [
        f"Among people of {each['reference']}, your rank is the {ordinal(round(each['percentile']))} of 100, {FROM_YOUNGEST}."
        for each in gap.get("others") or ()
    ]


def rank_range(gap: Wire) -> str:
    """Where missing markers leave the rank: "between the 40th and the 70th"; "" where at one place."""
    low, high = (round(rank) for rank in gap.get("percentile_range") or (0, 0))
    return f"between the {ordinal(low)} and the {ordinal(high)}" if low < high else ""
