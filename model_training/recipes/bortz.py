"""Bortz's clock: a Cox model of 25 markers in the UK Biobank, as years of advance."""

from agelens.clocks.marker_transforms import MarkerTransform
from agelens.domain.registry import biomarker
from agelens.domain.units import find_unit

from model_training.peers import by_age_or_published
from model_training.recipe import ClockRecipe

# The lowest CRP that the UK Biobank reports, mg/L; a CRP of 0 has no logarithm.
LOWEST_CRP = 0.08
YEARS_PER_LOG_HAZARD = 10
DIGITS = 10  # of the published ones, none is lost
AGE_COEFFICIENT, AGE_MEAN = 0.074763266 - 0.100432393, 56.0487752


def in_unit(key: str, name: str) -> MarkerTransform:
    """The marker in one of its further units."""
    unit = find_unit(biomarker(key).units, name)
    if unit is None:
        raise ValueError(f"{key}: the registry has no unit {name}")
    return MarkerTransform(key, 1 / unit.factor, offset=-unit.offset / unit.factor)


def logarithm(key: str, floor: float | None = None) -> MarkerTransform:
    """The logarithm of a marker; at the least plausible value unless a floor is given."""
    plausible = biomarker(key).plausible or (0.0, 0.0)
    return MarkerTransform(key, 1.0, "log", plausible[0] if floor is None else floor)


# Data/coefficients_and_means.csv of the authors' repository: log hazard per unit, mean
PUBLISHED = {
    MarkerTransform("albumin"): (-0.011331946, 45.1238763),  # g/L
    MarkerTransform("alkaline_phosphatase"): (0.00164946, 82.6847975),  # U/L
    in_unit("urea_nitrogen", "mmol/L"): (-0.029554872, 5.3547152),
    MarkerTransform("total_cholesterol"): (-0.0805656, 5.6177437),  # mmol/L
    MarkerTransform("creatinine"): (-0.01095746, 71.565605),  # umol/L
    MarkerTransform("cystatin_c"): (1.859556436, 0.900946),  # mg/L
    in_unit("hba1c", "mmol/mol"): (0.018116675, 35.4785711),
    logarithm("crp", LOWEST_CRP): (0.079109916, 0.3003624),  # ln(mg/L)
    logarithm("ggt"): (0.265550311, 3.3795613),  # ln(U/L)
    MarkerTransform("red_cells"): (-0.204442153, 4.4994648),  # 10^12/L
    MarkerTransform("mean_cell_volume"): (0.017165356, 91.9251099),  # fL
    MarkerTransform("red_cell_width"): (0.202009895, 13.4342296),  # %
    MarkerTransform("monocytes"): (0.36937314, 0.4746987),  # 10^9/L
    MarkerTransform("neutrophils"): (0.06679092, 4.1849454),  # 10^9/L
    MarkerTransform("lymphocytes"): (-0.0108158, 28.5817604),  # %
    MarkerTransform("mean_sphered_cell_volume"): (0.006736204, 83.6363269),  # fL
    logarithm("alt"): (-0.312442261, 3.077868),  # ln(U/L)
    logarithm("shbg"): (0.292323186, 3.8202787),  # ln(nmol/L)
    logarithm("vitamin_d"): (-0.265467867, 3.6052878),  # ln(nmol/L)
    MarkerTransform("high_light_scatter_reticulocytes"): (0.169234165, 0.3988152),  # %
    MarkerTransform("glucose"): (0.032171478, 4.9563054),  # mmol/L
    MarkerTransform("platelet_width"): (0.071527711, 16.4543576),  # %
    MarkerTransform("mean_cell_haemoglobin"): (0.02746487, 31.8396206),  # pg
    MarkerTransform("plateletcrit"): (-1.329561046, 0.2385396),  # %
    MarkerTransform("apolipoprotein_a1"): (-0.185139395, 1.5238771),  # g/L
}
MEANS = {transform: mean for transform, (_, mean) in PUBLISHED.items()}
AT_MEANS = AGE_COEFFICIENT * AGE_MEAN + sum(each * mean for each, mean in PUBLISHED.values())
CARD = """# bortz: {recipe.title}

**What it answers.** {recipe.answers}

**What it is not.** {recipe.is_not}

**Source.** {recipe.source}

**Constants.** Of marker x, with coefficient c and mean m in the UK Biobank,

    advance = 10 * (the sum of c * (x - m) - {age_coefficient} * (age - {age_mean}))
    Bortz age = age + advance

Written out, it is {constants[intercept]:.6f} + {constants[age]:.6f} * age + the sum of 10 * c * x; the
table has 10 * c, in years per unit, with the averages that the explanation starts from.

| marker | unit | years per unit | average at 30 | at 50 | at 70 |
|---|---|---|---|---|---|
{rows}

**Missing markers.** {missing} {sex}{floors}

**Explanation.** The base value is the Bortz age of somebody of this age whose markers are
{recipe.averages.of_all}; {n_people:,} people of NHANES III have those that NHANES III
measured. Of a missing marker the base value has the published mean as well, so it adds no years. Each
other marker's years are its coefficient times its difference from that, which is its exact Shapley value.
Units, laboratories and health differ between the two surveys, so even an average American is not where
an average Briton is; NHANES III wrote CRP below 2.1 mg/L as 2.1.

**Interval.** None: the constants were published without their uncertainty, and how far a missing marker
is from its mean is not known either.

**Age gap.** {gap}

## Measured

By docs/protocols/bortz.md. The sample person of the authors' repository has an advance of
1.5316514019202296 years here too, to 1e-9. No survey at hand has the markers, so no figure of our own
goes with dying.
"""

RECIPE = ClockRecipe(
    name="bortz",
    title="Blood marker age (Bortz 2023)",
    constants={
        "intercept": -YEARS_PER_LOG_HAZARD * AT_MEANS,
        "age": 1 + YEARS_PER_LOG_HAZARD * AGE_COEFFICIENT,
    },
    coefficients={
        each: round(YEARS_PER_LOG_HAZARD * c, DIGITS) for each, (c, _) in PUBLISHED.items()
    },
    means=MEANS,
    may_miss=9,
    validated_ages=(37.0, 73.0),
    scored_in_nhanes=False,
    protocol="bortz",
    averages=by_age_or_published(MEANS),
    quantity="Bortz age",
    doi="10.1038/s42003-023-05456-z",
    answers="""The age at which people of the UK Biobank have the risk of dying that these 25 blood markers
and chronological age give, by a Cox model with elastic net penalty.""",
    is_not="""No diagnosis and no life expectancy. Chronological age is part of it. The constants were fitted
to the UK Biobank, people of 37 to 73 years who are healthier than others of their age; beyond these ages
it extrapolates, and the result says so. Some markers come from one maker's blood analyser, above all the
volume of sphered cells, reticulocytes of high light scatter and the width of platelets in %: numbers of
other analysers are other quantities.""",
    source="""J. Bortz et al., Biological age estimation using circulating blood biomarkers, Communications
Biology 6, 1089, 2023, doi 10.1038/s42003-023-05456-z; constants from Data/coefficients_and_means.csv in
the authors' repository bortzjd/bloodmarker_BA_estimation.""",
    card=CARD,
    card_figures={"age_coefficient": f"{-AGE_COEFFICIENT:.9f}", "age_mean": AGE_MEAN},
)
