"""Absolute risk in words, as natural frequencies: "6 of 100 people", which people read more rightly than 6 %.

Gigerenzer et al., Helping doctors and patients make sense of health statistics, Psychological Science
in the Public Interest 2007.
"""

from agelens.charts.number_format import Wire

RISK, LOW, HIGH = "risk_10y", "risk_10y_low", "risk_10y_high"
HUNDRED, THOUSAND = 100, 1000


def risk_sentence(result: Wire) -> str:
    """How many of 100 (below one, of 1,000) people like this die within ten years; "" where not known.

    Only clocks that are calibrated to deaths give a risk, with a 95 % interval.
    """
    derived = result.get("derived") or {}
    risks = [derived.get(name) for name in (RISK, LOW, HIGH)]
    known = [float(risk) for risk in risks if risk is not None]
    if len(known) < len(risks):
        return ""
    people = HUNDRED if round(known[0] * HUNDRED) >= 1 else THOUSAND
    middle, low, high = (_count(risk, people) for risk in known)
    about = f"About {middle}" if middle.isdigit() else middle.capitalize()
    return (
        f"{about} of {people:,} people like this die within ten years "
        f"(95 % interval {low} to {high})."
    )


def _count(risk: float, people: int) -> str:
    count = round(risk * people)
    if count < 1:
        return "fewer than 1"
    return f"more than {people - 1}" if count >= people else f"{count}"
