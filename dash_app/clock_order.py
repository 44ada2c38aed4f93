"""Which clocks come first, and what is said of those that are trained on synthetic data."""

from collections.abc import Iterable

from agelens.client import Model
from agelens.languages import N_

DEMONSTRATION = N_("Demonstration: synthetic data")


def in_order(models: Iterable[Model]) -> list[Model]:
    """Clocks with an interval first, ages before other units, demonstrations last."""

    def rank(model: Model) -> tuple[bool, bool, bool]:
        has_interval = bool(model.interval and model.interval.level)
        return model.demonstration, not has_interval, model.unit != "years"

    return sorted(models, key=rank)
