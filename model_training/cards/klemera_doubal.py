"""The card of `kdm`."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from agelens.clocks.marker_transforms import MarkerTransform

from model_training.cards.measured_figures import marker_name, marker_unit, number, report


class SexLines(TypedDict):
    """What is learned of one sex: the line of each marker, and s_BA squared."""

    intercept: list[float]
    slope: list[float]
    sd: list[float]
    variance: float


def card(
    transforms: Sequence[MarkerTransform],
    lines_by_sex: Mapping[str, SexLines],
    residual_correlation: float,
    metrics: Mapping[str, Any],
) -> str:
    """The model card, Markdown."""
    women, men = (lines_by_sex[sex]["variance"] for sex in ("female", "male"))
    return f"""# kdm: Klemera-Doubal biological age

**What it answers.** The age with which a person's nine markers and chronological age agree best, when
each marker is a straight line in age with a spread of its own, by sex.

**What it is not.** No diagnosis and no life expectancy. It was trained on one American survey of 1988
to 1994, ages 30 to 75; beyond those ages the lines are extrapolated. Chronological age is part of it.
Nobody's "true" biological age can be measured, so no accuracy is claimed.

**Source.** P. Klemera & S. Doubal, A new approach to the concept and computation of biological age,
Mechanisms of Ageing and Development 127(3), 240-248, 2006. Markers as in M. E. Levine, Modeling the
rate of senescence, Journals of Gerontology A 68(6), 667-674, 2013, without cytomegalovirus
antibodies, and as published in the column `kdm0` of the R package BioAge (D. Kwon & D. W. Belsky,
GeroScience 43, 2795-2808, 2021).

**How it works.** With a marker's average at this age, intercept + slope * age, and its residual SD s,

    age + the sum of (slope / s²) * (marker - average) / (the sum of (slope / s)² + 1 / s_BA²)

s_BA² is {men:.2f} years² for men and {women:.2f} for women; it comes from people who have all nine
markers, as somebody's missing marker would otherwise count as a deviation.

| marker | unit | women: at 30 | at 75 | SD | men: at 30 | at 75 | SD |
|---|---|---|---|---|---|---|---|
{_rows(transforms, lines_by_sex)}

**Missing markers.** At most two may be missing; sex and age may not. A missing marker drops out of
both sums, so it contributes nothing and the others weigh more. Nothing is clipped.

**Explanation.** The base value is chronological age. Each marker's years are its weighted deviation
from the average of that age and sex: the exact Shapley value of the game in which the markers
outside a set are average. Base value and years add up to the prediction.

**Interval.** None. The method's own error assumes that markers are independent at a given age; in the
training people two markers of one sex correlate by {residual_correlation:.2f} on average (absolute value), so
that error would be too small, and there is no true value to calibrate it on.

**Age gap.** `raw` is prediction minus age. `adjusted` takes away its line in age by sex; `percentile`
is among people of the same sex within five years. Both come from the training people who have all
nine markers, predicted by lines that were fitted to others (5 folds), and are given for complete
panels only.

## Measured

By docs/protocols/kdm.md.

```
{report("kdm", metrics)}
```
"""


def _rows(transforms: Sequence[MarkerTransform], lines_by_sex: Mapping[str, SexLines]) -> str:
    rows = []
    for marker, transform in enumerate(transforms):
        cells = [marker_name(transform), marker_unit(transform)]
        for sex in ("female", "male"):
            lines = lines_by_sex[sex]
            line = [lines["intercept"][marker] + lines["slope"][marker] * age for age in (30, 75)]
            cells += [number(each) for each in (*line, lines["sd"][marker])]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)
