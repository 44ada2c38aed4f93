"""The applicability domain of a clock: whom it refuses, and of whom it says so when it extrapolates."""

from collections.abc import Sequence

import numpy as np

from agelens.clocks.base import (
    AgeGapReference,
    BoolArray,
    Clock,
    FloatArray,
    HasCompletedRange,
    Scores,
    Table,
)
from agelens.clocks.marker_transforms import SEX
from agelens.domain.context import WARNINGS

CRP, INFLAMED_CRP = "crp", 10.0  # mg/L, above which acute inflammation is likely
INFLAMED = (
    "crp above 10 mg/L suggests acute inflammation, which changes this result for a while; measure "
    "again after recovery"
)
ADULT_YEARS = 20.0
YOUNG = "chronological_age is below 20, and this clock says little about people so young"
HARDLY_MEASURED = (
    "more than half of the biomarkers that this clock reads are missing, so the result says little "
    "about this person"
)
MOSTLY_ESTIMATED = (
    "more than half of the biomarkers that this clock reads are missing and estimated from the others, "
    "so the result is less certain"
)
RANKED_COMPLETE = "the age gap is ranked for complete panels only"
RANKED_BY_RANGE = (
    "the rank of the age gap is exact for complete panels only; with markers missing it is a range at "
    "best"
)
RANKED_ESTIMATED = "the age gap is ranked with the missing markers estimated from the others"

Note = tuple[str, BoolArray]  # a warning, and the people whom it is about: shape (n_people,)


def notes(clock: Clock, table: Table, scores: Scores, complete: BoolArray) -> Sequence[Note]:
    """Every warning that depends on the values alone, not on how they were written.

    Parameters
    ----------
    clock : Clock
    table : Table
    scores : Scores
        Of the table.
    complete : ndarray of bool, shape (n_people,)
        Who has every informative feature.
    """
    ages = table.chronological_age
    context = [(WARNINGS[key], flags) for key, flags in table.context.items()]
    estimated = scores.missing_half_width is not None
    people = _of_people(clock, table, estimated=estimated)
    notes = [*context, *_of_markers(scores), *people]
    if clock.validated_ages:
        low, high = clock.validated_ages
        text = f"chronological_age is beyond {low:g} to {high:g}, where this clock was validated"
        notes.append((text, (ages < low) | (ages > high)))
    if not clock.reference:
        return notes
    incomplete = ~complete
    for flags in table.context.values():  # whose warning says already that nobody is ranked
        incomplete = incomplete & ~flags
    return notes + _of_gaps(clock.reference, ages, incomplete, _of_rank(clock, estimated=estimated))


def _of_people(clock: Clock, table: Table, *, estimated: bool) -> list[Note]:
    """Of the young, of acute inflammation, and of those of whom little was measured."""
    notes: list[Note] = []
    if not clock.validated_ages:
        notes.append((YOUNG, table.chronological_age < ADULT_YEARS))
    markers = [key for key in clock.manifest.informative if key != SEX]
    if CRP in markers:
        notes.append((INFLAMED, table.column(CRP) > INFLAMED_CRP))
    missing = np.zeros(len(table), dtype=int)
    for key in markers:
        missing += np.isnan(table.column(key))
    text = MOSTLY_ESTIMATED if estimated else HARDLY_MEASURED
    return [*notes, (text, 2 * missing > len(markers))]


def complete_panels(clock: Clock, table: Table) -> BoolArray:
    """Who has every informative feature, shape (n_people,)."""
    complete = np.ones(len(table), dtype=bool)
    for key in clock.manifest.informative:
        complete &= ~np.isnan(table.column(key))
    return complete


def age_refusal(ages: tuple[float, float]) -> str:
    """The message about a chronological age that a clock says nothing of."""
    return "must be between {:g} and {:g} for this clock".format(*ages)


def errors_of_ages(ages: tuple[float, float], age_years: FloatArray) -> dict[int, str]:
    """An error for every row with an age outside these."""
    beyond = np.flatnonzero((age_years < ages[0]) | (age_years > ages[1]))
    message = f"chronological_age {age_refusal(ages)}"
    return dict.fromkeys(beyond.tolist(), message)


def _of_markers(scores: Scores) -> list[Note]:
    text = "{} is beyond the training data"
    notes: list[Note] = []
    for index, key in enumerate(scores.features):
        notes.append((f"{text.format(key)} and counts as its limit", scores.clipped[:, index]))
        if scores.extrapolated is not None:
            notes.append((text.format(key), scores.extrapolated[:, index]))
    return notes


def _of_rank(clock: Clock, *, estimated: bool) -> str:
    """What becomes of the rank where markers are missing, as `results` gives it."""
    if estimated:
        return RANKED_ESTIMATED
    return RANKED_BY_RANGE if isinstance(clock, HasCompletedRange) else RANKED_COMPLETE


def _of_gaps(
    reference: AgeGapReference, ages: FloatArray, incomplete: BoolArray, text: str
) -> list[Note]:
    first, last = reference.ages
    ranked = (first <= ages) & (ages < last + 1)
    other_ages = f"the age gap is ranked for ages {first} to {last} only"
    return [(other_ages, ~ranked & ~np.isnan(ages)), (text, ranked & incomplete)]
