"""Tables of forgotten passwords: who asked for a link, and the links that work."""

import uuid

from sqlalchemy import ForeignKey, Index, LargeBinary, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from agelens.storage.base import Base, Created, Key, Moment


class ResetRequest(Base):
    """Somebody typed an address; whether anybody has it is looked up when the mail is sent.

    So the request does the same for every address, and takes the same time.
    """

    __tablename__ = "reset_requests"
    __table_args__ = (Index("ix_reset_requests_next_attempt_at", "next_attempt_at"),)

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8), server_default="en")
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    next_attempt_at: Mapped[Moment] = mapped_column(server_default=func.clock_timestamp())
    created_at: Mapped[Created]


class PasswordReset(Base):
    """A link that sets a new password, once; only its SHA-256 is kept, and using it deletes it.

    `actor_id` is the administrator who made it; null where it was mailed or made by a command. One
    that was mailed has the id of its request.
    """

    __tablename__ = "password_resets"
    __table_args__ = (Index("ix_password_resets_user_id", "user_id"),)

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    actor_id: Mapped[uuid.UUID | None]
