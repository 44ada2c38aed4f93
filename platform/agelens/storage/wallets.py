"""Tables of wallets and the append-only ledger."""

import uuid
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from agelens.storage.base import Base, Created, Credits, Key
from agelens.storage.users import User

EntryKind = Literal["topup", "hold", "capture", "release", "refund", "adjustment"]


class Wallet(Base):
    """Whole credits; `available` is what may still be held."""

    __tablename__ = "wallets"
    __table_args__ = (
        CheckConstraint("balance >= 0", name="balance_not_negative"),
        CheckConstraint("held >= 0 and held <= balance", name="held_within_balance"),
    )

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), unique=True)
    balance: Mapped[Credits] = mapped_column(default=0, server_default=text("0"))
    held: Mapped[Credits] = mapped_column(default=0, server_default=text("0"))

    owner: Mapped[User] = relationship(lazy="raise", viewonly=True)

    @property
    def available(self) -> int:
        return self.balance - self.held


class LedgerEntry(Base):
    """One change of a wallet, never edited: a trigger refuses UPDATE and DELETE.

    `task_id` and `cohort_id` are deliberately no foreign keys: a person may delete a task, its money
    stays told.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint(
            "kind in ('topup', 'hold', 'capture', 'release', 'refund', 'adjustment')", name="kind"
        ),
        CheckConstraint("balance_after >= 0 and held_after >= 0", name="not_negative"),
        Index(  # has all that an audit reads
            "ix_ledger_entries_wallet_id_sequence",
            "wallet_id",
            "sequence",
            postgresql_include=[
                "kind",
                "amount",
                "held_change",
                "balance_after",
                "held_after",
                "task_id",
                "cohort_id",
            ],
        ),
        Index("ix_ledger_entries_task_id", "task_id"),
        Index("ix_ledger_entries_cohort_id", "cohort_id"),
        Index("ix_ledger_entries_created_at", "created_at", postgresql_using="brin"),
    )

    id: Mapped[Key]
    sequence: Mapped[Credits] = mapped_column(
        server_default=text("nextval('ledger_sequence')"), unique=True
    )
    wallet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wallets.id"))
    kind: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    amount: Mapped[Credits]
    held_change: Mapped[Credits]
    balance_after: Mapped[Credits]
    held_after: Mapped[Credits]
    task_id: Mapped[uuid.UUID | None]
    cohort_id: Mapped[uuid.UUID | None]
    actor_id: Mapped[uuid.UUID | None]
    note: Mapped[str] = mapped_column(String(500), server_default="")
    created_at: Mapped[Created]

    @property
    def is_welcome(self) -> bool:
        """Whether it has the credits that a new account starts with."""
        return self.kind == "topup" and self.key.endswith(":welcome")

    wallet: Mapped[Wallet] = relationship(lazy="raise", viewonly=True)
    actor: Mapped[User | None] = relationship(
        lazy="raise", viewonly=True, primaryjoin=lambda: foreign(LedgerEntry.actor_id) == User.id
    )
