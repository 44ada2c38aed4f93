"""PhenoAge as the paper prints its formula: with the logarithm of CRP itself."""

from agelens.clocks.kinds.phenoage import KIND
from agelens.clocks.marker_transforms import MarkerTransform

from model_training.recipe import ClockRecipe
from model_training.recipes.phenoage import RECIPE as PHENOAGE

LN_CRP = MarkerTransform("crp", 0.1, "log", floor=0.01)  # ln(mg/dL)
CARD = """# phenoage-ln-crp: PhenoAge with ln(CRP), as in the paper

**What it answers.** The age at which the average person of NHANES III has the risk of dying within
ten years that this person's nine blood markers and chronological age give, with C-reactive protein as
the paper's formula and the calculators take it.

**How it differs from phenoage.** `phenoage` takes ln(1 + CRP in mg/dL), as the R package BioAge does;
`phenoage-ln-crp` takes ln(CRP in mg/dL). All other constants are the same. On NHANES IV the second is
2.0 years lower on average (5 to 95 %: 0.5 to 3.8); they rank people alike. Compare a person only with
numbers of the same form.

**What it is not.** No diagnosis and no life expectancy. It was made from one American survey of
1988 to 1994. Chronological age is part of it, so a high number alone may only say that somebody is
old: read the gap. Nobody's "true" phenotypic age can be measured, so no accuracy is claimed.

**Source.** {recipe.source}

**Constants.** The predictor is

    x = {constants[intercept]} + {constants[age]} * age + the sum of coefficient * marker

the ten-year hazard h = {constants[horizon]} / {constants[shape]} * exp(x), and

    PhenoAge = {constants[years]} + ln({constants[scale]} * h) / {constants[per_year]}

{constants[per_year]} is the corrected constant; some calculators have 0.09165.

| marker | unit | coefficient | average at 30 | at 50 | at 70 |
|---|---|---|---|---|---|
{rows}

**Missing markers.** {missing} {sex}{floors}

**Explanation.** The base value is the PhenoAge of somebody of this age whose markers are average for
that age; the averages are parabolas in age, fitted to {n_people:,} people of NHANES III, held at
{first:g} and {last:g} years. Each marker's years are its coefficient times its difference from that
average, divided by {constants[per_year]}, which is its exact Shapley value. The laboratory of NHANES III
wrote CRP below 0.21 mg/dL as 0.21, so the average CRP is too high, and a low one makes younger than it
would among people whose CRP was measured finely. The prediction does not depend on that.

**Interval.** None: the constants were published without their uncertainty.

**Age gap.** {gap}

## Measured

By docs/protocols/published.md.

```
{measured}
```
"""


def _with_ln_crp() -> dict[MarkerTransform, float]:
    return {
        LN_CRP if transform.feature == "crp" else transform: coefficient
        for transform, coefficient in PHENOAGE.coefficients.items()
    }


RECIPE = ClockRecipe(
    name="phenoage-ln-crp",
    title="PhenoAge with ln(CRP), as in the paper (Levine 2018)",
    kind=KIND,
    constants=PHENOAGE.constants,
    coefficients=_with_ln_crp(),
    quantity="PhenoAge",
    estimates="phenotypic age",
    doi=PHENOAGE.doi,
    source="""M. E. Levine et al., An epigenetic biomarker of aging for lifespan and healthspan, Aging
10(4), 573-591, 2018, doi 10.18632/aging.101414, with the digits that the R package BioAge uses
(D. Kwon & D. W. Belsky, GeroScience 43, 2795-2808, 2021).""",
    card=CARD,
)
