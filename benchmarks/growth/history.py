"""Fill a database with what years of use leave behind: people, predictions, the ledger.

Usage: python -m benchmarks.growth.history DATABASE_URL [TASKS]

Of TASKS (1,000,000) one tenth is one person's, the rest that of as many others as have about ninety
each. Every half minute there was a task, so that the smaller history is the younger one. Everything is
consistent: `agelens audit` finds no difference.
"""

import sys
from collections.abc import Mapping
from typing import Any

import orjson
from agelens.clocks.scoring import predict, read_panel_for
from agelens.services import accounts, activity, model_registry, passwords
from agelens.storage.engine import open_engine, session_factory
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

MANY, FEW = 1_000_000, 10_000
TASKS_PER_PERSON = 100  # on average; the busy one has a tenth of all
PRICE = 10
CREDITS = 10_000_000_000
PASSWORD = "measure twice"  # noqa: S105  of people who do not exist
BUSY, ADMIN = "person-0@agelens.example", "admin@agelens.example"
# of a hundred tasks, how many are of a clock; a seventh of the rare one's fail, for full pages
USUAL_CLOCK, RARE_CLOCK = "light-bioage", "gold-bioage"
CLOCKS = {USUAL_CLOCK: 75, "phenoage": 10, RARE_CLOCK: 15}
ANSWERS = {
    "sex": "female", "albumin": 45, "creatinine": 75, "glucose": 5.1, "crp": 1.2, "lymphocytes": 31,
    "mean_cell_volume": 89, "red_cell_width": 13.1, "alkaline_phosphatase": 68, "white_cells": 6.2,
    "ggt": 22,
}  # fmt: skip
AGE = 52
_TABLES = ("users", "wallets", "assessments", "tasks", "ledger_entries")
_SETTINGS = {
    "statement_timeout": "0",
    "session_replication_role": "replica",  # no look-up of a foreign key for each row
    "maintenance_work_mem": "256MB",
    "work_mem": "128MB",
}
_PEOPLE = """
    create temporary table person on commit drop as
    select n, md5('user' || n)::uuid as user_id, md5('wallet' || n)::uuid as wallet_id
    from generate_series(0, :people - 1) as n;
    insert into users (id, email, password_hash, role, created_at)
    select user_id, 'person-' || n || '@agelens.example', :password_hash, 'user',
        now() - make_interval(secs => 30.0 * (:tasks + :people - n))
    from person order by n
"""
# a pair of tasks has one owner, and every tenth pair is an assessment
_MADE = """
    create temporary table made on commit drop as
    select n, md5('task' || n)::uuid as id, user_id, wallet_id, share,
        case when n / 20 % 10 = 3 then md5('assessment' || n / 2)::uuid end as assessment_id,
        case when n % 31 = 13 or n % 7 = 1 and share >= 100 - :rare then 'failed'
            when n % 37 = 17 then 'canceled' else 'succeeded' end as status,
        now() - make_interval(secs => 30.0 * (:tasks - n)) as created_at
    from generate_series(0, :tasks - 1) as task(n)
    cross join lateral (select abs(hashint4(n)) % 100 as share) as drawn
    join (select n as person_n, user_id, wallet_id from person) as owner on person_n
        = case when n / 2 % 10 = 0 then 0 else 1 + n / 2 * 7919::bigint % (:people - 1) end;
    create temporary table clock on commit drop as
    select * from json_to_recordset(cast(:clocks as json))
        as clock(id uuid, first int, last int, answers json, result json);
    analyze made;
    analyze clock
"""
_ASSESSMENTS = """
    insert into assessments (id, user_id, answers, units, chronological_age, context, measured_on,
        not_run, created_at)
    select assessment_id, user_id, clock.answers, '{}', :age, '[]', (created_at at time zone 'UTC')::date,
        '[]', created_at
    from made join clock on first = 0
    where assessment_id is not null and n % 2 = 0 order by n
"""
_TASKS = """
    insert into tasks (id, user_id, wallet_id, assessment_id, model_version_id, status, answers, units,
        chronological_age, measured_on, price, charged, attempts, result, error_code, error_message,
        created_at, enqueued_at, started_at, finished_at)
    select made.id, user_id, wallet_id, assessment_id, clock.id, status, answers, '{}', :age,
        (created_at at time zone 'UTC')::date, :price,
        case status when 'succeeded' then :price else 0 end, 1,
        case status when 'succeeded' then result end,
        case status when 'failed' then 'scoring_failed' end,
        case status when 'failed' then 'The prediction failed unexpectedly.' end,
        created_at, created_at, created_at, created_at + interval '300 ms'
    from made join clock on share between first and last order by n
"""
_WALLETS = """
    insert into wallets (id, user_id, balance)
    select person.wallet_id, person.user_id,
        :credits - :price * count(made.id) filter (where status = 'succeeded')
    from person left join made on made.wallet_id = person.wallet_id
    group by person.wallet_id, person.user_id
"""
_LEDGER = """
    insert into ledger_entries (id, sequence, wallet_id, kind, key, amount, held_change,
        balance_after, held_after, created_at)
    select md5('topup' || n)::uuid, n + 1, wallet_id, 'topup', 'topup:' || md5('topup' || n)::uuid,
        :credits, 0, :credits, 0, now() - make_interval(secs => 30.0 * (:tasks + :people - n))
    from person order by n;
    insert into ledger_entries (id, sequence, wallet_id, kind, key, amount, held_change,
        balance_after, held_after, task_id, created_at)
    select md5(step || moved.id::text)::uuid, :people + 2 * n + step, wallet_id,
        case when step = 1 then 'hold' when charged > 0 then 'capture' else 'release' end,
        'task:' || moved.id || case step when 1 then '\\:hold' else '\\:settle' end,
        case step when 1 then 0 else -charged end,
        case step when 1 then :price else -:price end,
        :credits - before - case step when 1 then 0 else charged end,
        case step when 1 then :price else 0 end,
        moved.id, created_at + case step when 1 then interval '0' else interval '300 ms' end
    from (
        select *, sum(charged) over (partition by wallet_id order by n) - charged as before
        from (select *, case status when 'succeeded' then :price else 0 end as charged from made)
    ) as moved cross join generate_series(1, 2) as step
    order by n, step;
    select setval('ledger_sequence', 2 * :tasks + :people)
"""
_INDEXES = """
    select pg_get_indexdef(indexrelid), format('drop index %I', relname)
    from pg_index join pg_class on pg_class.oid = indexrelid
    where indrelid = any (cast(:tables as regclass[]))
        and not exists (select from pg_constraint where conindid = indexrelid)
    union all
    select format('alter table %s add constraint %I %s', conrelid\\:\\:regclass, conname,
            pg_get_constraintdef(oid)),
        format('alter table %s drop constraint %I', conrelid\\:\\:regclass, conname)
    from pg_constraint
    where conrelid = any (cast(:tables as regclass[])) and contype = 'u'
"""


def fill(database_url: str, tasks: int) -> None:
    """Write the history into a migrated database in which nothing has happened yet."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        for name, value in _SETTINGS.items():
            connection.execute(text(f"set local {name} = '{value}'"))
        with Session(connection) as session:
            values = _values(session, tasks)
        indexes = connection.execute(text(_INDEXES), {"tables": [*_TABLES]}).all()
        for _, drop in indexes:
            connection.execute(text(drop))
        for statements in (_PEOPLE, _MADE, _ASSESSMENTS, _TASKS, _WALLETS, _LEDGER):
            for statement in statements.split(";"):
                connection.execute(text(statement), values)
        for create, _ in indexes:  # filled at once, which is quicker than row by row
            connection.execute(text(create))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("set statement_timeout = 0"))
        connection.execute(text(f"vacuum (analyze) {', '.join(_TABLES)}"))
    _count_hours(engine)
    with session_factory(engine).begin() as session:
        accounts.create_admin(session, ADMIN, PASSWORD)
    engine.dispose()


def _values(session: Session, tasks: int) -> Mapping[str, Any]:
    clocks, first = [], 0
    for name, share in CLOCKS.items():
        version = model_registry.resolve(session, name)
        clock = model_registry.clock_by_id(session, version.id)
        answers = {f.key: ANSWERS[f.key] for f in clock.manifest.features}
        result = predict(clock, read_panel_for(clock, answers, None, AGE))
        values = {"id": str(version.id), "answers": answers, "result": result}
        clocks.append(values | {"first": first, "last": first + share - 1})
        first += share
    return {
        "tasks": tasks,
        "people": tasks // TASKS_PER_PERSON,
        "price": PRICE,
        "credits": CREDITS,
        "age": str(AGE),
        "rare": CLOCKS[RARE_CLOCK],
        "password_hash": passwords.hash_password(PASSWORD),
        "clocks": orjson.dumps(clocks).decode(),
    }


def _count_hours(engine: Engine) -> None:
    """As the scheduler does, a day at a time."""
    sessions = session_factory(engine)
    counted = 1
    while counted:
        with sessions.begin() as session:
            counted = activity.count_hours(session)


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else MANY)
