"""Publishing `phenoage`: the constants as they are known, and what explains and ranks them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from agelens.clocks import phenoage
from agelens.clocks.base import FloatArray
from agelens.clocks.manifests import PARAMETERS, REFERENCE, json_bytes
from agelens.clocks.marker_transforms import MarkerTransform, columns_of
from agelens.clocks.phenoage import PeersByAge, PhenoAge, constants_from_json

from model_training import bundle
from model_training.cards.measured_figures import report
from model_training.cards.phenoage import card
from model_training.datasets import nhanes
from model_training.datasets.nhanes import Cohort
from model_training.gap_reference import summarise
from model_training.published import (
    TITLE,
    complete,
    enough,
    equality,
    feature_entries,
    first_try,
    load_nhanes_3,
    mortality,
    rounded,
    sexes_of,
    write,
)

NAME = "phenoage"
VERSION = "1.0.0"
LEAST_PEOPLE = 200
PEER_DIGITS = 10  # far finer than the peers are known
# Levine et al. 2018, supplement: the Gompertz model's coefficients, per unit of the transformed value.
COEFFICIENTS = {
    MarkerTransform("albumin"): -0.03359355,  # g/L
    MarkerTransform("creatinine"): 0.009506491,  # umol/L
    MarkerTransform("glucose"): 0.1953192,  # mmol/L
    MarkerTransform("crp", 0.1, "log1p"): 0.09536762,  # ln(1 + mg/dL)
    MarkerTransform("lymphocytes"): -0.01199984,  # %
    MarkerTransform("mean_cell_volume"): 0.02676401,  # fL
    MarkerTransform("red_cell_width"): 0.3306156,  # %
    MarkerTransform("alkaline_phosphatase"): 0.001868778,  # U/L
    MarkerTransform("white_cells"): 0.05542406,  # 10^9/L
}
TRANSFORMS = tuple(COEFFICIENTS)
CONSTANTS = {
    "intercept": -19.90667,
    "age": 0.08035356,
    # (exp(120 shape) - 1) / shape: ten years' hazard. The horizon is rounded as published.
    "horizon": 1.51714,
    "shape": 0.007692696,
    # The age at which the average person has that hazard.
    "years": 141.50225,
    "scale": 0.0055305,
    "per_year": 0.090165,
}
REFERENCE_NAME = "NHANES III, everybody who has the nine markers, same sex, within 5 years"


def train(
    data: Path,
    out: Path,
    say: Callable[[str], None] = print,
    version: str = VERSION,
    *,
    validation: Path | None = None,
) -> dict[str, bytes]:
    """Fit the peers and the gap reference on NHANES III, measure, write the bundle directory.

    Raises
    ------
    InvalidInput
        If a file is no cohort or holds too few people, the version cannot be one, or the directory
        holds something else than a bundle.
    """
    bundle.check(out, version)
    everybody = load_nhanes_3(data)
    people = everybody.rows(complete(everybody, TRANSFORMS))
    enough(people, LEAST_PEOPLE, "people of NHANES III with PhenoAge's nine markers")
    say(f"{len(people):,} people of NHANES III have the nine markers")
    peers = fit_peers(people)
    files = {
        PARAMETERS: json_bytes(parameters(peers)),
        REFERENCE: json_bytes(gap_reference(people)),
    }
    stated = document(people, version)
    metrics = measure(first_try(stated, files), everybody, validation, say)
    words = card(len(people), peers, CONSTANTS, COEFFICIENTS, metrics)
    written = write(out, stated, files, metrics, words)
    say(f"Wrote {NAME} {version} to {out}\n")
    say(report(NAME, metrics))
    return written


def fit_peers(people: Cohort) -> PeersByAge:
    """The average of each marker as a parabola in age, by least squares."""
    age = people.age_years
    middle = age.mean()
    decades = (age - middle) / 10
    powers = np.stack([np.ones_like(age), decades, decades**2], axis=1)
    values = columns_of(people.table, TRANSFORMS)
    # plain sums, not a matrix product, whose last bits depend on the number of threads
    squares = np.array([[(p * q).sum() for q in powers.T] for p in powers.T])
    products = np.array([[(p * r).sum() for r in values.T] for p in powers.T])
    level, slope, bend = np.linalg.solve(squares, products) / [[1], [10], [100]]
    from_zero = [level - slope * middle + bend * middle**2, slope - 2 * bend * middle, bend]
    coefficients = np.array(rounded(np.stack(from_zero), PEER_DIGITS))
    return PeersByAge((float(age.min()), float(age.max())), coefficients)


def parameters(peers: PeersByAge) -> dict[str, object]:
    """What the bundle holds."""
    return {
        "constants": CONSTANTS,
        "markers": [
            {**transform.describe(), "coefficient": coefficient}
            for transform, coefficient in COEFFICIENTS.items()
        ],
        "peers": {"ages": list(peers.ages), "coefficients": peers.coefficients.tolist()},
    }


def published_age(people: Cohort) -> FloatArray:
    """PhenoAge in closed form, years, shape (n_people,)."""
    constants = constants_from_json(CONSTANTS, list(COEFFICIENTS.values()))
    values = columns_of(people.table, TRANSFORMS)
    return constants.to_years(constants.log_hazard(values, people.age_years))


def gap_reference(people: Cohort) -> dict[str, object]:
    """The gaps of NHANES III, as summaries."""
    prediction = published_age(people)[np.newaxis]
    return summarise(REFERENCE_NAME, prediction, people.age_years, sexes_of(people))


def measure(
    clock: PhenoAge, nhanes_3: Cohort, validation: Path | None, say: Callable[[str], None]
) -> dict[str, object]:
    """Everything the manifest and the card say, by docs/protocols/phenoage.md."""
    metrics: dict[str, object] = {
        "equal_to_phenoage0": {"NHANES III": equality(clock, nhanes_3, "phenoage0")}
    }
    if validation is not None:
        say("Measuring on the validation file ...")
        held = nhanes.load_validation(validation)
        metrics["equal_to_phenoage0"]["validation"] = equality(clock, held, "phenoage0")
        metrics["mortality"] = mortality(clock, held)
    return metrics


def document(people: Cohort, version: str) -> dict[str, object]:
    """What the bundle says of itself, without metrics and hashes."""
    markers = [transform.feature for transform in TRANSFORMS]
    return {
        "name": NAME,
        "version": version,
        "title": "Phenotypic age (Levine 2018)",
        "kind": phenoage.KIND,
        "unit": "years",
        "price": 5,
        "needs_age": True,
        "features": feature_entries(people, markers, markers_required=True, sex="optional"),
        "explanation": {
            "game": (
                "The value of a set of markers is the PhenoAge of somebody of this age who has these "
                "markers and, of the others, the average of that age in NHANES III. PhenoAge is "
                "linear in its markers, so each one's exact Shapley value is its own difference."
            ),
            "base_meaning": (
                "the PhenoAge of somebody of this age whose markers are average for that age in "
                "NHANES III"
            ),
        },
        "interval": {
            "level": None,
            "method": (
                "none: the constants were published without their uncertainty, and no measurement "
                "says what somebody's phenotypic age really is"
            ),
        },
        "training_data": {"title": TITLE, "n_people": len(people), "sha256": people.sha256},
        "libraries": bundle.libraries(),
    }
