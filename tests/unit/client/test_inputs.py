"""What a row of a frame holds, as an answer."""

import datetime
import json
from collections.abc import Callable
from decimal import Decimal
from inspect import signature
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
from agelens.client import Client, InvalidInput
from agelens.client.drafts import panel_body
from agelens.client.inputs import json_answers
from unit.client.stub import RESULT, TASK, Stub, client_of


@pytest.mark.parametrize(
    ("held", "sent"),
    [
        (np.int64(5), 5),
        (np.float32(0.5), 0.5),
        (np.str_("male"), "male"),
        (np.bool_(True), True),
        (np.array(5.5), 5.5),
        (Decimal("5.5"), 5.5),
        (Decimal("NaN"), None),
        (Decimal("sNaN"), None),
        (np.nan, None),
        (np.float64("nan"), None),
        (pd.NA, None),
        (pd.NaT, None),
        (None, None),
        ("5,5", "5,5"),
    ],
)
def test_an_answer_of_numpy_or_pandas_is_sent_as_what_it_says(held: Any, sent: Any) -> None:
    stub = Stub(
        httpx.Response(202, json={"task_id": "t1"}), httpx.Response(200, json={"results": [RESULT]})
    )
    client = client_of(stub)
    client.submit({"crp": held}, chronological_age=np.int64(50))
    client.what_if("t1", crp=held)
    submitted, varied = (json.loads(request.content) for request in stub.requests)
    assert submitted == {"answers": {"crp": sent}, "chronological_age": 50}
    assert varied == {"changes": [{"crp": sent}]}


def test_an_age_that_is_not_known_is_not_sent() -> None:
    stub = Stub(httpx.Response(202, json={"task_id": "t1"}))
    client_of(stub).submit({}, chronological_age=np.nan)
    assert json.loads(stub.requests[0].content) == {"answers": {}}


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (np.inf, "must be a finite number"),
        (Decimal("-Infinity"), "must be a finite number"),
        (datetime.date(2026, 11, 23), "must be a number or text, not a datetime.date"),
        (np.datetime64("2026-11-23"), "must be a number or text, not a datetime.date"),
        (np.array([5.5]), "must be a number or text, not a numpy.ndarray"),
        ([5.5], "must be a number or text, not a list"),
        (1j, "must be a number or text, not a complex"),
    ],
)
@pytest.mark.parametrize(
    "ask",
    [
        lambda client, held: client.predict({"glucose": 5.5, "crp": held}),
        lambda client, held: client.what_if("t1", crp=held),
        lambda client, held: client.drafts.create({"crp": held}),
        lambda client, held: client.drafts.edit("t1", answers={"crp": held}),
    ],
)
def test_what_cannot_be_sent_is_named_and_not_sent(
    ask: Callable[[Client, Any], Any], held: Any, words: str
) -> None:
    stub = Stub()
    with pytest.raises(InvalidInput) as caught:
        ask(client_of(stub), held)
    assert [(each.field, each.message) for each in caught.value.problems] == [("crp", words)]
    assert stub.requests == []


def test_an_age_that_is_no_number_is_named() -> None:
    with pytest.raises(InvalidInput, match="chronological_age: must be a number or text"):
        panel_body({}, {"chronological_age": datetime.date(1976, 1, 1)})  # type: ignore[typeddict-item]  # as people do


def test_names_that_are_no_text_are_sent_as_text() -> None:
    assert json_answers(pd.Series({np.int64(7): 5.5})) == {"7": 5.5}


def test_a_draft_is_edited_with_what_a_row_of_a_frame_holds() -> None:
    stub = Stub(httpx.Response(200, json=TASK))
    row = pd.Series({"crp": np.nan, "glucose": Decimal("5.5"), "chronological_age": 50.0})
    client = client_of(stub)
    client.drafts.edit("a/b", answers=row)
    client.drafts.edit("t1", chronological_age=np.int64(51), model="kdm")
    client.drafts.edit("t1", answers={"chronological_age": 50}, chronological_age=None)
    assert stub.bodies() == [
        {"answers": {"crp": None, "glucose": 5.5}, "chronological_age": 50.0},
        {"chronological_age": 51, "model": "kdm"},
        {"answers": {}, "chronological_age": None},
    ]
    assert stub.requests[0].url.raw_path == b"/api/tasks/a%2Fb"


@pytest.mark.parametrize("people", [pd.DataFrame({"glucose": [5]}), "glucose", [("glucose", 5)]])
def test_what_is_no_mapping_is_refused_in_words(people: Any) -> None:
    with pytest.raises(TypeError, match=r"answers map biomarkers .* cannot be a (Data|str|list)"):
        json_answers(people)


def test_units_are_a_mapping() -> None:
    with pytest.raises(TypeError, match="units map biomarkers to their units"):
        panel_body({"glucose": 5}, {"units": "mg/dL"})  # type: ignore[typeddict-item]  # as people do


def test_the_age_may_be_a_cell_of_the_row() -> None:
    row = pd.Series({"glucose": 5.5, "chronological_age": 50.0})
    beside = {"answers": {"glucose": 5.5}, "chronological_age": 50.0}
    assert panel_body(row, {}) == beside
    assert panel_body({"glucose": 5.5}, {"chronological_age": 50.0}) == beside


def test_what_no_panel_has_is_an_unexpected_keyword() -> None:
    client = client_of(Stub())
    with pytest.raises(TypeError, match=r"predict\(\) got an unexpected keyword argument 'modle'"):
        client.predict({"glucose": 5}, modle="kdm")  # type: ignore[call-arg]
    assert {"model", "units", "chronological_age"} <= signature(client.predict).parameters.keys()
