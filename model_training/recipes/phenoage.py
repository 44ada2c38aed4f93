"""PhenoAge with the constants as the R package BioAge uses them."""

import numpy as np
from agelens.clocks.kinds.phenoage import KIND, PUBLISHED_HAZARDS
from agelens.clocks.marker_transforms import MarkerTransform

from model_training.recipe import ClockRecipe

CONSTANTS = {
    "intercept": -19.90667,
    "age": 0.08035356,
    # (exp(120 shape) - 1) / shape: ten years' hazard. The horizon is rounded as published.
    "horizon": 1.51714,
    "shape": 0.007692696,
    # The age at which the average person has that hazard.
    "years": 141.50225,
    "scale": 0.0055305,
    "per_year": 0.090165,
}
CARD = """# phenoage: phenotypic age

**What it answers.** The age at which the average person of NHANES III has the risk of dying within
ten years that this person's nine blood markers and chronological age give.

**What it is not.** No diagnosis and no life expectancy. It was made from one American survey of
1988 to 1994. Chronological age is part of it, so a high number alone may only say that somebody is
old: read the gap. Nobody's "true" phenotypic age can be measured, so no accuracy is claimed.

**Source.** M. E. Levine et al., An epigenetic biomarker of aging for lifespan and healthspan, Aging
10(4), 573-591, 2018, with the digits that the R package BioAge uses (D. Kwon & D. W. Belsky,
GeroScience 43, 2795-2808, 2021).

**Constants.** The predictor is

    x = {constants[intercept]} + {constants[age]} * age + the sum of coefficient * marker

the ten-year hazard h = {constants[horizon]} / {constants[shape]} * exp(x), and

    PhenoAge = {constants[years]} + ln({constants[scale]} * h) / {constants[per_year]}

This closed form is linear in x and cannot saturate: the paper's two steps through the mortality
m = 1 - exp(-h) give infinity once h is above about 37. {constants[per_year]} is the corrected constant;
some texts print 0.09165. Between h = {hazards[0]:g} and {hazards[1]:g} (PhenoAge {lossy[0]:.0f} to {lossy[1]:.0f}) published columns hold what
rounding left of 1 - m; there this clock takes the same two steps, so that it equals them, and the
difference (about 0.12 years at most) is part of the base value.

| marker | unit | coefficient | average at 30 | at 50 | at 70 |
|---|---|---|---|---|---|
{rows}

**Missing markers.** None may be missing, nor age: the published model says nothing of such a person.
Sex is optional; it only says among whom the gap is ranked. Nothing is clipped.

**Explanation.** The base value is the PhenoAge of somebody of this age whose markers are average for
that age; the averages are parabolas in age, fitted to {n_people:,} people of NHANES III, held at
{first:g} and {last:g} years. Each marker's years are its coefficient times its difference from that
average, divided by {constants[per_year]}. That is the exact Shapley value of the game in which markers
outside a set are average, and base value and years add up to the prediction.

**Interval.** None: the constants were published without their uncertainty.

**Age gap.** `raw` is prediction minus age. `adjusted` takes away the line in age of the same
{n_people:,} people, by sex; `percentile` is among those of the same sex within five years.

## Measured

By docs/protocols/phenoage.md.

```
{measured}
```
"""


def years(hazard: float) -> float:
    """The PhenoAge of a ten-year hazard."""
    scaled = float(np.log(CONSTANTS["scale"] * hazard))
    return CONSTANTS["years"] + scaled / CONSTANTS["per_year"]


RECIPE = ClockRecipe(
    name="phenoage",
    title="Phenotypic age (Levine 2018)",
    kind=KIND,
    constants=CONSTANTS,
    # Levine et al. 2018, supplement: the coefficients of the Gompertz model
    coefficients={
        MarkerTransform("albumin"): -0.03359355,  # g/L
        MarkerTransform("creatinine"): 0.009506491,  # umol/L
        MarkerTransform("glucose"): 0.1953192,  # mmol/L
        MarkerTransform("crp", 0.1, "log1p"): 0.09536762,  # ln(1 + mg/dL)
        MarkerTransform("lymphocytes"): -0.01199984,  # %
        MarkerTransform("mean_cell_volume"): 0.02676401,  # fL
        MarkerTransform("red_cell_width"): 0.3306156,  # %
        MarkerTransform("alkaline_phosphatase"): 0.001868778,  # U/L
        MarkerTransform("white_cells"): 0.05542406,  # 10^9/L
    },
    quantity="PhenoAge",
    estimates="phenotypic age",
    doi="10.18632/aging.101414",
    published_column="phenoage0",
    card=CARD,
    card_figures={
        "hazards": PUBLISHED_HAZARDS,
        "lossy": [years(hazard) for hazard in PUBLISHED_HAZARDS],
    },
)
