"""GOLD BioAge: nine markers, fitted to the UK Biobank by a Gompertz law."""

from agelens.clocks.marker_transforms import MarkerTransform

from model_training.datasets.bioage_columns import CREATININE_UMOL
from model_training.recipe import ClockRecipe

RECIPE = ClockRecipe(
    name="gold-bioage",
    title="GOLD BioAge (Hao 2025)",
    # Hao et al. 2025, Coefficients.md of the authors' repository, column UK Biobank. The column NHANES
    # there puts Americans 8.1 years ahead of their age on average, which looks like a misprint.
    constants={"intercept": -78.6519, "age": 1.0},
    coefficients={
        MarkerTransform("creatinine", 1 / CREATININE_UMOL): 5.3832,  # mg/dL
        MarkerTransform("glucose"): 1.4168,  # mmol/L
        MarkerTransform("mean_cell_volume"): 0.4206,  # fL
        MarkerTransform("red_cell_width"): 3.3162,  # %
        MarkerTransform("albumin", 0.1): -5.0793,  # g/dL
        MarkerTransform("alkaline_phosphatase"): 0.0385,  # U/L
        MarkerTransform("lymphocytes"): -0.1899,  # %
        MarkerTransform("white_cells"): 0.9120,  # 10^9/L
        MarkerTransform("ggt"): 0.1007,  # U/L
    },
    quantity="GOLD BioAge",
    doi="10.1002/advs.202501765",
    answers="""The age at which somebody of the UK Biobank has the risk of dying, by a Gompertz law, that
this age and these nine markers give.""",
    is_not="""No diagnosis and no life expectancy. Chronological age is part of it. The constants were
fitted to the UK Biobank, whose people are healthier than others of their age. The authors print other
constants for NHANES; these put people there 8.1 years ahead of their age on average, look misprinted,
and are not used.""",
    source="""M. Hao et al., Gompertz law-based biological age (GOLD BioAge): a simple and practical
measurement of biological ageing to capture morbidity and mortality risks, Advanced Science, e01765,
2025, doi 10.1002/advs.202501765; the column UK Biobank of Coefficients.md in the authors' repository
Jerryhaom/GOLDBioAge.""",
)
