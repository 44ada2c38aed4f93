"""What administrators list: everybody's accounts, tasks, cohorts and ledger entries."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, load_only
from sqlalchemy.orm.attributes import set_committed_value

from agelens.domain.errors import NotFound
from agelens.services import accounts, billing
from agelens.services import tasks as task_lists
from agelens.services.cohorts import lookups
from agelens.services.pagination import Page, paginate
from agelens.storage import Cohort, Task, User, Wallet

# of users; all of it is in the index that the list walks
_SHOWN = (User.id, User.email, User.role, User.created_at, User.erased_at, User.blocked_at)


def users(session: Session, *, email: str | None, cursor: str | None, limit: int) -> Page:
    """People with their wallets, newest first; `email` narrows to addresses that contain it.

    A prepared `like` would put its pattern together again for each address.
    """
    query = select(User).options(load_only(*_SHOWN, raiseload=True))
    if email:
        query = query.where(func.strpos(User.email, email.lower()) > 0)
    page = paginate(session, query, (User.created_at, User.id), cursor, limit)
    wallets = _wallets(session, [user.id for user in page.items])
    items = [_with_wallet(user, wallets[user.id]) for user in page.items]
    return Page(items, page.next_cursor)


def user(session: Session, account: User) -> dict[str, Any]:
    """One person with their wallet."""
    return _with_wallet(account, _wallets(session, [account.id])[account.id])


def _with_wallet(user: User, wallet: Wallet) -> dict[str, Any]:
    return {column.key: getattr(user, column.key) for column in _SHOWN} | {"wallet": wallet}


def tasks(session: Session, *, user: str | None, **filters: Any) -> Page:
    """Everybody's tasks, or one person's, newest first, with their owners."""
    try:
        owner = accounts.find_user(session, user) if user else None
    except NotFound:
        return Page([], None)
    page = task_lists.history(session, owner, **filters)
    _load_owners(session, page.items)
    return page


def transactions(session: Session, *, user: str | None, cursor: str | None, limit: int) -> Page:
    """Everybody's ledger entries, or one person's, newest first, with whose and by whom they are."""
    try:
        owner = accounts.find_user(session, user) if user else None
    except NotFound:
        return Page([], None)
    page = billing.transactions(session, owner, cursor, limit)
    ids = {entry.wallet_id for entry in page.items}
    wallets = {each.id: each for each in session.scalars(select(Wallet).where(Wallet.id.in_(ids)))}
    _load_owners(session, [*wallets.values()])
    actors = _people(session, {entry.actor_id for entry in page.items})
    for entry in page.items:
        set_committed_value(entry, "wallet", wallets[entry.wallet_id])
        set_committed_value(entry, "actor", actors.get(entry.actor_id))
    return page


def cohorts(
    session: Session, *, user: str | None, status: str | None, cursor: str | None, limit: int
) -> Page:
    """Everybody's cohorts, newest first; `user` narrows to one person, by id or e-mail address."""
    try:
        owner = accounts.find_user(session, user) if user else None
    except NotFound:
        return Page([], None)
    page = lookups.history(session, owner, cursor, limit, status=status)
    _load_owners(session, page.items)
    return page


def with_owner(session: Session, cohort: Cohort) -> Cohort:
    """A cohort with whose it is."""
    _load_owners(session, [cohort])
    return cohort


def _load_owners(session: Session, rows: Sequence[Task | Cohort | Wallet]) -> None:
    """Whose they are, in one query for all."""
    people = _people(session, {row.user_id for row in rows})
    for row in rows:
        set_committed_value(row, "owner", people[row.user_id])


def _people(session: Session, ids: Collection[uuid.UUID | None]) -> dict[uuid.UUID | None, User]:
    return {user.id: user for user in session.scalars(select(User).where(User.id.in_(ids)))}


def _wallets(session: Session, user_ids: list[uuid.UUID]) -> dict[uuid.UUID, Wallet]:
    rows = session.scalars(select(Wallet).where(Wallet.user_id.in_(user_ids)))
    return {wallet.user_id: wallet for wallet in rows}
