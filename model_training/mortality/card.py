"""The model card of `mortality-age`, Markdown."""

import textwrap

import numpy as np

from model_training.mortality.card_tables import (
    bands_table,
    calibration_table,
    candidates_rows,
    markers_rows,
    missing_rows,
    subgroup_rows,
)
from model_training.mortality.notebook_tables import marker_function
from model_training.mortality.training import Training
from model_training.survival.table import comparison_table

WIDTH = 104
RISK = """
**Ten-year risk.** 1 - exp(-exp({at_50:.4f} + {per_decade:.4f} (years - 50) / 10)), the same as the
modelled hazard summed over 120 months, at the level of mortality of NHANES IV (1999-2014). Its 95 % interval
holds what other people to learn from would change (of the logarithm, beyond the years: SD {sd:.3f}) and what missing markers
may add. It is the share of people like this who die, not what becomes of one of them; how mortality has
changed since, and differs outside the United States, is not in it.
"""
NO_RISK = """
**No ten-year risk.** Mortality fell after 1990: what NHANES III says of ten-year risks is too high in NHANES
IV, see below. Only versions that learned from it give a risk.
"""
SURVEYS = """
Surveys differ in base: later survey, and later survey × age, are terms of the hazard; served is the base of the
later ones, and averages, age scale and risk are of their people. A person of NHANES III counts {weight:g} of
one of the later surveys. 85 (surveys 1 to 4) and 80 (5 to 8) stand for these ages and above,
so beyond 80 the numbers rest on fewer people, most of them of NHANES III. CRP is absent in surveys 7 and 8, GGT in survey 1 and most
of 2: there they are missing. Laboratories drifted between surveys (RDW most: 12.7 to 13.9 % on average),
which is not corrected.
"""


def card(training: Training, version: str) -> str:
    """What the clock answers, how, from whom, and what was measured."""
    sections = [
        _what_it_answers(training, version),
        _method(training),
        _limits(training),
        _accuracy(training),
    ]
    sections += [_missing(training), _made_of(training)]
    paragraphs = "\n\n".join(sections).split("\n\n")
    return "\n\n".join(_wrapped(each.strip()) for each in paragraphs if each.strip()) + "\n"


def _wrapped(paragraph: str) -> str:
    """Lines of one length, but for headings and tables."""
    if paragraph.startswith(("#", "|")):
        return paragraph
    return textwrap.fill(
        " ".join(paragraph.split()), WIDTH, break_long_words=False, break_on_hyphens=False
    )


def _what_it_answers(training: Training, version: str) -> str:
    plan, people = training.plan, training.people
    deaths = int(people.follow_up.died.sum())
    return f"""# mortality-age: the age at which an average person runs this risk of dying

**What it answers.** From {len(plan.markers)} ordinary markers, age and sex: the age at which somebody of whom only
age is known runs the same risk of dying within ten years. Learned from {training.taught_by}:
{len(people):,} people aged {plan.ages[0]:g} to {plan.ages[1]:g}, {deaths:,} deaths of all causes.

**What it is not.** A diagnosis, a forecast of one person's death, or advice. It says how markers and
deaths went together in people of the United States; changing a marker need not change the risk.
Ages above {plan.ages[1]:g} and below {plan.ages[0]:g} are refused. Pregnancy and acute illness change markers, not age.

**New since 1.0, in {version}.** Deaths of all causes are counted, which 1.0 did not in training. Waist is no longer
a marker: with waist held fixed, a higher body mass index lowered the number by up to ten years, and the app
would have rewarded weight gain; without it C falls by 0.0002 to 0.0007. Boosted trees are added to the
smooth curves. Missing markers are expected from the measured ones, no longer from age and sex alone."""


def _method(training: Training) -> str:
    plan, scale, boosting = training.plan, training.fitted_clock.scale, training.plan.boosting
    risk = training.parameters.risk
    risk_text = RISK.format(**vars(risk)) if risk else NO_RISK
    weight = training.selection.weight_of_iii
    surveys = SURVEYS.format(weight=weight) if training.with_later else ""
    return f"""**How it works.** A Gompertz law with proportional hazards (Gompertz 1825):
ln hazard(t) = a + γ t + age + sex + markers, t in months after the examination, γ = {training.fitted_clock.gamma:.5f}.
A marker enters by its reading (standardised; of skewed markers the logarithm), a restricted cubic
spline with four knots (Harrell, Regression Modeling Strategies), reading × age and reading × sex; ridge
{plan.terms.penalty:g}. On what this leaves, {training.selection.rounds} rounds of boosted trees (LightGBM, Poisson deaths with the cumulative hazard
as offset, {boosting.leaves} leaves, rate {boosting.rate:g}, {boosting.least_in_leaf} people a leaf, {len(boosting.seeds)} seeds averaged), each of one marker with age and sex.
The hazard summed over 120 months becomes years by the Gompertz law in age alone, the idea of Levine
et al. (Aging 2018): years = 50 + 10 (ln H - ({scale.at_50:.4f})) / {scale.per_decade:.4f}.

**Served as tables.** What a marker adds depends on the marker, age and sex alone, so the clock is a table
per marker: knots every {plan.years_between_knots:g} years of age and {plan.n_value_knots} values, straight lines between. Figures below
are of the tables. Each is against the average of people of the same age and sex; contributions are
exact Shapley values, for years are a sum over markers.
{surveys}{risk_text}"""


def _limits(training: Training) -> str:
    plan, agreement = training.plan, training.agreement
    low, middle, high = agreement.sd_ratio
    return f"""**Limits.** Values beyond the 0.5 and 99.5 % quantiles of the training people count as these and are marked
`clipped`. C-reactive protein of 2.1 mg/L or less counts as 2.1: NHANES III reported no less.

**Where it is wrong.** The scale goes on below the ages that it was learned from, so a very low risk at 20
to 25 reads as an age of childhood. A marker's curve is what it adds when the others are known, and is
no effect of changing the marker. All other markers held, a body mass index of 40 instead of 25 moves the number of a woman of
60 by {_of_weight(training):+.1f} years: what weight does by way of blood pressure, glucose, lipids and inflammation is in these markers.
The clock is no advice on weight.

**Not asked.** Self-rated health, income and education would raise C by about 0.005 (0.8607 to 0.8656 in a prototype of 2.0, each survey by a model of
the others). They are no laboratory markers; a number that scores income would reward it. Smoking and
diagnoses are not asked either.

**Interval.** {plan.refits} bootstrap refits of hazard, trees (one seed each) and age scale, and what missing markers may add; normal,
90 %. The refits' variance of the sum is served as one table for the base and one per marker, right on
average (SD {agreement.mean_sd:.2f} years); for one person the served SD is {low:.2f} to {high:.2f} times the refits' (5 and 95 % of
people; median {middle:.2f}). No true biological age exists that the interval could cover, and no such claim is made;
how much a marker varies within a person is not in it.

**Age gap.** Young people come out younger than they are, as deaths fall on few and most are below the
average risk. `adjusted` takes the line in age away, by sex; both it and `percentile` are by
predictions for people who did not teach the model that predicted them."""


def _of_weight(training: Training) -> float:
    """What a body mass index of 40 adds over one of 25, years; of women of 60."""
    values, years = marker_function(training, "bmi", 60.0, 0.0)
    light, heavy = np.interp([25.0, 40.0], values, years)
    return float(heavy - light)


def _accuracy(training: Training) -> str:
    number = "2.0" if training.with_later else "1.1"
    parts = [
        f"""## Measured

Protocol: docs/protocols/mortality-age-{number}.md, written before these figures; what was changed after the
first of them is said there. Prototypes had been looked at before, on the same rows and once on the 30 % of
NHANES IV kept back from them.""",
        f"{_whom(training)}:",
        comparison_table(training.final.clocks),
        "Ten-year risk by decile of the predicted, against Kaplan-Meier:",
        calibration_table(training.final.calibration),
        "The same in groups; `ratio` is predicted over observed. Hispanic: in NHANES III Mexican American.",
        subgroup_rows(training.subgroups),
        "What was chosen from, by the log likelihood of the first ten years of people held out:",
        candidates_rows(training),
    ]
    if training.test:
        parts += [
            "Out of fold on NHANES III itself:",
            comparison_table(training.held_out.clocks),
            "Ten-year risk by decile, out of fold on NHANES III:",
            calibration_table(training.held_out.calibration),
        ]
    return "\n\n".join(parts)


def _whom(training: Training) -> str:
    if training.test:
        return "NHANES IV, surveys 1 to 6, all causes of death, nothing of it used in training"
    if training.with_later:
        return (
            "NHANES IV, surveys 1 to 6, all causes of death, each survey predicted by a model of NHANES III "
            "and the other surveys"
        )
    return "NHANES III, all causes of death, out of fold"


def _missing(training: Training) -> str:
    missing, plan = training.missing, training.plan
    return f"""## Missing markers

Sex, chronological age and {len(plan.markers) - plan.may_miss} of the {len(plan.markers)} markers are needed, so PhenoAge's nine are enough. A missing marker adds what is
expected of it given the measured ones: linear, by sex and age group, from complete people, ridge {plan.ridge:g}. The
years are the missing marker's own, and it is marked `imputed`.

Markers were taken away at random from complete people, out of fold. `left` is the share of what all
markers add to age and sex in C within strata. `error` is the root mean square difference to the
complete number; `inside`, how often the complete number lies in the 90 % interval. It holds nine in ten
over this mix of panels: with one or two missing the refits' part alone makes it hold more, with many
fewer. `missing part alone` leaves the refits' part out; the range of a percentile is by it. The interval widens
for people who are unusual in what was measured (multivariate t, {plan.degrees:g} degrees of freedom).

{missing_rows(missing)}

{bands_table(missing)}"""


def _made_of(training: Training) -> str:
    return f"""## Markers

`weight` is the mean absolute contribution in the training people who have the marker.

{markers_rows(training)}"""
