"""Cohorts from their submission to their end, with their money."""

import uuid
from collections.abc import Callable

import pyarrow as pa
import pytest
from agelens.domain.errors import Conflict, InsufficientCredits, InvalidInput, NotFound
from agelens.services import refunds
from agelens.services.audit import audit
from agelens.services.cohorts import lookups, part_scoring, submissions
from agelens.services.cohorts.submissions import Options
from agelens.storage import ModelVersion, User
from integration.conftest import PersonFactory
from integration.kept_cohorts import MODEL, PRICE, READ, Cohorts, people
from integration.people import Person
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]
RunJobs = Callable[[], None]
CohortsOf = Callable[[Person], Cohorts]


@pytest.fixture
def one(person: PersonFactory) -> Person:
    return person(1000)


@pytest.fixture
def theirs(one: Person, cohorts_of: CohortsOf) -> Cohorts:
    return cohorts_of(one)


def table(results: list[bytes]) -> pa.Table:
    return pa.concat_tables(pa.ipc.open_file(part).read_all() for part in results)


def all_accounted_for(sessions: Sessions) -> bool:
    with sessions() as session:
        return audit(session).differences == ()


def test_rows_are_scored_in_parts_and_paid_if_they_have_a_number(
    one: Person, theirs: Cohorts, run_jobs: RunJobs, sessions: Sessions
) -> None:
    key = theirs.create(people(25, bad={3, 25}), part_rows=10)
    queued = theirs.get(key)
    assert (queued.status, queued.price, queued.n_parts) == ("queued", 25 * PRICE, 3)
    assert one.wallet() == {"balance": 1000, "held": 250, "available": 750}
    run_jobs()
    cohort = theirs.get(key)
    assert (cohort.status, cohort.rows_done, cohort.rows_scored) == ("succeeded", 25, 23)
    assert cohort.charged == 23 * PRICE
    assert one.wallet() == {"balance": 770, "held": 0, "available": 770}
    told = [(e["kind"], e["amount"], e["held_change"]) for e in one.transactions()[:3]]
    assert told == [("release", 0, -20), ("capture", -230, -230), ("hold", 0, 250)]
    assert {e["cohort_id"] for e in one.transactions()[:3]} == {str(key)}
    rows = table(theirs.results(key))
    assert rows["row"].to_pylist() == list(range(1, 26))
    assert rows["id"].to_pylist() == [f"p{row}" for row in range(1, 26)]
    assert [r["row"] for r in rows.to_pylist() if r["error"] is not None] == [3, 25]
    assert cohort.summary is not None
    assert (cohort.summary["rows"], cohort.summary["scored"]) == (25, 23)
    assert all_accounted_for(sessions)


def test_a_row_has_the_number_that_a_single_prediction_has(
    one: Person, theirs: Cohorts, run_jobs: RunJobs
) -> None:
    key = theirs.create(people(12), part_rows=5)
    row = {"sex": "female", "systolic_bp": 111, "diastolic_bp": 81, "total_cholesterol": 5.1}
    answers = row | {"bone_density": 0.6, "vision_sharpness": 0.4}
    single = one.predict(answers, model=MODEL).json["task_id"]
    run_jobs()
    eleventh = table(theirs.results(key)).to_pylist()[10]
    result = one.task(single)["result"]
    assert eleventh["prediction"] == pytest.approx(result["prediction"], abs=1e-9)
    contributions = {f"contribution:{c['feature']}": c["years"] for c in result["contributions"]}
    for name, years in contributions.items():
        assert eleventh[name] == pytest.approx(years, abs=1e-9)


def test_where_all_rows_are_scored_nothing_is_left_to_release(
    one: Person, theirs: Cohorts, run_jobs: RunJobs
) -> None:
    theirs.create(people(4))
    run_jobs()
    assert [e["kind"] for e in one.transactions()] == ["capture", "hold", "topup"]


def test_a_refund_gives_back_what_the_scored_rows_cost_once(
    one: Person, theirs: Cohorts, run_jobs: RunJobs, sessions: Sessions
) -> None:
    key = theirs.create(people(3, bad={2}))
    run_jobs()
    for expected in (2 * PRICE, None):
        with sessions.begin() as session:
            entry = refunds.refund(session, str(key), note="a complaint")
            assert (entry and entry.amount) == expected
    assert one.wallet() == {"balance": 1000, "held": 0, "available": 1000}
    newest = one.transactions()[0]
    assert (newest["kind"], newest["cohort_id"]) == ("refund", str(key))
    assert all_accounted_for(sessions)


def test_where_no_row_can_be_scored_the_cohort_succeeds_with_reasons_and_costs_nothing(
    one: Person, theirs: Cohorts, run_jobs: RunJobs, sessions: Sessions
) -> None:
    key = theirs.create(people(3, bad={1, 2, 3}))
    run_jobs()
    cohort = theirs.get(key)
    assert (cohort.status, cohort.charged, cohort.rows_failed) == ("succeeded", 0, 3)
    assert one.wallet() == {"balance": 1000, "held": 0, "available": 1000}
    assert all_accounted_for(sessions)


def test_credits_that_do_not_suffice_leave_no_cohort_and_no_file(
    one: Person, theirs: Cohorts, sessions: Sessions
) -> None:
    before = theirs.files.folders("cohorts")
    with pytest.raises(InsufficientCredits, match="1010 credits and 1000 are available"):
        theirs.create(people(101))
    assert theirs.files.folders("cohorts") == before
    assert one.wallet()["held"] == 0
    with sessions() as session:
        owner = session.get_one(User, theirs.owner_id)
        assert lookups.history(session, owner, None, 10).items == []


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (Options(model="phenoage", columns="agelens"), "columns"),
        (Options(model=MODEL, id_column="nobody"), "id_column"),
        (Options(model=MODEL, units={"systolic_bp": "miles"}), "units"),
    ],
)
def test_a_file_that_cannot_be_read_so_is_refused_before_anything_is_held(
    one: Person, theirs: Cohorts, options: Options, field: str
) -> None:
    before = theirs.files.folders("cohorts")
    with pytest.raises(InvalidInput) as refused:
        theirs.create(people(3), options=options)
    assert field in refused.value.problems[0].pointer
    assert theirs.files.folders("cohorts") == before
    assert one.wallet()["held"] == 0


def test_a_file_without_what_the_clock_needs_is_refused_with_all_that_is_missing(
    theirs: Cohorts,
) -> None:
    content = b"albumin,creatinine,glucose\n45,80,5\n"
    with pytest.raises(InvalidInput, match=r"\(crp\).*\(white_cells\).*chronological_age"):
        theirs.create(content, options=Options(model="phenoage"))


def test_a_draft_holds_nothing_until_it_is_run(
    one: Person, theirs: Cohorts, run_jobs: RunJobs, sessions: Sessions
) -> None:
    key = theirs.create(people(12), options=Options(), draft=True)
    run_jobs()
    draft = theirs.get(key)
    assert (draft.status, draft.n_rows, draft.price, draft.model) == ("draft", 12, 0, None)
    assert one.wallet()["held"] == 0
    queued = theirs.run(key, READ)
    assert (queued.status, queued.price) == ("queued", 120)
    assert theirs.run(key).status == "queued", "again: harmless"
    run_jobs()
    assert theirs.run(key).status == "succeeded"
    assert one.wallet()["balance"] == 880
    assert all_accounted_for(sessions)


def test_a_draft_is_run_as_it_was_said_before(theirs: Cohorts, run_jobs: RunJobs) -> None:
    key = theirs.create(people(3), options=READ, draft=True)
    theirs.run(key, Options(columns="agelens"))
    run_jobs()
    cohort = theirs.get(key)
    assert cohort.model is not None
    assert (cohort.model.name, cohort.id_column) == (MODEL, "patient")


def test_a_draft_that_cannot_be_paid_stays_a_draft(theirs: Cohorts, one: Person) -> None:
    key = theirs.create(people(101), draft=True)
    with pytest.raises(InsufficientCredits):
        theirs.run(key)
    assert theirs.get(key).status == "draft"
    assert theirs.has_files(key, "/parts")
    assert theirs.parts(key) == []


def test_there_are_at_most_ten_drafts(theirs: Cohorts) -> None:
    for _ in range(submissions.MOST_DRAFTS):
        last = theirs.create(people(1), draft=True)
    before = theirs.files.folders("cohorts")
    with pytest.raises(Conflict, match="10 drafts"):
        theirs.create(people(1), draft=True)
    assert theirs.files.folders("cohorts") == before
    theirs.delete(last)
    theirs.create(people(1), draft=True)


def test_a_preview_keeps_nothing(theirs: Cohorts, sessions: Sessions) -> None:
    key = theirs.create(people(3, bad={2}), options=Options(), draft=True)
    with sessions() as session:
        seen = submissions.preview(session, theirs.files, theirs.owner_id, key, READ)
        session.commit()
    assert seen["model"]["name"] == MODEL
    assert (seen["price"], seen["readable_rows"]) == (30, 2)
    assert [problem["row"] for problem in seen["problems"]] == [2]
    draft = theirs.get(key)
    assert (draft.model, draft.id_column, draft.columns) == (None, None, None)


def test_the_version_and_the_price_are_those_of_the_submission(
    one: Person, theirs: Cohorts, run_jobs: RunJobs, sessions: Sessions
) -> None:
    key = theirs.create(people(4))
    change = update(ModelVersion).where(ModelVersion.name == MODEL, ModelVersion.active)
    with sessions.begin() as session:
        session.execute(change.values(price=99))
    try:
        run_jobs()
    finally:
        with sessions.begin() as session:
            session.execute(change.values(price=PRICE))
    assert theirs.get(key).charged == 4 * PRICE
    assert one.wallet()["balance"] == 1000 - 4 * PRICE


def test_canceling_releases_everything_and_takes_the_files(
    one: Person, theirs: Cohorts, run_jobs: RunJobs, sessions: Sessions
) -> None:
    key = theirs.create(people(25), part_rows=10)
    assert theirs.cancel(key).status == "canceled"
    assert theirs.cancel(key).status == "canceled"
    assert {part.status for part in theirs.parts(key)} == {"canceled"}
    assert not theirs.has_files(key)
    run_jobs()
    cohort = theirs.get(key)
    assert (cohort.status, cohort.rows_done, cohort.charged) == ("canceled", 0, 0)
    assert one.wallet() == {"balance": 1000, "held": 0, "available": 1000}
    with pytest.raises(Conflict, match="canceled"):
        theirs.run(key)
    with pytest.raises(Conflict, match="has results"):
        theirs.results(key)
    assert all_accounted_for(sessions)


def test_only_what_is_under_way_can_be_canceled_and_only_the_rest_deleted(
    theirs: Cohorts, run_jobs: RunJobs
) -> None:
    draft = theirs.create(people(1), draft=True)
    with pytest.raises(Conflict, match="draft"):
        theirs.cancel(draft)
    key = theirs.create(people(1))
    with pytest.raises(Conflict, match="cancel it first"):
        theirs.delete(key)
    run_jobs()
    with pytest.raises(Conflict, match="succeeded"):
        theirs.cancel(key)
    assert theirs.has_files(key, "/results")
    theirs.delete(key)
    assert not theirs.has_files(key)
    with pytest.raises(NotFound):
        theirs.get(key)


def test_the_answers_go_when_the_cohort_has_ended(theirs: Cohorts, run_jobs: RunJobs) -> None:
    key = theirs.create(people(12), part_rows=10)
    assert theirs.has_files(key, "/parts")
    run_jobs()
    assert not theirs.has_files(key, "/parts")
    assert len(theirs.results(key)) == 2


def test_another_persons_cohort_does_not_exist(
    theirs: Cohorts, person: PersonFactory, cohorts_of: CohortsOf, run_jobs: RunJobs
) -> None:
    key = theirs.create(people(1))
    draft = theirs.create(people(1), draft=True)
    stranger = cohorts_of(person(100))
    for attempt in (stranger.get, stranger.cancel, stranger.delete, stranger.results):
        with pytest.raises(NotFound):
            attempt(key)
    with pytest.raises(NotFound):
        stranger.run(draft)
    run_jobs()
    assert theirs.get(key).status == "succeeded"


def test_what_goes_wrong_with_a_part_is_told_of_its_rows_and_not_charged(
    one: Person,
    theirs: Cohorts,
    run_jobs: RunJobs,
    sessions: Sessions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    score = part_scoring.score_batch

    def break_the_second(*args: object, first_row: int) -> object:
        if first_row == 11:
            raise ZeroDivisionError
        return score(*args, first_row=first_row)  # type: ignore[arg-type]

    monkeypatch.setattr(part_scoring, "score_batch", break_the_second)
    key = theirs.create(people(25), part_rows=10)
    run_jobs()
    cohort = theirs.get(key)
    assert (cohort.status, cohort.rows_scored, cohort.rows_failed) == ("succeeded", 15, 10)
    assert [part.status for part in theirs.parts(key)] == ["succeeded", "failed", "succeeded"]
    rows = table(theirs.results(key)).to_pylist()
    failed = [row for row in rows if row["error"] is not None]
    assert [row["id"] for row in failed] == [f"p{n}" for n in range(11, 21)]
    assert all("not charged" in row["error"] for row in failed)
    assert one.wallet() == {"balance": 850, "held": 0, "available": 850}
    assert all_accounted_for(sessions)


def test_a_cohort_none_of_whose_parts_could_be_scored_fails_and_costs_nothing(
    one: Person,
    theirs: Cohorts,
    run_jobs: RunJobs,
    sessions: Sessions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(part_scoring, "score_batch", lambda *_, **__: 1 / 0)
    key = theirs.create(people(25), part_rows=10)
    run_jobs()
    cohort = theirs.get(key)
    assert (cohort.status, cohort.error_code) == ("failed", "scoring_failed")
    assert (cohort.charged, cohort.summary) == (0, None)
    assert one.wallet() == {"balance": 1000, "held": 0, "available": 1000}
    assert not theirs.has_files(key)
    assert all_accounted_for(sessions)


def test_the_history_is_newest_first_and_can_be_asked_by_status(
    theirs: Cohorts, run_jobs: RunJobs, sessions: Sessions
) -> None:
    done = theirs.create(people(1))
    run_jobs()
    drafts = [theirs.create(people(1), draft=True) for _ in range(2)]
    with sessions() as session:
        owner = session.get_one(User, theirs.owner_id)

        def ids(status: str | None = None) -> list[uuid.UUID]:
            found = lookups.history(session, owner, None, 10, status=status)
            return [cohort.id for cohort in found.items]

        assert ids() == [*reversed(drafts), done]
        assert ids("succeeded") == [done]
        first = lookups.history(session, owner, None, 2)
        rest = lookups.history(session, owner, first.next_cursor, 2)
        assert [cohort.id for cohort in rest.items] == [done]
