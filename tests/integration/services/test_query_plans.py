"""Lists filtered by a rarely used clock, and administrators' lists, walk an index, not all rows."""

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial

import pytest
from agelens.services import drafts, sweeps, tasks, timeline
from agelens.services.cohorts import lookups
from agelens.storage import ModelVersion, Task, User
from integration.conftest import PersonFactory
from integration.services.plans import explained, sent
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

MANY = 20_000
OF_A_PERSONS_CLOCK = "ix_tasks_user_id_model_version_id_measured_day_created_at_id"
SUCCEED = text(
    """
    update tasks
    set status = outcome, result = case outcome when 'succeeded' then cast('{}' as json) end
    from (
        select id as key, case extract(minute from created_at)
            when 7 then 'failed' when 8 then 'canceled' else 'succeeded' end as outcome
        from tasks where status = 'draft' and extract(minute from created_at) <> 9
    ) as ended
    where tasks.id = key
    """
)
TO_VERSION = text(
    """
    update tasks set model_version_id = :version
    where user_id = :person and extract(minute from created_at) = :minute
    """
)
OF_A_CLOCK = "ix_tasks_model_version_id_created_at_id"
FILL = text(
    """
    insert into tasks (id, user_id, wallet_id, model_version_id, status, answers, units, price,
                       created_at)
    select gen_random_uuid(), :person, wallets.id, :clock, 'draft', '{}', '{}', 10,
           now() - interval '1 minute' * n
    from wallets, generate_series(1, :many) n
    where wallets.user_id = :person
    """
)


FILL_COHORTS = text(
    """
    insert into cohorts (id, user_id, wallet_id, model_version_id, status, name, format, header,
                         columns, mapping, units, n_rows, part_rows, n_parts, created_at)
    select gen_random_uuid(), :person, wallets.id, :clock,
           case when n % 1000 = 0 then 'queued' else 'canceled' end, 'people.csv', 'csv', '[]',
           'agelens', '{}', '{}', 1, 1, 1, now() - interval '1 minute' * n
    from wallets, generate_series(1, :many) n
    where wallets.user_id = :person
    """
)


@pytest.fixture
def filled(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> Iterator[tuple[Session, uuid.UUID]]:
    """One person's many tasks of one clock, another's of another; thrown away afterwards."""
    one, other = uuid.UUID(person().id()), uuid.UUID(person().id())
    with sessions() as session:
        for who, name in ((one, "kaggle-age"), (other, "dysregulation")):
            clock = session.scalars(
                select(ModelVersion.id).where(ModelVersion.name == name)
            ).first()
            session.execute(FILL, {"person": who, "clock": clock, "many": MANY})
        for name in ("dysregulation", "kdm"):
            _add_version(session, name)
        session.execute(text("analyze tasks"))
        yield session, one
        session.rollback()


@pytest.mark.parametrize(
    ("everybody", "model", "index"),
    [
        (False, "dysregulation", "ix_tasks_user_id_model_version_id_created_at_id"),
        (True, "kdm", OF_A_CLOCK),
    ],
)
def test_a_rarely_used_clock_has_its_own_index(
    filled: tuple[Session, uuid.UUID], everybody: bool, model: str, index: str
) -> None:
    session, person_id = filled
    user = None if everybody else session.get_one(User, person_id)
    plan = _plan_of_history(session, user, model=model)
    used = set(re.findall(r"using (\w+) on tasks", plan))
    assert used <= {index, "pk_tasks"}, plan
    assert len(re.findall(index, plan)) == 2, plan  # a walk for each version
    assert not re.search(r"(Seq|Bitmap Heap) Scan on tasks", plan), plan


def test_the_timeline_of_one_person_walks_an_index(filled: tuple[Session, uuid.UUID]) -> None:
    session, person_id = filled
    wanted = timeline.PanelFilters()
    after = [date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), uuid.uuid4()]
    for behind in ([], after):
        look = partial(timeline.panel_refs, session, person_id, wanted, behind, 20)
        plan = explained(session, sent(session, look)[-1], generic=True)
        assert "ix_tasks_user_id_measured_day_created_at_id" in plan, plan
        assert not re.search(r"Sort|(Seq|Bitmap Heap) Scan on tasks", plan), plan


@pytest.mark.parametrize("of_all", [False, True])
def test_the_timeline_of_a_clock_walks_an_index_of_it(
    filled: tuple[Session, uuid.UUID], of_all: bool
) -> None:
    session, person_id = filled
    model = "kaggle-age" if of_all else "dysregulation"
    wanted = timeline.PanelFilters(model=model)
    plan = _plan_of(session, lambda: timeline.panel_refs(session, person_id, wanted, [], 20))
    assert re.findall(r"using (\w+) on tasks", plan) == [OF_A_PERSONS_CLOCK], plan
    assert not re.search(r"Sort|(Seq|Bitmap Heap) Scan on tasks", plan), plan


@pytest.mark.parametrize("generic", [False, True])
@pytest.mark.parametrize("status", [None, "succeeded"])
def test_assessments_with_a_result_of_a_clock_are_walked_and_never_joined(
    filled: tuple[Session, uuid.UUID], status: str | None, generic: bool
) -> None:
    """A join is quick or slow as the sample has it that PostgreSQL took of the tasks."""
    session, person_id = filled
    wanted = timeline.PanelFilters(status=status, model="kaggle-age")
    statements = sent(session, lambda: timeline.panel_refs(session, person_id, wanted, [], 20))
    of_assessments = next(each for each in statements if "FROM assessments" in each[0])
    plan = explained(session, of_assessments, generic=generic)
    assert "SubPlan" in plan, plan
    assert not re.search("Join|Hash|Merge", plan), plan


@pytest.mark.parametrize(
    ("everybody", "status", "index"),
    [
        (False, "failed", "ix_tasks_user_id_status_created_at_id"),
        (False, "succeeded", "ix_tasks_user_id_created_at_id"),
        (True, "failed", "ix_tasks_status_created_at_id"),
        (True, "canceled", "ix_tasks_status_created_at_id"),
        (True, "succeeded", "ix_tasks_created_at_id"),
    ],
)
def test_a_list_by_status_walks_an_index_also_when_its_statement_is_prepared(
    filled: tuple[Session, uuid.UUID], everybody: bool, status: str, index: str
) -> None:
    session, person_id = filled
    session.execute(SUCCEED)
    session.execute(text("analyze tasks"))
    user = None if everybody else session.get_one(User, person_id)
    listed = partial(tasks.history, session, user, None, 20, status=status)
    for generic in (True, False):
        plan = explained(session, sent(session, listed)[-1], generic=generic)
        assert re.findall(r"using (\w+) on tasks", plan) == [index], plan
        assert not re.search(r"Sort|(Seq|Bitmap Heap) Scan on tasks", plan), plan


@pytest.mark.parametrize("status", [None, "draft"])
def test_a_list_of_a_clock_is_in_order_over_its_versions(
    filled: tuple[Session, uuid.UUID], status: str | None
) -> None:
    session, person_id = filled
    of_it = select(ModelVersion.id).where(ModelVersion.name == "dysregulation")
    first, second, *_ = session.scalars(of_it)
    for minute, version in enumerate((first, second)):
        session.execute(TO_VERSION, {"person": person_id, "minute": minute, "version": version})
    user, seen, cursor = session.get_one(User, person_id), [], None
    for _ in range(3):
        page = tasks.history(session, user, cursor, 7, status=status, model="dysregulation")
        seen += [task.id for task in page.items]
        cursor = page.next_cursor
    both = select(Task.id).where(Task.user_id == person_id, Task.model_version_id.in_(of_it))
    expected = session.scalars(both.order_by(Task.created_at.desc(), Task.id.desc()).limit(21))
    assert seen == list(expected)


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_what_did_not_succeed_has_indexes_by_clock_and_by_day_also_when_prepared(
    filled: tuple[Session, uuid.UUID], status: str
) -> None:
    session, person_id = filled
    session.execute(SUCCEED)
    session.execute(text("analyze tasks"))
    user = session.get_one(User, person_id)
    listed = partial(tasks.history, session, user, None, 20, status=status, model="kaggle-age")
    plan = explained(session, sent(session, listed)[-1], generic=True)
    assert re.findall(r"using (\w+) on tasks", plan) == [
        "ix_tasks_status_user_id_model_version_id_created_at_id"
    ]
    assert not re.search(r"Sort|(Seq|Bitmap Heap) Scan on tasks", plan), plan

    wanted = timeline.PanelFilters(status=status)
    look = partial(timeline.panel_refs, session, person_id, wanted, [], 20)
    of_assessments, alone = (explained(session, s, generic=True) for s in sent(session, look))
    assert re.findall(r"using (\w+) on tasks", of_assessments) == [
        "ix_tasks_user_id_status_model_version_id_assessment_id"
    ]
    assert re.findall(r"using (\w+) on tasks", alone) == [
        "ix_tasks_user_id_status_measured_day_created_at_id"
    ]
    assert not re.search(r"Sort|(Seq|Bitmap Heap) Scan on tasks", alone), alone


@pytest.mark.parametrize("step", [sweeps.enqueue_forgotten, sweeps.end_expired_leases])
def test_a_sweep_reads_only_what_is_under_way_also_when_its_statement_is_prepared(
    filled: tuple[Session, uuid.UUID], step: Callable[..., object]
) -> None:
    session, _ = filled
    waiting = {"waiting": ()} if step is sweeps.enqueue_forgotten else {}
    statements = sent(session, partial(step, session, sweeps.TASKS, **waiting))
    plan = explained(session, statements[0], generic=True)
    assert "ix_tasks_active" in plan, plan
    assert "Seq Scan on tasks" not in plan, plan


def test_old_drafts_are_found_by_an_index(filled: tuple[Session, uuid.UUID]) -> None:
    session, _ = filled
    session.execute(SUCCEED)
    session.execute(text("analyze tasks"))
    statements = sent(session, lambda: drafts.drop_old(session))
    plan = explained(session, statements[0])
    assert "ix_tasks_status_created_at_id" in plan, plan
    assert "Seq Scan on tasks" not in plan, plan


@pytest.mark.parametrize(
    ("narrowed", "index"),
    [
        ({}, "ix_cohorts_created_at_id"),
        ({"status": "queued"}, "ix_cohorts_status_created_at_id"),
    ],
)
def test_lists_of_everybodys_cohorts_walk_an_index(
    person: PersonFactory,
    sessions: sessionmaker[Session],
    narrowed: dict[str, str],
    index: str,
) -> None:
    with sessions() as session:
        clock = session.scalars(select(ModelVersion.id)).first()
        session.execute(FILL_COHORTS, {"person": person().id(), "clock": clock, "many": MANY})
        session.execute(text("analyze cohorts"))
        plan = _plan_of(session, lambda: lookups.history(session, None, None, 25, **narrowed))
        session.rollback()
    assert set(re.findall(r"using (\w+) on cohorts", plan)) == {index}, plan
    assert not re.search(r"(Seq|Bitmap Heap) Scan on cohorts", plan), plan


def _add_version(session: Session, name: str) -> None:
    """Another version of a clock, as after a retraining."""
    found = session.scalars(select(ModelVersion).where(ModelVersion.name == name)).first()
    assert found
    columns = {c.key: getattr(found, c.key) for c in ModelVersion.__table__.columns}
    columns |= {"id": uuid.uuid4(), "version": f"0.{uuid.uuid4().int}", "active": False}
    session.add(ModelVersion(**columns | {"is_default": False}))
    session.flush()


def _plan_of_history(session: Session, user: User | None, **narrowed: str) -> str:
    """The plan of the last query that `history` sends."""
    return _plan_of(session, lambda: tasks.history(session, user, None, 20, **narrowed))


def _plan_of(session: Session, send: Callable[[], object]) -> str:
    """The plan of the last query that is sent."""
    return explained(session, sent(session, send)[-1])
