"""which drafts name a version of their clock, and keep it whatever is activated meanwhile

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("tasks", "cohorts"):
        op.add_column(
            table,
            sa.Column(
                "version_pinned", sa.Boolean(), nullable=False, server_default=sa.text("false")
            ),
        )


def downgrade() -> None:
    for table in ("cohorts", "tasks"):
        op.drop_column(table, "version_pinned")
