"""Fit the average markers of peers, which a linear clock is explained against."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from agelens.clocks.marker_transforms import MarkerTransform, columns_of
from agelens.clocks.peers_by_age import PeersByAge

from model_training.datasets.nhanes import StudyPopulation
from model_training.nhanes_training import rounded

DIGITS = 10  # far finer than the averages are known
Fit = Callable[[StudyPopulation, Sequence[MarkerTransform]], PeersByAge]


@dataclass(frozen=True)
class Averages:
    """A way to average the peers, with its words for one marker and for all of them."""

    fit: Fit
    of_one: str
    of_all: str


def means_by_age(people: StudyPopulation, transforms: Sequence[MarkerTransform]) -> PeersByAge:
    """The mean of each transformed marker as a parabola in age, by ordinary least squares."""
    age = people.age_years
    middle = age.mean()
    decades = (age - middle) / 10
    powers = np.stack([np.ones_like(age), decades, decades**2], axis=1)
    values = columns_of(people.table, transforms)
    # plain sums, not a matrix product, whose last bits depend on the number of threads
    squares = np.array([[(p * q).sum() for q in powers.T] for p in powers.T])
    products = np.array([[(p * r).sum() for r in values.T] for p in powers.T])
    level, slope, bend = np.linalg.solve(squares, products) / [[1], [10], [100]]
    from_zero = [level - slope * middle + bend * middle**2, slope - 2 * bend * middle, bend]
    coefficients = rounded(np.stack(from_zero), DIGITS)
    return PeersByAge((float(age.min()), float(age.max())), coefficients)


def medians(people: StudyPopulation, transforms: Sequence[MarkerTransform]) -> PeersByAge:
    """The median of each transformed marker, the same at every age."""
    middle = np.median(columns_of(people.table, transforms), axis=0)
    coefficients = np.stack([middle, np.zeros_like(middle), np.zeros_like(middle)])
    ages = (float(people.age_years.min()), float(people.age_years.max()))
    return PeersByAge(ages, rounded(coefficients, DIGITS))


def measured(
    people: StudyPopulation, transforms: Sequence[MarkerTransform]
) -> tuple[MarkerTransform, ...]:
    """The markers that anybody here has."""
    values = columns_of(people.table, transforms)
    any_measured = np.asarray(~np.isnan(values).all(axis=0))
    return tuple(
        each for each, is_measured in zip(transforms, any_measured, strict=True) if is_measured
    )


def by_age_or_published(means: Mapping[MarkerTransform, float]) -> Averages:
    """Means by age as `BY_AGE` of the markers that the survey measured, published means of the others."""

    def fit(people: StudyPopulation, transforms: Sequence[MarkerTransform]) -> PeersByAge:
        coefficients = np.zeros((3, len(transforms)))
        coefficients[0] = [means[each] for each in transforms]
        measured_transforms = measured(people, transforms)
        by_age = means_by_age(people, measured_transforms)
        coefficients[:, [transforms.index(each) for each in measured_transforms]] = (
            by_age.coefficients
        )
        return PeersByAge(by_age.ages, coefficients)

    return Averages(
        fit,
        "the average of that age in NHANES III (the published mean, if NHANES III lacks the marker)",
        "average for that age in NHANES III (the published means, where NHANES III lacks them)",
    )


BY_AGE = Averages(
    means_by_age,
    "the average of that age in NHANES III",
    "average for that age in NHANES III",
)
MEDIANS = Averages(medians, "the median of NHANES III", "the medians of NHANES III")
