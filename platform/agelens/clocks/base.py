"""The clock interface: a table of people in, predictions with explanations out."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from agelens.domain.features import Feature, Names

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]


@dataclass(frozen=True)
class PrimaryMetric:
    """The one metric by which versions of a clock are compared.

    `path` leads to it in the metrics; figures of different protocols are not comparable.
    """

    path: tuple[str, ...]
    better: Literal["lower", "higher"]
    protocol: str

    def value(self, metrics: Mapping[str, object]) -> float:
        """The metric's figure.

        Raises
        ------
        KeyError, TypeError, ValueError
            If the path does not lead to a finite number.
        """
        figure: object = metrics
        for step in self.path:
            if not isinstance(figure, Mapping):
                raise TypeError(f"metrics: {step} is not in an object")
            figure = figure[step]
        if isinstance(figure, bool) or not isinstance(figure, int | float):
            raise TypeError(f"metrics: {self.path[-1]} is not a number")
        if not math.isfinite(figure):
            raise ValueError(f"metrics: {self.path[-1]} is not finite")
        return float(figure)


@dataclass(frozen=True)
class Manifest:
    """The metadata of a bundle.

    `sha256` is over the manifest, which holds the hash of every other file, so it names the whole
    bundle. `data_sha256` is over the bytes of the training file.
    """

    name: str
    version: str
    title: str
    kind: str
    unit: str
    price: int
    needs_age: bool
    features: tuple[Feature, ...]
    explanation_game: str
    base_meaning: str
    interval_level: float | None
    interval_method: str
    sha256: str
    data_sha256: str
    metrics: Mapping[str, object]
    libraries: Mapping[str, str]
    card: str
    primary_metric: PrimaryMetric | None = None

    @property
    def informative(self) -> tuple[str, ...]:
        """The keys of the features that the clock's number depends on."""
        return tuple(f.key for f in self.features if f.informative)

    @cached_property
    def names(self) -> Names:
        """What the features are called; made once, as reading one panel takes less than making it."""
        return Names(self.features)


@dataclass(frozen=True)
class Table:
    """Many people as columns, in canonical units.

    Attributes
    ----------
    columns : mapping of str to ndarray of float64, shape (n_people,)
        By key; a choice is its index in the feature's `choices`; NaN is missing. A column that
        nobody answered may be absent.
    chronological_age : ndarray of float64, shape (n_people,)
        Years; NaN when not given.
    context : mapping of str to ndarray of bool, shape (n_people,)
        Who is pregnant or acutely ill, by `CONTEXTS`; no clock reads it.
    """

    columns: Mapping[str, FloatArray]
    chronological_age: FloatArray
    context: Mapping[str, BoolArray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.chronological_age)

    def person(self, row: int) -> "Table":
        """A table of one person."""
        slice_of_row = slice(row, row + 1)
        columns = {key: values[slice_of_row] for key, values in self.columns.items()}
        context = {key: flags[slice_of_row] for key, flags in self.context.items()}
        return Table(columns, self.chronological_age[slice_of_row], context)

    def column(self, key: str) -> FloatArray:
        """One column; all missing when nobody answered."""
        values = self.columns.get(key)
        return np.full(len(self), np.nan) if values is None else values


@dataclass(frozen=True)
class Scores:
    """Predictions, intervals and contributions for a table of people.

    Attributes
    ----------
    features : tuple of str
        The columns of `contributions`.
    prediction, low, high, base_value : ndarray of float64, shape (n_people,)
        In the clock's unit; NaN where there is an error, `low` and `high` also where the clock
        has no honest interval.
    contributions : ndarray of float64, shape (n_people, n_features)
        In the clock's unit; 0 where the feature is missing and not imputed.
    imputed, clipped : ndarray of bool, shape (n_people, n_features)
    extrapolated : ndarray of bool, shape (n_people, n_features), optional
        What lies beyond the training data and counts as it is; None if nothing can.
    derived : mapping of str to ndarray of float64, shape (n_people,)
        Other forms of the prediction that the field uses, such as its logarithm.
    errors : mapping of int to str
        Why a person could not be scored, by row.
    missing_half_width : ndarray of float64, shape (n_people,), optional
        How far the prediction may be from that of the complete panel, 0 where nothing is missing.
        Only of clocks that expect a missing marker from the others: their incomplete panels can be
        ranked among people with complete ones. None for other clocks.
    """

    features: tuple[str, ...]
    prediction: FloatArray
    low: FloatArray
    high: FloatArray
    base_value: FloatArray
    contributions: FloatArray
    imputed: BoolArray
    clipped: BoolArray
    errors: Mapping[int, str] = field(default_factory=dict)
    derived: Mapping[str, FloatArray] = field(default_factory=dict)
    extrapolated: BoolArray | None = None
    missing_half_width: FloatArray | None = None


class PanelRequirements(Protocol):
    """What a panel must have to be scored, beside the features that are required."""

    @property
    def ages(self) -> tuple[float, float] | None:
        """The chronological ages that it answers for, in years; None if for all."""
        ...

    def lacks(self, answered: Collection[str]) -> str | None:
        """A message naming what is missing to score a panel with these answers; None if nothing is."""
        ...


class Clock(PanelRequirements, Protocol):
    """A trained clock."""

    @property
    def manifest(self) -> Manifest:
        """The metadata of its bundle."""
        ...

    @property
    def validated_ages(self) -> tuple[float, float] | None:
        """The ages beyond which an answer has a warning; None if it is as good at all `ages`."""
        ...

    @property
    def reference(self) -> "AgeGapReference | None":
        """The people an age gap is compared with."""
        ...

    def score(self, table: Table) -> Scores:
        """Score and explain every person; what cannot be scored is an error of its row."""
        ...


@runtime_checkable
class HasExpectedIntervalWidth(Protocol):
    """A clock that can give the expected interval width after measuring a missing marker."""

    def expected_widths(
        self, person: Table, missing: Sequence[str], width_now: float
    ) -> Mapping[str, float]:
        """The expected width of the interval after measuring each of the missing features alone."""
        ...


@runtime_checkable
class HasCompletedRange(Protocol):
    """A clock that can say where its prediction would probably be, were the missing markers measured.

    Of clocks whose prediction keeps closer to the middle the less was measured, so that they rank
    incomplete panels by a range only.
    """

    def completed_range(self, person: Table) -> tuple[float, float]:
        """The ends between which the prediction of the completed panel is with probability 0.9."""
        ...


@runtime_checkable
class HasOwnAgeBaseline(Protocol):
    """A clock that explains against people of all ages, and can against those of one's own."""

    def own_age_meaning(self, age_years: float) -> str:
        """What the base value then is, in words."""
        ...

    def against_own_age(self, table: Table, scores: Scores, rows: IntArray) -> Scores:
        """The scores with base value and contributions of some rows against people of their age."""
        ...


class AgeGapReference(Protocol):
    """The people an age gap is compared with."""

    def described(self, sex: str | None) -> str:
        """A description of the reference people of that sex, of both when it is not known."""
        ...

    @property
    def ages(self) -> tuple[int, int]:
        """The first and the last age, in whole years, at which gaps are ranked."""
        ...

    def adjusted(self, gap_years: float, age_years: float, sex: str | None) -> float | None:
        """The gap left after what age and sex alone explain."""
        ...

    def percentile(self, gap_years: float, age_years: float, sex: str | None) -> float | None:
        """The share of the reference people of that age and sex with a smaller gap, in percent."""
        ...

    def gap_at(self, percentile: float, sex: str | None) -> FloatArray:
        """The gaps of that percentile at every whole age."""
        ...

    def adjusted_gaps(
        self, gap_years: FloatArray, age_years: FloatArray, sex: str | None
    ) -> FloatArray:
        """`adjusted` of many people of one sex; NaN where nothing can be said."""
        ...

    def percentiles(
        self, gap_years: FloatArray, age_years: FloatArray, sex: str | None
    ) -> FloatArray:
        """`percentile` of many people of one sex; NaN where nothing can be said."""
        ...


def encoded(feature: Feature, values: Sequence[float | str | None]) -> FloatArray:
    """A column of a `Table` from one feature's canonical values.

    Raises
    ------
    ValueError
        If a choice is not one of the feature's.
    """
    if feature.kind == "choice":
        indices = {choice: float(index) for index, choice in enumerate(feature.choices)}
        unknown = set(values) - set(indices) - {None}
        if unknown:
            raise ValueError(f"{feature.key}: not a choice: {sorted(map(str, unknown))}")
        return np.array([np.nan if v is None else indices[str(v)] for v in values], dtype=float)
    return np.array([np.nan if v is None else v for v in values], dtype=float)
