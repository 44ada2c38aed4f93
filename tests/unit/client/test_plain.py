"""What a row of a frame holds, as an answer."""

import json
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
from agelens.client import InvalidInput
from agelens.client.drafts import panel
from agelens.client.plain import plain
from unit.client.stub import RESULT, Stub, client_of


@pytest.mark.parametrize(
    ("held", "sent"),
    [
        (np.int64(5), 5),
        (np.float32(0.5), 0.5),
        (np.str_("male"), "male"),
        (np.bool_(True), True),
        (np.array(5.5), 5.5),
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


def test_what_is_infinite_is_named_and_not_sent() -> None:
    stub = Stub()
    with pytest.raises(InvalidInput, match="crp: must be a finite number"):
        client_of(stub).submit({"crp": np.inf})
    assert stub.requests == []


@pytest.mark.parametrize("people", [pd.DataFrame({"glucose": [5]}), "glucose", [("glucose", 5)]])
def test_what_is_no_mapping_is_refused_in_words(people: Any) -> None:
    with pytest.raises(TypeError, match=r"answers map biomarkers .* cannot be a (Data|str|list)"):
        plain(people)


def test_units_are_a_mapping() -> None:
    with pytest.raises(TypeError, match="units map biomarkers to their units"):
        panel({"glucose": 5}, None, "mg/dL", None)  # type: ignore[arg-type]  # as people do


def test_the_age_may_be_a_cell_of_the_row() -> None:
    row = pd.Series({"glucose": 5.5, "chronological_age": 50.0})
    beside = {"answers": {"glucose": 5.5}, "chronological_age": 50.0}
    assert panel(row, None, None, None) == beside
    assert panel({"glucose": 5.5}, None, None, 50.0) == beside
