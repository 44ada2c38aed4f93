"""Panels kept for later."""

from collections.abc import Mapping
from typing import Final, Unpack, cast
from urllib.parse import quote

from agelens import wire
from agelens.client.connection import Resource
from agelens.client.decoding import decode
from agelens.client.inputs import iso_day, json_answers, keywords_of
from agelens.client.results import Task

AGE: Final = "chronological_age"
DAY: Final = "measured_on"


class Drafts(Resource):
    """Panels that cost nothing until they are run: `client.drafts`."""

    @keywords_of(wire.DraftFields)
    def create(
        self, answers: Mapping[str, object] | None = None, **fields: Unpack[wire.DraftFields]
    ) -> Task:
        """Keep a panel, complete or not; `.validation_errors` says what it still needs.

        `models` are the clocks that it is meant for, to be asked together by `client.assess`; running
        the draft asks `model` alone.
        """
        body = panel_body(answers or {}, fields)
        return decode(Task, self._connection.post("/api/tasks", body))

    def edit(self, task_id: str, **changes: object) -> Task:
        """Change `answers`, `units`, `chronological_age`, `measured_on`, `context`, `baseline`, `model`, `models`.

        Answers and units are merged with those that are there; None takes one away.
        """
        if changes.get("answers") is not None:
            answers = json_answers(cast(Mapping[str, object], changes["answers"]))
            row_age = {AGE: answers.pop(AGE)} if AGE in answers else {}
            changes = {**row_age, **changes, "answers": answers}
        if AGE in changes:
            changes |= json_answers({AGE: changes[AGE]})
        if changes.get(DAY) is not None:
            changes |= {DAY: iso_day(changes[DAY])}
        path = f"/api/tasks/{quote(task_id, safe='')}"
        return decode(Task, self._connection.patch(path, changes))


def panel_body(answers: Mapping[str, object], fields: wire.PanelFields) -> dict[str, object]:
    """A request body with only what was given; a row of a frame may have the age among its cells."""
    units = fields.get("units")
    if units is not None and not isinstance(units, Mapping):
        raise TypeError(f"units map biomarkers to their units; they cannot be {units!r}")
    values = json_answers(answers)
    age = values.pop(AGE, None) if fields.get(AGE) is None else fields[AGE]
    body: dict[str, object] = {"answers": values}
    optional = {**fields, **json_answers({AGE: age})}
    if fields.get(DAY) is not None:
        optional |= {DAY: iso_day(fields[DAY])}
    body |= {name: value for name, value in optional.items() if value is not None}
    return body
