"""The form schema: biomarkers of all clocks, their units, ranges and hints, also for the browser."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce

from agelens import charts, wire
from agelens.client import Model
from agelens.languages import _, localized_number

from dash_app import number_text
from dash_app.number_text import Feature
from dash_app.pages.assessment.ids import AGE, DAY, SEX

Typed = dict[str, dict[str, str]]  # by feature: `value` as text, and its `unit` if it has one
YEARS = {"unit": "years", "factor": 1.0, "offset": 0.0, "countries": []}
OLDEST_YEARS = 130  # the API's bound of an age


@dataclass(frozen=True)
class Form:
    """The questions of all clocks together, and what stands in them at first."""

    models: Sequence[Model]
    biomarkers: Sequence[Mapping[str, object]]  # the registry, whose order is the form's
    country: str
    typed: Typed = field(default_factory=dict)

    @cached_property
    def features(self) -> list[Feature]:
        """Chronological age, then every biomarker that some clock reads."""
        used_keys = {feature["key"] for model in self.models for feature in model.features}
        return [age(), *({**b} for b in self.biomarkers if b["key"] in used_keys)]

    @cached_property
    def used_keys(self) -> Counter[str]:
        """How many clocks compute with each biomarker, demonstrations not counted."""
        counts: Counter[str] = Counter()
        for model in self.models:
            for feature in model.features:
                if feature["informative"] or feature["required"]:
                    counts[feature["key"]] += not model.demonstration
        return counts

    @cached_property
    def first(self) -> list[Feature]:
        """Those that at least half of the clocks compute with: what stands open."""
        many = sum(not model.demonstration for model in self.models) / 2
        common = {key for key, n in self.used_keys.items() if n and n >= many}
        return [f for f in self.measured if f["key"] in common]

    @cached_property
    def further(self) -> list[Feature]:
        """The other ones that some clock computes with."""
        first = {f["key"] for f in self.first}
        return [f for f in self.measured if f["key"] in self.used_keys and f["key"] not in first]

    @cached_property
    def unused(self) -> list[Feature]:
        """Those that clocks read, and no result depends on."""
        return [f for f in self.measured if f["key"] not in self.used_keys]

    @cached_property
    def measured(self) -> list[Feature]:
        """All but age and sex, which are asked first."""
        return [f for f in self.features if f["key"] not in (AGE, SEX)]

    @cached_property
    def sex(self) -> Feature | None:
        """The question of sex, where a clock reads it."""
        return next((f for f in self.features if f["key"] == SEX), None)

    def unit(self, feature: Feature) -> str | None:
        """The unit that a field starts with."""
        if feature["kind"] == "choice":
            return None
        accepted = [unit["unit"] for unit in feature["units"]]
        selected = self.typed.get(feature["key"], {}).get("unit")
        return selected if selected in accepted else number_text.usual_unit(feature, self.country)


def age() -> Feature:
    """Chronological age as a question like the others."""
    return {
        "key": AGE,
        "label": _("Age"),
        "kind": "number",
        "unit": "years",
        "units": [YEARS],
        "choices": [],
        "plausible": [0, OLDEST_YEARS],
        "reference": None,
        "example": None,
        "decimals": 0,
        "group": "",
        "names": [],
        "aliases": [],
    }


def labels(form: Form) -> dict[str, str]:
    """Of every question, by key."""
    return {f["key"]: f["label"] for f in form.features} | {DAY: _("Blood drawn on")}


def grouped(features: Iterable[Feature]) -> dict[str, list[Feature]]:
    """By body system, in the order of the registry."""
    groups: dict[str, list[Feature]] = {}
    for feature in features:
        groups.setdefault(feature["group"], []).append(feature)
    return groups


def for_browser(form: Form, /, **more: object) -> dict[str, object]:
    """Ranges, units and hints of each question, in words where words are shown."""
    fields = {
        feature["key"]: {
            "label": feature["label"],
            "kind": feature["kind"],
            "search": _search(feature),
            "used": feature["key"] in form.used_keys or feature["key"] == SEX,
            "example": None if feature["kind"] == "number" else feature.get("example"),
            "plausible": feature["plausible"],
            "typical": feature.get("typical"),
            "mistaken_for": _mistaken_for(feature),
            "instead": _instead(feature),
            "unit": form.unit(feature),
            "units": [_unit(feature, unit) for unit in feature["units"]],
        }
        for feature in form.features
    }
    return {"fields": fields, "initial": form.typed, **more}


def _search(feature: Feature) -> str:
    """What a biomarker is found by: its names, spellings of reports, and LOINC codes."""
    codes = [alias["name"] for alias in feature["aliases"] if alias["columns"] == "loinc"]
    names = [feature["label"], feature["key"].replace("_", " ")]
    return "\n".join(dict.fromkeys(name.lower() for name in [*names, *feature["names"], *codes]))


def _unit(feature: Feature, unit: wire.AcceptedUnit) -> dict[str, object]:
    bounds = feature["plausible"]
    return {
        "unit": unit["unit"],
        "printed": charts.printed(unit["unit"]),
        "factor": unit["factor"],
        "offset": unit.get("offset", 0.0),
        "countries": unit.get("countries", []),
        "range": _range(feature, bounds, unit["unit"]) if bounds else "",
        "typical": _typical(feature, unit["unit"]),
        "hint": hint(feature, unit["unit"]),
        "example": _example(feature, unit["unit"]),
    }


def _range(feature: Feature, bounds: Sequence[float], unit: str) -> str:
    low, high = (_end(feature, bound, unit) for bound in bounds)
    return _("{low} to {high}", low=low, high=high)


def _typical(feature: Feature, unit: str) -> str:
    """What nearly all adults have, as the API's warning says it."""
    if not (bounds := feature.get("typical")):
        return ""
    low, high = sorted(
        float(f"{number_text.in_unit(feature, bound, unit):.3g}") for bound in bounds
    )
    return _(
        "between {low} and {high}", low=f"{low:.6g}", high=charts.quantity(f"{high:.6g}", unit)
    )


def _mistaken_for(feature: Feature) -> list[dict[str, object]]:
    """Other quantities of the same name that a number can tell."""
    return [
        {"name": _name(other), "range": other["range"], "advice": other["advice"]}
        for other in feature.get("mistaken_for", ())
        if other["range"]
    ]


def _instead(feature: Feature) -> str:
    names = [str(other["name"]) for other in _mistaken_for(feature)]
    return reduce(lambda one, more: _("{one} or {another}", one=one, another=more), names or [""])


def _name(other: wire.MistakenQuantity) -> str:
    quantity, unit = other["quantity"], other["unit"]
    if unit in quantity:
        return quantity
    return _("{quantity} in {unit}", quantity=quantity, unit=charts.printed(unit))


def between(feature: Feature, low: float | None, high: float | None, unit: str) -> str:
    """A range in words, without the unit."""
    first = None if low is None else _end(feature, low, unit)
    last = None if high is None else _end(feature, high, unit)
    if first is None:
        return _("up to {high}", high=last)
    if last is None:
        return _("from {low}", low=first)
    return f"{first}\N{EN DASH}{last}"


def _end(feature: Feature, value: float, unit: str) -> str:
    text = number_text.in_unit_text(feature, value, unit).replace("-", "\N{MINUS SIGN}")
    return localized_number(text)


def hint(feature: Feature, unit: str | None) -> str:
    """What is usual, in the unit that is shown; an example where nothing is."""
    if feature["kind"] == "choice" or unit is None:
        return ""
    if reference := feature["reference"]:
        usual = between(feature, reference.get("low"), reference.get("high"), unit)
        return _("Healthy adults: {usual}", usual=charts.quantity(usual, unit))
    example = _example(feature, unit)
    return _("For example {value}", value=localized_number(example)) if example else ""


def _example(feature: Feature, unit: str) -> str:
    """The registry's made-up person, as one would type it."""
    if not isinstance(feature.get("example"), int | float):
        return ""
    return number_text.in_unit_text(feature, feature["example"], unit)
