"""What the service answers, as objects. Fields that a newer service adds are passed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from agelens import wire as wire_shapes
from agelens.client.errors import FieldProblem
from agelens.client.results import Result

Wire = Mapping[str, Any]
FINISHED = ("succeeded", "failed", "canceled")


@dataclass(frozen=True)
class User:
    """A person with an account; `email` is None once the account was erased."""

    id: str
    email: str | None
    role: str
    created_at: datetime


@dataclass(frozen=True)
class AccessToken:
    """What a login gives."""

    access_token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Token:
    """One of a person's tokens; `access_token` is known in the answer that created it, only there."""

    id: str
    name: str
    kind: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    access_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Balance:
    """A wallet: `held` is set aside for what is under way, `available` can be spent."""

    balance: int
    held: int
    available: int

    def _repr_html_(self) -> str:
        from agelens.client.cards.pages import balance_card

        return balance_card(self)


@dataclass(frozen=True)
class Transaction:
    """One change of a wallet."""

    id: str
    kind: str
    amount: int
    held_change: int
    balance_after: int
    held_after: int
    task_id: str | None
    created_at: datetime
    wallet_id: str | None = None
    actor_id: str | None = None
    note: str = ""
    cohort_id: str | None = None


@dataclass(frozen=True)
class ModelName:
    """Which clock a task uses."""

    name: str
    version: str


@dataclass(frozen=True)
class Failure:
    """Why a task ended without a result."""

    code: str
    message: str


@dataclass(frozen=True)
class Task:
    """A panel, what became of it and what it cost."""

    id: str
    status: str
    model: ModelName
    answers: dict[str, Any]
    units: dict[str, Any]
    chronological_age: float | None
    price: int
    charged: int
    attempts: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    validation_errors: tuple[FieldProblem, ...]
    error: Failure | None
    wire_result: wire_shapes.Result | None = field(default=None, repr=False)
    user_id: str | None = None

    @property
    def is_finished(self) -> bool:
        """Whether nothing about it will change any more."""
        return self.status in FINISHED

    @property
    def wire(self) -> wire_shapes.Result:
        """The result as it came, which `agelens.charts` draws; LookupError when there is none."""
        if self.wire_result is None:
            raise LookupError(f"task {self.id} is {self.status}: it has no result")
        return self.wire_result

    @property
    def result(self) -> Result | None:
        """The explained prediction, once the task has succeeded."""
        return None if self.wire_result is None else Result.from_wire(self.wire_result, self)

    def _repr_html_(self) -> str:
        from agelens.client.cards.results import task_card

        return task_card(self)


@dataclass(frozen=True)
class AdminUser(User):
    """A person with their wallet, as an administrator sees them."""

    erased_at: datetime | None
    wallet: Balance


_MOMENTS = (
    "created_at",
    "started_at",
    "finished_at",
    "expires_at",
    "last_used_at",
    "activated_at",
    "erased_at",
    "next_at",
)


def known(kind: type, wire: Wire) -> dict[str, Any]:
    """Those fields of an answer that `kind` has, its moments read."""
    found = {entry.name: wire[entry.name] for entry in fields(kind) if entry.name in wire}
    for name in _MOMENTS:
        if found.get(name) is not None:
            found[name] = datetime.fromisoformat(found[name])
    return found


def transaction_from_wire(wire: Wire) -> Transaction:
    """A change of a wallet."""
    return Transaction(**known(Transaction, wire))


def task_from_wire(wire: Wire) -> Task:
    """A task."""
    parts = {
        "model": ModelName(**known(ModelName, wire["model"])),
        "validation_errors": tuple(
            FieldProblem(**known(FieldProblem, entry)) for entry in wire["validation_errors"]
        ),
        "error": Failure(**known(Failure, wire["error"])) if wire["error"] else None,
    }
    return Task(**known(Task, wire) | parts, wire_result=wire["result"])


def admin_user_from_wire(wire: Wire) -> AdminUser:
    """A person with their wallet."""
    wallet = Balance(**known(Balance, wire["wallet"]))
    return AdminUser(**known(AdminUser, wire) | {"wallet": wallet})
