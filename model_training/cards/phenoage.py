"""The card of `phenoage`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from agelens.clocks.marker_transforms import MarkerTransform
from agelens.clocks.phenoage import PUBLISHED_HAZARDS, PeersByAge

from model_training.cards.measured_figures import marker_name, marker_unit, number, report


def card(
    n_people: int,
    peers: PeersByAge,
    c: Mapping[str, float],
    coefficients: Mapping[MarkerTransform, float],
    metrics: Mapping[str, Any],
) -> str:
    """The model card, Markdown; `c` are the constants."""
    first, last = peers.ages
    lossy = [c["years"] + np.log(c["scale"] * h) / c["per_year"] for h in PUBLISHED_HAZARDS]
    return f"""# phenoage: phenotypic age

**What it answers.** The age at which the average person of NHANES III has the risk of dying within
ten years that this person's nine blood markers and chronological age give.

**What it is not.** No diagnosis and no life expectancy. It was made from one American survey of
1988 to 1994. Chronological age is part of it, so a high number alone may only say that somebody is
old: read the gap. Nobody's "true" phenotypic age can be measured, so no accuracy is claimed.

**Source.** M. E. Levine et al., An epigenetic biomarker of aging for lifespan and healthspan, Aging
10(4), 573-591, 2018, with the digits that the R package BioAge uses (D. Kwon & D. W. Belsky,
GeroScience 43, 2795-2808, 2021).

**Constants.** The predictor is

    x = {c["intercept"]} + {c["age"]} * age + the sum of coefficient * marker

the ten-year hazard h = {c["horizon"]} / {c["shape"]} * exp(x), and

    PhenoAge = {c["years"]} + ln({c["scale"]} * h) / {c["per_year"]}

This closed form is linear in x and cannot saturate: the paper's two steps through the mortality
m = 1 - exp(-h) give infinity once h is above about 37. {c["per_year"]} is the corrected constant;
some texts print 0.09165. Between h = {PUBLISHED_HAZARDS[0]:g} and {PUBLISHED_HAZARDS[1]:g} (PhenoAge {lossy[0]:.0f} to {lossy[1]:.0f}) published columns hold what
rounding left of 1 - m; there this clock takes the same two steps, so that it equals them, and the
difference (about 0.12 years at most) is part of the base value.

| marker | unit | coefficient | average at 30 | at 50 | at 70 |
|---|---|---|---|---|---|
{_rows(peers, coefficients)}

**Missing markers.** None may be missing, nor age: the published model says nothing of such a person.
Sex is optional; it only says among whom the gap is ranked. Nothing is clipped.

**Explanation.** The base value is the PhenoAge of somebody of this age whose markers are average for
that age; the averages are parabolas in age, fitted to {n_people:,} people of NHANES III, held at
{first:g} and {last:g} years. Each marker's years are its coefficient times its difference from that
average, divided by {c["per_year"]}. That is the exact Shapley value of the game in which markers
outside a set are average, and base value and years add up to the prediction.

**Interval.** None: the constants were published without their uncertainty.

**Age gap.** `raw` is prediction minus age. `adjusted` takes away the line in age of the same
{n_people:,} people, by sex; `percentile` is among those of the same sex within five years.

## Measured

By docs/protocols/phenoage.md.

```
{report("phenoage", metrics)}
```
"""


def _rows(peers: PeersByAge, coefficients: Mapping[MarkerTransform, float]) -> str:
    averages = peers.averages(np.array([30.0, 50.0, 70.0])).T
    return "\n".join(
        f"| {marker_name(transform)} | {marker_unit(transform)} | {coefficient} | "
        f"{' | '.join(number(each) for each in average)} |"
        for (transform, coefficient), average in zip(coefficients.items(), averages, strict=True)
    )
