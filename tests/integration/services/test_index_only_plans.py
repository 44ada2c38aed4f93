"""What is asked of all users, or of all of the ledger, is in an index, and the rows are not fetched."""

from functools import partial

import pytest
from agelens.services import admin_lists
from agelens.services.audit import audited
from integration.conftest import PersonFactory
from integration.services.plans import explained, sent
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

MANY = 20_000
FILL_USERS = text(
    """
    with made as (
        insert into users (id, email, password_hash, role, created_at)
        select gen_random_uuid(), 'many-' || n || '@example.org', '', 'user', now()
        from generate_series(1, :many) n
        returning id
    )
    insert into wallets (id, user_id) select gen_random_uuid(), id from made
    """
)


@pytest.mark.parametrize("email", [None, "many-7@example.org"])
def test_the_list_of_users_is_read_from_an_index_alone(
    sessions: sessionmaker[Session], email: str | None
) -> None:
    with sessions() as session:
        session.execute(FILL_USERS, {"many": MANY})
        session.execute(text("analyze users"))
        listed = partial(admin_lists.users, session, email=email, cursor=None, limit=20)
        plan = explained(session, sent(session, listed)[0], generic=True)
        session.rollback()
    assert "Index Only Scan Backward using ix_users_created_at_id on users" in plan, plan
    assert "like" not in plan, plan  # it would be put together again for each address


def test_an_audit_fetches_no_entry(person: PersonFactory, sessions: sessionmaker[Session]) -> None:
    person(10)
    with sessions() as session:
        for kind in ("seqscan", "bitmapscan"):  # which a table of a few rows has
            session.execute(text(f"set local enable_{kind} = off"))
        statements = sent(session, partial(audited, session))
        plan = explained(session, next(s for s in statements if "balance_off" in s[0]))
        session.rollback()
    index = "ix_ledger_entries_wallet_id_sequence"
    assert f"Index Only Scan using {index} on ledger_entries" in plan, plan
