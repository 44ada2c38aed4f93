"""links that set a forgotten password, and read-only links to results

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
NOW = sa.text("clock_timestamp()")


def _moment(name: str, **options: object) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), **options)  # type: ignore[arg-type]


def upgrade() -> None:
    op.create_table(
        "reset_requests",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), server_default="en", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _moment("next_attempt_at", server_default=NOW, nullable=False),
        _moment("created_at", server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reset_requests"),
    )
    op.create_index("ix_reset_requests_next_attempt_at", "reset_requests", ["next_attempt_at"])
    op.create_table(
        "password_resets",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        _moment("created_at", server_default=NOW, nullable=False),
        _moment("expires_at", nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_password_resets_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_password_resets"),
        sa.UniqueConstraint("sha256", name="uq_password_resets_sha256"),
    )
    op.create_index("ix_password_resets_user_id", "password_resets", ["user_id"])
    _shared_links()


def _shared_links() -> None:
    op.create_table(
        "shared_links",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("task_id", sa.UUID(), nullable=True),
        sa.Column("assessment_id", sa.UUID(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        _moment("created_at", server_default=NOW, nullable=False),
        _moment("expires_at", nullable=False),
        _moment("last_opened_at", nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(task_id, assessment_id) = 1", name="ck_shared_links_shows_one_thing"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_shared_links_user_id"),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name="fk_shared_links_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name="fk_shared_links_assessment_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_shared_links"),
        sa.UniqueConstraint("sha256", name="uq_shared_links_sha256"),
    )
    op.create_index(
        "ix_shared_links_user_id_created_at_id", "shared_links", ["user_id", "created_at", "id"]
    )
    for name in ("task_id", "assessment_id"):
        shown = sa.text(f"{name} is not null")
        op.create_index(f"ix_shared_links_{name}", "shared_links", [name], postgresql_where=shown)
    op.create_index("ix_shared_links_expires_at", "shared_links", ["expires_at"])


def downgrade() -> None:
    for name in ("shared_links", "password_resets", "reset_requests"):
        op.drop_table(name)
