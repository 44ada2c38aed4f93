"""What is printed of `kaggle-age`: the comparison table and the model card."""

from collections.abc import Mapping
from typing import Any

from agelens.clocks.markers import LinearMarker, Parameters
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
    picked = metrics["selection"]
    lines = [f"{'':<18} {'MAE':>9} {'behind':>9} {'+-':>7} {'folds won':>10}   years"]
    for name, mae in sorted(metrics["mae_years"].items(), key=lambda entry: entry[1]):
        ahead = picked["ahead_years"].get(name)
        behind = f"{ahead['mean']:>+9.3f} {ahead['standard_error']:>7.3f}" if ahead else " " * 17
        lines.append(f"{name:<18} {mae:>9.3f} {behind} {picked['won_folds'][name]:>10}")
    return [*lines, f"{'picked inside':<18} {picked['mae_years']:>9.3f}"]


def _unseen(unseen: Mapping[str, Any]) -> list[str]:
    """The figures of a file that took no part in training."""
    covered = unseen["interval"]["coverage"]
    return [
        f"{unseen['n_people']:,} people of another file",
        *(f"{name:<18} {mae:>9.3f}" for name, mae in unseen["mae_years"].items()),
        f"90 % interval, mean width {unseen['interval']['mean_width_years']} years",
        *(f"{age:<18} {share:>9.1%}" for age, share in covered.items()),
    ]


def card(parameters: Parameters, metrics: Mapping[str, Any], data: Dataset) -> str:
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
recorded from 0.2 on, so values there count as "0.2 or less"); smoking is a table of probabilities by
age. Given age the markers are independent. Their likelihoods are multiplied over the ages 18 to 89
under a flat prior; the prediction is the posterior mean. A missing marker drops its term, the
interval widens, and at least one informative marker is needed. Values beyond the training data count
as its limit and are marked `clipped`.

**Explanation.** Shapley values of the game whose value for a set of markers is the posterior mean
given those markers alone. They are exact (all coalitions are computed) and add up to the prediction.

**Interval.** The shortest stretch of ages that holds a certain mass of the posterior; the mass is
conformal, calibrated out of fold so that 90 % of people are inside. It is as honest for a panel of
one marker as for all of them. Where the markers point beyond 18 or 89 it ends there.

**Age gap.** `raw` is prediction minus age. `adjusted` takes away the line in age (regression to the
mean) fitted out of fold by sex; `percentile` is among people of the same sex within five years. Both
are given for complete panels only. An adjusted gap is never counted as accuracy.

## Markers

| marker | at 18 | at 89 | spread (SD) | unit |
|---|---|---|---|---|
{_marker_rows(parameters)}

Also accepted, because the data set has them, but without information about age: {uninformative}.

## Measured

{len(data):,} people.

```
{table}
```
"""


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


def _marker_rows(parameters: Parameters) -> str:
    rows = [_linear_row(marker, *parameters.limits) for marker in parameters.linear]
    for marker in parameters.choices:
        entry = biomarker(marker.feature)
        for choice, shares in zip(entry.choices, marker.probabilities, strict=True):
            label = f"{entry.label}: {choice}"
            rows.append(f"| {label} | {shares[0]:.0%} | {shares[-1]:.0%} | | of people |")
    return "\n".join(rows)


def _linear_row(marker: LinearMarker, first: float, last: float) -> str:
    entry = biomarker(marker.feature)
    young, old = (marker.intercept + marker.slope * age for age in (first, last))
    return f"| {entry.label} | {young:.3g} | {old:.3g} | {marker.sd:.3g} | {entry.unit} |"
