"""Features: a clock's inputs, each a registry entry with the clock's own settings."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property

from agelens import wire
from agelens.domain.registry import (
    EVERYWHERE,
    Alias,
    Biomarker,
    MistakenQuantity,
    biomarker,
    biomarkers,
)
from agelens.domain.units import Unit, find_unit, normalized_name

# A file asks for the same names, row by row; strangers can spell a known name in endless ways.
MOST_REMEMBERED = 1000


@dataclass(frozen=True)
class Feature(Biomarker):
    """One feature of one clock.

    `informative` is false for answers that a clock takes because its data set has them, although
    they tell it nothing about age; they never change its number. `training` is the range, in the
    canonical unit, of the people that the clock learned from.
    """

    required: bool = False
    informative: bool = True
    training: tuple[float, float] | None = None

    def describe(self) -> wire.Feature:
        """The wire shape of one entry of a model's `features`."""
        return {
            **super().describe(),
            "required": self.required,
            "informative": self.informative,
            "training": list(self.training) if self.training else None,
        }


def feature(
    key: str,
    *,
    required: bool = False,
    informative: bool = True,
    training: tuple[float, float] | None = None,
) -> Feature:
    """A feature from its registry key; KeyError when the registry does not have it."""
    entry = biomarker(key)
    values = {field.name: getattr(entry, field.name) for field in fields(Biomarker)}
    return Feature(**values, required=required, informative=informative, training=training)


@dataclass(frozen=True)
class Target:
    """The target of an answer: a feature, by its key (alias None) or an alias."""

    feature: Feature
    alias: Alias | None = None

    @cached_property
    def unit(self) -> Unit | None:
        """The unit of an answer that names none."""
        units = self.feature.units
        return find_unit(units, self.alias.unit) if self.alias else units[0]

    def spells(self, name: str) -> bool:
        """Whether this is exactly how the name is written."""
        return name == (self.alias.name if self.alias else self.feature.key)


class Names:
    """Lookup of a clock's features by key and alias.

    Keys come first: `glucose` is the key, in the canonical unit, although a data set uses the same
    name for mg/dL; spellings of the registry (MCV, Alk Phos) come last. With `columns` that data
    set's names alone are understood, as it means them.
    """

    def __init__(self, features: Sequence[Feature], columns: str | None = None) -> None:
        self._features = tuple(features)
        self._targets: dict[str, list[Target]] = {}
        self._found_targets: dict[str, list[list[Target]]] = {}
        if columns in (None, "agelens"):
            self._targets = {normalized_name(f.key): [Target(f)] for f in features}
        keys = set(self._targets)
        for f in features:
            for alias in f.aliases:
                name = normalized_name(alias.name)
                if columns in (None, *_known_under(alias)) and name not in keys:
                    self._targets.setdefault(name, []).append(Target(f, alias))
        if columns in (None, "agelens"):
            for f in features:
                for name in map(normalized_name, f.names):
                    if all(_adds_nothing(target) for target in self._targets.get(name, ())):
                        self._targets[name] = [Target(f)]
        codes = {a.name for f in features for a in f.aliases if a.columns in EVERYWHERE}
        names = {n for f in features for n in (*f.names, *(a.name for a in f.aliases))}
        self._spelled = sorted({f.key for f in features} | (names - codes))

    def find(self, name: str) -> list[list[Target]]:
        """The targets of a name, by feature; a pair such as 120/80 has two, an unknown name none.

        Data sets share names and write different things under them (Gender: Male, gender: 1), so a
        feature may have several ways to read one name; the one spelled exactly so comes first.
        """
        targets = self._found_targets.get(name)
        if targets is None:
            targets = self._look_up(name)
            if targets and len(self._found_targets) < MOST_REMEMBERED:
                self._found_targets[name] = targets
        return targets

    def _look_up(self, name: str) -> list[list[Target]]:
        by_feature: dict[str, list[Target]] = {}
        for target in self._targets.get(normalized_name(name), []):
            by_feature.setdefault(target.feature.key, []).append(target)
        return [
            sorted(targets, key=lambda candidate: not candidate.spells(name))
            for targets in by_feature.values()
        ]

    def closest(self, name: str) -> str | None:
        """The known name that `name` may have meant."""
        if normalized_name(name) in _names_of_biomarkers():  # it means something else
            return None
        matches = difflib.get_close_matches(name[:80], self._spelled, n=1, cutoff=0.6)
        return matches[0] if matches else None

    def other_quantity(self, name: str) -> tuple[Feature, MistakenQuantity] | None:
        """The feature that a name seems to be, and what it is instead."""
        return self._other_quantities.get(normalized_name(name))

    @cached_property
    def _other_quantities(self) -> dict[str, tuple[Feature, MistakenQuantity]]:
        return {
            normalized_name(name): (feature, quantity)
            for feature in self._features
            for quantity in feature.mistaken_for
            for name in quantity.names
        }


@cache
def _names_of_biomarkers() -> frozenset[str]:
    """Everything that any biomarker is called."""
    return frozenset(
        normalized_name(name)
        for entry in biomarkers().values()
        for name in (entry.key, entry.label, *entry.names)
    )


def _known_under(alias: Alias) -> tuple[str, ...]:
    """Under which `columns` an alias is understood."""
    return ("agelens",) if alias.columns in EVERYWHERE else (alias.columns,)


def _adds_nothing(target: Target) -> bool:
    """Whether the alias says no more than the registry does: the canonical unit, as it is."""
    alias = target.alias
    if alias is None or alias.transform:
        return alias is None
    return target.feature.kind == "choice" or target.unit is target.feature.units[0]
