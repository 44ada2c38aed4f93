"""Refund a task or a cohort; the person keeps the results."""

import uuid

from sqlalchemy.orm import Session

from agelens.domain.errors import InvalidInput, NotFound
from agelens.services.ledger import append
from agelens.storage import Cohort, LedgerEntry, Task


def refund(session: Session, which: str, *, note: str) -> LedgerEntry | None:
    """Give back once what was charged; None when it was given back before.

    Parameters
    ----------
    session : Session
    which : str
        The id of a task or a cohort, as an administrator types it.
    note : str
        The reason; it stays in the ledger.

    Raises
    ------
    InvalidInput
        If it is no id, or nothing was ever charged for it.
    NotFound
        If there is neither a task nor a cohort of this id.
    """
    try:
        key = uuid.UUID(which)
    except ValueError as error:
        raise InvalidInput.at("id", "is not the id of a task or a cohort") from error
    task = session.get(Task, key, with_for_update={"of": Task})
    cohort = None if task else session.get(Cohort, key, with_for_update={"of": Cohort})
    billed = task or cohort
    if billed is None:
        raise NotFound("There is no such task or cohort.")
    if not billed.charged:
        raise InvalidInput.at("id", "was never charged")
    return append(
        session,
        billed.wallet_id,
        kind="refund",
        key=f"{'task' if task else 'cohort'}:{key}:refund",
        amount=billed.charged,
        task_id=task.id if task else None,
        cohort_id=cohort.id if cohort else None,
        note=note,
    )
