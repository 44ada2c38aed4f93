"""Steps that the trainings on NHANES III share: people, marker ranges, metrics, the bundle."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from agelens.clocks.base import BoolArray, Clock, FloatArray
from agelens.clocks.bundles import load_clock
from agelens.clocks.manifests import CARD, MANIFEST, finish_manifest
from agelens.clocks.marker_transforms import SEX, MarkerTransform, columns_of
from agelens.domain.errors import InvalidInput
from agelens.domain.registry import biomarker

from model_training import bundle
from model_training.datasets import nhanes
from model_training.datasets.nhanes import NHANES_3, StudyPopulation
from model_training.mortality_association import association, follow_up, followed

TITLE = "NHANES III (1988-1994), as cleaned by the R package BioAge"
EQUAL_YEARS = 1e-9
SEXES = biomarker(SEX).choices
PRIMARY_METRIC = {
    "metric": ["mortality", "harrell_c"],
    "better": "higher",
    "protocol": (
        "Harrell's C of the prediction for death of any cause, NHANES IV surveys 1 to 6, people who "
        "have PhenoAge's nine markers and were followed for more than 0 months, as far as the clock "
        "scores them"
    ),
}


def load_nhanes_3(data: Path) -> StudyPopulation:
    """The people of NHANES III in a file.

    Raises
    ------
    InvalidInput
        If the file is no study population or holds nobody of NHANES III.
    """
    population = nhanes.load(data)
    in_survey = population.wave == NHANES_3
    if not in_survey.any():
        raise InvalidInput.at("data", "holds nobody of NHANES III (wave 0), which this clock needs")
    return population.rows(in_survey)


def complete(population: StudyPopulation, transforms: Sequence[MarkerTransform]) -> BoolArray:
    """Who has every marker, the age and the sex."""
    columns = [
        columns_of(population.table, transforms),
        population.age_years,
        population.table.column(SEX),
    ]
    return np.asarray(~np.isnan(np.column_stack(columns)).any(axis=1))


def enough(people: StudyPopulation, least: int, who: str) -> StudyPopulation:
    """Return the people, or raise InvalidInput if they are too few to train on."""
    if len(people) < least:
        raise InvalidInput.at("data", f"has {len(people)} {who}, at least {least} are needed")
    return people


def sexes_of(people: StudyPopulation) -> dict[str, BoolArray]:
    """Who is of which sex."""
    sex = people.table.column(SEX)
    return {choice: sex == code for code, choice in enumerate(SEXES)}


def feature_entries(
    people: StudyPopulation, markers: Sequence[str], *, markers_required: bool, sex: str
) -> list[dict[str, object]]:
    """The manifest's features: the markers with the range of the people, and sex.

    `sex` is "required" where the clock depends on it, else "optional": then it only says among whom
    an age gap is ranked.
    """
    sex_required = sex == "required"
    entries: list[dict[str, object]] = [
        {"key": SEX, "required": sex_required, "informative": sex_required, "training": None}
    ]
    for key in markers:
        entries.append(
            {
                "key": key,
                "required": markers_required,
                "informative": True,
                "training": _range(people.table.column(key)),
            }
        )
    return entries


def _range(values: FloatArray) -> list[float] | None:
    if np.isnan(values).all():
        return None
    return [float(f"{end:.4g}") for end in (np.nanmin(values), np.nanmax(values))]


def rounded(values: FloatArray, digits: int = 14) -> FloatArray:
    """Numbers as a bundle keeps them: with so few digits that the last bits of a sum do not matter."""
    shortest = np.vectorize(lambda number: float(f"{number:.{digits}g}"))
    return np.asarray(shortest(values))


def first_try(document: Mapping[str, object], files: Mapping[str, bytes]) -> Clock:
    """Load a bundle before its metrics are known."""
    content = {**files, CARD: b""}
    return load_clock({**content, MANIFEST: finish_manifest({**document, "metrics": {}}, content)})


def equality(clock: Clock, population: StudyPopulation, column: str) -> dict[str, int]:
    """Count the rows whose prediction equals a published column to 1e-9 years."""
    published = population.published.get(column, np.full(len(population), np.nan))
    has = ~np.isnan(published)
    difference = np.abs(clock.score(population.table).prediction - published)
    return {"n_rows": int(has.sum()), "n_equal": int((difference[has] <= EQUAL_YEARS).sum())}


def mortality(
    clock: Clock, population: StudyPopulation, derived: str | None = None
) -> dict[str, object]:
    """Association with mortality, on the people of NHANES IV that the protocol names.

    `derived` names the form whose hazard ratio is given where the number is no age.

    Raises
    ------
    InvalidInput
        If they are too few to say anything.
    """
    people = population.rows(followed(population))
    scores = clock.score(people.table)
    predicted = scores.prediction
    advance = predicted - people.age_years if derived is None else scores.derived[derived]
    scored = np.isfinite(advance)
    if scored.sum() < 2:
        raise InvalidInput.at("validation", "has too few people whom the clock scores")
    followed_people = follow_up(people).rows(scored)
    try:
        return association(followed_people, predicted[scored], advance[scored]).describe()
    except ValueError as error:
        raise InvalidInput.at("validation", f"has too few people: {error}") from error


def write(
    out: Path,
    manifest: Mapping[str, object],
    files: Mapping[str, bytes],
    metrics: Mapping[str, object],
    card: str,
) -> dict[str, bytes]:
    """Write the bundle with its figures; versions are compared by C where it was measured."""
    primary_metric = {"headline": PRIMARY_METRIC} if "mortality" in metrics else {}
    return bundle.write(out, {**manifest, "metrics": metrics, **primary_metric}, files, card)
