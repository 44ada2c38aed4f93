"""indexes for long lists: a timeline by clock, rare statuses, users by the age of their account

Most tasks succeed, and an index that also has those costs each prediction three entries; a list of the
succeeded walks all of them in its order.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
OF_A_PERSON = "ix_tasks_user_id_status_created_at_id"
OF_A_CLOCK = "ix_tasks_user_id_model_version_id_measured_day_created_at_id"
DAY = "coalesce(measured_on, cast(timezone('UTC', created_at) as date))"


def upgrade() -> None:
    op.drop_index(OF_A_PERSON, "tasks")
    op.create_index(
        OF_A_PERSON,
        "tasks",
        ["user_id", "status", "created_at", "id"],
        postgresql_where=sa.text("status <> 'succeeded'"),
    )
    op.create_index(
        "ix_tasks_status_created_at_id",
        "tasks",
        ["status", "created_at", "id"],
        postgresql_where=sa.text("status in ('draft', 'failed', 'canceled')"),
    )
    op.drop_index("ix_tasks_drafts", "tasks")
    op.create_index(
        OF_A_CLOCK,
        "tasks",
        ["user_id", "model_version_id", sa.text(DAY), "created_at", "id"],
        postgresql_where=sa.text("assessment_id is null"),
    )
    op.create_index("ix_users_created_at_id", "users", ["created_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_users_created_at_id", "users")
    op.drop_index(OF_A_CLOCK, "tasks")
    op.create_index(
        "ix_tasks_drafts", "tasks", ["created_at"], postgresql_where=sa.text("status = 'draft'")
    )
    op.drop_index("ix_tasks_status_created_at_id", "tasks")
    op.drop_index(OF_A_PERSON, "tasks")
    op.create_index(OF_A_PERSON, "tasks", ["user_id", "status", "created_at", "id"])
