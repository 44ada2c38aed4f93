"""User accounts: registration, login, the first administrator."""

import re
import uuid
from contextlib import suppress

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from agelens.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from agelens.services import billing
from agelens.services.passwords import (
    check_strength,
    hash_password,
    is_outdated,
    verify_password,
)
from agelens.storage import Role, User, Wallet

# one @, a domain with a dot, and none of the characters that addresses have only in quotes
ADDRESS = re.compile(r"""[^\s@<>()\[\]\\,:;"]+@([\w-]+\.)+[\w-]+""")
ENCODED_WORD = "=?"  # in a mail's head it stands for other text, maybe another address (RFC 2047)


def register(
    session: Session,
    email: str,
    password: str,
    *,
    role: Role = "user",
    welcome_credits: int = 0,
) -> User:
    """A new person with a wallet, in which are the credits that the operator gives to begin with.

    `role` is for commands, never for requests.
    """
    email = normalize_email(email)
    check_strength(password, email)
    added = session.scalars(
        insert(User)
        .values(id=uuid.uuid4(), email=email, password_hash=hash_password(password), role=role)
        .on_conflict_do_nothing(index_elements=[User.email])
        .returning(User)
    ).one_or_none()
    if added is None:
        raise Conflict("An account with this e-mail address exists already.")
    wallet = Wallet(id=uuid.uuid4(), user_id=added.id)
    session.add(wallet)
    session.flush()
    if welcome_credits:
        billing.welcome(session, wallet, welcome_credits)
    return added


def create_admin(session: Session, email: str, password: str) -> User:
    """An administrator; only commands call this, no request can."""
    return register(session, email, password, role="admin")


def check_credentials(session: Session, email: str, password: str) -> User:
    """The person with this e-mail and password, or Unauthenticated: the same for both mistakes."""
    user = session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()
    if not verify_password(user.password_hash if user else None, password) or user is None:
        raise Unauthenticated("The e-mail address or the password is wrong.")
    if user.blocked_at is not None:
        raise Forbidden("This account is blocked. Please ask an administrator.")
    if is_outdated(user.password_hash, password):
        same_still = (User.id == user.id, User.password_hash == user.password_hash)
        renewed = {"password_hash": hash_password(password)}
        session.execute(update(User).where(*same_still).values(renewed))
    return user


def find_user(session: Session, user_id_or_email: str) -> User:
    """By id or e-mail address, as an administrator types it."""
    query = select(User).where(User.email == user_id_or_email.lower())
    with suppress(ValueError):
        query = select(User).where(User.id == uuid.UUID(user_id_or_email))
    user = session.scalars(query).one_or_none()
    if user is None:
        raise NotFound("There is no such user.")
    return user


def admin_exists(session: Session) -> bool:
    """Whether anybody can administrate yet."""
    return bool(
        session.scalar(select(func.count()).where(User.role == "admin", User.erased_at.is_(None)))
    )


def with_wallets(session: Session) -> list[tuple[User, Wallet]]:
    """Everybody with their wallet, in the order in which they came."""
    rows = session.execute(
        select(User, Wallet).join(Wallet, Wallet.user_id == User.id).order_by(User.created_at)
    )
    return [(user, wallet) for user, wallet in rows]


def normalize_email(email: str) -> str:
    """Lower case, trimmed; raises InvalidInput when it cannot be an address."""
    email = email.strip().lower()
    plain = email.isprintable() and ENCODED_WORD not in email
    if len(email) > 254 or not plain or not ADDRESS.fullmatch(email):
        raise InvalidInput.at("email", "is not an e-mail address")
    return email
