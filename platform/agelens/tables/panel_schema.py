"""The features and requirements of every row of a table."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from agelens.clocks.base import Clock
from agelens.domain.features import Feature
from agelens.domain.panel import AGE


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
    tolerant : bool
        Whether a cell that cannot be read counts as missing, where the row has enough without it. A
        number that is refused as implausible costs its row all the same: its unit may be wrong.
    """

    features: tuple[Feature, ...]
    needs_age: bool = False
    ages: tuple[float, float] | None = None
    lacks: Callable[[Collection[str]], str | None] = _nothing
    tolerant: bool = False

    @classmethod
    def of(cls, clock: Clock) -> "PanelSchema":
        """What a clock asks."""
        manifest = clock.manifest
        return cls(manifest.features, manifest.needs_age, clock.ages, clock.lacks, True)

    def needs(self, key: str) -> bool:
        """Whether a cell of this feature, or of AGE, that cannot be read is an error of its row."""
        if not self.tolerant:
            return True
        return (
            self.needs_age if key == AGE else any(f.required for f in self.features if f.key == key)
        )
