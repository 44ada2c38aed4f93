"""Over which values a slider varies a biomarker, in the unit that a person uses.

A slider covers what the clock was trained on and a little more on both sides, so that its ends show
where the training data stop, and has room on both sides of the value that was measured. It never
leaves what is plausible, which the service would refuse.
"""

import math
from typing import NamedTuple

from agelens.client.units import Feature, decimals, in_unit

DEFAULT_AGES = (18.0, 100.0)  # of a clock that says nothing of the ages it is for
# beyond the training data and beyond the measured value, as a share of the former
PADDING_SHARE = 0.12


class SliderRange(NamedTuple):
    """A slider's ends and step, and how many decimals its numbers have.

    `training` is what the clock was trained on, None where that is not known.
    """

    low: float
    high: float
    step: float
    decimals: int
    training: tuple[float, float] | None = None


def slider_range(
    feature: Feature, unit: str | None, value: float | None = None, *, trained: bool = True
) -> SliderRange:
    """The range of a slider around a canonical value.

    Parameters
    ----------
    feature : mapping
        An entry of a clock's feature schema.
    unit : str or None
        One of its accepted units; the canonical one when None.
    value : float, optional
        What was measured, in the canonical unit.
    trained : bool
        Whether the schema's training range is that of the version that answers.
    """
    plausible = feature["plausible"] or DEFAULT_AGES
    training = _within(feature.get("training") if trained else None, plausible)
    low, high = training or plausible
    room = PADDING_SHARE * (high - low)
    if training:
        low, high = low - room, high + room
    if value is not None:
        low, high = min(low, value - room), max(high, value + room)
    return _in_steps(
        feature, unit, (max(low, plausible[0]), min(high, plausible[1])), value, training
    )


def _within(
    training: tuple[float, float] | None, plausible: tuple[float, float]
) -> tuple[float, float] | None:
    return training and (max(training[0], plausible[0]), min(training[1], plausible[1]))


def _in_steps(
    feature: Feature,
    unit: str | None,
    ends: tuple[float, float],
    value: float | None,
    training: tuple[float, float] | None,
) -> SliderRange:
    """Whole steps of the unit; the measured value is inside even where it is none itself."""
    digits = decimals(feature, unit)
    step = 10.0**-digits
    bounds = sorted(in_unit(feature, bound, unit) for bound in ends)
    low, high = (
        math.ceil(bounds[0] / step - 1e-9) * step,
        math.floor(bounds[1] / step + 1e-9) * step,
    )
    if value is not None:
        value_in_unit = in_unit(feature, value, unit)
        low, high = min(low, value_in_unit), max(high, value_in_unit)
    trained = training and sorted(in_unit(feature, bound, unit) for bound in training)
    return SliderRange(
        rounded(low, digits),
        rounded(high, digits),
        step,
        digits,
        (trained[0], trained[1]) if trained else None,
    )


def rounded(number: float, digits: int) -> float:
    """Without the dust of converting, and with all that somebody may have typed."""
    return round(number, digits + 6)
