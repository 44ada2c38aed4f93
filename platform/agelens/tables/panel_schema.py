"""The features and requirements of every row of a table."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from agelens.clocks.base import Clock
from agelens.domain.features import Feature


def _nothing(answered: Collection[str]) -> str | None:
    return None


@dataclass(frozen=True)
class PanelSchema:
    """The features that a row answers, and what it must have.

    Attributes
    ----------
    features : tuple of Feature
    needs_age : bool
        Whether a row without chronological age is an error.
    ages : tuple of float, optional
        The first and the last chronological age, in years, that is no error.
    lacks : callable
        What a row with answers to these features lacks, in words; None when it has enough.
    """

    features: tuple[Feature, ...]
    needs_age: bool = False
    ages: tuple[float, float] | None = None
    lacks: Callable[[Collection[str]], str | None] = _nothing

    @classmethod
    def of(cls, clock: Clock) -> "PanelSchema":
        """What a clock asks."""
        manifest = clock.manifest
        return cls(manifest.features, manifest.needs_age, clock.ages, clock.lacks)
