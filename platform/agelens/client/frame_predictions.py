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
from agelens.client.cohort_waiting import findable
from agelens.client.cohorts import Cohorts
from agelens.client.column_hints import as_arguments
from agelens.client.conversions import CONTRIBUTION
from agelens.client.frames import DataFrame
from agelens.client.inputs import ValueMaps, texts_of_codes
from agelens.client.model_shapes import Model
from agelens.client.models import Models
from agelens.client.problems import refused
from agelens.client.uploads import ArrowFrame, Upload, has_arrow_columns, instead

SHOWN_COLUMNS = 8
NAME = "predict_frame"
ABOUT_ROWS = ("row", "id")
IGNORED = "ignored"
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
        return frozenset(name for name, key in self.mapping.items() if key == IGNORED)


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
            f"people must be a frame of pandas, polars, pyarrow or DuckDB, not {instead(people)}"
        )
        raise TypeError(message)
    frame = frames.in_pandas(people)
    found = _matches(cohorts, frames.names_of(frame), options)
    _check(found, options)
    asked = _asked(options.model, found.model.name)
    model = models[asked]
    cohort = None
    if len(frame):
        cohort = _submit(cohorts, frame, found, options, idempotency_key)
        with findable(cohort.id):
            results = cohort.wait(progress=progress).results(contributions)
        answers = results[_in_order(results.columns.drop(list(ABOUT_ROWS), errors="ignore"), model)]
    else:
        answers = frames.of_nobody(_columns_of_answers(models, asked, model, contributions))
    name = (cohort and cohort.model) or found.model
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


def _check(found: Matches, options: FrameOptions) -> None:
    """Refuse what no row could be scored with; tell what is not read. Both with what may be meant."""
    required = {
        each.feature: _missing_message(each.label) for each in found.missing if each.required
    }
    hints = as_arguments(found.hints)
    if required:
        raise refused(required | hints)
    if len(found.ignored) == len(found.matches):  # a clock that needs no column by itself
        raise refused({"columns": "; ".join(hints.values())})
    if ignored := [name for name in found.ignored if name not in options.set_aside]:
        shown = ", ".join(ignored[:SHOWN_COLUMNS])
        more = f" and {len(ignored) - SHOWN_COLUMNS} more" if len(ignored) > SHOWN_COLUMNS else ""
        message = f"{found.model.name} does not read these columns: {shown}{more}"
        warnings.warn("; ".join([message, *hints.values()]), UserWarning, stacklevel=4)


def _missing_message(label: str) -> str:
    return f"no column answers it ({label}); name one with mapping="


def _submit(
    cohorts: Cohorts, frame: DataFrame, found: Matches, options: FrameOptions, key: str | None
) -> Cohort:
    """The columns that are read, as one cohort of the clock that was asked before."""
    places = [place for place, match in enumerate(found.matches) if match.features]
    names = [found.matches[place].column for place in places]
    asked = _asked(options.model, found.model.name)
    form = _form_fields(options) | {"model": asked, "name": NAME}
    with TemporaryFile() as file:
        frames.write(frame.iloc[:, places], names, file)
        return cohorts.send(Upload(NAME, file, "parquet"), form, key)


def _asked(said: str | None, found: str) -> str:
    """The clock that was found, in the version that was said, if one was."""
    return said if said and "@" in said else found


def _columns_of_answers(models: Models, asked: str, model: Model, contributions: bool) -> list[str]:
    """The columns that the answers of this clock have, told by its example."""
    example = models.example(asked).result
    explained = (each["feature"] for each in example["contributions"])
    gap = ["age_gap", "age_gap_adjusted", "age_gap_percentile"] if model.unit == YEARS else []
    columns = [
        *("prediction", "interval_low", "interval_high", "base_value"),
        *gap,
        *(f"derived:{name}" for name in example.get("derived") or ()),
        *(f"{CONTRIBUTION}{feature}" for feature in explained if contributions),
        *("warnings", "error", "clock", "clock_version"),
    ]
    return _in_order(columns, model)


def _in_order(columns: Iterable[str], model: Model) -> list[str]:
    """The same columns, contributions in the order of the clock's features."""
    places = {f"{CONTRIBUTION}{each['key']}": n for n, each in enumerate(model.features)}
    names = list(columns)
    ordered = iter(sorted((n for n in names if n in places), key=lambda name: places[name]))
    return [next(ordered) if name in places else name for name in names]


def _form_fields(options: FrameOptions) -> dict[str, str]:
    mapping = {name: key for name, key in options.mapping.items() if key != IGNORED}  # not sent
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
