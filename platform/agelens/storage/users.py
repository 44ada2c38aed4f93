"""Tables of users and their tokens."""

import uuid
from datetime import date
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from agelens.storage.base import Base, Created, Key, Moment

Role = Literal["user", "admin"]


class User(Base):
    """A person; `email` is kept in lower case, and is empty once the person was erased.

    `sex`, `birth_date` and `country` are the profile, which goes with the person.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role in ('user', 'admin')", name="role"),
        Index(  # has all that the list of users shows of them
            "ix_users_created_at_id",
            "created_at",
            "id",
            postgresql_include=["email", "role", "erased_at", "blocked_at"],
        ),
    )

    id: Mapped[Key]
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None]
    role: Mapped[str] = mapped_column(String(16), default="user")
    created_at: Mapped[Created]
    erased_at: Mapped[Moment | None]
    blocked_at: Mapped[Moment | None]
    sex: Mapped[str | None] = mapped_column(String(16))
    birth_date: Mapped[date | None]
    country: Mapped[str | None] = mapped_column(String(2))

    # Flask-Login asks these of whoever makes a request.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.erased_at is None and self.blocked_at is None

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"

    @property
    def administrates(self) -> bool:
        """Whether this is an administrator who can log in."""
        return self.is_admin and self.is_active

    def get_id(self) -> str:
        return str(self.id)


class Token(Base):
    """A bearer token; only its SHA-256 is kept, so a stolen table opens nothing."""

    __tablename__ = "tokens"
    __table_args__ = (
        CheckConstraint("kind in ('login', 'personal')", name="kind"),
        Index("ix_tokens_user_id_created_at", "user_id", "created_at"),
    )

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    last_used_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
