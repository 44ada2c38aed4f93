"""Light BioAge: three markers, for people who have little."""

from agelens.clocks.marker_transforms import MarkerTransform

from model_training.datasets.bioage_columns import CREATININE_UMOL
from model_training.peers import MEDIANS
from model_training.recipe import ClockRecipe

RECIPE = ClockRecipe(
    name="light-bioage",
    title="Light BioAge (Hao 2025)",
    # Hao et al. 2025, Coefficients.md of the authors' repository, column UK Biobank
    constants={"intercept": -20.1395, "age": 1.0},
    coefficients={
        MarkerTransform("creatinine", 1 / CREATININE_UMOL): 9.0873,  # mg/dL
        MarkerTransform("glucose"): 1.7311,  # mmol/L
        MarkerTransform("crp", 1.0, "log1p"): 4.1689,  # ln(1 + mg/L)
    },
    quantity="Light BioAge",
    averages=MEDIANS,
    doi="10.1002/advs.202501765",
    answers="""The biological age that Hao et al. give to somebody of this age with this creatinine,
glucose and C-reactive protein: the clock for people who have few markers.""",
    is_not="""No diagnosis and no life expectancy. Chronological age is part of it. Three markers say little:
a cold or a meal before the test moves it by years. The constants were fitted to the UK Biobank, whose
people are healthier than others of their age. NHANES III wrote CRP below 2.1 mg/L as 2.1, which is also
its median there, so a low CRP makes younger than it would among people whose CRP was measured finely.""",
    source="""M. Hao et al., Gompertz law-based biological age (GOLD BioAge): a simple and practical
measurement of biological ageing to capture morbidity and mortality risks, Advanced Science, e01765,
2025, doi 10.1002/advs.202501765; the column UK Biobank of Coefficients.md in the authors' repository
Jerryhaom/GOLDBioAge.""",
)
