"""The verdict on a result: how it compares with people of the same age and sex, or that nobody can tell.

What is typical of them is the median of the clock's reference curve at the person's age, the line that
the fan chart draws: so the verdict, the chart and the rank never contradict each other.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from agelens.charts.number_format import YEARS, Wire, number, printed, whole
from agelens.languages import N_, _, translated_text

MEDIAN = "50"
SAME_SEX = "same sex"  # in the name of reference people; whoever gave no sex is among both sexes
UNNAMED = "same"
OLDER = {
    "female": N_("{years} years older than women of your age on this clock"),
    "male": N_("{years} years older than men of your age on this clock"),
    None: N_("{years} years older than people of your age on this clock"),
    UNNAMED: N_("{years} years older than people of your age and sex on this clock"),
}
YOUNGER = {
    "female": N_("{years} years younger than women of your age on this clock"),
    "male": N_("{years} years younger than men of your age on this clock"),
    None: N_("{years} years younger than people of your age on this clock"),
    UNNAMED: N_("{years} years younger than people of your age and sex on this clock"),
}
SAME = {
    "female": N_("The same as women of your age on this clock"),
    "male": N_("The same as men of your age on this clock"),
    None: N_("The same as people of your age on this clock"),
    UNNAMED: N_("The same as people of your age and sex on this clock"),
}
HIGHER = {
    "female": N_("{amount} higher than women of your age on this clock"),
    "male": N_("{amount} higher than men of your age on this clock"),
    None: N_("{amount} higher than people of your age on this clock"),
    UNNAMED: N_("{amount} higher than people of your age and sex on this clock"),
}
LOWER = {
    "female": N_("{amount} lower than women of your age on this clock"),
    "male": N_("{amount} lower than men of your age on this clock"),
    None: N_("{amount} lower than people of your age on this clock"),
    UNNAMED: N_("{amount} lower than people of your age and sex on this clock"),
}
TYPICAL = {
    "female": N_("Typical for women of {age} is {typical}."),
    "male": N_("Typical for men of {age} is {typical}."),
    None: N_("Typical for people of {age} is {typical}."),
    UNNAMED: N_("Typical for people of your sex at {age} is {typical}."),
}
OLDER_THAN_AGE = N_("{years} years older than your age of {age}")
YOUNGER_THAN_AGE = N_("{years} years younger than your age of {age}")
SAME_AS_AGE = N_("The same as your age of {age}")
INSIDE = N_(
    "That may be chance: your likely range, {low} to {high}, includes the {typical} that is typical."
)
AGE_INSIDE = N_("That may be chance: your likely range, {low} to {high}, includes your age.")
NOISE = N_(
    "That may be chance: measured twice, the same person's results differ by up to {change}."
)
NO_PEERS = N_("This clock has no data on people of your age to compare with.")


@dataclass(frozen=True)
class Verdict:
    """What leads a result.

    `kind` is "unclear" where the difference may be chance, else "older" or "younger"; it chooses the
    colour. `typical` is what the person is compared with, in the clock's unit.
    """

    kind: Literal["older", "younger", "unclear"]
    headline: str
    reason: str
    difference: float
    typical: float


def peer_verdict(
    result: Wire,
    chronological_age: float | None,
    *,
    curve: Wire | None = None,
    minimum_detectable_change: float | None = None,
) -> Verdict | None:
    """How a result compares; None without an age, or where another unit has nobody to compare with.

    Parameters
    ----------
    result : mapping
        As the API tells it.
    chronological_age : float, optional
        Years.
    curve : mapping, optional
        The clock's reference curve for the person's sex, which it names.
    minimum_detectable_change : float, optional
        Of the clock, in its unit: a smaller difference is within noise.
    """
    if chronological_age is None:
        return None
    peers = _typical(result, chronological_age, curve)
    if peers is None and result["unit"] != YEARS:
        return None
    typical = chronological_age if peers is None else peers
    difference = result["prediction"] - typical
    sex = _people(result, curve)
    chance = _chance(result, typical, difference, minimum_detectable_change, is_age=peers is None)
    age = whole(chronological_age)
    if peers is None:
        headline, otherwise = _against_age(difference, age), _(NO_PEERS)
    else:
        headline = _against_peers(difference, sex, result["unit"])
        otherwise = _(TYPICAL[sex], age=age, typical=_amount(typical, result["unit"]))
    kind: Literal["older", "younger", "unclear"] = "older" if difference > 0 else "younger"
    same = not number(difference, result["unit"]).strip("-0.,\N{MINUS SIGN}")
    if chance or same:
        kind = "unclear"
    return Verdict(kind, headline, chance or otherwise, difference, typical)


def typical_at(curve: Wire | None, age_years: float, percentile: str = MEDIAN) -> float | None:
    """What the curve says at an age, between whole ages on a straight line; None where it has none."""
    if curve is None or not curve["ages"]:
        return None
    ages, line = curve["ages"], curve["percentiles"][percentile]
    if not ages[0] <= age_years < ages[-1] + 1:
        return None
    n = bisect_right(ages, age_years) - 1
    if n + 1 == len(ages):
        return float(line[n])
    share = (age_years - ages[n]) / (ages[n + 1] - ages[n])
    return float(line[n] + share * (line[n + 1] - line[n]))


def _typical(result: Wire, age: float, curve: Wire | None) -> float | None:
    """By the curve; without one, what the adjusted age gap was counted from."""
    if curve is not None:
        return typical_at(curve, age)
    gap = result["age_gap"]
    adjusted = gap and gap["adjusted"]
    return None if adjusted is None else float(result["prediction"] - adjusted)


def _people(result: Wire, curve: Wire | None) -> str | None:
    """Of which sex the people are that a result is compared with, as the messages above know it."""
    if curve is not None:
        return curve["sex"] if curve["sex"] in OLDER else None
    reference = (result["age_gap"] or {}).get("reference") or ""
    # the web app has translated it by now
    return UNNAMED if SAME_SEX in reference or translated_text(SAME_SEX) in reference else None


def _against_peers(difference: float, sex: str | None, unit: str) -> str:
    years = number(abs(difference), unit)
    if not years.strip("0.,"):
        return _(SAME[sex])
    if unit == YEARS:
        return _((OLDER if difference > 0 else YOUNGER)[sex], years=years)
    return _((HIGHER if difference > 0 else LOWER)[sex], amount=_amount(abs(difference), unit))


def _against_age(difference: float, age: str) -> str:
    years = number(abs(difference))
    if not years.strip("0.,"):
        return _(SAME_AS_AGE, age=age)
    return _(OLDER_THAN_AGE if difference > 0 else YOUNGER_THAN_AGE, years=years, age=age)


def _chance(
    result: Wire, typical: float, difference: float, least: float | None, *, is_age: bool
) -> str:
    """Why the difference may be chance; "" where it is more."""
    unit, interval = result["unit"], result["interval"]
    if interval and interval["low"] <= typical <= interval["high"]:
        low, high = (number(interval[end], unit) for end in ("low", "high"))
        if is_age:
            return _(AGE_INSIDE, low=low, high=high)
        return _(INSIDE, low=low, high=high, typical=number(typical, unit))
    if least is not None and abs(difference) < least:
        return _(NOISE, change=_amount(least, unit))
    return ""


def _amount(quantity: float, unit: str) -> str:
    return f"{number(quantity, unit)} {printed(unit)}"
