"""Audit the ledger: recompute every wallet, and the charge of each task and cohort, from the entries."""

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from agelens.services import storage_binding
from agelens.services.cohorts import cleanup, file_locations
from agelens.storage import ACTIVE, Cohort, CohortPart, Task, Wallet
from agelens.storage.files import Files

WALLETS_AT_A_TIME = 200
_SETTINGS = {
    "statement_timeout": "0",
    "work_mem": "32MB",
    "random_page_cost": "1.1",  # or PostgreSQL would read all tasks again for each slice
}
_SLICE = text(
    """
    with wallet as materialized (
        select id, user_id, balance, held from wallets where id > :after and id <= :last
    ), entry as materialized (
        select sequence, wallet_id, coalesce(task_id, cohort_id) as billed_id, kind, amount, held_change,
            lag(balance_after, 1, 0::bigint) over so_far + amount - balance_after as balance_off,
            lag(held_after, 1, 0::bigint) over so_far + held_change - held_after as held_off
        from ledger_entries where wallet_id > :after and wallet_id <= :last
        window so_far as (partition by wallet_id order by sequence)
    ), work as materialized (
        select 'task' as kind, tasks.id, tasks.wallet_id, wallet.id as owners, status, price, charged,
            case status when 'succeeded' then price else 0 end as due,
            case when status in ('queued', 'running') then price else 0 end as due_hold
        from tasks join wallet on wallet.user_id = tasks.user_id
        union all
        select 'cohort', cohorts.id, wallet_id, wallet.id, status, price, charged,
            case status when 'succeeded' then price_per_row * rows_scored else 0 end,
            case when status in ('queued', 'running') then price else 0 end
        from cohorts join wallet on wallet.user_id = cohorts.user_id
    ), told as (
        select wallet_id, sum(amount) as amount, sum(held_change) as held from entry group by wallet_id
    ), active as (
        select wallet_id, sum(due_hold) as price from work group by wallet_id
    ), billed as (
        select wallet_id, id, max(kind) as kind, max(status) as status, max(price) as price,
            max(charged) as charged, max(due) as due, max(due_hold) as due_hold,
            sum(captured) as captured, sum(held) as held
        from (
            select wallet_id, billed_id as id, null as kind, null as status, 0 as price, 0 as charged,
                0 as due, 0 as due_hold, case kind when 'capture' then -amount else 0 end as captured,
                held_change as held
            from entry where billed_id is not null
            union all
            select owners, id, kind, status, price, charged, due, due_hold, 0, 0 from work
        ) as either
        group by wallet_id, id
        having count(kind) = 0 or sum(captured) != max(due) or max(charged) != max(due)
            or sum(held) != max(due_hold)
    )
    select null as difference, (select count(*) from wallet) as wallets,
        (select count(*) from entry) as entries,
        (select count(*) from work where kind = 'task') as tasks,
        (select count(*) from work where kind = 'cohort') as cohorts
    union all
    select difference, 0, 0, 0, 0 from (
        select format('wallet %s: balance %s, held %s; its entries add up to %s, %s', id, balance,
            wallet.held, coalesce(amount, 0), coalesce(told.held, 0)) as difference
        from wallet left join told on told.wallet_id = wallet.id
        where balance != coalesce(amount, 0) or wallet.held != coalesce(told.held, 0)
        union all
        select format('entry %s: off by %s and %s held', id, balance_off, held_off)
        from entry join ledger_entries using (sequence) where balance_off != 0 or held_off != 0
        union all
        select format('%s %s: %s, price %s, charged %s; captured %s, held %s', kind, id, status, price,
            charged, captured, held)
        from billed where kind is not null
        union all
        select format('%s %s: captured %s, held %s in another person''s wallet', known.kind, id,
            captured, held)
        from billed cross join lateral (
            select 'task' as kind from tasks where tasks.id = billed.id
            union all
            select 'cohort' from cohorts where cohorts.id = billed.id
        ) as known
        where billed.kind is null  -- what was deleted is not known either
        union all
        select format('%s %s: held and charged in another person''s wallet', kind, id)
        from work where wallet_id != owners
        union all
        select format('wallet %s: holds %s, its queued and running work costs %s', id, held,
            coalesce(price, 0))
        from wallet left join active on active.wallet_id = wallet.id
        where held != coalesce(price, 0)
        union all
        select format('assessment %s: %s tasks, %s of them another person''s', assessments.id,
            count(tasks.id), count(*) filter (where tasks.user_id != assessments.user_id))
        from assessments join wallet on wallet.user_id = assessments.user_id
        left join tasks on tasks.assessment_id = assessments.id
        group by assessments.id
        having count(tasks.id) = 0 or bool_or(tasks.user_id != assessments.user_id)
    ) as found
    """
)


@dataclass(frozen=True)
class Audit:
    """What was looked at, and every difference in words; none means all credits are accounted for."""

    wallets: int
    entries: int
    tasks: int
    cohorts: int
    differences: tuple[str, ...]


@dataclass(frozen=True)
class FileAudit:
    """How many files the database expects, and every difference from the storage in words."""

    files: int
    differences: tuple[str, ...]


def audit(session: Session) -> Audit:
    """Read-only; sees one moment of the database even while it is used, however long it takes."""
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return audited(session)


def audited(session: Session) -> Audit:
    """The audit of a transaction that has begun.

    It goes through the wallets some at a time, each with all of its entries and work, so that no
    statement and no memory grows with the ledger.
    """
    for name, value in _SETTINGS.items():
        session.execute(text(f"set local {name} = '{value}'"))
    tasks = session.scalar(select(func.count()).select_from(Task)) or 0
    counts, differences = Counter[str](), list[str]()
    after = uuid.UUID(int=0)
    while (last := _last_of_slice(session, after)) is not None:
        for row in session.execute(_SLICE, {"after": after, "last": last}):
            counts.update(wallets=row.wallets, entries=row.entries, tasks=row.tasks)
            counts.update(cohorts=row.cohorts)
            differences += [row.difference] if row.difference else []
        after = last
    if counts["tasks"] != tasks:
        differences.append(f"{tasks - counts['tasks']} tasks: their owners have no wallets")
    return Audit(
        wallets=counts["wallets"],
        entries=counts["entries"],
        tasks=tasks,
        cohorts=counts["cohorts"],
        differences=tuple(differences),
    )


def _last_of_slice(session: Session, after: uuid.UUID) -> uuid.UUID | None:
    """The last of the next wallets; None when there are no more."""
    query = select(Wallet.id).where(Wallet.id > after).order_by(Wallet.id).limit(WALLETS_AT_A_TIME)
    ids = session.scalars(query).all()
    return ids[-1] if ids else None


def audit_files(session: Session, files: Files) -> FileAudit:
    """Compare the cohorts of the database with the files of the storage; deletes nothing.

    Raises
    ------
    Unavailable
        If the storage cannot be reached.
    StorageMismatch
        If it belongs to another installation.
    """
    storage_binding.check(session, files)
    checked, differences = 0, []
    for path, cohort_id, number in _expected_files(session):
        checked += 1
        if not files.exists(path):
            differences.append(f"cohort {cohort_id}: part {number} has lost its file {path}")
    orphans = cleanup.orphans(session, files)
    differences += [f"folder cohorts/{key}: the database knows no such cohort" for key in orphans]
    return FileAudit(checked, tuple(differences))


def _expected_files(session: Session) -> Iterator[tuple[str, uuid.UUID, int]]:
    """Result files of succeeded cohorts, and the answers of the parts that are still to be scored."""
    parts = (
        select(CohortPart.cohort_id, CohortPart.number, CohortPart.result_path, Cohort.status)
        .join(Cohort, Cohort.id == CohortPart.cohort_id)
        .where(Cohort.status.in_((*ACTIVE, "succeeded")))
        .order_by(CohortPart.cohort_id, CohortPart.number)
        .execution_options(yield_per=1000)
    )
    for cohort_id, number, result_path, status in session.execute(parts):
        if result_path is not None:
            yield result_path, cohort_id, number
        elif status in ACTIVE:
            yield f"{file_locations.inputs(cohort_id)}/{number:05}.arrow", cohort_id, number
    drafts = select(Cohort.id, Cohort.n_parts).where(Cohort.status == "draft")
    for cohort_id, n_parts in session.execute(drafts):
        for number in range(n_parts):
            yield f"{file_locations.inputs(cohort_id)}/{number:05}.arrow", cohort_id, number
