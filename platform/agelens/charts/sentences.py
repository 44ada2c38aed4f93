"""Results in plain English."""

from agelens.charts.wording import YEARS, Wire, amount, number

FIRST_LEVEL, LAST_LEVEL = 1, 99
WIDE_YEARS = 5


def sentence(result: Wire, chronological_age: float | None = None) -> str:
    """How the biological age compares, how sure that is, and with whom it was compared."""
    if result["unit"] != YEARS:
        return " ".join([_other_unit(result), _sureness(result, None)])
    gap = result["age_gap"]
    age = chronological_age
    if age is None and gap:
        age = result["prediction"] - gap["raw"]
    return " ".join(filter(None, [_age(result, age), _sureness(result, age), _rank(gap)]))


def change_words(before: Wire, after: Wire) -> str:
    """How one result differs from an earlier one, and whether the same model gave both."""
    unit = after["unit"]
    models = [f"{r['model']['name']} {r['model']['version']}" for r in (before, after)]
    if before["unit"] != unit:
        return f"The results are in {before['unit']} and in {unit}: they cannot be compared."
    change = after["prediction"] - before["prediction"]
    first, second = (f"{number(r['prediction'], unit)} {unit}" for r in (before, after))
    words = f"From {first} to {second}: {amount(change, unit)}."
    if before["model"] == after["model"]:
        return words
    return (
        f"{words} The models differ ({models[0]}, then {models[1]}): part of the change is theirs."
    )


def _other_unit(result: Wire) -> str:
    unit = result["unit"]
    value = f"{number(result['prediction'], unit)} {unit}"
    return f"Your result is {value}; it is not an age. It counts from {result['base_meaning']}."


def _age(result: Wire, age: float | None) -> str:
    own = f"Your biological age is {number(result['prediction'])} years"
    if age is None:
        return f"{own}."
    gap = number(abs(result["prediction"] - age))
    if not gap.strip("0."):
        return f"{own}, the same as your age."
    word = "older" if result["prediction"] > age else "younger"
    return f"{own}: {gap} years {word} than your {age:g}."


def _sureness(result: Wire, age: float | None) -> str:
    interval, unit = result["interval"], result["unit"]
    if interval is None:
        reason = (result["interval_reason"] or "").removeprefix("none: ")
        return f"There is no interval: {reason}." if reason else ""
    low, high = interval["low"], interval["high"]
    words = f"Its {interval['level']:.0%} interval is {number(low, unit)} to {number(high, unit)}"
    if age is None or not low <= age <= high:
        return f"{words}."
    return f"{words}; your age lies inside it, so chance alone may explain the difference."


def _rank(gap: Wire | None) -> str:
    if not gap or gap["percentile"] is None:
        return ""
    percentile = gap["percentile"]
    word, share = ("older", percentile) if percentile >= 50 else ("younger", 100 - percentile)
    bound = "at least " if percentile <= FIRST_LEVEL or percentile >= LAST_LEVEL else ""
    who = f"{bound}{share:.0f} % of comparable people ({gap['reference']})"
    return f"For your age you look {word} than {who}."
