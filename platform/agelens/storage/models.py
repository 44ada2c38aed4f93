"""Table of published clocks: every version is kept, one of each name is active."""

import uuid
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, deferred, mapped_column

from agelens.storage.base import Base, Created, Credits, Key, Moment


class ModelVersion(Base):
    """One version of a clock. `bundle` travels in the database, so any host can run a worker.

    `headline` is the figure by which versions are compared: {metric, value, better, protocol};
    `data_sha256` names the data that it was trained on, as its manifest does.
    """

    __tablename__ = "model_versions"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("active or not is_default", name="default_is_active"),
        Index("ix_model_versions_one_active", "name", unique=True, postgresql_where=text("active")),
        Index(
            "ix_model_versions_one_default",
            "is_default",
            unique=True,
            postgresql_where=text("is_default"),
        ),
    )

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(32))
    sha256: Mapped[str] = mapped_column(String(64))
    data_sha256: Mapped[str] = mapped_column(String(64))
    price: Mapped[Credits]
    headline: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    active: Mapped[bool] = mapped_column(Boolean, default=False)
    is_default: Mapped[bool] = mapped_column(Boolean, default=False)
    bundle: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    created_at: Mapped[Created]
    activated_at: Mapped[Moment | None]
    published_by: Mapped[uuid.UUID | None]
