"""One cohort: its state, its results, its errors."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import quote

from agelens import wire
from agelens.client.atomic_files import atomic_file, format_by_ending
from agelens.client.cohort_shapes import (
    CohortFields,
    FileLayout,
    Preview,
    RowProblem,
    RowWarning,
    Sample,
)
from agelens.client.cohort_waiting import (
    POLL_SECONDS,
    cohort_note,
    no_bar,
    poll_waits,
    progress_bar,
)
from agelens.client.connection import Connection, Params
from agelens.client.conversions import frame_to_shap, needs_notebook
from agelens.client.decoding import decode, decoder
from agelens.client.errors import CohortCanceled, CohortFailed, CohortTimeout
from agelens.client.pages import Listing, Page, page_of

if TYPE_CHECKING:
    from agelens.client.frames import DataFrame

COHORTS_PATH = "/api/cohorts"
RUN_OPTIONS = (
    *("model", "columns", "mapping", "units", "id_column"),
    *("values", "censored", "accept_suggestions"),
)


class Cohort(CohortFields):
    """A file of people that is scored as one job, wherever it was submitted.

    Its fields are as of the last answer; `refresh` and `wait` ask again. Another process finds it
    by its id: `client.cohorts[id]`.
    """

    def __init__(self, connection: Connection, payload: object) -> None:
        self._connection = connection
        self._update(payload)

    def refresh(self, *, wait: float = 0.0) -> Cohort:
        """Ask how it is; with `wait`, as soon as it is finished or these seconds (up to 30) are over."""
        params = {"wait": round(wait, 3)} if wait > 0 else {}
        return self._update(self._connection.get(self._path(), params, seconds_more=wait))

    def wait(self, timeout: float | None = None, progress: bool = True) -> Cohort:
        """This cohort once it has succeeded; a bar shows how far it is.

        Interrupting leaves it running.

        Raises
        ------
        CohortFailed, CohortCanceled
            If it ended otherwise.
        CohortTimeout
            If it goes on after `timeout` seconds, or is a draft that nobody has run.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        shows_bar = progress and not self.is_finished
        bar_of = progress_bar(self.name, self.rows, self.rows_done) if shows_bar else no_bar()
        with cohort_note(self.id), bar_of as bar:
            for asked_seconds in poll_waits(deadline, POLL_SECONDS if progress else None):
                self.refresh(wait=asked_seconds)
                bar(self.rows_done)
                if self.is_finished or self.status == "draft":
                    break
        return self._if_succeeded()

    def results(self, contributions: bool = True) -> DataFrame:
        """The answers, one row per row of the file, in its order; Conflict until it has succeeded.

        `row` is 1 for the first, `id` is of the id column; a row with an `error` has no numbers.
        """
        with needs_notebook("A frame"):
            from agelens.client import frames
        with TemporaryFile() as file:
            self._write_results(file, "parquet", contributions)
            return frames.read(file)

    def download(
        self,
        path: str | os.PathLike[str],
        format: str | None = None,
        contributions: bool = True,
    ) -> Path:
        """The answers as a CSV, Parquet, JSON or Excel file, whole or not at all; its place.

        The ending of `path` says which, where `format` does not.
        """
        target = Path(path).expanduser()
        kind = format or format_by_ending(target)
        with atomic_file(target) as file:
            self._write_results(file, kind, contributions)
        return target

    def stream(
        self, format: str = "csv", contributions: bool = True
    ) -> AbstractContextManager[Iterator[bytes]]:
        """The file of `download`, piece by piece, for who hands it on; whoever stops early ends it."""
        params: Params = {"format": format, "contributions": contributions}
        return self._connection.streamed(self._path("/results"), params)

    def errors(self) -> Listing[RowProblem]:
        """The rows that were not scored, and why; they were not charged."""
        params = {"limit": 100}
        return Listing(self._connection, self._path("/errors"), params, decoder(RowProblem))

    def errors_page(self, *, cursor: str | None = None, limit: int = 25) -> Page[RowProblem]:
        """Some of these rows, from where `cursor` says."""
        params = {"cursor": cursor, "limit": limit}
        return page_of(self._connection, self._path("/errors"), params, decoder(RowProblem))

    def warnings(self) -> Listing[RowWarning]:
        """The rows that were scored with a warning, such as of an unusual value."""
        params = {"limit": 100}
        return Listing(self._connection, self._path("/warnings"), params, decoder(RowWarning))

    def warnings_page(self, *, cursor: str | None = None, limit: int = 25) -> Page[RowWarning]:
        """Some of these rows, from where `cursor` says."""
        params = {"cursor": cursor, "limit": limit}
        return page_of(self._connection, self._path("/warnings"), params, decoder(RowWarning))

    def scatter(self, points: int = 2000) -> wire.Scatter:
        """Predictions against chronological age, for `agelens.charts.age_scatter`.

        Of more rows than `points` (up to 2,000) it is a fair sample, the same each time, beside which
        `bands` tell how all rows of an age spread.
        """
        scatter = self._connection.get(self._path("/scatter"), {"points": points})
        return cast(wire.Scatter, scatter)

    def missingness(self) -> wire.Missingness | None:
        """Which biomarkers are missing in how many rows, and together, for `agelens.charts.missingness`.

        None until it has succeeded, and of results of AgeLens 0.4 and before.
        """
        return self.summary.get("missingness") if self.summary else None

    def to_shap(self, data: DataFrame | None = None) -> Any:
        """The contributions of the scored rows as a `shap.Explanation`, for a beeswarm.

        `data`, the people as they were submitted, colours it by their values.
        """
        return frame_to_shap(self.results(), data)

    def preview(self, **options: object) -> Preview:
        """How a draft would be read and what it would cost, with `options` as `run` takes them."""
        payload = self._connection.post_once_more(self._path("/preview"), _checked_options(options))
        return decode(Preview, payload)

    def sample(self) -> tuple[tuple[str, ...], ...]:
        """The first rows of a draft as text, also of one that cannot be read yet."""
        return decode(Sample, self._connection.get(self._path("/sample"))).rows

    def layout(self) -> FileLayout:
        """How a draft's file begins, and which row and sheet were taken for its table."""
        return decode(FileLayout, self._connection.get(self._path("/layout")))

    def read_again(
        self, *, sheet: str | int | None = None, header_row: int | None = None
    ) -> Cohort:
        """A draft of the same file, read with another sheet or header row; it takes this one's place."""
        body = {"sheet": None if sheet is None else str(sheet), "header_row": header_row}
        return Cohort(self._connection, self._connection.post(self._path("/layout"), body))

    def run(self, *, idempotency_key: str | None = None, **options: object) -> Cohort:
        """Hold the price of a draft and score it. Running it twice is harmless.

        `options` (model, columns, mapping, units, id_column, values, censored) replace those that it
        has; `accept_suggestions=True` reads columns in the units that its preview suggests.
        """
        return self._update(
            self._connection.post(
                self._path("/run"), _checked_options(options), key=idempotency_key
            )
        )

    def cancel(self) -> Cohort:
        """End it without results, if it is under way; it costs nothing."""
        return self._update(self._connection.post(self._path("/cancel")))

    def delete(self) -> None:
        """Take a draft or a finished cohort away, with its files."""
        self._connection.delete(self._path())

    def _if_succeeded(self) -> Cohort:
        if self.status == "succeeded":
            return self
        if self.status == "canceled":
            reason = f": {self.error.message}" if self.error else ""
            raise CohortCanceled(self, f"was canceled{reason}")
        if self.status == "failed":
            reason = self.error.message if self.error else "for an unknown reason"
            raise CohortFailed(self, f"failed: {reason}")
        hint = ": run() starts it" if self.status == "draft" else ""
        raise CohortTimeout(self, f"is still {self.status}{hint}")

    def _path(self, suffix: str = "") -> str:
        return f"{COHORTS_PATH}/{quote(self.id, safe='')}{suffix}"

    def _update(self, payload: object) -> Cohort:
        vars(self).update(vars(decode(CohortFields, payload)))
        return self

    def _write_results(self, file: BinaryIO, kind: str, contributions: bool) -> None:
        params: Params = {"format": kind, "contributions": contributions}
        self._connection.save(self._path("/results"), params, file)
        file.seek(0)


def _checked_options(options: Mapping[str, object]) -> dict[str, object]:
    """The options that were given, none misspelt."""
    if unknown := options.keys() - set(RUN_OPTIONS):
        raise TypeError(
            f"no option is called {', '.join(sorted(unknown))}: {', '.join(RUN_OPTIONS)}"
        )
    return {name: value for name, value in options.items() if value is not None}
