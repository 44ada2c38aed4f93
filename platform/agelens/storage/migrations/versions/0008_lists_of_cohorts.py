"""indexes for administrators' lists of everybody's cohorts

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_cohorts_created_at_id", "cohorts", ["created_at", "id"])
    op.create_index("ix_cohorts_status_created_at_id", "cohorts", ["status", "created_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_cohorts_status_created_at_id", "cohorts")
    op.drop_index("ix_cohorts_created_at_id", "cohorts")
