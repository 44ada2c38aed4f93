"""Tables of cohorts and their parts."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column, relationship

from agelens.storage.base import Base, Created, Credits, Json, JsonList, Key, Moment
from agelens.storage.models import ModelVersion
from agelens.storage.users import User


class Cohort(Base):
    """A file of people. Its clock, the way to read it and its price are pinned when it is run.

    Of a draft they are what its owner has said so far. `notes` are sentences about how the file was
    read, `sheet` and `header_row` what was said of it then. `version_pinned`: its owner named a
    version, which a draft keeps whatever is activated meanwhile. `price` is what is held; `cleared_at` says
    when the files that an ended cohort does not need were looked after for the last time.
    """

    __tablename__ = "cohorts"
    __table_args__ = (
        CheckConstraint(
            "status in ('draft', 'queued', 'running', 'succeeded', 'failed', 'canceled')",
            name="status",
        ),
        CheckConstraint(
            "format in ('csv', 'parquet', 'json', 'excel', 'stata', 'spss', 'sas', 'feather')",
            name="format",
        ),
        CheckConstraint(
            "status = 'draft' or (model_version_id is not null and columns is not null)",
            name="pinned",
        ),
        CheckConstraint("(status = 'succeeded') = (summary is not null)", name="summary"),
        CheckConstraint(
            "charged between 0 and price and (charged = 0 or status = 'succeeded')",
            name="charged_only_on_success",
        ),
        CheckConstraint(
            "rows_done between 0 and n_rows and rows_scored + rows_failed = rows_done",
            name="rows_counted",
        ),
        Index("ix_cohorts_user_id_created_at_id", "user_id", "created_at", "id"),
        Index("ix_cohorts_user_id_status_created_at_id", "user_id", "status", "created_at", "id"),
        Index(
            "ix_cohorts_not_cleared",
            "finished_at",
            postgresql_where=text("finished_at is not null and cleared_at is null"),
        ),
        Index("ix_cohorts_created_at_id", "created_at", "id"),
        Index("ix_cohorts_status_created_at_id", "status", "created_at", "id"),
        Index("ix_cohorts_drafts", "created_at", postgresql_where=text("status = 'draft'")),
    )

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    wallet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wallets.id"))
    model_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("model_versions.id"))
    version_pinned: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    status: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(16))
    header: Mapped[JsonList]
    columns: Mapped[str | None] = mapped_column(String(32))
    mapping: Mapped[Json]
    units: Mapped[Json]
    id_column: Mapped[str | None]
    values: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    censored: Mapped[str | None] = mapped_column(String(16))
    sheet: Mapped[str | None]
    header_row: Mapped[int | None]
    notes: Mapped[JsonList] = mapped_column(default=list, server_default=text("'[]'"))
    n_rows: Mapped[int]
    part_rows: Mapped[int]
    n_parts: Mapped[int]
    rows_done: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    rows_scored: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    rows_failed: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    price_per_row: Mapped[Credits] = mapped_column(default=0, server_default=text("0"))
    price: Mapped[Credits] = mapped_column(default=0, server_default=text("0"))
    charged: Mapped[Credits] = mapped_column(default=0, server_default=text("0"))
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None]
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[Created]
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
    cleared_at: Mapped[Moment | None]

    model: Mapped[ModelVersion | None] = relationship(lazy="joined")
    owner: Mapped[User] = relationship(lazy="raise", viewonly=True)


class CohortPart(Base):
    """Some rows of a cohort that one worker scores at a time; `first_row` is 1 in the first part.

    `tally` is what the cohort's summary needs of it. `attempts` counts the claims; `handed_back` of
    them ended because the storage of files was away, not with the worker.
    """

    __tablename__ = "cohort_parts"
    __table_args__ = (
        CheckConstraint(
            "status in ('queued', 'running', 'succeeded', 'failed', 'canceled')", name="status"
        ),
        CheckConstraint(
            "(status in ('succeeded', 'failed')) = (result_path is not null)", name="result"
        ),
        UniqueConstraint("cohort_id", "number"),
        Index(
            "ix_cohort_parts_active",
            "status",
            "enqueued_at",
            "lease_expires_at",
            postgresql_where=text("status in ('queued', 'running')"),
        ),
    )

    id: Mapped[Key]
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    first_row: Mapped[int]
    n_rows: Mapped[int]
    n_scored: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    n_failed: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    handed_back: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    enqueues: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    result_path: Mapped[str | None]
    tally: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    enqueued_at: Mapped[Moment | None]
    started_at: Mapped[Moment | None]
    lease_expires_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
