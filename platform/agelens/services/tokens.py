"""Bearer tokens: opaque, hashed at rest, expiring, revocable, named."""

import hashlib
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from agelens.domain.errors import Conflict, NotFound, Unauthenticated
from agelens.storage import Token, User

TokenKind: TypeAlias = Literal["login", "personal"]  # a device that logged in, or a program's
PREFIX = "agl_"
# every request asks this, so it is built once
_LIVE = select(Token).where(
    Token.sha256 == bindparam("digest"),
    Token.revoked_at.is_(None),
    Token.expires_at > bindparam("now"),
)
MOST_TOKENS = 100  # of a person and a kind
USE_IS_NOTED_EVERY = timedelta(minutes=1)  # else every request would be a write


def issue(
    session: Session,
    user: User,
    *,
    kind: TokenKind,
    name: str,
    days: int,
    by: Token | None = None,
) -> tuple[str, Token]:
    """A new token; its secret is returned once and kept nowhere.

    A login beyond the hundredth ends the oldest one; a personal token is refused. `by` is the token
    with which it was asked for.

    Raises
    ------
    Conflict
        If the person has as many personal tokens as one may have.
    Unauthenticated
        If the password was changed, or `by` revoked, since they were looked at.
    """
    _make_room(session, user, kind, by)
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        id=uuid.uuid4(),
        user_id=user.id,
        kind=kind,
        name=name,
        sha256=digest(secret),
        created_at=datetime.now(UTC),
        expires_at=datetime.now(UTC) + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    return secret, token


def _make_room(session: Session, user: User, kind: str, by: Token | None) -> None:
    """Locks the person, so that two tokens at once cannot both be the last; forgets dead ones."""
    person = select(User.password_hash).where(User.id == user.id)
    password_hash = session.scalar(person.with_for_update(key_share=True))
    lives = select(Token.id).where(Token.id == by.id, Token.revoked_at.is_(None)) if by else None
    if password_hash != user.password_hash or (lives is not None and session.scalar(lives) is None):
        raise Unauthenticated
    of_user = Token.user_id == user.id
    dead = or_(Token.revoked_at.is_not(None), Token.expires_at <= datetime.now(UTC))
    session.execute(delete(Token).where(of_user, dead))
    of_kind = select(Token.id).where(of_user, Token.kind == kind)
    if kind == "login":
        oldest = of_kind.order_by(Token.created_at.desc()).offset(MOST_TOKENS - 1)
        session.execute(delete(Token).where(Token.id.in_(oldest)))
    elif (session.scalar(select(func.count()).select_from(of_kind.subquery())) or 0) >= MOST_TOKENS:
        raise Conflict(f"You have {MOST_TOKENS} personal tokens; revoke one first.")


def authenticate(session: Session, secret: str) -> Token | None:
    """The live token behind a secret, with its user; None when unknown, expired or revoked."""
    values = {"digest": digest(secret), "now": datetime.now(UTC)}
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


def live_tokens(session: Session, user: User, kind: TokenKind | None = None) -> list[Token]:
    """A person's tokens that still work, newest first; of one kind, or all."""
    live = select(Token).where(
        Token.user_id == user.id,
        Token.revoked_at.is_(None),
        Token.expires_at > datetime.now(UTC),
    )
    if kind is not None:
        live = live.where(Token.kind == kind)
    return list(session.scalars(live.order_by(Token.created_at.desc())))


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


def digest(secret: str) -> bytes:
    """What is kept of a secret that is random enough not to be guessed."""
    return hashlib.sha256(secret.encode()).digest()
