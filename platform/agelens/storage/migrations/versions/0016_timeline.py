"""predictions without an assessment by the day of measurement

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
NAME = "ix_tasks_user_id_measured_day_created_at_id"
DAY = "coalesce(measured_on, cast(timezone('UTC', created_at) as date))"


def upgrade() -> None:
    op.create_index(
        NAME,
        "tasks",
        ["user_id", sa.text(DAY), "created_at", "id"],
        postgresql_where=sa.text("assessment_id is null"),
    )


def downgrade() -> None:
    op.drop_index(NAME, "tasks")
