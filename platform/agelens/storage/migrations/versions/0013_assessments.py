"""assessments, the day of measurement, and what people say of themselves

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
OF_USERS = ("sex", "birth_date", "country")
OF_TASKS = ("assessment_id", "measured_on", "age_from_profile")


def upgrade() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("chronological_age", sa.JSON(), nullable=True),
        sa.Column("age_from_profile", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("baseline", sa.String(length=16), nullable=True),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("not_run", sa.JSON(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_assessments_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_assessments"),
    )
    op.create_index(
        "ix_assessments_user_id_measured_on_created_at_id",
        "assessments",
        ["user_id", "measured_on", "created_at", "id"],
    )
    op.add_column("tasks", sa.Column("assessment_id", sa.UUID(), nullable=True))
    op.create_foreign_key(
        "fk_tasks_assessment_id", "tasks", "assessments", ["assessment_id"], ["id"]
    )
    of_assessments = sa.text("assessment_id is not null")
    op.create_index(
        "ix_tasks_assessment_id", "tasks", ["assessment_id"], postgresql_where=of_assessments
    )
    op.add_column("tasks", sa.Column("measured_on", sa.Date(), nullable=True))
    op.add_column(
        "tasks",
        sa.Column("age_from_profile", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("users", sa.Column("sex", sa.String(length=16), nullable=True))
    op.add_column("users", sa.Column("birth_date", sa.Date(), nullable=True))
    op.add_column("users", sa.Column("country", sa.String(length=2), nullable=True))


def downgrade() -> None:
    for name in OF_USERS:
        op.drop_column("users", name)
    op.drop_index("ix_tasks_assessment_id", "tasks")
    for name in OF_TASKS:
        op.drop_column("tasks", name)
    op.drop_table("assessments")
