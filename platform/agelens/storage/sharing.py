"""Table of read-only links to results."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from agelens.storage.base import Base, Created, Key, Moment


class SharedLink(Base):
    """Whoever has the link's secret may read one task or one assessment until it expires.

    Only the secret's SHA-256 is kept. A link goes with what it shows; revoking deletes it.
    """

    __tablename__ = "shared_links"
    __table_args__ = (
        CheckConstraint("num_nonnulls(task_id, assessment_id) = 1", name="shows_one_thing"),
        Index("ix_shared_links_user_id_created_at_id", "user_id", "created_at", "id"),
        Index("ix_shared_links_task_id", "task_id", postgresql_where=text("task_id is not null")),
        Index(
            "ix_shared_links_assessment_id",
            "assessment_id",
            postgresql_where=text("assessment_id is not null"),
        ),
        Index("ix_shared_links_expires_at", "expires_at"),
    )

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    task_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    assessment_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("assessments.id", ondelete="CASCADE")
    )
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    last_opened_at: Mapped[Moment | None]
