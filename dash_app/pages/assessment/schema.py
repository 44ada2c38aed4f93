"""The form schema: features, units, ranges and hints, also for the browser."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agelens import charts, wire
from agelens.client import Model

from dash_app import number_text
from dash_app.number_text import Feature
from dash_app.pages.assessment.ids import AGE

Typed = dict[str, dict[str, str]]  # by feature: `value` as text, and its `unit` if it has one
YEARS = {"unit": "years", "factor": 1.0, "offset": 0.0, "countries": []}


@dataclass(frozen=True)
class Form:
    """One clock's questions: those that it uses, and those that are only recorded."""

    model: Model
    country: str
    typed: Typed = field(default_factory=dict)

    @property
    def features(self) -> Sequence[Feature]:
        """All questions; chronological age is one of them."""
        return [age(self.model), *self.model.features]

    def unit(self, feature: Feature) -> str | None:
        """The unit that a field starts with."""
        if feature["kind"] == "choice":
            return None
        known = [unit["unit"] for unit in feature["units"]]
        chosen = self.typed.get(feature["key"], {}).get("unit")
        return chosen if chosen in known else number_text.usual_unit(feature, self.country)


def age(model: Model) -> Feature:
    """Chronological age as a question like the others."""
    return {
        "key": AGE,
        "label": "Age",
        "kind": "number",
        "unit": "years",
        "units": [YEARS],
        "choices": [],
        "required": model.needs_age,
        "informative": model.needs_age,
        "plausible": list(model.ages) if model.ages else None,
        "reference": None,
        "example": None,
        "decimals": 0,
        "group": "",
        "source": "",
    }


def used_features(features: Iterable[Feature]) -> list[Feature]:
    """Those that the clock computes with."""
    return [feature for feature in features if feature["informative"] or feature["required"]]


def grouped(features: Iterable[Feature]) -> dict[str, list[Feature]]:
    """By group, in the order of the schema."""
    groups: dict[str, list[Feature]] = {}
    for feature in features:
        groups.setdefault(feature["group"], []).append(feature)
    return groups


def for_browser(form: Form, /, **more: object) -> dict[str, object]:
    """Ranges, units and hints of each question, in words where words are shown."""
    needed = {feature["key"] for feature in used_features(form.features)}
    fields = {
        feature["key"]: {
            "label": feature["label"],
            "kind": feature["kind"],
            "asked": feature["key"] in needed,
            "plausible": feature["plausible"],
            "typical": feature.get("typical"),
            "mistaken_for": _mistaken_for(feature),
            "instead": _instead(feature),
            "units": [_unit(feature, unit) for unit in feature["units"]],
        }
        for feature in form.features
    }
    return {"fields": fields, "initial": form.typed, **more}


def _unit(feature: Feature, unit: wire.AcceptedUnit) -> dict[str, object]:
    bounds = feature["plausible"]
    return {
        "unit": unit["unit"],
        "printed": charts.printed(unit["unit"]),
        "factor": unit["factor"],
        "offset": unit.get("offset", 0.0),
        "countries": unit.get("countries", []),
        "range": between(feature, bounds[0], bounds[1], unit["unit"], " to ") if bounds else "",
        "typical": _typical(feature, unit["unit"]),
        "hint": hint(feature, unit["unit"]),
    }


def _typical(feature: Feature, unit: str) -> str:
    """What nearly all adults have, as the API's warning says it."""
    if not (bounds := feature.get("typical")):
        return ""
    low, high = sorted(
        float(f"{number_text.in_unit(feature, bound, unit):.3g}") for bound in bounds
    )
    return f"between {low:.6g} and {charts.quantity(f'{high:.6g}', unit)}"


def _mistaken_for(feature: Feature) -> list[dict[str, object]]:
    """Other quantities of the same name that a number can tell."""
    return [
        {"name": _name(other), "range": other["range"], "advice": other["advice"]}
        for other in feature.get("mistaken_for", ())
        if other["range"]
    ]


def _instead(feature: Feature) -> str:
    named = " or ".join(str(other["name"]) for other in _mistaken_for(feature))
    return f"; is it {named}?" if named else ""


def _name(other: wire.MistakenQuantity) -> str:
    quantity, unit = other["quantity"], other["unit"]
    return quantity if unit in quantity else f"{quantity} in {charts.printed(unit)}"


def between(
    feature: Feature, low: float | None, high: float | None, unit: str, dash: str = "\N{EN DASH}"
) -> str:
    """A range in words, without the unit."""
    first = None if low is None else number_text.in_unit_text(feature, low, unit)
    last = None if high is None else number_text.in_unit_text(feature, high, unit)
    if first is None or last is None:
        ends = f"up to {last}" if last is not None else f"from {first}"
        return ends.replace("-", "\N{MINUS SIGN}")
    return f"{first}{dash}{last}".replace("-", "\N{MINUS SIGN}")


def hint(feature: Feature, unit: str | None) -> str:
    """What is usual, in the unit that is shown."""
    if feature["kind"] == "choice" or unit is None:
        return ""
    if feature["key"] == AGE:
        return _age_hint(feature)
    parts = []
    if reference := feature["reference"]:
        usual = between(feature, reference.get("low"), reference.get("high"), unit)
        parts.append(f"Healthy adults: {charts.quantity(usual, unit)}")
    if isinstance(feature.get("example"), int | float):
        parts.append(f"For example {number_text.in_unit_text(feature, feature['example'], unit)}")
    return " · ".join(parts)


def _age_hint(feature: Feature) -> str:
    if bounds := feature["plausible"]:
        return f"This clock is for people aged {bounds[0]:g} to {bounds[1]:g}"
    return "" if feature["required"] else "Only used to compare with your result"
