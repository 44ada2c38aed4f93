"""Format measured metrics for cards and the training report."""

from collections.abc import Mapping
from typing import Any

from agelens.clocks.marker_transforms import MarkerTransform
from agelens.domain.registry import biomarker

EQUAL = "equal_to_"
LOGARITHMS = {"log": ", ln(x)", "log1p": ", ln(1 + x)"}


def report(name: str, metrics: Mapping[str, Any]) -> str:
    """What a training ends with; plain text, one figure a line."""
    lines = [f"{name}: measured"]
    for column in (key.removeprefix(EQUAL) for key in metrics if key.startswith(EQUAL)):
        for population, rows in metrics[EQUAL + column].items():
            count_text = (
                f"{rows['n_equal']:>7,} of {rows['n_rows']:,} rows" if rows["n_rows"] else "no rows"
            )
            lines.append(f"{f'equal to {column} to 1e-9 years, {population}':<56} {count_text}")
    if "reference_people_quartiles" in metrics:
        first, middle, third = metrics["reference_people_quartiles"]
        lines.append(f"{'distance of the reference people':<56} {middle} ({first} to {third})")
    return "\n".join([*lines, *_mortality(metrics.get("mortality"))])


def _mortality(figures: Mapping[str, Any] | None) -> list[str]:
    if figures is None:
        return ["mortality: not measured, no validation file was given"]
    ratio, low, high = figures["hazard_ratio_per_sd"]
    return [
        f"{'people of NHANES IV, surveys 1 to 6':<56} {figures['n_people']:>7,}",
        f"{'of them died':<56} {figures['n_deaths']:>7,}",
        f"{'Harrell C':<56} {figures['harrell_c']:>7}",
        f"{'Harrell C among people of the same age and sex':<56} "
        f"{figures['harrell_c_same_age_sex']:>7}",
        f"{'hazard ratio per SD of advance, for age and sex':<56} "
        f"{ratio:>7} (95 %: {low} to {high})",
    ]


def number(value: float) -> str:
    """A number of a card's table."""
    return f"{value:.4g}"


def marker_name(transform: MarkerTransform) -> str:
    """What a card calls a marker as its clock reads it."""
    return biomarker(transform.feature).label + LOGARITHMS.get(transform.transform, "")


def marker_unit(transform: MarkerTransform) -> str:
    """The unit in which the clock reads it."""
    units = biomarker(transform.feature).units
    return next(unit.name for unit in units if abs(unit.factor * transform.factor - 1) < 1e-9)
