"""People, tokens and wallets, and what the shapes of other resources share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from agelens.client.cards import HtmlCard

FINISHED = ("succeeded", "failed", "canceled")


@dataclass(frozen=True)
class User:
    """A person with an account; `email` is None once the account was erased."""

    id: str
    email: str | None
    role: str
    created_at: datetime


@dataclass(frozen=True)
class Profile(HtmlCard):
    """What a person says of themselves; None where nothing was said. `country` is of ISO 3166-1."""

    sex: str | None
    birth_date: date | None
    country: str | None


@dataclass(frozen=True)
class AccessToken:
    """What a login gives."""

    access_token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Token:
    """One of a person's tokens; `access_token` is known in the answer that created it, only there.

    Of `kind` login it is a device, and `name` says which: "Firefox on Windows". `current` is whether
    it is the one that was asked with.
    """

    id: str
    name: str
    kind: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    access_token: str | None = field(default=None, repr=False)
    current: bool = False


@dataclass(frozen=True)
class AccountOptions:
    """What a service offers: credits to start with, and who helps with a forgotten password.

    `password_reset` is "mail" or "administrator".
    """

    welcome_credits: int
    password_reset: str


@dataclass(frozen=True)
class ResetLink:
    """A link that sets a forgotten password, once."""

    url: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Balance(HtmlCard):
    """A wallet: `held` is set aside for what is under way, `available` can be spent."""

    balance: int
    held: int
    available: int


@dataclass(frozen=True)
class Transaction:
    """One change of a wallet; `is_welcome` are the credits that a new account starts with."""

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
    user_id: str | None = None
    user_email: str | None = None
    actor_email: str | None = None
    is_welcome: bool = False


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
class AdminUser(User):
    """A person with their wallet, as an administrator sees them."""

    erased_at: datetime | None
    wallet: Balance
    blocked_at: datetime | None = None
