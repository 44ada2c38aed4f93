"""what changes a person's biomarkers for a while, kept with a task

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("context", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
    op.add_column("tasks", column)


def downgrade() -> None:
    op.drop_column("tasks", "context")
