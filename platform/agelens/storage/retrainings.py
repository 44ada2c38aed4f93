"""Tables of retrainings: a notebook run on a data set, and the candidate version it produced."""

import uuid
from typing import Any, Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, deferred, mapped_column

from agelens.storage.base import Base, Created, Key, Moment

FileRole = Literal["data", "validation"]


class Retraining(Base):
    """One run of a training notebook. What it makes is published, never activated.

    `notebook_run` is the notebook as it was executed, as far as it ran; `candidate` says what was
    published and how it compared with the version that was active then.
    """

    __tablename__ = "retrainings"
    __table_args__ = (
        CheckConstraint(
            "status in ('queued', 'running', 'succeeded', 'failed', 'canceled')", name="status"
        ),
        CheckConstraint("(status = 'succeeded') = (candidate is not null)", name="candidate"),
        CheckConstraint("data_source in ('uploaded', 'configured')", name="data_source"),
        CheckConstraint(
            "(notebook_run is null) = (notebook_run_sha256 is null)", name="notebook_run"
        ),
        Index("ix_retrainings_created_at_id", "created_at", "id"),
        # two schedulers at the same due time make one retraining
        Index("ix_retrainings_model_due_at", "model", "due_at", unique=True),
        Index(
            "ix_retrainings_active",
            "status",
            "enqueued_at",
            "lease_expires_at",
            postgresql_where=text("status in ('queued', 'running')"),
        ),
    )

    id: Mapped[Key]
    model: Mapped[str] = mapped_column(String(64))
    notebook: Mapped[str] = mapped_column(String(100))
    version: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    data_source: Mapped[str] = mapped_column(String(16))
    data_name: Mapped[str] = mapped_column(String(200))
    data_sha256: Mapped[str | None] = mapped_column(String(64))
    validation_name: Mapped[str | None] = mapped_column(String(200))
    validation_sha256: Mapped[str | None] = mapped_column(String(64))
    requested_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    due_at: Mapped[Moment | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    enqueues: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    model_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("model_versions.id"))
    candidate: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None]
    notebook_run: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    notebook_run_sha256: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[Created]
    enqueued_at: Mapped[Moment | None]
    started_at: Mapped[Moment | None]
    lease_expires_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]


class RetrainingChunk(Base):
    """A piece of an uploaded file, so that no process needs the whole of it in memory.

    They go when the retraining ends: people's measurements are kept no longer than needed.
    """

    __tablename__ = "retraining_chunks"
    __table_args__ = (CheckConstraint("role in ('data', 'validation')", name="role"),)

    retraining_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("retrainings.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class RetrainingSchedule(Base):
    """A clock that is retrained on the configured data every so many hours."""

    __tablename__ = "retraining_schedules"
    __table_args__ = (CheckConstraint("every_hours > 0", name="every_hours_positive"),)

    model: Mapped[str] = mapped_column(String(64), primary_key=True)
    every_hours: Mapped[int]
    next_at: Mapped[Moment]
    requested_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[Created]
