"""Train a linear published clock from its recipe: fit its peers, measure it, write its bundle."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from agelens.clocks.base import Clock, FloatArray
from agelens.clocks.manifests import PARAMETERS, REFERENCE, json_bytes
from agelens.clocks.peers_by_age import PeersByAge

from model_training import bundle
from model_training.cards.measured_figures import report
from model_training.cards.published import fill
from model_training.datasets import nhanes
from model_training.datasets.nhanes import StudyPopulation
from model_training.gap_reference import summarise
from model_training.nhanes_training import (
    TITLE,
    complete,
    enough,
    equality,
    feature_entries,
    first_try,
    load_nhanes_3,
    mortality,
    sexes_of,
    write,
)
from model_training.peers import measured
from model_training.recipe import ClockRecipe, in_words

LEAST_PEOPLE = 200
NOT_MEASURED = "Not measured: NHANES has too few of its markers."


def train_published(
    recipe: ClockRecipe,
    data: Path,
    out: Path,
    say: Callable[[str], None] = print,
    version: str | None = None,
    *,
    validation: Path | None = None,
) -> dict[str, bytes]:
    """Fit peers and gap reference on NHANES III, measure, write the bundle directory.

    Raises
    ------
    InvalidInput
        If a file is no study population or holds too few people, the version cannot be one, or the directory
        holds anything but a bundle.
    """
    version = version or recipe.version
    bundle.check(out, version)
    everybody = load_nhanes_3(data)
    validation_people = None if validation is None else nhanes.load_validation(validation)
    markers = recipe.transforms
    if not recipe.scored_in_nhanes:
        markers = measured(everybody, markers)
    people = everybody.rows(complete(everybody, markers))
    enough(people, LEAST_PEOPLE, f"people of NHANES III with all {in_words(len(markers))} markers")
    say(f"{len(people):,} people of NHANES III have the {in_words(len(markers))} markers")
    peers = recipe.averages.fit(people, recipe.transforms)
    document = manifest(recipe, people, version)
    files = {PARAMETERS: json_bytes(parameters(recipe, peers))}
    if recipe.scored_in_nhanes:
        files[REFERENCE] = json_bytes(gap_reference(recipe, first_try(document, files), people))
    metrics = measure(recipe, first_try(document, files), everybody, validation_people, say)
    bundle_files = write(out, document, files, metrics, fill(recipe, len(people), peers, metrics))
    say(f"Wrote {recipe.name} {version} to {out}\n")
    say(report(recipe.name, metrics) if recipe.scored_in_nhanes else NOT_MEASURED)
    return bundle_files


def parameters(recipe: ClockRecipe, peers: PeersByAge) -> dict[str, object]:
    """The parameters of the bundle."""
    domain: dict[str, object] = {"may_miss": recipe.may_miss} if recipe.may_miss else {}
    if recipe.means:
        domain["means"] = [recipe.means[transform] for transform in recipe.transforms]
    if recipe.validated_ages:
        domain["validated_ages"] = list(recipe.validated_ages)
    return {
        "constants": dict(recipe.constants),
        "markers": [
            {**transform.describe(), "coefficient": coefficient}
            for transform, coefficient in recipe.coefficients.items()
        ],
        "peers": peers.describe(),
        **domain,
    }


def gap_reference(recipe: ClockRecipe, clock: Clock, people: StudyPopulation) -> dict[str, object]:
    """Summaries of the age gaps of NHANES III."""
    name = f"NHANES III, everybody who has the {recipe.n_markers} markers, same sex, within 5 years"
    prediction: FloatArray = clock.score(people.table).prediction[np.newaxis]
    return summarise(name, prediction, people.age_years, sexes_of(people))


def measure(
    recipe: ClockRecipe,
    clock: Clock,
    nhanes_3: StudyPopulation,
    validation_people: StudyPopulation | None,
    say: Callable[[str], None],
) -> dict[str, object]:
    """The metrics of manifest and card, by docs/protocols/published.md."""
    if validation_people is not None:
        say("Measuring on the validation file ...")
    metrics: dict[str, object] = {}
    column = recipe.published_column
    if column is not None:
        populations = {"NHANES III": nhanes_3} | (
            {} if validation_people is None else {"validation": validation_people}
        )
        metrics[f"equal_to_{column}"] = {
            name: equality(clock, population, column) for name, population in populations.items()
        }
    if validation_people is not None and recipe.scored_in_nhanes:
        metrics["mortality"] = mortality(clock, validation_people)
    return metrics


def manifest(recipe: ClockRecipe, people: StudyPopulation, version: str) -> dict[str, object]:
    """The manifest, without metrics and hashes."""
    markers = [transform.feature for transform in recipe.transforms]
    required = recipe.may_miss == 0
    return {
        "name": recipe.name,
        "version": version,
        "title": recipe.title,
        "kind": recipe.kind,
        "unit": "years",
        "price": recipe.price,
        "needs_age": True,
        "features": feature_entries(people, markers, markers_required=required, sex="optional"),
        "explanation": {
            "game": (
                f"The value of a set of markers is the {recipe.quantity} of somebody of this age "
                f"who has these markers and, of the others, {recipe.averages.of_one}. "
                f"{recipe.quantity} is linear in its markers, so each one's exact Shapley value is "
                f"its own difference.{_of_missing(recipe)}"
            ),
            "base_meaning": (
                f"the {recipe.quantity} of somebody of this age whose markers are "
                f"{recipe.averages.of_all}"
            ),
        },
        "interval": {
            "level": None,
            "method": (
                "none: the constants were published without their uncertainty, and no measurement "
                f"says what somebody's {recipe.estimates} really is"
            ),
        },
        "training_data": {"title": TITLE, "n_people": len(people), "sha256": people.sha256},
        "libraries": bundle.libraries(),
    }


def _of_missing(recipe: ClockRecipe) -> str:
    if not recipe.means:
        return ""
    return (
        " A marker that nobody measured is the published mean in every set, so it adds nothing to the "
        "difference."
    )
