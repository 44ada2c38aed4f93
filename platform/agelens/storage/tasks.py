"""Table of prediction tasks."""

import uuid
from datetime import UTC, date
from typing import Any, Literal

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    bindparam,
    text,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship

from agelens.storage.base import Base, Created, Credits, Json, JsonList, Key, Moment
from agelens.storage.models import ModelVersion
from agelens.storage.users import User

TaskStatus = Literal["draft", "queued", "running", "succeeded", "failed", "canceled"]
SCENARIOS_PER_TASK = 1_000  # what-if scenarios that change several answers
ACTIVE = ("queued", "running")
FINISHED = ("succeeded", "failed", "canceled")
_DAY = "coalesce(measured_on, cast(timezone('UTC', created_at) as date))"
_ENDED = "status in ('failed', 'canceled')"  # costs what succeeds no entry of an index


def has_status(status: str, table: Any = None) -> ColumnElement[bool]:
    """A condition that names the status in the text of the statement, not as a parameter.

    The plan of a prepared statement holds for every parameter, so it has no use for the indexes of
    tasks that are under way or did not succeed. `table` is one of other work.
    """
    column: InstrumentedAttribute[str] = (table or Task).status
    return column == bindparam(None, status, literal_execute=True)


class Task(Base):
    """One panel to be scored. The model version and the price are pinned when it is queued.

    `version_pinned`: its owner named a version, which a draft keeps whatever is activated meanwhile.
    `measured_on` is null where nobody said it; `age_from_profile` is whether the age was computed.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        CheckConstraint(
            "status in ('draft', 'queued', 'running', 'succeeded', 'failed', 'canceled')",
            name="status",
        ),
        CheckConstraint("(status = 'succeeded') = (result is not null)", name="result"),
        CheckConstraint("charged = 0 or status = 'succeeded'", name="charged_only_on_success"),
        Index("ix_tasks_user_id_created_at_id", "user_id", "created_at", "id"),
        Index(  # most succeed: a list of those walks all
            "ix_tasks_user_id_status_created_at_id",
            "user_id",
            "status",
            "created_at",
            "id",
            postgresql_where=text("status <> 'succeeded'"),
        ),
        Index("ix_tasks_created_at_id", "created_at", "id"),
        Index(
            "ix_tasks_status_created_at_id",
            "status",
            "created_at",
            "id",
            postgresql_where=text("status in ('draft', 'failed', 'canceled')"),
        ),
        Index(
            "ix_tasks_user_id_model_version_id_created_at_id",
            "user_id",
            "model_version_id",
            "created_at",
            "id",
        ),
        Index("ix_tasks_model_version_id_created_at_id", "model_version_id", "created_at", "id"),
        Index(
            "ix_tasks_user_id_measured_day_created_at_id",
            "user_id",
            text(_DAY),
            "created_at",
            "id",
            postgresql_where=text("assessment_id is null"),
        ),
        Index(
            "ix_tasks_user_id_model_version_id_measured_day_created_at_id",
            "user_id",
            "model_version_id",
            text(_DAY),
            "created_at",
            "id",
            postgresql_where=text("assessment_id is null"),
        ),
        Index(
            "ix_tasks_status_user_id_model_version_id_created_at_id",
            "status",
            "user_id",
            "model_version_id",
            "created_at",
            "id",
            postgresql_where=text(_ENDED),
        ),
        Index(
            "ix_tasks_user_id_status_measured_day_created_at_id",
            "user_id",
            "status",
            text(_DAY),
            "created_at",
            "id",
            postgresql_where=text(f"{_ENDED} and assessment_id is null"),
        ),
        Index(
            "ix_tasks_user_id_status_model_version_id_assessment_id",
            "user_id",
            "status",
            "model_version_id",
            "assessment_id",
            postgresql_where=text(f"{_ENDED} and assessment_id is not null"),
        ),
        CheckConstraint("scenarios_left >= 0", name="scenarios_left_not_negative"),
        Index(
            "ix_tasks_assessment_id",
            "assessment_id",
            postgresql_where=text("assessment_id is not null"),
        ),
        Index(
            "ix_tasks_active",
            "status",
            "enqueued_at",
            "lease_expires_at",
            postgresql_where=text("status in ('queued', 'running')"),
        ),
        Index(  # what workers claim: the owners, and the oldest tasks of each
            "ix_tasks_first_tries",
            "user_id",
            "enqueued_at",
            postgresql_where=text("status = 'queued' and attempts = 0"),
        ),
        Index(
            "ix_tasks_retries",
            "enqueued_at",
            postgresql_where=text("status = 'queued' and attempts > 0"),
        ),
    )

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    wallet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wallets.id"))
    assessment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("assessments.id"))
    model_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("model_versions.id"))
    version_pinned: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    status: Mapped[str] = mapped_column(String(16))
    answers: Mapped[Json]
    units: Mapped[Json]
    chronological_age: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    age_from_profile: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    measured_on: Mapped[date | None]
    context: Mapped[JsonList] = mapped_column(default=list, server_default=text("'[]'"))
    baseline: Mapped[str | None] = mapped_column(String(16))
    models: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # of a draft
    price: Mapped[Credits]
    charged: Mapped[Credits] = mapped_column(default=0, server_default=text("0"))
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    validation_errors: Mapped[JsonList] = mapped_column(default=list, server_default=text("'[]'"))
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    scenarios_left: Mapped[int] = mapped_column(
        default=SCENARIOS_PER_TASK, server_default=text(str(SCENARIOS_PER_TASK))
    )
    created_at: Mapped[Created]
    enqueued_at: Mapped[Moment | None]
    started_at: Mapped[Moment | None]
    lease_expires_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]

    model: Mapped[ModelVersion] = relationship(lazy="joined", innerjoin=True)
    owner: Mapped[User] = relationship(lazy="raise", viewonly=True)

    @property
    def measured_day(self) -> date | None:
        """The day that was said, or else the day (UTC) of the task; None of a draft that says none."""
        if self.measured_on is None and self.status != "draft":
            return self.created_at.astimezone(UTC).date()
        return self.measured_on
