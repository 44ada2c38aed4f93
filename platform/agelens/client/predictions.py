"""Predictions: submitted, waited for, varied, listed."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack
from urllib.parse import quote

from agelens import wire as wire_shapes
from agelens.client.connection import Connection
from agelens.client.decoding import decode, decoder
from agelens.client.drafts import panel_body
from agelens.client.errors import TaskCanceled, TaskFailed, WaitTimeout
from agelens.client.inputs import json_answers, keywords_of
from agelens.client.pages import Listing, Page, page_of
from agelens.client.results import Result, Task

if TYPE_CHECKING:
    from agelens.client.comparisons import Comparison

PREDICT_PATH = "/api/tasks/predict"
LONGEST_WAIT_SECONDS = 25.0  # the service waits up to 30; proxies between may be less patient
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 1.0


@dataclass(frozen=True)
class Accepted:
    """A task that was queued."""

    task_id: str


@dataclass(frozen=True)
class WhatIfAnswer:
    """One result per change, in their order."""

    results: list[wire_shapes.Result]


class Predictions:
    """What a client does with tasks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @keywords_of(wire_shapes.PanelFields)
    def predict(
        self,
        answers: Mapping[str, object],
        *,
        timeout: float = 120.0,
        idempotency_key: str | None = None,
        **fields: Unpack[wire_shapes.PanelFields],
    ) -> Result:
        """Submit a panel and wait for its explained age.

        Parameters
        ----------
        answers : mapping of str to number or str
            Biomarkers by key, such as a dictionary or a row of a frame; what is None or NaN was not
            measured. `client.biomarkers()` lists keys, units and ranges.
        model : str, optional
            A clock by its name, or `name@version` for any published version; the default
            one when absent.
        units : mapping of str to str, optional
            Of answers that are not in the canonical unit.
        chronological_age : float, optional
            In years; some clocks need it. It may be among the answers. If absent, it is computed
            from the date of birth in one's profile, if there is one; `task.age_from_profile` says so.
        measured_on : date or str, optional
            The day of the measurement; today when absent.
        context : sequence of str, optional
            `pregnant`, `acutely_ill` (within two weeks): the result has a warning and no percentile.
        baseline : str, optional
            `own_age`: contributions say how the answer differs from that of people of this age, where
            the clock has a choice (kaggle-age, which else starts from the middle of all ages).
        timeout : float
            Seconds to wait for the result.
        idempotency_key : str, optional
            Of your making: asked again with it within a day, it is the same task, paid once.

        Raises
        ------
        InvalidInput
            Naming every answer that cannot be used.
        InsufficientCredits
            If the price is not available.
        TaskFailed, TaskCanceled, WaitTimeout
            If it ends without a result, or not in time. What has no result costs nothing.
        """
        deadline = time.monotonic() + timeout
        seconds = int(min(max(0.0, timeout), LONGEST_WAIT_SECONDS))
        answer = self._connection.post(
            PREDICT_PATH, panel_body(answers, fields), key=idempotency_key, wait_seconds=seconds
        )
        # a service before 0.5, a repeated request, and one that took too long are only accepted
        if isinstance(answer, dict) and "task_id" in answer:
            seconds_left = max(0.0, deadline - time.monotonic())
            return self.wait(decode(Accepted, answer).task_id, timeout=seconds_left)
        return _result_of(decode(Task, answer))

    @keywords_of(wire_shapes.PanelFields)
    def submit(
        self,
        answers: Mapping[str, object],
        *,
        idempotency_key: str | None = None,
        **fields: Unpack[wire_shapes.PanelFields],
    ) -> str:
        """Submit a panel; the id of its task. The keywords are those of `predict`."""
        body = panel_body(answers, fields)
        payload = self._connection.post(PREDICT_PATH, body, key=idempotency_key)
        return decode(Accepted, payload).task_id

    def wait(self, task_id: str, *, timeout: float = 120.0) -> Result:
        """The result of a task, once it has one. Raises TaskFailed, TaskCanceled or WaitTimeout."""
        deadline, pause = time.monotonic() + timeout, FIRST_PAUSE_SECONDS
        while True:
            seconds_left = max(0.0, deadline - time.monotonic())
            task = self.task(task_id, wait=min(seconds_left, LONGEST_WAIT_SECONDS))
            if task.is_finished:
                return _result_of(task)
            seconds_left = deadline - time.monotonic()
            if seconds_left <= 0 or task.status == "draft":
                raise WaitTimeout(task, f"is still {task.status}")
            # a busy service may answer at once although asked to wait
            time.sleep(min(pause, seconds_left))
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def task(self, task_id: str, *, wait: float = 0.0) -> Task:
        """One task; with `wait`, as soon as it is finished or these seconds (up to 30) are over."""
        params = {"wait": round(wait, 3)} if wait > 0 else {}
        return decode(Task, self._connection.get(_path(task_id), params, seconds_more=wait))

    def what_if(self, prediction: Result | Task | str, /, **change: object) -> Result:
        """A finished prediction with some answers changed, in canonical units; None: not measured.

        It is free and kept nowhere.
        """
        (result,) = self.what_ifs(prediction, [change])
        return result

    def what_ifs(
        self,
        prediction: Result | Task | str,
        changes: Sequence[Mapping[str, object]],
        units: Mapping[str, str] | None = None,
    ) -> tuple[Result, ...]:
        """As `what_if` for up to 50 changes in one request; `units` are those of their values."""
        task = prediction.task if isinstance(prediction, Result) else prediction
        of_task, task_id = (None, task) if isinstance(task, str) else (task, task.id)
        body: dict[str, object] = {"changes": [json_answers(change) for change in changes]}
        if units is not None:
            body["units"] = dict(units)
        payload = self._connection.post_once_more(f"{_path(task_id)}/what-if", body)
        answer = decode(WhatIfAnswer, payload)
        return tuple(Result.from_wire(result, of_task) for result in answer.results)

    def compare(self, before: Result | Task | str, after: Result | Task | str) -> "Comparison":
        """What changed between two finished predictions of one clock, and whether it is more than noise.

        It is free and kept nowhere. Where the versions differ, the older panel is scored with the
        newer version, and what the version does is a part of its own.

        Raises
        ------
        Conflict
            `different_clocks` if the clocks differ; also if one has no result.
        """
        path = f"{_path(_id_of(before))}/compare/{quote(_id_of(after), safe='')}"
        from agelens.client.comparisons import Comparison

        return decode(Comparison, self._connection.post_once_more(path))

    def run(self, task_id: str) -> str:
        """Queue a draft; its id again. Running it twice is harmless."""
        return decode(Accepted, self._connection.post(f"{_path(task_id)}/run")).task_id

    def cancel(self, task_id: str) -> Task:
        """End a queued or running task; it costs nothing."""
        return decode(Task, self._connection.post(f"{_path(task_id)}/cancel"))

    def delete(self, task_id: str) -> None:
        """Take a draft or a finished task away."""
        self._connection.delete(_path(task_id))

    def history(
        self, *, status: str | None = None, model: str | None = None, page_size: int = 100
    ) -> Listing[Task]:
        """One's tasks, newest first."""
        params = {"status": status, "model": model, "limit": page_size}
        return Listing(self._connection, "/api/tasks/history", params, decoder(Task))

    def history_page(
        self,
        *,
        cursor: str | None = None,
        status: str | None = None,
        model: str | None = None,
        limit: int = 25,
    ) -> Page[Task]:
        """Some of one's tasks, newest first, from where `cursor` says."""
        params = {"cursor": cursor, "status": status, "model": model, "limit": limit}
        return page_of(self._connection, "/api/tasks/history", params, decoder(Task))


def _id_of(prediction: Result | Task | str) -> str:
    task = prediction.task if isinstance(prediction, Result) else prediction
    return task if isinstance(task, str) else task.id


def _path(task_id: str) -> str:
    return f"/api/tasks/{quote(task_id, safe='')}"


def _result_of(task: Task) -> Result:
    if task.result is not None:
        return task.result
    if task.status == "canceled":
        raise TaskCanceled(task, "was canceled")
    reason = task.error.message if task.error else "for an unknown reason"
    raise TaskFailed(task, f"failed: {reason}")
