"""Absolute risk in words, as natural frequencies: "6 of 100 people", which people read more rightly than 6 %.

Gigerenzer et al., Helping doctors and patients make sense of health statistics, Psychological Science
in the Public Interest 2007.
"""

from agelens.charts.number_format import Wire, count
from agelens.languages import _, ngettext

RISK, LOW, HIGH = "risk_10y", "risk_10y_low", "risk_10y_high"
HUNDRED, THOUSAND = 100, 1000
HALF = 0.5


def risk_sentence(result: Wire) -> str:
    """How many of 100 (below one, of 1,000) people like this die within ten years; "" where not known.

    Only clocks that are calibrated to deaths give a risk, with a 95 % interval.
    """
    derived = result.get("derived") or {}
    risks = [derived.get(name) for name in (RISK, LOW, HIGH)]
    bounds = [float(risk) for risk in risks if risk is not None]
    if len(bounds) < len(risks):
        return ""
    people = _enough_people(*bounds)
    low, high = (_count(risk, people) for risk in bounds[1:])
    interval = low if low == high else _("{low} to {high}", low=low, high=high)
    return _sentence(round(bounds[0] * people), people, interval)


def _sentence(deaths: int, people: int, interval: str) -> str:
    values = {"people": count(people), "interval": interval}
    if deaths < 1:
        return _(
            "Fewer than 1 of {people} people like this die within ten years "
            "(95 % interval {interval}).",
            **values,
        )
    if deaths >= people:
        return _(
            "More than {n} of {people} people like this die within ten years "
            "(95 % interval {interval}).",
            n=count(people - 1),
            **values,
        )
    return ngettext(
        "About {n} of {people} people like this dies within ten years (95 % interval {interval}).",
        "About {n} of {people} people like this die within ten years (95 % interval {interval}).",
        deaths,
        n=count(deaths),
        **values,
    )


def _enough_people(middle: float, low: float, high: float) -> int:
    """1,000 where among 100 there is not one, or of a small risk the interval would be one number."""
    one_number = round(low * HUNDRED) == round(high * HUNDRED)
    return THOUSAND if middle * HUNDRED < 1 or (one_number and middle < HALF) else HUNDRED


def _count(risk: float, people: int) -> str:
    deaths = round(risk * people)
    if deaths < 1:
        return _("fewer than {n}", n=1)
    return _("more than {n}", n=count(people - 1)) if deaths >= people else count(deaths)
