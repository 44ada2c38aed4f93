"""Change a password, or set a forgotten one through a link that works once."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from agelens.domain.errors import Conflict, NotFound, Unauthenticated
from agelens.services import tokens
from agelens.services.accounts import normalize_email
from agelens.services.passwords import check_strength, hash_password, verify_password
from agelens.storage import PasswordReset, ResetRequest, Token, User

LINK_LIVES = timedelta(hours=1)
MOST_LINKS = 3  # of a person at a time: nobody's mailbox is filled by asking again and again
REQUEST_LIVES = timedelta(hours=24)  # for as long a mail server may be away
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=10)
CLAIM_LASTS = timedelta(minutes=3)  # longer than sending takes, see jobs.mail
DEAD_LINK = "This link is not valid, or not any more. Ask for a new one."


@dataclass(frozen=True)
class DueMail:
    """A mail that is to be sent now: to whom, in which language, and the link's secret.

    `attempt` counts who has claimed it.
    """

    request_id: uuid.UUID
    attempt: int
    email: str
    language: str
    secret: str


def change(session: Session, user: User, token: Token, *, current: str, new: str) -> None:
    """Set a new password and end every other token: whoever knew the old one is out.

    Raises
    ------
    Unauthenticated
        If the current password is wrong, or was changed meanwhile.
    InvalidInput
        If the new one would be guessed.
    """
    current_hash = user.password_hash
    if not verify_password(current_hash, current):
        raise Unauthenticated("The current password is wrong.")
    check_strength(new, user.email or "", field="new")
    new_hash = hash_password(new)
    if _lock(session, user.id).password_hash != current_hash:
        raise Unauthenticated("The current password is wrong.")
    _set(session, user.id, new_hash, Token.id != token.id)


def request_mail(session: Session, email: str, language: str) -> None:
    """Have a link mailed to whoever has this address, if anybody has."""
    address = normalize_email(email)
    session.add(ResetRequest(id=uuid.uuid4(), email=address, language=language))
    session.flush()


def make_link(session: Session, user: User, *, actor: User | None) -> tuple[str, PasswordReset]:
    """A link's secret, for an administrator to hand over; it is kept nowhere.

    Raises
    ------
    Conflict
        If the account was erased, or is blocked: the link would not work.
    """
    now = _lock(session, user.id)
    if now.erased_at is not None:
        raise Conflict("This account was erased.")
    if now.blocked_at is not None:
        raise Conflict("This account is blocked; unblock it first.")
    return _link(session, uuid.uuid4(), user.id, actor=actor)


def reset(session: Session, secret: str, password: str) -> None:
    """Set a new password with a link's secret; that ends every token and every link of the person.

    Raises
    ------
    NotFound
        If the link is unknown, used or expired; used twice at once, it works once.
    InvalidInput
        If the password would be guessed; the link goes on working.
    """
    link = (PasswordReset.sha256 == tokens.digest(secret)) & (
        PasswordReset.expires_at > datetime.now(UTC)
    )
    user_id = session.scalar(select(PasswordReset.user_id).where(link))
    if user_id is None:
        raise NotFound(DEAD_LINK)
    user = session.get_one(User, user_id)
    check_strength(password, user.email or "")
    new_hash = hash_password(password)
    _lock(session, user_id)  # before the link, as whoever erases the account does
    used = session.scalar(delete(PasswordReset).where(link).returning(PasswordReset.id))
    if used is None or not user.is_active:
        raise NotFound(DEAD_LINK)
    _set(session, user_id, new_hash)


def next_mail(session: Session) -> DueMail | None:
    """The next mail to send, with a new link; whoever claims it has it for `CLAIM_LASTS` alone.

    Requests of addresses that nobody has, or that were mailed enough, are forgotten. It waits for no
    lock: a request whose person is being erased, or changed otherwise, is for the next round. Whoever
    erases a person locks them first and their requests last, and could never be waited for here.
    """
    is_due = ResetRequest.next_attempt_at <= func.clock_timestamp()
    has_person = select(User.id).where(User.email == ResetRequest.email).exists()
    _drop_requests(session, is_due & ~has_person | _is_too_old())
    due = select(ResetRequest, User).join(User, User.email == ResetRequest.email).where(is_due)
    first_due = due.order_by(ResetRequest.next_attempt_at).limit(1)
    first_due = first_due.with_for_update(skip_locked=True).execution_options(
        populate_existing=True
    )
    while (row := session.execute(first_due).one_or_none()) is not None:
        request, user = row
        if not user.is_active or _has_enough(session, user, request):
            session.execute(delete(ResetRequest).where(ResetRequest.id == request.id))
            continue
        request.attempts += 1
        request.next_attempt_at = func.clock_timestamp() + CLAIM_LASTS
        session.execute(delete(PasswordReset).where(PasswordReset.id == request.id))
        secret, _ = _link(session, request.id, user.id, actor=None)
        return DueMail(request.id, request.attempts, request.email, request.language, secret)
    return None


def mail_is_done(session: Session, mail: DueMail) -> None:
    """The mail was sent, or never can be."""
    session.execute(delete(ResetRequest).where(_claimed(mail)))


def postpone_mail(session: Session, mail: DueMail) -> None:
    """The server did not take the mail: another attempt, later each time."""
    pause = min(FIRST_PAUSE * 2 ** min(mail.attempt - 1, 10), LONGEST_PAUSE)
    later = func.clock_timestamp() + pause
    session.execute(update(ResetRequest).where(_claimed(mail)).values(next_attempt_at=later))


def forget_expired(session: Session) -> None:
    """Drop links whose time is over, and requests that nobody could send."""
    now = func.clock_timestamp()
    session.execute(delete(PasswordReset).where(PasswordReset.expires_at < now))
    _drop_requests(session, _is_too_old())


def forget(session: Session, user: User) -> None:
    """Drop everything about a person's forgotten password."""
    session.execute(delete(PasswordReset).where(PasswordReset.user_id == user.id))
    session.execute(delete(ResetRequest).where(ResetRequest.email == user.email))


def _claimed(mail: DueMail) -> ColumnElement[bool]:
    """The request of a mail, unless somebody else has claimed it since."""
    return (ResetRequest.id == mail.request_id) & (ResetRequest.attempts == mail.attempt)


def _is_too_old() -> ColumnElement[bool]:
    return ResetRequest.created_at < func.clock_timestamp() - REQUEST_LIVES


def _drop_requests(session: Session, condition: ColumnElement[bool]) -> None:
    """Forget requests, but those that somebody else is forgetting."""
    ids = session.scalars(
        select(ResetRequest.id).where(condition).with_for_update(skip_locked=True)
    )
    if request_ids := ids.all():
        session.execute(delete(ResetRequest).where(ResetRequest.id.in_(request_ids)))


def _has_enough(session: Session, user: User, request: ResetRequest) -> bool:
    """Links of earlier requests that still work."""
    live = select(func.count()).where(
        PasswordReset.user_id == user.id,
        PasswordReset.id != request.id,
        PasswordReset.actor_id.is_(None),
        PasswordReset.expires_at > datetime.now(UTC),
    )
    return (session.scalar(live) or 0) >= MOST_LINKS


def _lock(session: Session, user_id: uuid.UUID) -> User:
    """The person as they are now; logins and other changes of the password wait."""
    query = select(User).where(User.id == user_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _link(
    session: Session, key: uuid.UUID, user_id: uuid.UUID, *, actor: User | None
) -> tuple[str, PasswordReset]:
    secret = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    reset_link = PasswordReset(
        id=key,
        user_id=user_id,
        sha256=tokens.digest(secret),
        created_at=now,
        expires_at=now + LINK_LIVES,
        actor_id=actor.id if actor else None,
    )
    session.add(reset_link)
    session.flush()
    return secret, reset_link


def _set(
    session: Session, user_id: uuid.UUID, password_hash: str, *which: ColumnElement[bool]
) -> None:
    """A new password; tokens of the person end, those of them that `which` says, and every link."""
    session.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))
    session.execute(
        update(Token)
        .where(Token.user_id == user_id, Token.revoked_at.is_(None), *which)
        .values(revoked_at=datetime.now(UTC))
    )
    session.execute(delete(PasswordReset).where(PasswordReset.user_id == user_id))
