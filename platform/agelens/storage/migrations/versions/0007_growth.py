"""scenarios that a task has left; indexes to filter tasks by clock and to find old drafts

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
OF_A_PERSON = "ix_tasks_user_id_model_version_id_created_at_id"
OF_EVERYBODY = "ix_tasks_model_version_id_created_at_id"


def upgrade() -> None:
    left = sa.Column("scenarios_left", sa.Integer(), server_default=sa.text("1000"), nullable=False)
    op.add_column("tasks", left)
    name = op.f("ck_tasks_scenarios_left_not_negative")
    op.create_check_constraint(name, "tasks", "scenarios_left >= 0")
    op.create_index(OF_A_PERSON, "tasks", ["user_id", "model_version_id", "created_at", "id"])
    op.create_index(OF_EVERYBODY, "tasks", ["model_version_id", "created_at", "id"])
    drafts = sa.text("status = 'draft'")
    op.create_index("ix_tasks_drafts", "tasks", ["created_at"], postgresql_where=drafts)


def downgrade() -> None:
    op.drop_index("ix_tasks_drafts", "tasks")
    op.drop_index(OF_EVERYBODY, "tasks")
    op.drop_index(OF_A_PERSON, "tasks")
    op.drop_constraint(op.f("ck_tasks_scenarios_left_not_negative"), "tasks")
    op.drop_column("tasks", "scenarios_left")
