"""Percentile references: summaries of the age gaps that a shipped clock gives the people of a survey.

A clock whose answer is no age has no gap; its answers themselves are summarised.

They are independent of the bundle, which ranks among the people it was made with: one clock may have
several, each of which says who its people are, when they were examined, and whether they are weighted to
the population. docs/how-to/train-and-publish.md has the command.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from agelens.clocks.applicability import complete_panels
from agelens.clocks.base import BoolArray, Clock, FloatArray
from agelens.clocks.bundles import SHIPPED, find_clock, load_clock, read_bundle
from agelens.clocks.manifests import json_bytes
from agelens.clocks.marker_transforms import SEX
from agelens.clocks.references import YEARS
from agelens.domain.errors import InvalidInput

from model_training.datasets import nhanes
from model_training.datasets.bioage_columns import FIRST_YEARS
from model_training.datasets.nhanes import NHANES_3, StudyPopulation
from model_training.gap_reference import NEAR_YEARS, summarise
from model_training.nhanes_training import sexes_of

LEAST_PEOPLE = 100  # within five years of an age, of each sex: below, a 5th percentile is a guess
TOP_CODES = {0: 90.0, **dict.fromkeys(range(1, 5), 85.0), **dict.fromkeys(range(5, 11), 80.0)}
LATER = "NHANES IV"
YEARS_OF_3 = "1988-94"
ETHNICITIES = {"white": 1, "black": 2, "mexican-american": 3, "other": 4}


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a version of the summary, and maybe people of one ethnicity only."""

    version: str | None = None
    ethnicity: str | None = None


def write_references(
    data: Path,
    out: Path,
    clock: str | None = None,
    wanted: Wanted | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Summarise what clocks say of the people of a survey.

    Parameters
    ----------
    data : Path
        A frame of the R package BioAge, or a folder of NHANES public files, whose weights are used.
    out : Path
        Of one clock a file; of all of them a folder, where they stand as in `clocks/references`.
    clock : str, optional
        A shipped one as NAME or NAME@VERSION, or a bundle; every version of every shipped clock when
        absent, of which those are left out that were trained on these people, or have them as their
        bundle's own reference.

    Raises
    ------
    InvalidInput
        If the data cannot be read, or hold too few people whom the clock scores.
    """
    wanted = wanted or Wanted()
    population = eligible(nhanes.load(data), wanted.ethnicity)
    if clock is not None:
        document = reference_of(find_clock(clock), population, wanted)
        _write(out, document, say)
        return
    for directory in SHIPPED:
        of = load_clock(read_bundle(directory))
        try:
            _check_others(of, population)
            document = reference_of(of, population, wanted)
        except InvalidInput as error:
            say(f"{of.manifest.name} {of.manifest.version}: none, {error.problems[0].message}")
            continue
        name = f"{document['version']}.json"
        _write(out / of.manifest.name / of.manifest.version / name, document, say)


def _check_others(clock: Clock, population: StudyPopulation) -> None:
    """Refuse a clock that ranks among people of this study by itself, predicted out of sample."""
    reference_name = clock.reference.described(None) if clock.reference else ""
    later = bool((population.wave != NHANES_3).all())
    if later and LATER in reference_name:
        message = f"{clock.manifest.name} ranks among people of {LATER} already"
        raise InvalidInput.at("clock", message)


def eligible(population: StudyPopulation, ethnicity: str | None = None) -> StudyPopulation:
    """Who counts: not pregnant, of an age that is not top-coded, of the ethnicity if one is said.

    Raises
    ------
    InvalidInput
        If there is no such ethnicity.
    """
    top = np.array([TOP_CODES.get(int(wave), np.inf) for wave in population.wave])
    is_eligible = (population.pregnant != 1) & (population.age_years < top)
    if ethnicity is not None:
        if ethnicity not in ETHNICITIES:
            raise InvalidInput.at("ethnicity", f"must be one of: {', '.join(ETHNICITIES)}")
        is_eligible &= population.ethnicity == ETHNICITIES[ethnicity]
    return population.rows(is_eligible)


def reference_of(clock: Clock, population: StudyPopulation, wanted: Wanted) -> dict[str, Any]:
    """The summary of the gaps of everybody whose panel is complete and whom the clock scores.

    Of a clock whose answer is no age it is that of the answers themselves.

    Raises
    ------
    InvalidInput
        If the clock was trained on these people, or too few of them are scored.
    """
    manifest = clock.manifest
    if manifest.data_sha256 == population.sha256:
        raise InvalidInput.at("data", f"are the people that {manifest.name} was trained on")
    prediction = clock.score(population.table).prediction
    scored = np.isfinite(prediction) & complete_panels(clock, population.table)
    scored &= ~np.isnan(population.table.column(SEX))
    people, prediction = population.rows(scored), prediction[scored]
    weights = weights_of(people)
    if weights is not None:
        people, prediction = people.rows(weights > 0), prediction[weights > 0]
        weights = weights[weights > 0]
    sexes = sexes_of(people)
    ranked = clock.reference.ages if clock.reference else (0, 150)
    ages = ages_with_enough(people.age_years, list(sexes.values()), ranked)
    label = label_of(people, weighted=weights is not None, ethnicity=wanted.ethnicity)
    summary = summarise(
        f"{label}, same sex, within {NEAR_YEARS:g} years",
        prediction[np.newaxis],
        people.age_years,
        sexes,
        weights=weights,
        ages=ages,
        from_age=manifest.unit == YEARS,
    )
    study = "nhanes3" if (people.wave == NHANES_3).all() else "nhanes4"
    suffix = f"-{wanted.ethnicity}" if wanted.ethnicity else ""
    return {
        "version": wanted.version or f"{study}{suffix}-{datetime.now(UTC).year}",
        "clock": {
            "name": manifest.name,
            "version": manifest.version,
            "sha256": manifest.sha256,
        },
        "people": {
            "label": label,
            "n_people": len(people),
            "n_by_sex": {sex: int(members.sum()) for sex, members in sexes.items()},
            "weighted": weights is not None,
            "data_sha256": population.sha256,
        },
        **summary,
    }


def weights_of(people: StudyPopulation) -> FloatArray | None:
    """The survey weights; None where nobody has any.

    Raises
    ------
    InvalidInput
        If some have one and others do not: they would be neither a sample nor a population.
    """
    unknown = np.isnan(people.weight)
    if unknown.all():
        return None
    if unknown.any():
        surveys = sorted({int(FIRST_YEARS[int(wave)]) for wave in people.wave[unknown]})
        raise InvalidInput.at(
            "data", f"has people without a survey weight, of: {', '.join(map(str, surveys))}"
        )
    return people.weight


def ages_with_enough(age: FloatArray, sexes: Sequence[BoolArray], ranked: tuple[int, int]) -> range:
    """The longest run of ages at which every sex has enough people within five years.

    Only of those at which the bundle's own reference ranks: the clock says no more of other ages.

    Raises
    ------
    InvalidInput
        If there is none.
    """
    if len(age):
        runs: list[range] = []
        first, last = max(int(age.min()), ranked[0]), min(int(age.max()), ranked[1])
        for each in range(first, last + 1):
            of_similar_age = np.abs(age - each) <= NEAR_YEARS
            if min(int((of_similar_age & members).sum()) for members in sexes) < LEAST_PEOPLE:
                continue
            if runs and runs[-1].stop == each:
                runs[-1] = range(runs[-1].start, each + 1)
            else:
                runs.append(range(each, each + 1))
        if runs:
            return max(runs, key=len)
    message = f"has nowhere {LEAST_PEOPLE} women and men of like age with a complete panel"
    raise InvalidInput.at("data", message)


def label_of(people: StudyPopulation, *, weighted: bool, ethnicity: str | None) -> str:
    """Who and when: "NHANES IV, 1999-2018, unweighted"."""
    waves = people.wave.astype(int)
    parts = []
    if (waves == NHANES_3).any():
        parts.append(f"NHANES III, {YEARS_OF_3}")
    later = waves[waves != NHANES_3]
    if len(later):
        first, last = FIRST_YEARS[int(later.min())], FIRST_YEARS[int(later.max())] + 1
        parts.append(f"{LATER}, {first}-{last}")
    population_words = [ethnicity] if ethnicity else []
    return ", ".join(
        [" and ".join(parts), *population_words, "weighted" if weighted else "unweighted"]
    )


def _write(path: Path, document: dict[str, Any], say: Callable[[str], None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(json_bytes(document))
    clock, people = document["clock"], document["people"]
    say(
        f"{clock['name']} {clock['version']}: {people['n_people']:,} people, {people['label']}: {path}"
    )
