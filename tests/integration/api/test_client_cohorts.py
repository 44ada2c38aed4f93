"""The client's cohorts and frames against the real API, without a socket, and a real worker."""

import csv
import json
import uuid
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
from agelens.client import (
    Client,
    CohortCanceled,
    Conflict,
    InsufficientCredits,
    InvalidInput,
    NotFound,
    frame_to_shap,
)
from agelens.clocks.bundles import find_clock
from flask import Flask
from integration.api.bundles import bundle, new_name
from integration.api.sent_cohorts import people
from integration.conftest import PersonFactory
from integration.people import Person
from scored_files import scored

PRICE = 10  # of kaggle-age and mortality-age
CLOCKS = ("kaggle-age", "mortality-age", "phenoage", "kdm", "dysregulation")
FIRST = ["prediction", "interval_low", "interval_high", "base_value"]
ClientFactory = Callable[[int], Client]


class Working(httpx.BaseTransport):
    """The API in this process; a worker does what is queued whenever somebody waits."""

    def __init__(self, app: Flask, run_jobs: Callable[[], None]) -> None:
        self._api = httpx.WSGITransport(app=app)
        self._run_jobs = run_jobs

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers.pop("Prefer", None)  # as of a service that does not know it: jobs run here
        if request.method == "GET" and "wait" in request.url.params:
            self._run_jobs()
        return self._api.handle_request(request)


@pytest.fixture
def make_client(
    app: Flask, person: PersonFactory, run_jobs: Callable[[], None]
) -> Iterator[ClientFactory]:
    """Clients of new people with credits."""

    def make(credits: int) -> Client:
        token = person(credits).token
        return Client("http://agelens.test", token, transport=Working(app, run_jobs))

    return make


def frame_of(count: int) -> pd.DataFrame:
    """People of the default clock, whose columns it all reads."""
    return pd.DataFrame(people(count)).drop(columns="person")


def example_of(client: Client, model: str) -> pd.DataFrame:
    """A clock's own example person, with every column that it reads."""
    example = client.models.example(model)
    return pd.DataFrame([{"chronological_age": example.chronological_age, **example.answers}])


def quietly(client: Client, frame: pd.DataFrame, **options: Any) -> pd.DataFrame:
    return client.predict_frame(frame, progress=False, **options)


@pytest.mark.parametrize("model", ["kaggle-age", "mortality-age", "phenoage", "kdm"])
def test_a_frame_has_the_numbers_of_the_command_line(
    make_client: ClientFactory, tmp_path: Path, model: str
) -> None:
    client = make_client(1000)
    one = example_of(client, model)
    frame = pd.concat([one] * 20, ignore_index=True)
    markers = [name for name in frame.select_dtypes("number") if name != "chronological_age"]
    frame[markers] = frame[markers] * np.linspace(0.98, 1.02, len(frame))[:, None]
    read = {feature["key"] for feature in client.models[model].features} | (
        {"chronological_age"} if client.models[model].needs_age else set()
    )
    frame = frame[[name for name in frame.columns if name in read]]
    answers = quietly(client, frame, model=model)
    frame.to_csv(tmp_path / "people.csv", index=False)
    expected = scored(tmp_path / "people.csv", find_clock(model), "agelens").to_pandas()
    expected = expected.drop(columns="row")  # a frame has its index
    assert answers["error"].isna().all()
    pd.testing.assert_frame_equal(
        answers[list(expected)], expected, check_exact=False, atol=1e-9, check_dtype=False
    )
    contributions = answers[[name for name in answers if name.startswith("contribution:")]]
    total = answers["base_value"] + contributions.sum(axis=1)
    np.testing.assert_allclose(total, answers["prediction"], atol=1e-6)


@pytest.mark.parametrize("model", CLOCKS)
def test_an_empty_frame_has_the_columns_of_a_full_one_and_costs_nothing(
    make_client: ClientFactory, model: str
) -> None:
    client = make_client(PRICE)
    frame = example_of(client, model)
    if not client.models[model].needs_age:
        frame = frame.drop(columns="chronological_age")
    nobody = quietly(client, frame.iloc[:0], model=model)
    assert (len(nobody), client.wallet.balance, list(client.cohorts)) == (0, PRICE, [])
    somebody = quietly(client, frame, model=model)
    assert list(nobody.columns) == list(somebody.columns)
    assert list(nobody.dtypes) == list(somebody.dtypes)
    assert nobody.attrs["model"] == somebody.attrs["model"]
    plain = quietly(client, frame.iloc[:0], model=model, contributions=False)
    assert not [name for name in plain.columns if name.startswith("contribution:")]


def test_index_and_order_stay_whatever_they_are(make_client: ClientFactory) -> None:
    client = make_client(1000)
    frame = frame_of(4)
    plain = quietly(client, frame)
    assert list(plain.columns)[:4] == FIRST
    for index in (
        pd.Index([3, 3, 1, 3]),
        pd.MultiIndex.from_tuples([("a", 1), ("a", 1), ("b", 2), ("a", 2)], names=["site", "n"]),
        pd.date_range("2026-01-01", periods=4, name="day"),
        pd.Index(["x", None, np.nan, ""], dtype=object),
    ):
        answers = quietly(client, frame.set_axis(index))
        pd.testing.assert_index_equal(answers.index, index)
        pd.testing.assert_frame_equal(answers.reset_index(drop=True), plain)
    backwards = quietly(client, frame.iloc[::-1])
    pd.testing.assert_frame_equal(backwards.iloc[::-1], plain)


def test_one_row_is_enough(make_client: ClientFactory) -> None:
    client = make_client(PRICE)
    answers = quietly(client, frame_of(1))
    assert answers["prediction"].notna().all()
    assert client.wallet.balance == 0
    assert client.cohorts[answers.attrs["cohort_id"]].charged == PRICE
    assert answers.attrs["model"]["name"] == "kaggle-age"


def test_rows_that_are_wrong_have_a_reason_and_the_others_numbers(
    make_client: ClientFactory,
) -> None:
    client = make_client(1000)
    frame = frame_of(6).astype(object)
    frame["glucose"] = [5.1, 95.0, "5,1?", None, "5.1", 950.0]
    frame.loc[4, :] = np.nan
    answers = quietly(client, frame)
    wrong = answers["error"].notna()
    assert wrong.tolist() == [False, True, False, False, True, True]
    assert "95 would fit in mg/dL" in answers.loc[1, "error"]
    assert all("glucose" in answers.loc[row, "error"] for row in (1, 5))
    assert "counts as missing" in answers.loc[2, "warnings"]  # the clock can do without
    assert answers.loc[~wrong, "prediction"].notna().all()
    assert answers.loc[wrong, FIRST].isna().all(axis=None)
    assert client.wallet.balance == 1000 - 3 * PRICE
    fixed = quietly(client, frame.iloc[[1]], units={"glucose": "mg/dL"})
    assert fixed["error"].isna().all()


def test_columns_of_every_kind_are_read(make_client: ClientFactory) -> None:
    client = make_client(1000)
    plain = frame_of(3)
    expected = quietly(client, plain)
    made = plain.copy()
    made["sex"] = made["sex"].astype("category")
    made["systolic_bp"] = made["systolic_bp"].astype("Int64")
    made["bone_density"] = made["bone_density"].astype("Float64")
    made["diastolic_bp"] = made["diastolic_bp"].astype(str)
    made["vision_sharpness"] = made["vision_sharpness"].astype(object)
    pd.testing.assert_frame_equal(quietly(client, made), expected)
    empty = plain.assign(glucose=np.nan, total_cholesterol=None)
    pd.testing.assert_frame_equal(quietly(client, empty), expected)
    days = plain.assign(glucose=pd.Timestamp("2026-01-01"))
    assert quietly(client, days)["warnings"].str.contains("glucose").all()


def test_columns_that_are_not_read_stay_at_home(make_client: ClientFactory) -> None:
    client = make_client(1000)
    frame = frame_of(2).assign(name="Ada", **{"7": 1})
    frame.columns = [7 if name == "7" else name for name in frame.columns]
    with pytest.warns(UserWarning, match="does not read these columns: name, 7$"):
        answers = client.predict_frame(frame, progress=False)
    cohort = client.cohorts[answers.attrs["cohort_id"]]
    assert set(cohort.header) == set(frame_of(1).columns)


def test_a_mapping_gives_columns_their_meaning(make_client: ClientFactory) -> None:
    client = make_client(1000)
    frame = frame_of(2)
    renamed = frame.rename(columns={"systolic_bp": "RR sys", "sex": 3})
    mapping = {"RR sys": "systolic_bp", "3": "sex"}
    pd.testing.assert_frame_equal(quietly(client, renamed, mapping=mapping), quietly(client, frame))


def test_a_column_that_shall_answer_nothing_stays_at_home_untold(
    make_client: ClientFactory,
) -> None:
    client = make_client(1000)
    frame = frame_of(2)
    answers = quietly(client, frame, mapping={"bone_density": "ignored"})
    cohort = client.cohorts[answers.attrs["cohort_id"]]
    assert "bone_density" not in cohort.header
    without = quietly(client, frame.drop(columns="bone_density"))
    pd.testing.assert_frame_equal(answers, without)


def test_a_cell_that_is_run_twice_with_a_key_is_paid_once(make_client: ClientFactory) -> None:
    client = make_client(1000)
    frame = frame_of(2)
    once = quietly(client, frame, idempotency_key="cell 7")
    left = client.wallet.balance
    again = quietly(client, frame, idempotency_key="cell 7")
    pd.testing.assert_frame_equal(once, again)
    assert (once.attrs, client.wallet.balance) == (again.attrs, left)
    with pytest.raises(Conflict):
        quietly(client, frame.head(1), idempotency_key="cell 7")
    assert quietly(client, frame).attrs["cohort_id"] != once.attrs["cohort_id"]
    assert client.wallet.balance < left


@pytest.mark.parametrize(
    ("change", "options", "fields"),
    [
        ({"columns": ["sex", "albumin"]}, {"model": "mortality-age"}, {"chronological_age"}),
        ({"columns": ["sex", "albumin"]}, {"model": "phenoage"}, {"chronological_age", "glucose"}),
        ({"columns": ["a", "b"]}, {"model": "kaggle-age"}, {"columns"}),
        ({}, {"mapping": {"nowhere": "glucose"}}, None),
        ({}, {"units": {"systolic_bp": "stones"}}, None),
        ({}, {"columns": "ours"}, {"columns"}),
    ],
)
def test_columns_that_cannot_do_are_named_and_nothing_is_kept(
    make_client: ClientFactory,
    change: dict[str, Any],
    options: dict[str, Any],
    fields: set[str] | None,
) -> None:
    client = make_client(1000)
    frame = frame_of(2)
    frame = frame.reindex(columns=change["columns"]) if change else frame
    with pytest.raises(InvalidInput) as caught:
        quietly(client, frame, **options)
    named = {problem.field for problem in caught.value.problems}
    assert named
    assert fields is None or fields <= named
    assert (client.wallet.balance, list(client.cohorts)) == (1000, [])


def test_what_columns_may_mean_is_told_so_that_it_can_be_done(make_client: ClientFactory) -> None:
    client = make_client(1000)
    frame = example_of(client, "mortality-age").rename(columns={"chronological_age": "alder"})
    with pytest.raises(InvalidInput) as caught:
        quietly(client, frame, model="mortality-age")
    assert "name one with mapping=" in str(caught.value)
    mapping = {"alder": "chronological_age"}
    assert quietly(client, frame, model="mortality-age", mapping=mapping)["error"].isna().all()
    names = pd.read_csv(StringIO(client.cohorts.template("mortality-age", "bioage-r")))
    with pytest.warns(UserWarning, match='say columns="bioage-r"'):
        client.predict_frame(names.assign(glucose=5.1), progress=False, model="mortality-age")
    assert quietly(client, names, model="mortality-age", columns="bioage-r")["error"].isna().all()


def test_a_clock_that_is_not_there_is_said(make_client: ClientFactory) -> None:
    with pytest.raises(NotFound):
        quietly(make_client(0), frame_of(1), model="no-such-clock")


def test_too_few_credits_charge_nothing_and_keep_nothing(make_client: ClientFactory) -> None:
    client = make_client(3 * PRICE)
    with pytest.raises(InsufficientCredits):
        quietly(client, frame_of(4))
    balance = client.wallet.show()
    assert (balance.balance, balance.held, list(client.cohorts)) == (3 * PRICE, 0, [])


def test_a_cohort_is_resumed_by_another_process_that_knows_its_id(
    make_client: ClientFactory, app: Flask, run_jobs: Callable[[], None], tmp_path: Path
) -> None:
    client = make_client(1000)
    frame = frame_of(5).assign(person=[f"P{n}" for n in range(5)])
    frame.loc[3, "systolic_bp"] = 9999
    submitted = client.cohorts.submit(frame, id_column="person", name="First visit")
    assert (submitted.status, submitted.price, client.wallet.available) == ("queued", 50, 950)

    token = client._connection.token
    later = Client("http://agelens.test", token, transport=Working(app, run_jobs))
    with pytest.raises(Conflict):
        later.cohorts[submitted.id].results()
    cohort = later.cohorts[submitted.id].wait(progress=False)
    assert (cohort.rows_scored, cohort.rows_failed, cohort.charged) == (4, 1, 40)
    assert cohort.name == "First visit"
    results = cohort.results()
    assert results["row"].tolist() == [1, 2, 3, 4, 5]
    assert results["id"].tolist() == frame["person"].tolist()
    (problem,) = cohort.errors()
    assert (problem.row, problem.id, problem.fields) == (4, "P3", ("systolic_bp",))
    assert results.loc[3, "error"] == "systolic_bp must be between 40 and 370 mmHg"
    assert problem.message == "systolic blood pressure must be between 40 and 370 mmHg"
    assert cohort.summary is not None
    assert cohort.summary["scored"] == 4
    assert "First visit" in cohort._repr_html_()

    table = pd.read_csv(cohort.download(tmp_path / "out.csv"))
    np.testing.assert_allclose(table["prediction"], results["prediction"], rtol=1e-12)
    pd.testing.assert_frame_equal(pd.read_parquet(cohort.download(tmp_path / "out.pq")), results)
    told = json.loads(cohort.download(tmp_path / "out.json", contributions=False).read_text())
    assert [row["id"] for row in told] == frame["person"].tolist()
    assert not any(name.startswith("contribution:") for name in told[0])
    assert {entry.cohort_id for entry in client.wallet.transactions()} == {cohort.id, None}


def test_files_and_rows_give_the_same_results(make_client: ClientFactory, tmp_path: Path) -> None:
    client = make_client(1000)
    rows = people(3)
    frame = pd.DataFrame(rows)
    with (tmp_path / "p.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    frame.to_parquet(tmp_path / "p.parquet")
    (tmp_path / "p.json").write_text(json.dumps(rows))
    given = [tmp_path / "p.csv", str(tmp_path / "p.parquet"), tmp_path / "p.json", rows, frame]
    cohorts = [client.cohorts.submit(each).wait(progress=False) for each in given]
    with (tmp_path / "p.csv").open("rb") as file:
        cohorts.append(client.cohorts.submit(file).wait(progress=False))
    first, *others = (cohort.results() for cohort in cohorts)
    for results in others:
        pd.testing.assert_frame_equal(results, first)
    assert cohorts[0].name == "p.csv"
    assert [each.id for each in client.cohorts] == [each.id for each in reversed(cohorts)]
    page = client.cohorts.page(status="succeeded", limit=4)
    assert len(page.items) == 4
    assert page.next_cursor is not None


def test_the_same_key_gives_the_same_cohort(make_client: ClientFactory) -> None:
    client = make_client(1000)
    key = uuid.uuid4().hex
    frame = frame_of(3)
    first = client.cohorts.submit(frame, idempotency_key=key)
    again = client.cohorts.submit(frame.copy(), idempotency_key=key)
    assert (again.id, client.wallet.available) == (first.id, 970)
    with pytest.raises(Conflict):
        client.cohorts.submit(frame.iloc[:2], idempotency_key=key)
    with pytest.raises(Conflict):
        client.cohorts.submit(frame, idempotency_key=key, units={"glucose": "mg/dL"})


def test_a_draft_is_looked_at_and_run(make_client: ClientFactory) -> None:
    client = make_client(1000)
    draft = client.cohorts.submit(people(4), draft=True)
    assert (draft.status, draft.model, client.wallet.available) == ("draft", None, 1000)
    preview = draft.preview(model="kaggle-age")
    assert (preview.price, preview.rows, preview.readable_rows) == (40, 4, 4)
    assert preview.ignored == ("person",)
    assert "glucose" in {each.feature for each in preview.missing}
    draft.run(model="kaggle-age", id_column="person")
    assert draft.run().id == draft.id
    assert client.wallet.available == 960
    results = draft.wait(progress=False).results()
    assert results["id"].tolist() == ["P-0", "P-1", "P-2", "P-3"]


def test_a_canceled_cohort_costs_nothing_and_can_be_deleted(make_client: ClientFactory) -> None:
    client = make_client(1000)
    cohort = client.cohorts.submit(people(4))
    with pytest.raises(Conflict):
        cohort.delete()
    assert cohort.cancel().status == "canceled"
    assert client.wallet.available == 1000
    with pytest.raises(CohortCanceled):
        cohort.wait(progress=False)
    cohort.delete()
    with pytest.raises(NotFound):
        cohort.refresh()


@pytest.mark.parametrize(("model", "columns"), [(None, "agelens"), ("mortality-age", "bioage-r")])
def test_the_template_can_be_submitted_as_it_is(
    make_client: ClientFactory, tmp_path: Path, model: str | None, columns: str
) -> None:
    client = make_client(1000)
    place = tmp_path / "template.csv"
    place.write_text(client.cohorts.template(model, columns))
    cohort = client.cohorts.submit(place, model=model, columns=columns).wait(progress=False)
    assert (cohort.rows_scored, cohort.rows_failed) == (1, 0)


def test_a_frame_explained_adds_up(make_client: ClientFactory) -> None:
    answers = quietly(make_client(1000), frame_of(8))
    explanation = frame_to_shap(answers, frame_of(8))
    sums = explanation.base_values + explanation.values.sum(axis=1)
    np.testing.assert_allclose(sums, answers["prediction"], atol=1e-6)
    assert explanation.data.shape == explanation.values.shape


def test_a_client_asks_for_a_version_whichever_is_active(
    make_client: ClientFactory, admin: Person
) -> None:
    name = new_name()
    for version in ("1.0.0", "1.1.0"):
        content = bundle(name, version)
        sent = admin.post(
            "/api/admin/ml-models?force=true", data=content, content_type="application/zip"
        )
        assert sent.status_code == 201, sent.text
    client = make_client(100)
    model = client.models[f"{name}@1.1.0"]
    assert (model.version, model.versions) == ("1.1.0", ["1.1.0", "1.0.0"])
    assert (model.pinned, client.models[name].pinned) == (f"{name}@1.1.0", f"{name}@1.0.0")
    assert model.sha256 in model.citation
    answers = {"systolic_bp": 130, "bone_density": 1.0}
    assert client.predict(answers, model=model.pinned).model.version == "1.1.0"
    assert client.predict(answers, model=name).model.version == "1.0.0"
    for people_frame in (frame_of(2), frame_of(2).iloc[:0]):
        frame = client.predict_frame(people_frame, model=model.pinned)
        assert frame.attrs["model"] == {"name": name, "version": "1.1.0"}
        assert "clock_version" in frame.columns
    (cohort, *_) = client.cohorts
    assert cohort.model.version == "1.1.0"
    assert "systolic_bp" in client.cohorts.template(model.pinned)
    with pytest.raises(NotFound, match=r"has no version 2; published: 1\.1\.0, 1\.0\.0"):
        client.predict(answers, model=f"{name}@2")
