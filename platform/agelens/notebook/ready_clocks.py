"""Which clocks are calculated for a panel, with and without widgets."""

from collections.abc import Collection, Mapping

from agelens.client import Model, PanelCheck


def ready_clocks(check: PanelCheck, models: Mapping[str, Model]) -> list[str]:
    """Those that are ready; a demonstration on synthetic data only where no other one is."""
    ready = list(check.ready)
    real = [name for name in ready if name not in models or not models[name].demonstration]
    return real or ready


def price_of(check: PanelCheck, names: Collection[str]) -> int:
    """What these clocks cost together."""
    return sum(each.price for each in check.clocks if each.model.name in names)
