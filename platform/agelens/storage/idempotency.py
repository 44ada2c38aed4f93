"""Table of idempotency records: the first 2xx answer to a request with an Idempotency-Key."""

import uuid

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from agelens.storage.base import Base, Created, Key


class IdempotencyRecord(Base):
    """`answer` is encrypted: it may hold a new token or somebody's health data."""

    __tablename__ = "idempotency_records"
    __table_args__ = (Index("ix_idempotency_records_created_at", "created_at"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[Created]
