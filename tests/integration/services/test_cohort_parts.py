"""Races that no request can bring about: two workers and one part, workers and owners."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from agelens.domain.errors import Unavailable
from agelens.jobs import cohorts as job
from agelens.jobs import connections, scheduler
from agelens.queueing import COHORT, JobQueue, PendingJob, job_id
from agelens.queueing.queue import COHORTS
from agelens.services import model_registry, privacy, sweeps
from agelens.services.audit import audit
from agelens.services.cohorts import part_scoring, parts, retries
from agelens.services.cohorts.part_writing import part_name
from agelens.storage import CohortPart, LedgerEntry, User, Wallet
from agelens.storage.files import Files
from integration.conftest import PersonFactory
from integration.kept_cohorts import PRICE, Cohorts, people
from integration.people import Person
from rq.job import Job
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]
RunJobs = Callable[[], None]
LEASE_SECONDS = 30.0


@pytest.fixture
def one(person: PersonFactory) -> Person:
    return person(1000)


@pytest.fixture
def theirs(one: Person, cohorts_of: Callable[[Person], Cohorts]) -> Cohorts:
    return cohorts_of(one)


def claim(sessions: Sessions, part: CohortPart) -> parts.PartClaim | None:
    with sessions.begin() as session:
        return parts.claim(session, part.id, LEASE_SECONDS)


def claimed(sessions: Sessions, part: CohortPart) -> parts.PartClaim:
    found = claim(sessions, part)
    assert found is not None
    return found


def score(theirs: Cohorts, by: parts.PartClaim) -> part_scoring.PartResult:
    """Score a part and write its results, as a worker does."""
    with theirs.sessions() as session:
        clock = model_registry.clock_by_id(session, by.model_version_id)
    result = part_scoring.score_part(theirs.files, clock, by)
    theirs.files.write(by.result_path, result.write)
    return result


def finish(
    theirs: Cohorts, by: parts.PartClaim, result: part_scoring.PartResult | None = None
) -> parts.FinishedPart:
    result = result or score(theirs, by)
    with theirs.sessions.begin() as session:
        return parts.finish(session, by, result.tally, given_up=result.given_up)


def age(sessions: Sessions, part: CohortPart, **columns: float) -> None:
    """Move moments of a part into the past, by so many seconds."""
    with sessions.begin() as session:
        values = {
            name: func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
            for name, seconds in columns.items()
        }
        session.execute(update(CohortPart).where(CohortPart.id == part.id).values(**values))


def differences(sessions: Sessions) -> tuple[str, ...]:
    with sessions() as session:
        return audit(session).differences


def all_at_once(*steps: Callable[[], object]) -> list[BaseException]:
    """Run steps in threads of their own; what they raised."""
    raised: list[BaseException] = []

    def run(step: Callable[[], object]) -> None:
        try:
            step()
        except Exception as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    return raised


def test_a_part_is_claimed_once_while_its_lease_runs(theirs: Cohorts, sessions: Sessions) -> None:
    key = theirs.create(people(25))
    first, *_ = theirs.parts(key)
    assert claimed(sessions, first).attempts == 1
    assert claim(sessions, first) is None
    assert theirs.get(key).status == "running"


@pytest.mark.parametrize("slow_one_first", [True, False])
def test_a_worker_whose_lease_ran_out_overwrites_nothing(
    one: Person, theirs: Cohorts, sessions: Sessions, slow_one_first: bool
) -> None:
    key = theirs.create(people(5))
    (part,) = theirs.parts(key)
    slow = claimed(sessions, part)
    age(sessions, part, lease_expires_at=1)
    quick = claimed(sessions, part)
    assert slow.result_path != quick.result_path
    order = [slow, quick] if slow_one_first else [quick, slow]
    kept = {worker.attempts: finish(theirs, worker).kept for worker in order}
    assert kept == {1: False, 2: True}
    assert theirs.parts(key)[0].result_path == quick.result_path
    assert one.wallet() == {"balance": 950, "held": 0, "available": 950}


def test_finishing_twice_counts_once_and_is_answered_alike(
    one: Person, theirs: Cohorts, sessions: Sessions
) -> None:
    """As after a commit whose answer was lost with the connection."""
    key = theirs.create(people(5))
    worker = claimed(sessions, theirs.parts(key)[0])
    scored = score(theirs, worker)
    first = finish(theirs, worker, scored)
    assert (
        finish(theirs, worker, scored) == first == parts.FinishedPart(kept=True, ended="succeeded")
    )
    assert theirs.get(key).rows_done == 5
    assert one.wallet()["balance"] == 950


def test_the_result_does_not_depend_on_who_was_first(theirs: Cohorts, sessions: Sessions) -> None:
    content = people(35, bad={7})
    summaries, results = [], []
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        key = theirs.create(content)
        workers = [claimed(sessions, theirs.parts(key)[number]) for number in order]
        for worker in workers:
            finish(theirs, worker)
        summaries.append(theirs.get(key).summary)
        results.append(theirs.results(key))
    assert summaries[0] == summaries[1]
    assert results[0] == results[1]


def test_rows_are_counted_part_by_part_and_canceling_meanwhile_releases_all_at_once(
    one: Person, theirs: Cohorts, sessions: Sessions
) -> None:
    key = theirs.create(people(25, bad={3}))
    first, second, third = theirs.parts(key)
    workers = [claimed(sessions, part) for part in (first, second, third)]
    for worker, done in zip(workers[:2], (10, 20), strict=True):
        finish(theirs, worker)
        cohort = theirs.get(key)
        assert (cohort.status, cohort.rows_done, cohort.rows_failed) == ("running", done, 1)
        assert one.wallet()["held"] == 250
    theirs.cancel(key)
    assert one.wallet() == {"balance": 1000, "held": 0, "available": 1000}
    assert differences(sessions) == ()


def test_a_part_in_hand_of_a_canceled_cohort_counts_for_nothing(
    one: Person, theirs: Cohorts, sessions: Sessions
) -> None:
    key = theirs.create(people(25))
    first, second, _ = theirs.parts(key)
    worker, late = claimed(sessions, first), claimed(sessions, second)
    finish(theirs, worker)
    scored = score(theirs, late)
    theirs.cancel(key)
    assert finish(theirs, late, scored) == parts.FinishedPart(kept=False)
    cohort = theirs.get(key)
    assert (cohort.status, cohort.charged) == ("canceled", 0)
    assert one.wallet() == {"balance": 1000, "held": 0, "available": 1000}
    assert differences(sessions) == ()


def test_a_worker_hears_that_its_part_was_canceled(theirs: Cohorts, sessions: Sessions) -> None:
    key = theirs.create(people(5))
    worker = claimed(sessions, theirs.parts(key)[0])

    def renew() -> bool:
        with sessions.begin() as session:
            return parts.renew(session, worker, LEASE_SECONDS)

    assert renew()
    theirs.cancel(key)
    assert not renew()


def test_a_part_that_was_claimed_during_the_cancelation_is_canceled_too(
    theirs: Cohorts, sessions: Sessions, run_jobs: RunJobs
) -> None:
    """The claim holds the part, so the cancelation passes over it."""
    key = theirs.create(people(15))
    first, second = theirs.parts(key)
    with sessions() as busy:
        busy.get_one(CohortPart, first.id, with_for_update=True)
        theirs.cancel(key)
    assert [part.status for part in theirs.parts(key)] == ["queued", "canceled"]
    run_jobs()
    assert {part.status for part in theirs.parts(key)} == {"canceled"}
    assert claim(sessions, second) is None


def test_the_results_of_a_part_that_was_canceled_meanwhile_are_not_kept(
    theirs: Cohorts, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = theirs.create(people(5))
    score_part = part_scoring.score_part

    def cancel_meanwhile(*args: object) -> part_scoring.PartResult:
        result = score_part(*args)  # type: ignore[arg-type]
        theirs.cancel(key)
        return result

    monkeypatch.setattr(part_scoring, "score_part", cancel_meanwhile)
    run_jobs()
    assert theirs.get(key).status == "canceled"
    assert theirs.files.touched(f"cohorts/{key}") is None, "no file of it is left"


def test_workers_that_finish_and_owners_who_cancel_or_delete_neither_deadlock_nor_lose_money(
    one: Person, theirs: Cohorts, sessions: Sessions
) -> None:
    keys = [theirs.create(people(15), part_rows=5) for _ in range(4)]
    workers = [claimed(sessions, part) for key in keys for part in theirs.parts(key)]
    raised = all_at_once(
        *(partial(finish, theirs, worker, score(theirs, worker)) for worker in workers),
        *(partial(theirs.cancel, key) for key in keys),
        *(partial(theirs.delete, key) for key in keys),
    )
    assert {type(error).__name__ for error in raised} <= {"Conflict", "NotFound"}, raised
    # a deleted cohort took its charge with it; the ledger alone tells
    with sessions() as session:
        wallet = session.scalars(select(Wallet).where(Wallet.user_id == theirs.owner_id)).one()
        captured = select(func.sum(-LedgerEntry.amount)).where(
            LedgerEntry.wallet_id == wallet.id, LedgerEntry.kind == "capture"
        )
        spent = session.scalar(captured) or 0
        assert wallet.held == 0
        assert wallet.balance == 1000 - spent
        assert spent % (15 * PRICE) == 0
    assert differences(sessions) == ()


def test_an_erasure_during_the_last_parts_leaves_no_hold_and_no_file(
    one: Person, theirs: Cohorts, sessions: Sessions
) -> None:
    key = theirs.create(people(15, bad={4}), part_rows=5)  # so there is something to release
    draft = theirs.create(people(3), draft=True)
    workers = [claimed(sessions, part) for part in theirs.parts(key)]

    def erase() -> None:
        with sessions() as session:
            owner = session.get_one(User, theirs.owner_id)
            privacy.erase(session, theirs.files, owner)
            session.commit()

    finishes = [partial(finish, theirs, worker, score(theirs, worker)) for worker in workers]
    assert all_at_once(*finishes, erase) == []
    with sessions() as session:
        wallet = session.scalars(select(Wallet).where(Wallet.user_id == theirs.owner_id)).one()
        assert wallet.held == 0
        assert wallet.balance in (1000, 860)
    assert not theirs.has_files(draft)
    assert differences(sessions) == ()


def test_a_job_that_redis_forgot_is_enqueued_again(
    theirs: Cohorts, sessions: Sessions, queue: JobQueue, run_jobs: RunJobs
) -> None:
    key = theirs.create(people(25), enqueue=False)  # as when Redis is away
    scheduler.sweep(queue)
    assert {part.enqueues for part in theirs.parts(key)} == {1}, "they are not old enough"
    for part in theirs.parts(key):
        age(sessions, part, enqueued_at=10)
    scheduler.sweep(queue)
    assert {part.enqueues for part in theirs.parts(key)} == {2}
    run_jobs()
    assert theirs.get(key).status == "succeeded"


def test_a_dead_workers_part_is_scored_by_another(
    one: Person, theirs: Cohorts, sessions: Sessions, queue: JobQueue, run_jobs: RunJobs
) -> None:
    key = theirs.create(people(15))
    first, _ = theirs.parts(key)
    claimed(sessions, first)
    run_jobs()
    assert (theirs.get(key).status, theirs.get(key).rows_done) == ("running", 5)
    age(sessions, first, lease_expires_at=1)
    scheduler.sweep(queue)
    run_jobs()
    assert theirs.get(key).status == "succeeded"
    assert [part.attempts for part in theirs.parts(key)] == [2, 1]
    assert one.wallet()["balance"] == 850


def test_after_three_attempts_a_part_becomes_rows_with_a_reason(
    one: Person, theirs: Cohorts, sessions: Sessions, queue: JobQueue, run_jobs: RunJobs
) -> None:
    key = theirs.create(people(15))
    first, _ = theirs.parts(key)
    for attempt in (1, 2, 3):
        assert claimed(sessions, first).attempts == attempt
        age(sessions, first, lease_expires_at=1)
        scheduler.sweep(queue)
    run_jobs()
    cohort = theirs.get(key)
    assert (cohort.status, cohort.rows_scored, cohort.rows_failed) == ("succeeded", 5, 10)
    assert [part.status for part in theirs.parts(key)] == ["failed", "succeeded"]
    assert cohort.summary is not None
    assert cohort.summary["errors"][0]["rows"] == 10
    assert "3 times" in cohort.summary["errors"][0]["reason"]
    assert one.wallet() == {"balance": 950, "held": 0, "available": 950}
    assert differences(sessions) == ()


def away(*_: object) -> None:
    raise Unavailable("The storage of files cannot be reached right now.")


def after_the_pause(sessions: Sessions, queue: JobQueue, key: uuid.UUID) -> None:
    """Let the sweep find the parts of a cohort that were handed back."""
    with sessions.begin() as session:
        long_ago = func.clock_timestamp() - timedelta(seconds=10)
        session.execute(
            update(CohortPart).where(CohortPart.cohort_id == key).values(enqueued_at=long_ago)
        )
    scheduler.sweep(queue)


@pytest.mark.parametrize("method", ["open", "write"])
def test_a_storage_that_is_away_for_long_only_delays(
    one: Person,
    theirs: Cohorts,
    sessions: Sessions,
    queue: JobQueue,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
) -> None:
    key = theirs.create(people(15))
    with monkeypatch.context() as patch:
        patch.setattr(Files, method, away)
        for outage in range(1, 2 * parts.MAX_ATTEMPTS + 1):
            run_jobs()
            assert {(p.status, p.handed_back) for p in theirs.parts(key)} == {("queued", outage)}
            after_the_pause(sessions, queue, key)
    run_jobs()
    cohort = theirs.get(key)
    assert (cohort.status, cohort.rows_scored, cohort.charged) == ("succeeded", 15, 150)
    assert one.wallet() == {"balance": 850, "held": 0, "available": 850}
    assert differences(sessions) == ()


def test_a_part_that_was_handed_back_is_enqueued_after_a_pause_that_grows(
    theirs: Cohorts, sessions: Sessions, queue: JobQueue
) -> None:
    key = theirs.create(people(5))
    (part,) = theirs.parts(key)
    pauses = []
    for _ in range(8):
        worker = claimed(sessions, part)
        with sessions.begin() as session:
            now = session.scalar(select(func.clock_timestamp()))
            assert retries.requeue(session, worker)
        (left,) = theirs.parts(key)
        assert left.enqueued_at is not None
        assert now is not None
        pauses.append(round((left.enqueued_at - now).total_seconds()))
        scheduler.sweep(queue)
        assert theirs.parts(key)[0].enqueues == 1, "it is too early"
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_late_worker_hands_nothing_back_and_no_two_attempts_share_a_file(
    theirs: Cohorts, sessions: Sessions
) -> None:
    key = theirs.create(people(5))
    (part,) = theirs.parts(key)
    paths, workers = set(), []
    for _ in range(3):
        workers.append(claimed(sessions, part))
        paths.add(workers[-1].result_path)
        with sessions.begin() as session:
            assert retries.requeue(session, workers[-1])
    last = claimed(sessions, part)
    assert last.result_path not in paths
    assert len(paths) == 3
    with sessions.begin() as session:
        assert not retries.requeue(session, workers[0])
    assert finish(theirs, last).ended == "succeeded"


def test_workers_that_die_are_counted_apart_from_outages(
    theirs: Cohorts, sessions: Sessions
) -> None:
    key = theirs.create(people(5))
    (part,) = theirs.parts(key)
    for _ in range(parts.MAX_ATTEMPTS):
        worker = claimed(sessions, part)
        assert not worker.tried_enough
        with sessions.begin() as session:
            retries.requeue(session, worker)
        assert not claimed(sessions, part).tried_enough
        age(sessions, part, lease_expires_at=1)
    last = claimed(sessions, part)
    assert last.tried_enough
    assert finish(theirs, last).ended == "failed"
    assert theirs.get(key).error_message == (
        "No part of the cohort could be scored: its worker died each of 3 times; "
        "nothing was charged."
    )


def test_answers_that_are_gone_are_said_to_be_gone(
    one: Person, theirs: Cohorts, sessions: Sessions, run_jobs: RunJobs
) -> None:
    key = theirs.create(people(15))
    theirs.files.delete(part_name(key, 1))
    run_jobs()
    cohort = theirs.get(key)
    assert (cohort.status, cohort.rows_scored, cohort.charged) == ("succeeded", 10, 100)
    assert cohort.summary is not None
    reasons = [(each["reason"], each["rows"]) for each in cohort.summary["errors"]]
    assert reasons == [("was not scored: the file with its answers is gone", 5)]
    assert differences(sessions) == ()


def test_a_disk_that_is_not_mounted_is_away_and_nothing_is_gone(
    theirs: Cohorts, sessions: Sessions, queue: JobQueue, run_jobs: RunJobs
) -> None:
    key = theirs.create(people(5))
    mounted = Path(theirs.files._url) / f"cohorts/{key}"
    mounted.rename(mounted.with_suffix(".elsewhere"))
    run_jobs()
    assert [(p.status, p.handed_back) for p in theirs.parts(key)] == [("queued", 1)]
    mounted.with_suffix(".elsewhere").rename(mounted)
    after_the_pause(sessions, queue, key)
    run_jobs()
    assert theirs.get(key).status == "succeeded"


def test_a_storage_that_stays_away_ends_a_cohort_in_the_end(
    one: Person,
    theirs: Cohorts,
    sessions: Sessions,
    queue: JobQueue,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retries, "MOST_HANDED_BACK", 2)
    key = theirs.create(people(15))
    first, _ = theirs.parts(key)
    with monkeypatch.context() as patch:
        patch.setattr(Files, "open", away)
        for _ in range(2):
            run_jobs()
            after_the_pause(sessions, queue, key)
        run_jobs()
    assert theirs.get(key).status == "running"
    age(sessions, first, lease_expires_at=1)
    scheduler.sweep(queue)
    cohort = theirs.get(key)
    assert (cohort.status, cohort.charged) == ("failed", 0)
    assert cohort.error_message is not None
    assert cohort.error_message.startswith("Rows 1 to 10 were not scored, for the storage of files")
    assert one.wallet() == {"balance": 1000, "held": 0, "available": 1000}
    assert differences(sessions) == ()


def test_the_pauses_outlast_an_outage_of_an_hour() -> None:
    pauses = [min(2**n, retries.LONGEST_PAUSE_SECONDS) for n in range(retries.MOST_HANDED_BACK)]
    assert sum(pauses) > 3600


def test_a_part_for_which_nothing_can_be_written_ends_its_cohort_in_the_end(
    one: Person, theirs: Cohorts, sessions: Sessions, queue: JobQueue, run_jobs: RunJobs
) -> None:
    key = theirs.create(people(25))
    first, second, _ = theirs.parts(key)
    finish(theirs, claimed(sessions, second))
    for _ in range(retries.MOST_ATTEMPTS):
        assert theirs.get(key).status in ("queued", "running")
        claimed(sessions, first)
        age(sessions, first, lease_expires_at=1)
        scheduler.sweep(queue)
    cohort = theirs.get(key)
    assert (cohort.status, cohort.charged) == ("failed", 0)
    assert cohort.error_message is not None
    assert cohort.error_message.startswith("Rows 1 to 10 were tried 20 times")
    assert one.wallet() == {"balance": 1000, "held": 0, "available": 1000}
    assert differences(sessions) == ()
    run_jobs()
    assert [part.status for part in theirs.parts(key)] == ["canceled", "succeeded", "canceled"]


def test_a_job_of_nothing_does_nothing(files: Files) -> None:
    job.score_part(str(uuid.uuid4()))


def test_a_job_that_runs_twice_charges_once(
    one: Person, theirs: Cohorts, run_jobs: RunJobs
) -> None:
    key = theirs.create(people(5))
    run_jobs()
    before = theirs.results(key)
    job.score_part(str(theirs.parts(key)[0].id))
    assert theirs.results(key) == before
    assert one.wallet()["balance"] == 950


def test_a_lease_is_renewed_while_a_part_takes_long(
    theirs: Cohorts,
    sessions: Sessions,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = theirs.create(people(5))
    short = connections.settings().model_copy(update={"lease_seconds": 2.0})
    monkeypatch.setattr(job, "settings", lambda: short)
    score_part = part_scoring.score_part
    lost = threading.Event()

    def slowly(*args: object) -> part_scoring.PartResult:
        lost.wait(2.5)
        with sessions.begin() as session:
            sweeps.end_expired_leases(session, sweeps.PARTS)  # would queue it again
        return score_part(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(part_scoring, "score_part", slowly)
    run_jobs()
    assert theirs.get(key).status == "succeeded"
    assert theirs.parts(key)[0].attempts == 1


def test_a_job_scores_the_part_whose_turn_it_is(
    person: PersonFactory,
    cohorts_of: Callable[[Person], Cohorts],
    sessions: Sessions,
    run_jobs: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not the one for which it was enqueued: that is of somebody who has a part under way."""
    first, second = cohorts_of(person(1000)), cohorts_of(person(1000))
    run_jobs()  # parts that other tests left are out of the way
    large, small = first.create(people(20)), second.create(people(5))
    started, following = first.parts(large)
    claimed(sessions, started)
    monkeypatch.setattr(job, "SLICE_SECONDS", 0.0)
    job.score_part(str(following.id))
    assert second.get(small).status == "succeeded"
    assert first.parts(large)[1].status == "queued"
    first.cancel(large)


def test_jobs_that_would_find_nothing_are_taken_away(
    theirs: Cohorts, queue: JobQueue, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "SLICE_SECONDS", 60.0)  # however busy the machine, all in one slice
    run_jobs()
    key = theirs.create(people(50))
    first, *others = theirs.parts(key)
    assert len(queue.waiting(COHORTS)) == 5
    job.score_part(str(first.id))
    assert theirs.get(key).status == "succeeded"
    assert queue.waiting(COHORTS) == frozenset()
    assert not any(queue.redis.exists(Job.key_for(job_id(COHORT, each.id, 1))) for each in others)


def test_as_long_as_a_part_waits_no_job_is_taken_away(
    person: PersonFactory,
    cohorts_of: Callable[[Person], Cohorts],
    sessions: Sessions,
    queue: JobQueue,
    run_jobs: RunJobs,
) -> None:
    """A job scores whatever part is in turn, so another cohort's may be the one that it needs."""
    first, second = cohorts_of(person(1000)), cohorts_of(person(1000))
    run_jobs()
    mine = first.create(people(30))
    for part in first.parts(mine):
        claimed(sessions, part)
    theirs = second.create(people(5), enqueue=False)
    some = first.parts(mine)[0].id
    with sessions() as session:
        assert parts.jobs_left_over(session, some) == []
    job.score_part(str(some))
    assert second.get(theirs).status == "succeeded"
    with sessions() as session:
        assert len(parts.jobs_left_over(session, some)) == 3
    first.cancel(mine)


def test_the_job_of_a_part_that_waits_is_kept(
    theirs: Cohorts, sessions: Sessions, run_jobs: RunJobs
) -> None:
    """Also of one that was handed back, and is nobody's turn for a while."""
    run_jobs()
    key = theirs.create(people(20))
    first, second = theirs.parts(key)
    by = claimed(sessions, first)
    claimed(sessions, second)
    with sessions.begin() as session:
        assert retries.requeue(session, by)
        left = parts.jobs_left_over(session, first.id)
    assert [each.row_id for each in left] == [second.id]
    theirs.cancel(key)


def test_without_redis_jobs_stay_and_nothing_fails() -> None:
    away = JobQueue("redis://127.0.0.1:1/0", job_timeout_seconds=30)
    away.forget([PendingJob(COHORT, uuid.uuid4(), 1)])
    away.forget([])


def test_people_and_their_cohorts_take_turns(
    person: PersonFactory, cohorts_of: Callable[[Person], Cohorts], sessions: sessionmaker[Session]
) -> None:
    """One person's large cohorts do not keep another's small one waiting."""
    first, second = cohorts_of(person(10_000)), cohorts_of(person(10_000))
    large = first.create(people(50), part_rows=10)
    also_theirs = first.create(people(20), part_rows=10)
    small = second.create(people(10), part_rows=10)
    any_part = first.parts(large)[0].id
    turns = []
    with (
        sessions() as session
    ):  # nothing is committed: parts of other tests are only out of the way
        others = CohortPart.cohort_id.not_in([large, also_theirs, small])
        later = {"enqueued_at": func.clock_timestamp() + timedelta(days=1), "status": "queued"}
        active = CohortPart.status.in_(("queued", "running"))
        session.execute(update(CohortPart).where(others, active).values(later))
        for _ in range(8):
            claimed = parts.claim(session, parts.next_in_turn(session, any_part), 60)
            assert claimed is not None
            turns.append((claimed.cohort_id, claimed.number))
        session.rollback()
    assert turns == [
        (large, 0),
        (small, 0),
        (also_theirs, 0),
        (large, 1),
        (also_theirs, 1),
        (large, 2),
        (large, 3),
        (large, 4),
    ]
    for owner, key in ((first, large), (first, also_theirs), (second, small)):
        owner.cancel(key)
