"""End scored tasks: results, states and money of a whole batch, in one statement."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from psycopg.errors import LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from agelens.domain.errors import AgeLensError
from agelens.services.task_claims import TaskClaim
from agelens.wire import Result

LONGEST_MESSAGE = 2000
# Tasks are locked first, then wallets in the order of their ids, so that two batches cannot wait for
# each other. An entry's key is unique, and is shared by capture and release: a task is settled once.
_SETTLE = text(
    """
    with patience as materialized (
        select set_config('lock_timeout', :patience, true)
    ), said as (
        select said.* from patience, json_to_recordset(cast(:outcomes as json))
            as said(id uuid, attempts int, result json, error_code text, error_message text)
    ), ended as (
        update tasks
        set status = case when said.result is null then 'failed' else 'succeeded' end,
            charged = case when said.result is null then 0 else tasks.price end,
            result = said.result, error_code = said.error_code,
            error_message = said.error_message,
            finished_at = clock_timestamp(), lease_expires_at = null
        from said
        where tasks.id = said.id and tasks.status = 'running' and tasks.attempts = said.attempts
        returning tasks.id, tasks.wallet_id, tasks.status, tasks.price, tasks.charged,
            'task:' || tasks.id || '\\:settle' as key
    ), unsettled as (
        select * from ended
        where not exists (select from ledger_entries where ledger_entries.key = ended.key)
    ), locked as materialized (
        select id from wallets where id in (select wallet_id from unsettled) order by id for update
    ), moved as (
        update wallets
        set balance = wallets.balance - settled.charged, held = wallets.held - settled.price
        from (
            select wallet_id, sum(charged) as charged, sum(price) as price
            from unsettled join locked on locked.id = unsettled.wallet_id
            group by wallet_id
        ) as settled
        where wallets.id = settled.wallet_id
        returning wallets.id, wallets.balance, wallets.held
    ), told as (
        insert into ledger_entries
            (id, wallet_id, kind, key, amount, held_change, task_id, balance_after, held_after)
        select gen_random_uuid(), wallet_id,
            case status when 'succeeded' then 'capture' else 'release' end, key,
            -charged, -price, unsettled.id,
            moved.balance + coalesce(sum(charged) over later, 0),
            moved.held + coalesce(sum(price) over later, 0)
        from unsettled join moved on moved.id = unsettled.wallet_id
        window later as (
            partition by wallet_id order by unsettled.id
            rows between 1 following and unbounded following
        )
        order by wallet_id, unsettled.id
    )
    select id from ended
    """
)


@dataclass(frozen=True)
class Outcome:
    """What came of a claimed task: its result, or why there is none."""

    claim: TaskClaim
    result: Result | AgeLensError


class BusyError(Exception):
    """Somebody holds a task or a wallet for long."""


def settle(
    session: Session, outcomes: Sequence[Outcome], *, patience_seconds: float = 15.0
) -> list[uuid.UUID]:
    """Keep results and reasons, charge for the successes and release the other holds.

    A task that somebody else ended or claimed meanwhile is left alone; ids of the others return.

    Raises
    ------
    BusyError
        If a lock is not to be had within `patience_seconds`; nothing was changed.
    """
    rows = [_row(outcome) for outcome in outcomes]
    values = {
        "outcomes": orjson.dumps(rows).decode(),
        "patience": f"{round(patience_seconds * 1000)}ms",
    }
    try:
        return list(session.connection().execute(_SETTLE, values).scalars())
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise BusyError from error
        raise


def _row(outcome: Outcome) -> dict[str, object]:
    row: dict[str, object] = {"id": outcome.claim.id, "attempts": outcome.claim.attempts}
    if isinstance(outcome.result, AgeLensError):
        message = outcome.result.detail[:LONGEST_MESSAGE]
        return row | {"error_code": outcome.result.code, "error_message": message}
    return row | {"result": outcome.result}
