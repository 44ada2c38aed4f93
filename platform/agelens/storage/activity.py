"""Table of what happened in each hour, for the charts of administrators."""

from datetime import datetime

from sqlalchemy import DateTime, text
from sqlalchemy.orm import Mapped, mapped_column

from agelens.storage.base import Base, Credits


class ActivityHour(Base):
    """One hour (UTC) of the whole service, counted from the ledger, which forgets nothing.

    Predictions count in the hour in which they were queued; their waits are seconds from there to
    their end. The depth of the queue is seen once a minute: `depth_sum` of `depth_samples`.
    """

    __tablename__ = "activity_hours"

    hour: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    queued: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    assessments: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    succeeded: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    not_charged: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    wait_p50: Mapped[float | None]
    wait_p95: Mapped[float | None]
    credits_added: Mapped[Credits] = mapped_column(default=0, server_default=text("0"))
    credits_spent: Mapped[Credits] = mapped_column(default=0, server_default=text("0"))
    credits_refunded: Mapped[Credits] = mapped_column(default=0, server_default=text("0"))
    counted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    depth_sum: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    depth_samples: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    depth_max: Mapped[int] = mapped_column(default=0, server_default=text("0"))
