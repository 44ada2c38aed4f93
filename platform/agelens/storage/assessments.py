"""Table of assessments: one panel that several clocks score."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column, relationship

from agelens.storage.base import Base, Created, Json, JsonList, Key
from agelens.storage.tasks import Task


class Assessment(Base):
    """What a person said once; each of its tasks has the part of it that its clock reads.

    It has no state, price or charge of its own: these are its tasks'. It goes with the last of them.
    `not_run` are the clocks that were asked for and could not score the panel, as the API tells them.
    """

    __tablename__ = "assessments"
    __table_args__ = (
        Index(
            "ix_assessments_user_id_measured_on_created_at_id",
            "user_id",
            "measured_on",
            "created_at",
            "id",
        ),
    )

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    answers: Mapped[Json]
    units: Mapped[Json]
    chronological_age: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    age_from_profile: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    context: Mapped[JsonList]
    baseline: Mapped[str | None] = mapped_column(String(16))
    measured_on: Mapped[date]
    not_run: Mapped[JsonList]
    created_at: Mapped[Created]

    tasks: Mapped[list[Task]] = relationship(
        viewonly=True, lazy="raise", order_by=(Task.created_at, Task.id)
    )

    @property
    def price(self) -> int:
        """Of the tasks that are there."""
        return sum(task.price for task in self.tasks)

    @property
    def charged(self) -> int:
        """For the tasks that are there."""
        return sum(task.charged for task in self.tasks)
