"""Fit the peer model: limits, spline knots and the peers' averages."""

import numpy as np
from agelens.clocks.base import FloatArray
from agelens.clocks.peer_deviations import PEER_TERMS, SHAPES, PeerModel, decades, peer_terms
from agelens.domain.errors import InvalidInput

from model_training.mortality.plan import Plan
from model_training.mortality.training_people import People

LIMIT_DIGITS = 6  # shown to people
DIGITS = 9  # so that the last bits of a processor's arithmetic do not reach the bundle


def learn_peers(plan: Plan, people: People) -> PeerModel:
    """Limits, standardisation and knots of every marker, and what peers have.

    Raises
    ------
    InvalidInput
        If a marker has too few different values.
    """
    columns = np.stack([people.table.column(key) for key in plan.markers])
    floor = np.array([plan.floors.get(key, np.nan) for key in plan.markers])
    logarithm = np.array([key in plan.skewed for key in plan.markers])
    low, high = np.nanquantile(columns, plan.limits, axis=1)
    low = rounded(np.where(np.isnan(floor), low, floor), LIMIT_DIGITS)
    high = rounded(high, LIMIT_DIGITS)
    values = np.clip(columns, low[:, np.newaxis], high[:, np.newaxis])
    values[logarithm] = np.log(values[logarithm])
    centre, scale = rounded(np.nanmean(values, axis=1)), rounded(np.nanstd(values, axis=1))
    if not (low < high).all() or not (scale > 0).all():
        raise InvalidInput.at("data", "has a marker that is the same in everybody")
    standard = (values - centre[:, np.newaxis]) / scale[:, np.newaxis]
    knots = rounded(
        np.stack([_knots(plan, *marker) for marker in zip(plan.markers, standard, strict=True)])
    )
    nothing = np.zeros((SHAPES, len(plan.markers), PEER_TERMS))
    blank = PeerModel(plan.markers, logarithm, low, high, floor, centre, scale, knots, nothing)
    peers = rounded(_peers(blank.shapes(columns), people))
    return PeerModel(plan.markers, logarithm, low, high, floor, centre, scale, knots, peers)


def base_terms(
    age_years: FloatArray, male: FloatArray, later: FloatArray | None = None
) -> FloatArray:
    """One, age, sex, and where surveys differ, later survey and later survey by age."""
    age = decades(age_years)
    terms = [np.ones_like(age), age, male]
    if later is not None:
        terms += [later, later * age]
    return np.stack(terms)


def matrix(peer_model: PeerModel, people: People, with_surveys: bool) -> FloatArray:
    """The design: base terms, then the five deviations of every marker; shape (n_terms, n_people)."""
    base = base_terms(people.age, people.male, people.later if with_surveys else None)
    columns = peer_model.columns(people.table)
    deviations = peer_model.deviations(columns, people.age, people.male)
    return np.concatenate([base, deviations.reshape(-1, len(people))])


def standardised_columns(peer_model: PeerModel, people: People) -> FloatArray:
    """Standardised markers, the peers' average where missing, age and sex; shape (n_people, n_markers + 2)."""
    values = peer_model.shapes(peer_model.columns(people.table))[0]
    peers = peer_model.peers[0] @ peer_terms(people.age, people.male)
    values = np.where(np.isnan(values), peers, values)
    return np.ascontiguousarray(np.vstack([values, people.age, people.male]).T)


def rounded(values: FloatArray, digits: int = DIGITS) -> FloatArray:
    """To so many significant digits."""
    numbers = [float(f"{value:.{digits}g}") for value in values.ravel().tolist()]
    return np.array(numbers).reshape(values.shape)


def _knots(plan: Plan, key: str, standard: FloatArray) -> FloatArray:
    measured = standard[~np.isnan(standard)]
    if key in plan.floors:
        measured = measured[measured > measured.min()]
    knots = np.quantile(measured, plan.knots) if len(measured) else np.zeros(len(plan.knots))
    if not (np.diff(knots) > 0).all():
        raise InvalidInput.at("data", f"{key} has too few different values for a spline")
    return knots


def _peers(shapes: FloatArray, people: People) -> FloatArray:
    """Least squares on age and sex, each marker on those who have it."""
    terms = peer_terms(people.age, people.male).T
    averages = np.empty((SHAPES, shapes.shape[1], PEER_TERMS))
    for marker in range(shapes.shape[1]):
        is_measured = ~np.isnan(shapes[0, marker])
        coefficients, *_ = np.linalg.lstsq(terms[is_measured], shapes[:, marker, is_measured].T)
        averages[:, marker] = coefficients.T
    return averages
