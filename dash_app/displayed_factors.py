"""A result's factors as they are displayed: values in the person's units, with reference ranges."""

from collections.abc import Mapping
from dataclasses import dataclass

from agelens import wire
from agelens.charts import value_text
from agelens.client import Client, Model, NotFound, Task
from agelens.client.units import unit_of_answer

from dash_app import number_text


@dataclass(frozen=True)
class DisplayedFactor:
    """One factor of a result: its contribution, and the schema that says how to show it.

    The schema is None when neither the clock nor the registry knows the factor any more.
    """

    contribution: wire.Contribution
    schema: number_text.Feature | None
    unit: str

    @property
    def number(self) -> float | None:
        """The canonical value; None when it was not measured, or is a choice."""
        value = self.contribution["value"]
        return value if isinstance(value, int | float) else None

    def in_unit(self, canonical: float) -> float:
        """A canonical value in the person's unit."""
        if self.schema is None or not self.schema["units"]:
            return float(canonical)
        return number_text.in_unit(self.schema, canonical, self.unit)

    def rounded(self, canonical: float) -> str:
        """A canonical value that nobody typed, such as an end of a range, with sensible digits."""
        value = self.in_unit(canonical)
        if self.schema is not None and self.schema["units"]:
            value = round(value, number_text.decimals(self.schema, self.unit))
        return with_unit(value, self.unit)

    @property
    def text(self) -> str:
        """The value and its unit."""
        if self.number is None:
            return value_text(self.contribution)
        return with_unit(self.in_unit(self.number), self.unit)

    @property
    def unit_text(self) -> str:
        """The unit as it stands behind a value."""
        return with_unit(0.0, self.unit).removeprefix("0").strip()

    @property
    def usual(self) -> tuple[float | None, float | None]:
        """The canonical reference range; None at an end that is open, or at both."""
        reference = self.contribution["reference_range"]
        return (reference["low"], reference["high"]) if reference else (None, None)


def with_unit(number: float, unit: str) -> str:
    """A number as a laboratory prints it."""
    return value_text({"value": number, "unit": unit})


def schema_of(client: Client, task: Task) -> tuple[Model | None, dict[str, number_text.Feature]]:
    """The version that answered and its features by key; the registry's when there is no such clock."""
    try:
        model = client.models[f"{task.model.name}@{task.model.version}"]
    except NotFound:
        return None, {entry["key"]: entry for entry in client.biomarkers()}
    return model, {entry["key"]: entry for entry in model.features}


def factors_of(task: Task, schema: Mapping[str, number_text.Feature]) -> list[DisplayedFactor]:
    """Every factor of a finished task, the largest first."""
    contributions = sorted(
        task.wire["contributions"], key=lambda contribution: -abs(contribution["years"])
    )
    return [
        _displayed_factor(task, contribution, schema.get(contribution["feature"]))
        for contribution in contributions
    ]


def _displayed_factor(
    task: Task, contribution: wire.Contribution, feature: number_text.Feature | None
) -> DisplayedFactor:
    if feature is None or not feature["units"]:
        return DisplayedFactor(contribution, feature, contribution["unit"])
    return DisplayedFactor(
        contribution, feature, number_text.unit_of(feature, _unit_as_typed(task, feature))["unit"]
    )


def _unit_as_typed(task: Task, feature: number_text.Feature) -> str | None:
    """The unit in which an answer came; programs may have used a data set's name for it."""
    names = (feature["key"], *(alias["name"] for alias in feature.get("aliases", ())))
    request_fields = {**task.answers, **task.units}
    name_in_request = next((name for name in names if name in request_fields), None)
    return None if name_in_request is None else unit_of_answer(feature, name_in_request, task.units)


def value_texts(factors: list[DisplayedFactor]) -> dict[str, str]:
    """What figures show instead of canonical values."""
    return {
        factor.contribution["feature"]: factor.text
        for factor in factors
        if factor.number is not None
    }
