"""tasks are claimed in batches, fairly between their owners, and have no jobs of their own

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_tasks_first_tries",
        "tasks",
        ["user_id", "enqueued_at"],
        postgresql_where=sa.text("status = 'queued' and attempts = 0"),
    )
    op.create_index(
        "ix_tasks_retries",
        "tasks",
        ["enqueued_at"],
        postgresql_where=sa.text("status = 'queued' and attempts > 0"),
    )
    op.drop_column("tasks", "enqueues")


def downgrade() -> None:
    op.add_column(
        "tasks", sa.Column("enqueues", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.drop_index("ix_tasks_retries", "tasks")
    op.drop_index("ix_tasks_first_tries", "tasks")
