"""retrainings, and the figure by which versions of a clock are compared

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("model_versions", sa.Column("headline", _json(), nullable=True))
    _create_retrainings()
    op.create_table(
        "retraining_chunks",
        sa.Column("retraining_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "role in ('data', 'validation')", name=op.f("ck_retraining_chunks_role")
        ),
        sa.ForeignKeyConstraint(
            ["retraining_id"],
            ["retrainings.id"],
            name=op.f("fk_retraining_chunks_retraining_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "retraining_id", "role", "number", name=op.f("pk_retraining_chunks")
        ),
    )
    op.create_table(
        "retraining_schedules",
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("every_hours", sa.Integer(), nullable=False),
        _moment("next_at", nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        _created(),
        sa.CheckConstraint(
            "every_hours > 0", name=op.f("ck_retraining_schedules_every_hours_positive")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["users.id"], name=op.f("fk_retraining_schedules_requested_by")
        ),
        sa.PrimaryKeyConstraint("model", name=op.f("pk_retraining_schedules")),
    )


def _create_retrainings() -> None:
    op.create_table(
        "retrainings",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("notebook", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("data_source", sa.String(length=16), nullable=False),
        sa.Column("data_name", sa.String(length=200), nullable=False),
        sa.Column("data_sha256", sa.String(length=64), nullable=True),
        sa.Column("validation_name", sa.String(length=200), nullable=True),
        sa.Column("validation_sha256", sa.String(length=64), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        _moment("due_at"),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("enqueues", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("model_version_id", sa.Uuid(), nullable=True),
        sa.Column("candidate", _json(), nullable=True),
        sa.Column("error_code", sa.String(length=64), nullable=True),
        sa.Column("error_message", sa.String(), nullable=True),
        sa.Column("notebook_run", sa.LargeBinary(), nullable=True),
        sa.Column("notebook_run_sha256", sa.String(length=64), nullable=True),
        _created(),
        _moment("enqueued_at"),
        _moment("started_at"),
        _moment("lease_expires_at"),
        _moment("finished_at"),
        sa.CheckConstraint(
            "status in ('queued', 'running', 'succeeded', 'failed', 'canceled')",
            name=op.f("ck_retrainings_status"),
        ),
        sa.CheckConstraint(
            "(status = 'succeeded') = (candidate is not null)",
            name=op.f("ck_retrainings_candidate"),
        ),
        sa.CheckConstraint(
            "data_source in ('uploaded', 'configured')", name=op.f("ck_retrainings_data_source")
        ),
        sa.CheckConstraint(
            "(notebook_run is null) = (notebook_run_sha256 is null)",
            name=op.f("ck_retrainings_notebook_run"),
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["users.id"], name=op.f("fk_retrainings_requested_by")
        ),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_versions.id"],
            name=op.f("fk_retrainings_model_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retrainings")),
    )
    op.create_index("ix_retrainings_created_at_id", "retrainings", ["created_at", "id"])
    op.create_index("ix_retrainings_model_due_at", "retrainings", ["model", "due_at"], unique=True)
    op.create_index(
        "ix_retrainings_active",
        "retrainings",
        ["status", "enqueued_at", "lease_expires_at"],
        postgresql_where=sa.text("status in ('queued', 'running')"),
    )


def downgrade() -> None:
    active = "select count(*) from retrainings where status in ('queued', 'running')"
    if count := op.get_bind().scalar(sa.text(active)):
        raise RuntimeError(
            f"{count} retrainings are queued or running: let them end, or cancel them"
        )
    for table in ("retraining_schedules", "retraining_chunks", "retrainings"):
        op.drop_table(table)
    op.drop_column("model_versions", "headline")


def _json() -> postgresql.JSON:
    return postgresql.JSON(none_as_null=True, astext_type=sa.Text())


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _created() -> sa.Column[object]:
    now = sa.text("clock_timestamp()")
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False)
