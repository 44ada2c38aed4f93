"""The ledger and the states of tasks against a simple model: any order of steps, tried by Hypothesis.

The model knows three numbers of a wallet and one word of a task. After every step the database says
the same, and at the end of every story the audit finds no difference.
"""

import os
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from agelens.clocks.bundles import find_clock
from agelens.domain.errors import Conflict, InsufficientCredits, InvalidInput, ScoringError
from agelens.services import assessments, billing, drafts, refunds, sweeps, task_claims, tasks
from agelens.services.audit import audit
from agelens.storage import Task, User, Wallet
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from integration import claims
from integration.conftest import PersonFactory
from integration.people import PANEL
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

STORIES = int(os.environ.get("AGELENS_TEST_STORIES", "150"))
STEPS = 40
LARGEST_TOPUP = 40
FIRST_CREDITS = 60
NOBODY = uuid.UUID(int=0)
SOMEBODY = task_claims.TaskClaim(NOBODY, NOBODY, NOBODY, {}, {}, None, [], None, 0)
RESULT: Any = {"prediction": 50.0, "contributions": []}


@dataclass(frozen=True)
class Expected:
    """What the model thinks of a task; `attempts` are claims, `refunded` is said once."""

    status: str
    price: int
    attempts: int = 0
    refunded: bool = False


MOST_RECENT = 3
RECENT = st.integers(0, MOST_RECENT - 1)


class Ledger(RuleBasedStateMachine):
    """One person, their wallet and their tasks."""

    sessions: sessionmaker[Session]
    owner: User

    def __init__(self) -> None:
        super().__init__()
        self.expected: dict[uuid.UUID, Expected] = {}
        with self.sessions.begin() as session:
            wallet = billing.wallet_of(session, session.merge(self.owner))
            billing.topup(session, wallet, FIRST_CREDITS, actor=None)
        with self.sessions() as session:
            self.balance = billing.wallet_of(session, session.merge(self.owner)).balance

    @property
    def held(self) -> int:
        """The price of all work that is queued or running."""
        active = ("queued", "running")
        return sum(task.price for task in self.expected.values() if task.status in active)

    @rule(amount=st.integers(1, LARGEST_TOPUP))
    def top_up(self, amount: int) -> None:
        with self.sessions.begin() as session:
            wallet = billing.wallet_of(session, session.merge(self.owner))
            billing.topup(session, wallet, amount, actor=None)
        self.balance += amount

    @rule(amount=st.integers(-LARGEST_TOPUP, LARGEST_TOPUP).filter(bool))
    def adjust(self, amount: int) -> None:
        """By hand; never below what is held."""
        may = self.balance + amount >= self.held
        try:
            with self.sessions.begin() as session:
                wallet = billing.wallet_of(session, session.merge(self.owner))
                billing.adjust(session, wallet, amount, note="a story")
        except (InvalidInput, InsufficientCredits, Conflict):
            assert not may
        else:
            assert may
            self.balance += amount

    @rule()
    def submit(self) -> None:
        self._queued(lambda session, owner: tasks.submit(session, owner, answers=PANEL))

    @rule()
    def assess(self) -> None:
        """Two clocks at once, all or nothing; each task then goes its own way."""
        asked = ["kaggle-age", "phenoage"]
        try:
            with self.sessions.begin() as session:
                owner = session.merge(self.owner)
                made = assessments.submit(
                    session, owner, answers=FOR_BOTH, models=asked, chronological_age=50
                )
                prices = {task.id: task.price for task in made.tasks}
        except InsufficientCredits:
            assert self.balance - self.held < PRICE_OF_BOTH
            return
        assert self.balance - self.held >= sum(prices.values()) == PRICE_OF_BOTH
        self.expected |= {key: Expected("queued", price) for key, price in prices.items()}

    @rule()
    def save_a_draft(self) -> None:
        with self.sessions.begin() as session:
            task = drafts.create(session, session.merge(self.owner), answers=PANEL)
            key, price = task.id, task.price
        self.expected[key] = Expected("draft", price)

    @rule(place=RECENT)
    def run_a_draft(self, place: int) -> None:
        """Running it again is harmless, also when it has succeeded."""
        if (found := self._recent(place)) is None:
            return
        key, before = found
        try:
            with self.sessions.begin() as session:
                drafts.run(session, self.owner.id, key)
        except InsufficientCredits:
            assert before.status == "draft"
            assert self.balance - self.held < before.price
        except Conflict:
            assert before.status in ("failed", "canceled")
        else:
            if before.status == "draft":
                self.expected[key] = replace(before, status="queued")

    @rule(place=RECENT)
    def claim(self, place: int) -> None:
        if (found := self._recent(place)) is None:
            return
        key, before = found
        claimed = claims.claim(self.sessions, key)
        may = before.status == "queued"
        assert (claimed is not None) == may
        if may:
            self.expected[key] = replace(before, status="running", attempts=before.attempts + 1)

    @rule(place=RECENT, late=st.booleans(), well=st.booleans())
    def finish(self, place: int, late: bool, well: bool) -> None:
        """`late` is a worker whose attempt is no longer the current one: nothing may count."""
        if (found := self._recent(place)) is None:
            return
        key, before = found
        by = replace(SOMEBODY, id=key, attempts=before.attempts - late)
        done = claims.settle(self.sessions, by, RESULT if well else ScoringError("a story"))
        assert done == (before.status == "running" and not late)
        if done:
            self.expected[key] = replace(before, status="succeeded" if well else "failed")
            self.balance -= before.price if well else 0

    @rule()
    def workers_die(self) -> None:
        """Every lease runs out, and the sweep comes by."""
        keys = [key for key, task in self.expected.items() if task.status == "running"]
        with self.sessions.begin() as session:
            past = func.clock_timestamp() - timedelta(seconds=1)
            session.execute(update(Task).where(Task.id.in_(keys)).values(lease_expires_at=past))
            sweeps.end_expired_leases(session, sweeps.TASKS)
        for key in keys:
            task = self.expected[key]
            given_up = task.attempts >= task_claims.MAX_ATTEMPTS
            self.expected[key] = replace(task, status="failed" if given_up else "queued")

    @rule(place=RECENT)
    def cancel(self, place: int) -> None:
        if (found := self._recent(place)) is None:
            return
        key, before = found
        try:
            with self.sessions.begin() as session:
                tasks.cancel(session, self.owner.id, key)
        except Conflict:
            assert before.status not in ("queued", "running", "canceled")
        else:
            assert before.status in ("queued", "running", "canceled")
            self.expected[key] = replace(before, status="canceled")

    @rule(place=RECENT)
    def refund(self, place: int) -> None:
        """Once; only what was charged."""
        if (found := self._recent(place)) is None:
            return
        key, before = found
        try:
            with self.sessions.begin() as session:
                entry = refunds.refund(session, str(key), note="a story")
        except InvalidInput:
            assert before.status != "succeeded"
        else:
            assert before.status == "succeeded"
            assert (entry is None) == before.refunded
            if entry is not None:
                self.balance += before.price
                self.expected[key] = replace(before, refunded=True)

    def _queued(self, submit: Any) -> None:
        try:
            with self.sessions.begin() as session:
                task = submit(session, session.merge(self.owner))
                key, price = task.id, task.price
        except InsufficientCredits:
            assert self.balance - self.held < PRICE
            return
        assert self.balance - self.held >= price
        self.expected[key] = Expected("queued", price)

    def _recent(self, place: int) -> tuple[uuid.UUID, Expected] | None:
        """One of the newest tasks, so that stories meet the same task again."""
        newest = list(self.expected.items())[-MOST_RECENT:]
        return newest[place] if place < len(newest) else None

    @invariant()
    def the_database_says_the_same(self) -> None:
        with self.sessions() as session:
            wallet = session.scalars(select(Wallet).where(Wallet.user_id == self.owner.id)).one()
            assert (wallet.balance, wallet.held) == (self.balance, self.held)
            rows = session.execute(
                select(Task.id, Task.status, Task.charged).where(Task.id.in_(self.expected))
            ).all()
        assert {key: status for key, status, _ in rows} == {
            key: task.status for key, task in self.expected.items()
        }
        for key, status, charged in rows:
            assert charged == (self.expected[key].price if status == "succeeded" else 0)

    def teardown(self) -> None:
        """End what is under way, so that the next story begins without holds."""
        for key, task in self.expected.items():
            with self.sessions.begin() as session:
                if task.status in ("queued", "running"):
                    tasks.cancel(session, self.owner.id, key)
                tasks.delete(session, self.owner.id, key)
        with self.sessions() as session:
            assert audit(session).differences == ()


PRICE = 10  # of the default clock, as shipped
PRICE_OF_BOTH = PRICE + find_clock("phenoage").manifest.price
FOR_BOTH = {**PANEL, **{f.key: f.example for f in find_clock("phenoage").manifest.features}}


@pytest.fixture
def owner(person: PersonFactory, sessions: sessionmaker[Session]) -> User:
    somebody = person()
    with sessions() as session:
        found = session.scalars(select(User).where(User.email == somebody.email)).one()
        session.expunge(found)
    return found


@pytest.mark.slow
def test_any_order_of_steps_leaves_the_books_right(
    owner: User, sessions: sessionmaker[Session]
) -> None:
    story = type("Story", (Ledger,), {"sessions": sessions, "owner": owner})
    run_state_machine_as_test(
        story,
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
