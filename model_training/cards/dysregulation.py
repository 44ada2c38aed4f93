"""The card of `dysregulation`."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any, TypedDict

from agelens.clocks.marker_transforms import MarkerTransform

from model_training.cards.measured_figures import marker_name, marker_unit, number, report

Range = tuple[float, float]


class SexDistribution(TypedDict):
    """The distribution of the transformed markers in the young and healthy of one sex."""

    mean: list[float]
    covariance: list[list[float]]
    n_people: int


def card(
    transforms: Sequence[MarkerTransform],
    ranges: Mapping[str, tuple[str, Range, Range]],
    distribution_by_sex: Mapping[str, SexDistribution],
    metrics: Mapping[str, Any],
) -> str:
    """The model card, Markdown."""
    women, men = (distribution_by_sex[sex]["n_people"] for sex in ("female", "male"))
    first, middle, third = metrics["reference_people_quartiles"]
    return f"""# dysregulation: homeostatic dysregulation

**What it answers.** How far a person's nine blood markers are, together, from those of young healthy
people of the same sex: the Mahalanobis distance (HD), and its natural logarithm as `log_hd`.

**What it is not.** Not an age: the unit is the standard deviation of the young and healthy, and there
is no age gap. Not a diagnosis. Direction does not count: a marker can be unusually good and still
be far.

**Source.** A. A. Cohen et al., A novel statistical approach shows evidence for multi-system
physiological dysregulation during aging, Mechanisms of Ageing and Development 134(3-4), 110-117,
2013; young healthy reference people as in the R package BioAge (D. Kwon & D. W. Belsky, GeroScience
43, 2795-2808, 2021); PhenoAge's nine markers.

**Trained on** {women:,} women and {men:,} men of NHANES III: ages 20 to 30, body mass index below 30,
not known to be pregnant, every marker inside its clinical range. Half of these people have a
distance of {first} to {third}, the middle one {middle}. The package divides distances by their
spread in the people who are scored; this clock does not, because one person's number must not
depend on who else is in the file.

| marker | unit | range of women | of men | unit here | women: mean | SD | men: mean | SD |
|---|---|---|---|---|---|---|---|---|
{_rows(transforms, ranges, distribution_by_sex)}

**Missing markers.** None may be missing, nor sex: a distance in fewer dimensions is another distance.
Age is not used. Nothing is clipped.

**Explanation.** The base value is 0, the distance of somebody who is exactly average. The value of a
set of markers is the distance when the others are average; the Shapley values are exact (all 512 sets
are computed) and add up to the distance. A marker that makes an unusual combination usual again
contributes less than nothing.

**Interval.** None: the distance is computed, not estimated.

## Measured

By docs/protocols/dysregulation.md.

```
{report("dysregulation", metrics)}
```
"""


def _rows(
    transforms: Sequence[MarkerTransform],
    ranges: Mapping[str, tuple[str, Range, Range]],
    distribution_by_sex: Mapping[str, SexDistribution],
) -> str:
    rows = []
    for marker, transform in enumerate(transforms):
        unit, *limits = ranges[transform.feature]
        cells = [marker_name(transform), unit, *(f"{low:g}-{high:g}" for low, high in limits)]
        cells.append(marker_unit(transform))
        for sex in ("female", "male"):
            mean, covariance = (
                distribution_by_sex[sex]["mean"],
                distribution_by_sex[sex]["covariance"],
            )
            cells += [number(mean[marker]), number(sqrt(covariance[marker][marker]))]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)
