"""Frames of people: what is asked first, what is sent, what is told; with a made-up service."""

import io
import json
from typing import Any

import duckdb
import httpx
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from agelens.client import Client, CohortFailed, InsufficientCredits, InvalidInput, Unreachable
from unit.client.cohort_wire import COHORT, PREVIEW, SUCCEEDED
from unit.client.stub import RESULT, client_of, problem
from unit.client.test_cohorts import content_of, said
from unit.client.test_models import MODEL

PEOPLE = pd.DataFrame(
    {"name": ["Ada", "Ben", "Cem"], "glucose": [5.1, 95.0, None], "shoe": [38, 44, 41]},
    index=["x", "y", "x"],
)
ALL_THERE = PREVIEW | {"missing": [{"feature": "crp", "label": "CRP", "required": False}]}


class Service:
    """Reads `glucose`, knows no other column, and predicts 50 plus the row's number."""

    def __init__(self, **changes: Any) -> None:
        self.requests: list[httpx.Request] = []
        self.changes = changes

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        path, sent = request.url.path, request.method
        if sent == "POST" and path == "/api/cohorts":
            return self.changes.get("submit", httpx.Response(202, json=COHORT))
        if path.endswith("/match"):
            return httpx.Response(200, json=self._matches(json.loads(request.content)["header"]))
        if path.endswith("/results"):
            return httpx.Response(200, content=self._results())
        if path.endswith("/example"):
            told = {"answers": {}, "units": {}, "chronological_age": 50.0, "result": RESULT}
            return httpx.Response(200, json={"model": PREVIEW["model"], **told})
        if path.startswith("/api/ml-models/"):
            return httpx.Response(200, json=MODEL | {"features": [{"key": "glucose"}]})
        return httpx.Response(200, json=self.changes.get("cohort", SUCCEEDED))

    def _matches(self, header: list[str]) -> dict[str, Any]:
        reads = {"glucose": [{"feature": "glucose", "label": "Blood glucose"}]}
        matches = [
            {"column": name, "features": reads.get(name, []), "unit": None} for name in header
        ]
        changed: dict[str, Any] = self.changes.get("matches", {})
        return {**ALL_THERE, "matches": matches, **changed}

    def _results(self) -> bytes:
        rows = self.submitted().num_rows
        table = pa.table(
            {
                "row": range(1, rows + 1),
                "prediction": [50.0 + place for place in range(rows)],
                "error": pa.nulls(rows, pa.string()),
            }
        )
        file = io.BytesIO()
        pq.write_table(table, file)
        return file.getvalue()

    def submitted(self) -> pa.Table:
        return pq.read_table(io.BytesIO(content_of(self.submission())))

    def submission(self) -> httpx.Request:
        (found,) = (r for r in self.requests if (r.method, r.url.path) == ("POST", "/api/cohorts"))
        return found

    def asked(self) -> list[str]:
        return [f"{r.method} {r.url.path}" for r in self.requests]


def client_and(service: Service) -> Client:
    return client_of(service, patience=0)


READ_ONLY = ["POST /api/cohorts/match"]
MODEL_READ = "GET /api/ml-models/made-up"


def test_only_columns_that_are_read_leave_and_the_others_are_told() -> None:
    service = Service()
    with pytest.warns(UserWarning, match="made-up does not read these columns: name, shoe") as told:
        client_and(service).predict_frame(PEOPLE, progress=False)
    assert told[0].filename == __file__, "the warning points to the caller"
    assert service.submitted().to_pydict() == {"glucose": [5.1, 95.0, None]}
    assert "Ada" not in "".join(repr(request.content) for request in service.requests)
    assert service.asked()[:3] == [*READ_ONLY, MODEL_READ, "POST /api/cohorts"]


def test_index_and_order_are_those_of_the_frame() -> None:
    answers = client_and(Service()).predict_frame(PEOPLE[["glucose"]], progress=False)
    assert list(answers.index) == ["x", "y", "x"]
    assert answers["prediction"].tolist() == [50.0, 51.0, 52.0]
    assert list(answers.columns) == ["prediction", "error"]
    model = {"name": "made-up", "version": "1.0.0"}
    assert answers.attrs == {"cohort_id": "c1", "model": model}


TABLE = pa.table({"glucose": [5.1, 95.0, None], "sex": ["male", None, "female"]})


@pytest.mark.parametrize(
    ("people", "kind"),
    [
        (TABLE, pa.Table),
        (TABLE.to_batches()[0], pa.RecordBatch),
        (pl.from_arrow(TABLE), pl.DataFrame),
        (duckdb.from_arrow(TABLE), pa.Table),
    ],
    ids=["table", "batch", "polars", "duckdb"],
)
def test_frames_of_other_packages_are_answered_in_kind(people: Any, kind: type) -> None:
    service = Service()
    with pytest.warns(UserWarning, match="does not read these columns: sex"):
        answers = client_and(service).predict_frame(people, progress=False)
    assert service.submitted().to_pydict() == {"glucose": [5.1, 95.0, None]}
    assert type(answers) is kind
    assert pa.table(answers).to_pydict() == {
        "prediction": [50.0, 51.0, 52.0],
        "error": [None, None, None],
    }


def test_an_empty_frame_of_another_package_is_answered_in_kind() -> None:
    answers = client_and(Service()).predict_frame(pl.DataFrame({"glucose": []}))
    assert isinstance(answers, pl.DataFrame)
    assert answers.height == 0
    assert answers.columns[0] == "prediction"


def test_what_is_said_of_the_frame_is_handed_on() -> None:
    service = Service()
    client_and(service).predict_frame(
        PEOPLE[["glucose"]],
        model="default",
        units={"glucose": "mg/dL"},
        columns="kaggle",
        mapping={"glucose": "glucose"},
        progress=False,
    )
    mapping, units = {"glucose": "glucose"}, {"glucose": "mg/dL"}
    assert json.loads(service.requests[0].content) == {
        "header": ["glucose"],
        "model": "default",
        "columns": "kaggle",
        "mapping": mapping,
        "units": units,
    }
    assert said(service.submission()) == {
        "columns": "kaggle",
        "mapping": json.dumps(mapping),
        "units": json.dumps(units),
        "model": "made-up",
        "name": "predict_frame",
    }


def test_a_required_column_that_is_missing_is_named_before_anybody_is_sent() -> None:
    service = Service(matches={"missing": PREVIEW["missing"]})
    with pytest.raises(InvalidInput) as caught:
        client_and(service).predict_frame(PEOPLE[["glucose"]])
    assert [problem.field for problem in caught.value.problems] == ["sex"]
    assert "no column answers it (Sex)" in str(caught.value)
    assert service.asked() == READ_ONLY


AGE_MISSING = {"feature": "chronological_age", "label": "Chronological age", "required": True}
NO_AGE = "there is no column chronological_age, which this clock needs"


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        (
            f'{NO_AGE}; did you mean it by "age"?',
            ("mapping", 'did you mean the age by "age"? Say mapping={"age": "chronological_age"}'),
        ),
        (
            "the file looks like one with bioage-r columns; choose these",
            (
                "columns",
                'the frame looks like one with bioage-r columns; say columns="bioage-r"',
            ),
        ),
        ("a column is upside down", ("frame", "a column is upside down")),
    ],
)
def test_what_the_columns_may_mean_is_told_with_what_is_missing(
    hint: str, told: tuple[str, str]
) -> None:
    service = Service(matches={"missing": [AGE_MISSING], "hints": [hint]})
    with pytest.raises(InvalidInput) as caught:
        client_and(service).predict_frame(PEOPLE[["glucose"]])
    lacking, meant = caught.value.problems
    assert lacking.field == "chronological_age"
    assert (meant.field, meant.message) == told


def test_an_age_that_no_column_resembles_is_said_to_be_missing_once() -> None:
    service = Service(matches={"missing": [AGE_MISSING], "hints": [NO_AGE]})
    with pytest.raises(InvalidInput) as caught:
        client_and(service).predict_frame(PEOPLE[["glucose"]])
    assert [problem.field for problem in caught.value.problems] == ["chronological_age"]


def test_columns_of_another_data_set_are_told_with_those_that_are_not_read() -> None:
    hint = "the file looks like one with bioage-r columns; choose these"
    service = Service(matches={"hints": [hint]})
    with pytest.warns(UserWarning, match=r'these columns: name, shoe; .*say columns="bioage-r"$'):
        client_and(service).predict_frame(PEOPLE, progress=False)


@pytest.mark.parametrize("frame", [pd.DataFrame(), pd.DataFrame(index=range(3))])
def test_a_frame_without_columns_is_refused_at_once(frame: pd.DataFrame) -> None:
    service = Service()
    with pytest.raises(InvalidInput, match="no columns"):
        client_and(service).predict_frame(frame)
    assert service.asked() == []


OtherFrame = type(
    "DataFrame", (), {"__module__": "modin.pandas.dataframe", "to_pandas": lambda self: PEOPLE}
)


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ([{"glucose": 5}], "a list"),
        (PEOPLE["glucose"], "a pandas.Series"),
        ("people.csv", "a str"),
        (OtherFrame(), "a modin.DataFrame; .to_pandas() makes one of it"),
    ],
)
def test_what_is_no_frame_is_refused_at_once(people: Any, told: str) -> None:
    service = Service()
    with pytest.raises(TypeError) as caught:
        client_and(service).predict_frame(people)
    words = f"people must be a frame of pandas, polars, pyarrow or DuckDB, not {told}"
    assert str(caught.value) == words
    assert service.asked() == []


def test_half_a_character_in_a_name_is_sent_as_a_question_mark() -> None:
    service, people = Service(), PEOPLE[["glucose", "shoe"]]
    people.columns = pd.Index(["glucose", "a\ud800b"], dtype=object)
    with pytest.warns(UserWarning, match=r"does not read these columns: a\?b"):
        client_and(service).predict_frame(people, progress=False)
    assert len(service.submitted()) == len(PEOPLE)


def test_an_empty_frame_gives_an_empty_frame_and_no_cohort() -> None:
    service = Service()
    answers = client_and(service).predict_frame(PEOPLE[["glucose"]].iloc[:0])
    assert len(answers) == 0
    assert list(answers.columns) == [
        "prediction", "interval_low", "interval_high", "base_value",
        "age_gap", "age_gap_adjusted", "age_gap_percentile",
        "contribution:glucose", "warnings", "error", "clock", "clock_version",
    ]  # fmt: skip
    assert answers.index.dtype == PEOPLE.index.dtype
    assert answers.attrs["cohort_id"] is None
    assert service.asked()[:1] == READ_ONLY
    assert "POST /api/cohorts" not in service.asked()


def test_too_few_credits_are_said_and_nothing_is_left_behind() -> None:
    service = Service(submit=problem(402, "insufficient_credits"))
    with pytest.raises(InsufficientCredits):
        client_and(service).predict_frame(PEOPLE[["glucose"]])
    assert service.asked() == [*READ_ONLY, MODEL_READ, "POST /api/cohorts"]


def test_a_cohort_that_failed_as_a_whole_says_why() -> None:
    failed = SUCCEEDED | {"status": "failed", "error": {"code": "given_up", "message": "no worker"}}
    with pytest.raises(CohortFailed, match="no worker"):
        client_and(Service(cohort=failed)).predict_frame(PEOPLE[["glucose"]], progress=False)


def test_who_is_cut_off_from_what_was_paid_is_told_where_it_is() -> None:
    service = Service()

    def cut_off(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/results"):
            raise httpx.ReadError("reset")
        return service(request)

    with pytest.raises(Unreachable) as caught:
        client_of(cut_off, patience=0).predict_frame(PEOPLE[["glucose"]], progress=False)
    assert caught.value.__notes__ == [
        'The cohort goes on: client.cohorts["c1"].wait() waits further'
    ]


def test_the_frame_is_not_changed() -> None:
    before = PEOPLE.copy(deep=True)
    with pytest.warns(UserWarning, match="does not read"):
        client_and(Service()).predict_frame(PEOPLE, progress=False)
    pd.testing.assert_frame_equal(PEOPLE, before)
