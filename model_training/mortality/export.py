"""The bundle's files and its manifest, without the hashes."""

import numpy as np
from agelens.clocks.kinds import additive_mortality
from agelens.clocks.manifests import PARAMETERS, REFERENCE, json_bytes
from agelens.domain.registry import biomarker

from model_training import bundle
from model_training.gap_reference import summarise
from model_training.mortality.clock_comparison import ClockComparison
from model_training.mortality.missingness import Missingness
from model_training.mortality.parameters_file import parameters_bytes
from model_training.mortality.plan import HORIZON_MONTHS
from model_training.mortality.training import Training
from model_training.survival.calibration import RiskGroup
from model_training.survival.table import comparison_json

GAME = (
    "The value of a set of markers is the mortality-age of somebody of this age and sex who has these "
    "markers, while every other marker adds what it adds on average among people of the same age and "
    "sex in {surveys}. Years are a sum over markers, each a table by age, sex and value, so the exact "
    "Shapley value of a marker is its own years; its curve, its interaction with age and with sex are "
    "its own. A marker that was not measured adds what is expected of it given those that were: these "
    "years are its own, too, and it is marked imputed."
)
BASE_MEANING = (
    "the mortality-age of an average person of the same age and sex, whose every marker adds what it "
    "adds on average among these people in {surveys}"
)
INTERVAL_METHOD = (
    "no coverage of a true biological age is claimed, there is none to be covered: how far the number "
    "would move with other people to learn from (bootstrap refits of hazard, trees and age scale) and, "
    "where markers are missing, what they may add given those that were measured; normal"
)
PRIMARY_METRIC = ("clocks", "mortality-age", "c", "value")


def files(training: Training) -> dict[str, bytes]:
    """Parameters and the reference of age gaps; the same training always gives the same bytes."""
    comparison = training.held_out
    complete = comparison.people.complete(training.plan)
    people = comparison.people.rows(np.flatnonzero(complete))
    sexes_in_order = enumerate(biomarker("sex").choices)
    sexes = {choice: people.male == code for code, choice in sexes_in_order}
    name = (
        f"people of {_peers(training)} who have all markers, predicted by models that they did not "
        "teach, same sex, within 5 years"
    )
    reference = summarise(name, comparison.years[np.newaxis, complete], people.age, sexes)
    return {
        PARAMETERS: parameters_bytes(training.parameters),
        REFERENCE: json_bytes(reference),
    }


def document(training: Training, name: str, version: str) -> dict[str, object]:
    """What the bundle says of itself."""
    surveys = _peers(training)
    return {
        "name": name,
        "version": version,
        "title": f"Mortality age (AgeLens, {training.taught_by})",
        "kind": additive_mortality.KIND,
        "unit": "years",
        "price": 10,
        "needs_age": True,
        "features": features(training),
        "explanation": {
            "game": GAME.format(surveys=surveys),
            "base_meaning": BASE_MEANING.format(surveys=surveys),
        },
        "interval": {"level": 0.9, "method": INTERVAL_METHOD},
        "training_data": {
            "title": f"{training.taught_by}, as cleaned by the R package BioAge",
            "n_people": len(training.people),
            "sha256": training.people.sha256,
        },
        "seed": training.plan.seed,
        "metrics": metrics(training),
        "headline": {
            "metric": list(PRIMARY_METRIC),
            "better": "higher",
            "protocol": protocol(training),
        },
        "libraries": bundle.libraries("lightgbm", "scipy"),
    }


def _peers(training: Training) -> str:
    """The surveys of whose people markers are averages."""
    return "NHANES IV (1999-2014)" if training.with_later else "NHANES III (1988-1994)"


def features(training: Training) -> list[dict[str, object]]:
    """The markers with the limits beyond which values count as these, and sex."""
    value_knots = training.parameters.knots
    sex = {"key": "sex", "required": True, "informative": True, "training": None}
    limits = zip(
        value_knots.features, value_knots.low.tolist(), value_knots.high.tolist(), strict=True
    )
    markers = [
        {"key": key, "required": False, "informative": True, "training": [low, high]}
        for key, low, high in limits
    ]
    return [sex, *markers]


def protocol(training: Training) -> str:
    """One line that says what the primary metric was measured on."""
    hash_prefix = training.final.people.sha256[:12]
    later = "Harrell's C, all causes of death, NHANES IV surveys 1 to 6 with PhenoAge known, "
    if training.test:
        return f"{later}validation file {hash_prefix}"
    if training.with_later:
        return f"{later}each survey by a model of the others, files {hash_prefix}"
    return f"Harrell's C, all causes of death, 5-fold cross-validation within the training file {hash_prefix}"


def metrics(training: Training) -> dict[str, object]:
    """Every measured figure."""
    fitted_clock, agreement = training.fitted_clock, training.agreement
    number = "2.0" if training.with_later else "1.1"
    within = (
        {}
        if training.test is None
        else {"out_of_fold_nhanes3": _comparison_metrics(training.held_out)}
    )
    return {
        "protocol": f"docs/protocols/mortality-age-{number}.md",
        "n_people": len(training.people),
        "n_deaths": int(training.people.follow_up.died.sum()),
        **_comparison_metrics(training.final),
        **within,
        "subgroups": [
            {
                "name": each.name,
                "n_people": each.n_people,
                "n_deaths": each.n_deaths,
                "c": round(each.c, 4),
                "c_phenoage": None if each.c_phenoage is None else round(each.c_phenoage, 4),
                "predicted": round(each.predicted, 4),
                "observed": round(each.observed, 4),
            }
            for each in training.subgroups
        ],
        "log_likelihood_held_out": training.selection.likelihoods,
        "missing": _missing(training.missing),
        "bootstrap": {
            "refits": training.plan.refits,
            "mean_sd_years": round(agreement.mean_sd, 3),
            "served_sd_over_bootstrap_sd": [round(each, 3) for each in agreement.sd_ratio],
        },
        "gompertz": {
            "gamma_per_month": round(fitted_clock.gamma, 6),
            "horizon_months": HORIZON_MONTHS,
            "age_alone_log_hazard_at_50": round(fitted_clock.scale.at_50, 4),
            "age_alone_per_decade": round(fitted_clock.scale.per_decade, 4),
        },
    }


def _missing(missing: Missingness) -> dict[str, object]:
    counts = [
        {
            "n_missing": each.n_missing,
            "stratified_c": round(each.stratified_c, 4),
            "left": round(each.left, 3),
            "error_years": round(each.error_years, 2),
            "complete_inside_interval": round(each.inside, 3),
            "complete_inside_missing_part": round(each.inside_part, 3),
        }
        for each in missing.by_count
    ]
    bands = {
        name: {
            band: {"n_people": n, "inside": round(inside, 3)} for band, (n, inside) in of.items()
        }
        for name, of in (("by_bmi", missing.by_bmi), ("by_age", missing.by_age))
    }
    return {"by_count": counts, "inside": round(missing.inside, 3), **bands}


def _comparison_metrics(comparison: ClockComparison) -> dict[str, object]:
    return {
        "clocks": comparison_json(comparison.clocks),
        "calibration": [_group(group) for group in comparison.calibration],
    }


def _group(group: RiskGroup) -> dict[str, float]:
    return {
        "n_people": group.n_people,
        "predicted": round(group.predicted, 4),
        "observed": round(group.observed, 4),
    }
