"""Bearer tokens: opaque, hashed at rest, expiring, revocable, named."""

import hashlib
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from agelens.domain.errors import NotFound
from agelens.storage import Token, User

PREFIX = "agl_"
# every request asks this, so it is built once
_LIVE = select(Token).where(
    Token.sha256 == bindparam("digest"),
    Token.revoked_at.is_(None),
    Token.expires_at > bindparam("now"),
)
USE_IS_NOTED_EVERY = timedelta(minutes=1)  # else every request would be a write


def issue(
    session: Session, user: User, *, kind: Literal["login", "personal"], name: str, days: int
) -> tuple[str, Token]:
    """A new token; its secret is returned once and kept nowhere."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        id=uuid.uuid4(),
        user_id=user.id,
        kind=kind,
        name=name,
        sha256=_digest(secret),
        created_at=datetime.now(UTC),
        expires_at=datetime.now(UTC) + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    return secret, token


def authenticate(session: Session, secret: str) -> Token | None:
    """The live token behind a secret, with its user; None when unknown, expired or revoked."""
    values = {"digest": _digest(secret), "now": datetime.now(UTC)}
    token = session.scalars(_LIVE, values).one_or_none()
    return token if token and token.user.is_active else None


def note_use(session: Session, token: Token) -> bool:
    """Remember that it was used, at most once a minute; tells whether anything was written."""
    now = datetime.now(UTC)
    if token.last_used_at and token.last_used_at > now - USE_IS_NOTED_EVERY:
        return False
    session.execute(
        update(Token)
        .where(
            Token.id == token.id,
            or_(Token.last_used_at.is_(None), Token.last_used_at < now - USE_IS_NOTED_EVERY),
        )
        .values(last_used_at=now)
        .execution_options(synchronize_session=False)
    )
    return True


def live_tokens(session: Session, user: User) -> list[Token]:
    """A person's tokens that still work, newest first."""
    return list(
        session.scalars(
            select(Token)
            .where(
                Token.user_id == user.id,
                Token.revoked_at.is_(None),
                Token.expires_at > datetime.now(UTC),
            )
            .order_by(Token.created_at.desc())
            .limit(200)
        )
    )


def revoke(session: Session, user: User, token_id: uuid.UUID) -> None:
    """End a token; only its owner can, and anybody else's does not exist."""
    revoked = session.scalar(
        update(Token)
        .where(Token.id == token_id, Token.user_id == user.id, Token.revoked_at.is_(None))
        .values(revoked_at=datetime.now(UTC))
        .returning(Token.id)
    )
    if revoked is None:
        raise NotFound("There is no such token.")


def revoke_all(session: Session, user: User) -> None:
    """End every token of a person."""
    session.execute(
        update(Token)
        .where(Token.user_id == user.id, Token.revoked_at.is_(None))
        .values(revoked_at=datetime.now(UTC))
    )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
