"""The model card of `mortality-age`, Markdown."""

from model_training.mortality.report import markers_table
from model_training.mortality.training import Training
from model_training.survival.calibration import RiskGroup
from model_training.survival.table import comparison_table


def card(training: Training) -> str:
    """What the clock answers, how, from whom, and what was measured."""
    plan, people = training.plan, training.people
    scale, gamma = training.fitted.scale, training.fitted.hazard.gamma
    least = len(plan.markers) - plan.may_miss
    deaths = int(people.follow_up.died.sum())
    return f"""# mortality-age: the age at which an average person runs this risk of dying

**What it answers.** From 22 ordinary markers, age and sex: the age at which somebody of whom only age
is known runs the same risk of dying within ten years. Learned from NHANES III (1988-1994) alone:
{len(people):,} people aged {plan.ages[0]:g} to {plan.ages[1]:g}, {deaths:,} deaths in up to 20 years.

**What it is not.** A diagnosis, a forecast of one person's death, or advice. It says how markers and
deaths went together in people of the United States; changing a marker need not change the risk.
Deaths by accident, influenza and pneumonia, and "other" were not counted in training. Ages above
{plan.ages[1]:g} and below {plan.ages[0]:g} are refused. Income, smoking and diagnoses are not asked.

**How it works.** A Gompertz law with proportional hazards (Gompertz 1825):
ln hazard(t) = a + γ t + age + sex + markers, t in months after the examination, γ = {gamma:.5f}.
A marker enters by its reading (standardised; of skewed markers the logarithm), a restricted cubic
spline with four knots (Harrell, Regression Modeling Strategies), reading × age and reading × sex, each
as its deviation from people of the same age and sex; ridge {training.terms.penalty:g}. The hazard
summed over 120 months is turned into years by the Gompertz law in age alone, the idea of Levine et
al. (Aging 2018): years = 50 + 10 (ln H - ({scale.at_50:.4f})) / {scale.per_decade:.4f}. That is a
straight line in ln H, so markers add up in years.

**Limits.** Values beyond the 0.5 and 99.5 % quantiles of NHANES III count as these and are marked
`clipped`. C-reactive protein of 2.1 mg/L or less counts as 2.1: NHANES III reported no less.

**Where it is wrong.** Ten-year risks below about 4 % come out too low in NHANES IV, see below: the
training deaths leave causes out of which the young die. The scale goes on below the ages that it was
learned from, so a very low risk at 20 to 25 reads as an age of childhood, even below 0. A marker's
curve is what it adds when the others are known, and its change with age is a straight line: at 80 a
CRP of 30 mg/L lowers a woman's number, and the sign of bilirubin turns between 40 and 80. Such a
curve is no effect of changing the marker. The test figures are close to the bars of the protocol; in
other people of the same surveys chance alone can put C on either side of 0.855.

**Missing markers.** A missing marker counts as the peers' average of the same age and sex: it adds 0
years, is marked `imputed`, and widens the interval. Sex, chronological age and {least} of the
{len(plan.markers)} markers are needed.

**Explanation.** Against people of the same age and sex: the base value is the mortality-age of the
average one, a contribution is a marker's deviation from them in years. Interactions with age and sex
belong to the marker. These are exact Shapley values, for years are a sum over markers.

**Interval.** {plan.refits} bootstrap refits and the spread of missing markers among peers, normal,
90 %. No true biological age exists that it could cover, and no such claim is made.

**Age gap.** Young people come out younger than they are, as deaths fall on few and most are below the
average risk. `adjusted` takes the line in age away, by sex, out of fold; `percentile` is among people
of NHANES III of the same sex within five years. Both are for complete panels only.

## Measured

Protocol: docs/protocols/mortality-age.md, written before these figures.

{_measured(training)}

## Missing markers

Markers were taken away at random from complete people of NHANES III, out of fold. `left` is the share
of what all markers add to age and sex in C within strata; beyond {plan.may_miss} it is half or less, within the
chance of the draws, and a panel is refused. `error` is the root mean square difference to the
complete number; `inside`, how often the complete number lies in the interval given for the missing
markers.

{_missing(training)}

## Markers

`weight` is the mean absolute contribution in the people of NHANES III who have the marker.

{_markers(training)}
"""


def _measured(training: Training) -> str:
    within = "Out of fold on NHANES III itself, deaths as in the file:"
    parts = [within, comparison_table(training.out_of_fold.clocks)]
    parts += [
        "Ten-year risk by decile, out of fold:",
        _calibration(training.out_of_fold.calibration),
    ]
    if training.test:
        parts = [
            "NHANES IV, surveys 1 to 6, all causes of death, nothing of it used in training:",
            comparison_table(training.test.clocks),
            "Ten-year risk by decile, NHANES IV, against Kaplan-Meier:",
            _calibration(training.test.calibration),
            *parts,
        ]
    return "\n\n".join(parts)


def _calibration(groups: list[RiskGroup]) -> str:
    lines = ["| people | predicted | observed |", "|---|---|---|"]
    lines += [f"| {g.n_people:,} | {g.predicted:.1%} | {g.observed:.1%} |" for g in groups]
    return "\n".join(lines)


def _missing(training: Training) -> str:
    lines = ["| missing | C in strata | left | error, years | inside |", "|---|---|---|---|---|"]
    lines += [
        f"| {m.n_missing} | {m.stratified_c:.3f} | {m.left:.0%} | {m.error_years:.1f} | {m.inside:.1%} |"
        for m in training.missing
    ]
    return "\n".join(lines)


def _markers(training: Training) -> str:
    heads = ["marker", "unit", "counts from", "to", "read as", "weight, years"]
    lines = [f"| {' | '.join(heads)} |", "|---|---|---|---|---|---|"]
    for row in markers_table(training).to_dict("records"):
        cells = [f"{row[head]:.4g}" if head in heads[2:4] else str(row[head]) for head in heads]
        cells[-1] = f"{row[heads[-1]]:.2f}"
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
