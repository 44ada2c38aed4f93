"""Score data frames in process with one clock. No server, no network."""

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from agelens.clocks.base import Clock, FloatArray, Manifest
from agelens.clocks.batches.scored import Scored
from agelens.clocks.bundles import find_bundle, load_clock, read_bundle
from agelens.clocks.notes import note_of
from agelens.clocks.provenance import citation
from agelens.domain.errors import InvalidInput
from agelens.domain.features import Feature
from agelens.domain.panel import AGE
from agelens.domain.single_answer import printable
from agelens.tables.batch_reader import ColumnOptions
from agelens.tables.frame_scorer import FrameScorer
from agelens.tables.frames import open_frame

if TYPE_CHECKING:
    import shap


class LocalClock:
    """A clock that scores in this process.

    `agelens.load` makes one. It can be used from several threads at once, and pickled: it takes the
    files of its bundle along, so that another machine needs no path and no download.

    Parameters
    ----------
    files : mapping of str to bytes
        A bundle's files by name, as `agelens.clocks.bundles.read_bundle` reads them.

    Raises
    ------
    InvalidBundle
        If the bundle cannot be trusted.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = dict(files)
        self._clock = load_clock(self._files)

    def __repr__(self) -> str:
        return f"LocalClock({self.name!r}, version={self.version!r})"

    def __reduce__(self) -> tuple[type["LocalClock"], tuple[dict[str, bytes]]]:
        return LocalClock, (self._files,)

    @property
    def clock(self) -> Clock:
        """The clock itself, as `agelens.clocks` knows it."""
        return self._clock

    @property
    def manifest(self) -> Manifest:
        """What the bundle says of itself: unit, metrics, hashes, intervals."""
        return self._clock.manifest

    @property
    def name(self) -> str:
        """The clock's name, such as phenoage."""
        return self.manifest.name

    @property
    def version(self) -> str:
        """The clock's version, such as 1.0.0."""
        return self.manifest.version

    @property
    def features(self) -> tuple[Feature, ...]:
        """What the clock asks for: keys, units, ranges, and whether it can do without."""
        return self.manifest.features

    @property
    def card(self) -> str:
        """The clock's card, as Markdown: constants, sources, data, and where it is wrong."""
        return self.manifest.card

    @property
    def note(self) -> str:
        """What has to be said of the clock beside its card; empty of most."""
        return note_of(self.name)

    @cached_property
    def citation(self) -> str:
        """What a paper says of where its ages come from: clock, version, hash, and the source."""
        return citation(self.manifest)

    def predict(
        self,
        people: Any,
        *,
        units: Mapping[str, str] | None = None,
        mapping: Mapping[str, str] | None = None,
        columns: str = "agelens",
        id_column: str | None = None,
        contributions: bool = True,
        values: Mapping[str, Mapping[str, str]] | None = None,
        censored: str | None = None,
        accept_suggestions: bool = False,
    ) -> Any:
        """Score every row of a frame and explain it.

        Parameters
        ----------
        people : DataFrame, Table or RecordBatch, of shape (n_people, n_columns)
            Of pandas, polars or pyarrow, or anything with `__arrow_c_stream__`, such as a relation of
            DuckDB. One row per person; numbers in canonical units but for `units`. One person is a
            frame of one row.
        units : mapping of str to str, optional
            A biomarker's key to the unit of its column.
        mapping : mapping of str to str, optional
            A column's name to what it answers: a biomarker's key, chronological_age, or ignored.
        columns : str
            Whose names the other columns have: agelens, kaggle or bioage-r.
        id_column : str, optional
            The column that says who a row is; it comes back as text in `id`.
        contributions : bool
            Whether each biomarker's part is wanted, too.
        values : mapping of str to mapping of str to str, optional
            What codes stand for, by key or column: {"sex": {"1": "male", "2": "female"}}.
        censored : str, optional
            `limit`: cells such as "<0.3" are read as their limit, with a warning; else they are errors.
        accept_suggestions : bool
            Whether columns whose median is usual in another unit are read in that unit.

        Returns
        -------
        frame of shape (n_people, n_answers)
            Of the same kind, rows in the same order, with pandas' index; a pyarrow Table where the
            kind is another one. Columns: row (the first is 1), id, prediction, interval_low,
            interval_high, base_value (in the clock's unit), age_gap, age_gap_adjusted (years),
            age_gap_percentile (%), derived:<name>, contribution:<feature> (with base_value they add
            up to prediction), warnings, error, clock, clock_version. A row that cannot be scored
            has an error and no number; missing is NaN in pandas, null elsewhere.

        Raises
        ------
        InvalidInput
            If the columns cannot be read so, or one is missing that every row needs.
        TypeError
            If `people` is no frame.

        Warns
        -----
        UserWarning
            Naming the columns that the clock does not read; map them to ignored where that is meant.
            Of a column whose median is usual in another unit, and of names that are ambiguous.
        """
        frame = open_frame(people)
        options = ColumnOptions(
            columns, mapping or {}, units or {}, id_column, values or {}, censored
        )
        scorer = FrameScorer(self._clock, frame.header, options)
        scorer.warn_of_unread(stacklevel=2)
        scorer.warn_of_units(frame, accept=accept_suggestions, stacklevel=2)
        return frame.answers(scorer.table(frame, contributions=contributions))

    def explain(
        self,
        people: Any,
        *,
        units: Mapping[str, str] | None = None,
        mapping: Mapping[str, str] | None = None,
        columns: str = "agelens",
        values: Mapping[str, Mapping[str, str]] | None = None,
        censored: str | None = None,
        accept_suggestions: bool = False,
    ) -> "shap.Explanation":
        """Contributions as a `shap.Explanation`, for the plots of the package shap.

        The parameters are those of `predict`.

        Returns
        -------
        shap.Explanation
            Of the rows that can be scored, the others are left out: `values`, shape (n_scored,
            n_features), and `base_values`, shape (n_scored,), in the clock's unit. `data` are the
            answers in canonical units, a choice as its place in the feature's choices, missing ones
            NaN; `display_data` has the choices themselves.

        Raises
        ------
        InvalidInput, TypeError
            As `predict`.
        ImportError
            If shap is not installed; the extra `notebook` brings it.
        """
        try:
            import shap
        except ModuleNotFoundError as error:
            if error.name != "shap":
                raise
            words = "explain needs shap, which is not installed: pip install 'agelens[notebook]'"
            raise ModuleNotFoundError(words, name="shap") from error
        frame = open_frame(people)
        options = ColumnOptions(columns, mapping or {}, units or {}, None, values or {}, censored)
        scorer = FrameScorer(self._clock, frame.header, options)
        scorer.warn_of_unread(stacklevel=2)
        scorer.warn_of_units(frame, accept=accept_suggestions, stacklevel=2)
        parts = list(scorer.scores(frame))
        data = np.concatenate([_answers(part) for part in parts])
        names = parts[0].scores.features
        return shap.Explanation(
            values=np.concatenate([part.scores.contributions[part.good] for part in parts]),
            base_values=np.concatenate([part.scores.base_value[part.good] for part in parts]),
            data=data,
            display_data=_displayed(data, names, self.features),
            feature_names=list(names),
        )


def load(name_or_path: str | os.PathLike[str], version: str | None = None) -> LocalClock:
    """Open a shipped clock or a bundle; see `agelens.load`."""
    by_name = isinstance(name_or_path, str)
    directory = find_bundle(str(name_or_path), version) if by_name else Path(name_or_path)
    clock = LocalClock(read_bundle(directory))
    if version is not None and clock.version != version:
        words = f"is {version}, but {printable(str(name_or_path))} is {clock.version}"
        raise InvalidInput.at("version", words)
    return clock


def _answers(scored: Scored) -> FloatArray:
    """What the scored rows answer, shape (n_scored, n_features)."""
    table = scored.batch.table
    columns = [
        table.chronological_age if key == AGE else table.column(key)
        for key in scored.scores.features
    ]
    return np.column_stack(columns)[scored.good]


def _displayed(data: FloatArray, names: Sequence[str], features: Sequence[Feature]) -> Any:
    choices = {feature.key: feature.choices for feature in features if feature.choices}
    displayed = data.astype(object)
    for index, name in enumerate(names):
        if name in choices:
            choice_by_code = dict(enumerate(choices[name]))
            displayed[:, index] = [
                choice_by_code.get(value, np.nan) for value in data[:, index].tolist()
            ]
    return displayed
