"""A frame of people in, a frame of explained ages out. Needs the `notebook` extra."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import Any

from agelens.client import frames
from agelens.client.cohort import Cohort
from agelens.client.cohort_shapes import Matches
from agelens.client.cohort_waiting import cohort_note
from agelens.client.cohorts import Cohorts
from agelens.client.conversions import CONTRIBUTION
from agelens.client.frames import DataFrame
from agelens.client.hint_arguments import as_arguments
from agelens.client.inputs import ValueMaps, texts_of_codes
from agelens.client.model_shapes import Model
from agelens.client.models import Models
from agelens.client.problems import refused
from agelens.client.uploads import ArrowFrame, Upload, has_arrow_columns, kind_text

SHOWN_COLUMNS = 8
COHORT_NAME = "predict_frame"
ROW_COLUMNS = ("row", "id")
IGNORED_COLUMN = "ignored"
YEARS = "years"


@dataclass(frozen=True)
class FrameOptions:
    """How a frame's columns are read."""

    model: str | None
    columns: str
    mapping: Mapping[str, str]
    units: Mapping[str, str]
    values: ValueMaps = field(default_factory=dict)
    censored: str | None = None
    accept_suggestions: bool = False

    @property
    def set_aside(self) -> frozenset[str]:
        """The columns that are said to answer nothing."""
        return frozenset(name for name, key in self.mapping.items() if key == IGNORED_COLUMN)


def predict(
    cohorts: Cohorts,
    models: Models,
    people: ArrowFrame,
    options: FrameOptions,
    *,
    contributions: bool,
    progress: bool,
    idempotency_key: str | None,
) -> Any:
    """See `Client.predict_frame`."""
    if not has_arrow_columns(people):
        message = (
            f"people must be a frame of pandas, polars, pyarrow or DuckDB, not {kind_text(people)}"
        )
        raise TypeError(message)
    frame = frames.in_pandas(people)
    matches = _matches(cohorts, frames.names_of(frame), options)
    _check(matches, options)
    clock = _clock_name(options.model, matches.model.name)
    model = models[clock]
    cohort = None
    if len(frame):
        cohort = _submit(cohorts, frame, matches, options, idempotency_key)
        with cohort_note(cohort.id):
            results = cohort.wait(progress=progress).results(contributions)
        answers = results[
            _in_order(results.columns.drop(list(ROW_COLUMNS), errors="ignore"), model)
        ]
    else:
        answers = frames.empty_results(_columns_of_answers(models, clock, model, contributions))
    name = (cohort and cohort.model) or matches.model
    answers.attrs = {
        "cohort_id": cohort and cohort.id,
        "model": {"name": name.name, "version": name.version},
    }
    return frames.in_kind(answers, people)


def _matches(cohorts: Cohorts, names: Sequence[str], options: FrameOptions) -> Matches:
    """How the columns would be read, asked by their names alone: what is ignored never leaves."""
    if not names:
        raise refused({"frame": "has no columns"})
    return cohorts.match(
        names,
        model=options.model,
        columns=options.columns,
        mapping=options.mapping,
        units=options.units,
        values=options.values,
    )


def _check(matches: Matches, options: FrameOptions) -> None:
    """Refuse what no row could be scored with; tell what is not read. Both with what may be meant."""
    required = {
        each.feature: _missing_message(each.label) for each in matches.missing if each.required
    }
    hints = as_arguments(matches.hints)
    if required:
        raise refused(required | hints)
    if len(matches.ignored) == len(matches.matches):  # a clock that needs no column by itself
        raise refused({"columns": "; ".join(hints.values())})
    if ignored := [name for name in matches.ignored if name not in options.set_aside]:
        names = ", ".join(ignored[:SHOWN_COLUMNS])
        rest = f" and {len(ignored) - SHOWN_COLUMNS} more" if len(ignored) > SHOWN_COLUMNS else ""
        message = f"{matches.model.name} does not read these columns: {names}{rest}"
        warnings.warn("; ".join([message, *hints.values()]), UserWarning, stacklevel=4)


def _missing_message(label: str) -> str:
    return f"no column answers it ({label}); name one with mapping="


def _submit(
    cohorts: Cohorts, frame: DataFrame, matches: Matches, options: FrameOptions, key: str | None
) -> Cohort:
    """The columns that are read, as one cohort of the clock that was asked before."""
    positions = [n for n, match in enumerate(matches.matches) if match.features]
    names = [matches.matches[n].column for n in positions]
    clock = _clock_name(options.model, matches.model.name)
    form = _form_fields(options) | {"model": clock, "name": COHORT_NAME}
    with TemporaryFile() as file:
        frames.write(frame.iloc[:, positions], names, file)
        return cohorts.send(Upload(COHORT_NAME, file, "parquet"), form, key)


def _clock_name(requested: str | None, matched: str) -> str:
    """The clock that was found, in the version that was said, if one was."""
    return requested if requested and "@" in requested else matched


def _columns_of_answers(models: Models, clock: str, model: Model, contributions: bool) -> list[str]:
    """The columns that the answers of this clock have, told by its example."""
    example = models.example(clock).result
    explained = (each["feature"] for each in example["contributions"])
    gap_columns = (
        ["age_gap", "age_gap_adjusted", "age_gap_percentile"] if model.unit == YEARS else []
    )
    columns = [
        *("prediction", "interval_low", "interval_high", "base_value"),
        *gap_columns,
        *(f"derived:{name}" for name in example.get("derived") or ()),
        *(f"{CONTRIBUTION}{feature}" for feature in explained if contributions),
        *("warnings", "error", "clock", "clock_version"),
    ]
    return _in_order(columns, model)


def _in_order(columns: Iterable[str], model: Model) -> list[str]:
    """The same columns, contributions in the order of the clock's features."""
    order = {f"{CONTRIBUTION}{each['key']}": n for n, each in enumerate(model.features)}
    names = list(columns)
    ordered = iter(sorted((n for n in names if n in order), key=lambda name: order[name]))
    return [next(ordered) if name in order else name for name in names]


def _form_fields(options: FrameOptions) -> dict[str, str]:
    # columns to ignore are not sent
    mapping = {name: key for name, key in options.mapping.items() if key != IGNORED_COLUMN}
    form = {
        "columns": options.columns,
        "mapping": json.dumps(mapping),
        "units": json.dumps(dict(options.units)),
    }
    if options.values:
        form["values"] = json.dumps(texts_of_codes(options.values))
    if options.censored is not None:
        form["censored"] = options.censored
    if options.accept_suggestions:
        form["accept_suggestions"] = "true"
    return form if options.model is None else form | {"model": options.model}
