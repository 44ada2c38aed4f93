"""The bundle's files and its manifest, without the hashes."""

import numpy as np
from agelens.clocks.gompertz_parameters import parameters_to_json
from agelens.clocks.kinds import gompertz
from agelens.clocks.manifests import PARAMETERS, REFERENCE, json_bytes
from agelens.domain.registry import biomarker

from model_training import bundle
from model_training.gap_reference import summarise
from model_training.mortality.clock_comparison import Measured
from model_training.mortality.plan import HORIZON_MONTHS
from model_training.mortality.training import Training
from model_training.survival.calibration import RiskGroup
from model_training.survival.table import comparison_json

REFERENCE_NAME = "out-of-fold predictions for people of NHANES III who have all markers, same sex, within 5 years"
GAME = (
    "The value of a set of markers is the mortality-age of somebody of this age and sex who has these "
    "markers, while every other marker's terms are at their average among people of the same age and "
    "sex in NHANES III. Years are a sum over markers, so the exact Shapley value of a marker is its "
    "own deviation from the peers in years; its curve, its interaction with age and with sex are "
    "its own."
)
BASE_MEANING = (
    "the mortality-age of an average person of the same age and sex, whose every marker counts as it "
    "does on average among these people in NHANES III"
)
INTERVAL_METHOD = (
    "no coverage of a true biological age is claimed, there is none to be covered: how far the number "
    "would move with other people to learn from (bootstrap refits of hazard and age scale) and, "
    "where markers are missing, how much these differ among people of the same age and sex; normal"
)
PRIMARY_METRIC = ("clocks", "mortality-age", "c", "value")


def files(training: Training) -> dict[str, bytes]:
    """Parameters and the reference of age gaps; the same training always gives the same bytes."""
    people, plan = training.people, training.plan
    complete = people.complete(plan)
    places = enumerate(biomarker("sex").choices)
    sexes = {choice: people.male[complete] == place for place, choice in places}
    reference = summarise(
        REFERENCE_NAME,
        training.out_of_fold_years[np.newaxis, complete],
        people.age[complete],
        sexes,
    )
    return {
        PARAMETERS: json_bytes(parameters_to_json(training.parameters)),
        REFERENCE: json_bytes(reference),
    }


def document(training: Training, name: str, version: str) -> dict[str, object]:
    """What the bundle says of itself."""
    plan = training.plan
    return {
        "name": name,
        "version": version,
        "title": "Mortality age (AgeLens, NHANES III)",
        "kind": gompertz.KIND,
        "unit": "years",
        "price": 10,
        "needs_age": True,
        "features": features(training),
        "explanation": {"game": GAME, "base_meaning": BASE_MEANING},
        "interval": {"level": 0.9, "method": INTERVAL_METHOD},
        "training_data": {
            "title": "NHANES III (1988-1994), as cleaned by the R package BioAge",
            "n_people": len(training.people),
            "sha256": training.people.sha256,
        },
        "seed": plan.seed,
        "metrics": metrics(training),
        "headline": {
            "metric": list(PRIMARY_METRIC),
            "better": "higher",
            "protocol": protocol(training),
        },
        "libraries": bundle.libraries("scipy"),
    }


def features(training: Training) -> list[dict[str, object]]:
    """The markers with the limits beyond which values count as these, and sex."""
    peer_model = training.parameters.peer_model
    sex = {"key": "sex", "required": True, "informative": True, "training": None}
    limits = zip(
        peer_model.features, peer_model.low.tolist(), peer_model.high.tolist(), strict=True
    )
    markers = [
        {"key": key, "required": False, "informative": True, "training": [low, high]}
        for key, low, high in limits
    ]
    return [sex, *markers]


def protocol(training: Training) -> str:
    """One line that says what the primary metric was measured on."""
    if training.test is None:
        return (
            f"Harrell's C, 5-fold cross-validation within the training file "
            f"{training.people.sha256[:12]}, deaths as in the file"
        )
    return (
        f"Harrell's C, all causes of death, NHANES IV surveys 1 to 6 with PhenoAge known, "
        f"validation file {training.test.people.sha256[:12]}"
    )


def metrics(training: Training) -> dict[str, object]:
    """Every measured figure."""
    scale, found = training.fitted.scale, training.fitted.hazard
    return {
        "protocol": "docs/protocols/mortality-age.md",
        "n_people": len(training.people),
        "n_deaths": int(training.people.follow_up.died.sum()),
        **_measured(training.final),
        "out_of_fold_nhanes3": _measured(training.out_of_fold),
        "log_likelihood_out_of_fold": training.candidates,
        "missing": [
            {
                "n_missing": each.n_missing,
                "stratified_c": round(each.stratified_c, 4),
                "left": round(each.left, 3),
                "error_years": round(each.error_years, 2),
                "complete_inside_interval": round(each.inside, 3),
            }
            for each in training.missing
        ],
        "gompertz": {
            "gamma_per_month": round(found.gamma, 6),
            "horizon_months": HORIZON_MONTHS,
            "age_alone_log_hazard_at_50": round(scale.at_50, 4),
            "age_alone_per_decade": round(scale.per_decade, 4),
        },
    }


def _measured(measured: Measured) -> dict[str, object]:
    return {
        "clocks": comparison_json(measured.clocks),
        "calibration": [_group(group) for group in measured.calibration],
    }


def _group(group: RiskGroup) -> dict[str, float]:
    return {
        "n_people": group.n_people,
        "predicted": round(group.predicted, 4),
        "observed": round(group.observed, 4),
    }
