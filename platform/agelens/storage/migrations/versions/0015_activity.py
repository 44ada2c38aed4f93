"""what happened in each hour; the ledger's entries of a time

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
NONE = sa.text("0")
COUNTS = ("queued", "assessments", "succeeded", "not_charged")
CREDITS = ("credits_added", "credits_spent", "credits_refunded")
DEPTHS = ("depth_sum", "depth_samples", "depth_max")


def upgrade() -> None:
    op.create_table(
        "activity_hours",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer(), server_default=NONE, nullable=False) for name in COUNTS),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("wait_p50", "wait_p95")),
        *(
            sa.Column(name, sa.BigInteger(), server_default=NONE, nullable=False)
            for name in CREDITS
        ),
        sa.Column("counted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        *(sa.Column(name, sa.Integer(), server_default=NONE, nullable=False) for name in DEPTHS),
        sa.PrimaryKeyConstraint("hour", name="pk_activity_hours"),
    )
    # the ledger only grows, so its times lie in the order of its rows: a summary of ranges finds them
    op.create_index(
        "ix_ledger_entries_created_at", "ledger_entries", ["created_at"], postgresql_using="brin"
    )


def downgrade() -> None:
    op.drop_index("ix_ledger_entries_created_at", "ledger_entries")
    op.drop_table("activity_hours")
