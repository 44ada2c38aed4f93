"""The first ledger entries of a process may come from many threads at once."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from agelens.services import accounts, billing, ledger
from agelens.settings import Settings
from agelens.storage.engine import open_engine, session_factory
from integration.conftest import PersonFactory

THREADS, ROUNDS = 8, 25


@pytest.fixture
def threads_take_turns_often() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("threads_take_turns_often")
def test_threads_that_prepare_the_same_statement_at_once_all_get_their_entry(
    settings: Settings, person: PersonFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    emails = [person().email for _ in range(THREADS)]
    for _ in range(ROUNDS):
        # as in a process that has just begun: neither the statement nor the engine was used before
        monkeypatch.setattr(ledger, "_APPEND", ledger._append_statement())
        engine = open_engine(str(settings.database_url), pool_size=THREADS)
        together = Barrier(THREADS)

        def topup(email: str) -> int:
            with session_factory(engine).begin() as session:  # noqa: B023
                wallet = billing.wallet_of(session, accounts.find_user(session, email))
                together.wait()  # noqa: B023
                return billing.topup(session, wallet, 1, actor=None).amount

        with ThreadPoolExecutor(THREADS) as pool:
            assert list(pool.map(topup, emails)) == [1] * THREADS
        engine.dispose()
