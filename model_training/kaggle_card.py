"""The model card and the comparison table of `kaggle-age`."""

from collections.abc import Mapping
from typing import Any

from agelens.clocks.age_likelihoods import AgePosteriorParameters, LinearMarker
from agelens.domain.registry import biomarker

from model_training.datasets.kaggle import Dataset
from model_training.kaggle_plan import FEATURES


def comparison_table(metrics: Mapping[str, Any]) -> str:
    """The clock against the other candidates on the same folds, and its interval by decade."""
    few = metrics["half_of_the_markers_missing"]
    unseen = metrics.get("validation")
    return "\n".join(
        [
            metrics["protocol"],
            "",
            *_candidates(metrics),
            "",
            f"90 % interval    all markers: mean width {metrics['interval']['mean_width_years']} years; "
            f"half of them missing: {few['mean_width_years']} (MAE {few['mae_years']})",
            f"{'age':<18} {'covered':>9} {'half missing':>14}",
            *(
                f"{age:<18} {share:>9.1%} {few['coverage'][age]:>14.1%}"
                for age, share in metrics["interval"]["coverage"].items()
            ),
            "",
            *_few_markers(metrics["few_markers"]),
            *([] if unseen is None else ["", *_unseen(unseen)]),
        ]
    )


def _candidates(metrics: Mapping[str, Any]) -> list[str]:
    """Every candidate on people it has not seen, and how surely the clock is ahead of it."""
    selection = metrics["selection"]
    lines = [f"{'':<18} {'MAE':>9} {'behind':>9} {'+-':>7} {'folds won':>10}   years"]
    for name, mae in sorted(metrics["mae_years"].items(), key=lambda entry: entry[1]):
        ahead = selection["ahead_years"].get(name)
        behind = f"{ahead['mean']:>+9.3f} {ahead['standard_error']:>7.3f}" if ahead else " " * 17
        lines.append(f"{name:<18} {mae:>9.3f} {behind} {selection['won_folds'][name]:>10}")
    return [*lines, f"{'picked inside':<18} {selection['mae_years']:>9.3f}"]


def _unseen(unseen: Mapping[str, Any]) -> list[str]:
    """The figures of a file that took no part in training."""
    covered = unseen["interval"]["coverage"]
    return [
        f"{unseen['n_people']:,} people of another file",
        *(f"{name:<18} {mae:>9.3f}" for name, mae in unseen["mae_years"].items()),
        f"90 % interval, mean width {unseen['interval']['mean_width_years']} years",
        *(f"{age:<18} {share:>9.1%}" for age, share in covered.items()),
    ]


def card(parameters: AgePosteriorParameters, metrics: Mapping[str, Any], data: Dataset) -> str:
    """The model card, Markdown."""
    uninformative = ", ".join(f.label.lower() for f in FEATURES if not f.informative)
    table = comparison_table(metrics)
    return f"""# kaggle-age: age from general health markers

**What it answers.** The age, 18 to 89, of a person of the Kaggle data set "Precision Health:
Predicting Human Age with Biomarkers" who has these markers, with a 90 % interval and the exact
contribution of every marker.

**What it is not.** The data set is synthetic: its markers were generated from age. The clock shows
how an age is read from markers and how it is explained. It is no medical advice and has not been
tested on patients.

**How it works.** Each informative marker is a straight line in age with Gaussian noise (vision is
recorded from 0.2 on, so values there count as "0.2 or less": a Tobit regression); smoking is a table
of probabilities by age. Given age the markers are independent. Their likelihoods are multiplied over
the ages 18 to 89 under a flat prior; the prediction is the posterior mean. A missing marker drops its
term, the interval widens, and at least one informative marker is needed. Values beyond the training
data count as its limit and are marked `clipped`.

**Why this model.** It competed with a numeric ridge, a spline ridge, histogram boosting and LightGBM
in nested cross-validation: inner folds chose everybody's settings and picked a winner, outer folds
measured both. A bundle of this kind is written only where no other candidate is ahead by more than
the standard error of the difference, person by person.

**Explanation.** Shapley values of the game whose value for a set of markers is the posterior mean
given those markers alone. They are exact (all coalitions are computed) and add up to the prediction.
{_checks(metrics)}

**Interval.** It grows from the likeliest age, always to the likelier side, and an age is in it when
the posterior's mass on the way there is at most the mass calibrated for that age: conformal, out of
fold, on people about that old, so that 90 % are inside whatever their age. What is missing is in the
posterior already, so panels of one marker are covered as well as whole ones (below). Where the
markers point beyond 18 or 89 the interval ends there.

**Age gap.** `raw` is prediction minus age. `adjusted` takes away the line in age (regression to the
mean) fitted out of fold by sex; `percentile` is among people of the same sex within five years. Both
are given for complete panels only. An adjusted gap is never counted as accuracy.

## Markers

A marker at an age is `intercept + slope x age` with the spread given; smoking is the share of people.

| marker | intercept | slope per year | spread (SD) | at 18 | at 89 | unit |
|---|---|---|---|---|---|---|
{_marker_rows(parameters)}

Also accepted, because the data set has them, but without information about age: {uninformative}.

## Measured

{len(data):,} people. "behind" is how much larger a candidate's error is, "+-" the standard error of
that, "folds won" how often the inner folds picked it; "picked inside" is what picking was worth.

```
{table}
```

## Sources

- J. Tobin, Estimation of relationships for limited dependent variables, Econometrica 1958; R. J. Olsen,
  Note on the uniqueness of the maximum likelihood estimator for the Tobit model, Econometrica 1978.
- L. S. Shapley, A value for n-person games, 1953; S. M. Lundberg & S.-I. Lee, A unified approach to
  interpreting model predictions, NeurIPS 2017.
- V. Vovk, A. Gammerman & G. Shafer, Algorithmic Learning in a Random World, 2005; J. Lei et al.,
  Distribution-free predictive inference for regression, JASA 2018; L. Guan, Localized conformal
  prediction, Biometrika 2023.
- G. C. Cawley & N. L. C. Talbot, On over-fitting in model selection, JMLR 2010; L. Breiman et al.,
  Classification and Regression Trees, 1984 (one standard error).
"""


def _checks(metrics: Mapping[str, Any]) -> str:
    """What the explanations were compared with before the bundle was written."""
    return "\n".join(
        f"Checked in training: {check['against']}, {check['people']:,} people, equal to "
        f"{check['tolerance_years']:g} years."
        for check in metrics["explanation_checks"]
    )


def _few_markers(few: Mapping[str, Any]) -> list[str]:
    """How panels of a few markers are covered, by the age that was predicted."""
    columns = list(few.values())
    heads = [f"{count} marker{'s' if count != '1' else ''}" for count in few]
    lines = [f"{'predicted age':<16}" + "".join(f" {head:>10}" for head in heads)]
    for ages in columns[0]["coverage_by_predicted_age"]:
        shares = [column["coverage_by_predicted_age"][ages] for column in columns]
        cells = ["-" if share is None else f"{share:.1%}" for share in shares]
        lines.append(f"{ages:<16}" + "".join(f" {cell:>10}" for cell in cells))
    widths = [f"{column['mean_width_years']}" for column in columns]
    lines.append(f"{'mean width':<16}" + "".join(f" {width:>10}" for width in widths))
    return lines


def _marker_rows(parameters: AgePosteriorParameters) -> str:
    rows = [_linear_row(marker, *parameters.age_range) for marker in parameters.linear]
    for marker in parameters.choices:
        entry = biomarker(marker.feature)
        for choice, shares in zip(entry.choices, marker.probabilities, strict=True):
            label = f"{entry.label}: {choice}"
            rows.append(f"| {label} | | | | {shares[0]:.0%} | {shares[-1]:.0%} | of people |")
    return "\n".join(rows)


def _linear_row(marker: LinearMarker, first: float, last: float) -> str:
    entry = biomarker(marker.feature)
    numbers = (
        marker.intercept,
        marker.slope,
        marker.sd,
        *(marker.intercept + marker.slope * age for age in (first, last)),
    )
    cells = " | ".join(f"{number:.4g}" for number in numbers)
    return f"| {entry.label} | {cells} | {entry.unit} |"
