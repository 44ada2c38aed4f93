"""cohorts and their parts, and their entries in the ledger

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_cohorts()
    _create_parts()
    op.add_column("ledger_entries", sa.Column("cohort_id", sa.Uuid(), nullable=True))
    op.create_index("ix_ledger_entries_cohort_id", "ledger_entries", ["cohort_id"])


def downgrade() -> None:
    """The ledger keeps its entries of cohorts; whose they were stays in their keys.

    Refused while cohorts are queued or running: their holds would be left with nothing to settle.
    """
    active = "select count(*) from cohorts where status in ('queued', 'running')"
    if count := op.get_bind().scalar(sa.text(active)):
        raise RuntimeError(
            f"{count} cohorts are queued or running and hold credits: let them end, or cancel "
            "them, before the schema is taken back"
        )
    op.drop_index("ix_ledger_entries_cohort_id", table_name="ledger_entries")
    op.drop_column("ledger_entries", "cohort_id")
    for table in ("cohort_parts", "cohorts"):
        op.drop_table(table)


def _create_cohorts() -> None:
    op.create_table(
        "cohorts",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("wallet_id", sa.Uuid(), nullable=False),
        sa.Column("model_version_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        _json("header", nullable=False),
        sa.Column("columns", sa.String(length=32), nullable=True),
        _json("mapping", nullable=False),
        _json("units", nullable=False),
        sa.Column("id_column", sa.String(), nullable=True),
        sa.Column("n_rows", sa.Integer(), nullable=False),
        sa.Column("part_rows", sa.Integer(), nullable=False),
        sa.Column("n_parts", sa.Integer(), nullable=False),
        *(_count(name) for name in ("rows_done", "rows_scored", "rows_failed")),
        *(_credits(name) for name in ("price_per_row", "price", "charged")),
        sa.Column("error_code", sa.String(length=64), nullable=True),
        sa.Column("error_message", sa.String(), nullable=True),
        _json("summary"),
        _created(),
        *(_moment(name) for name in ("started_at", "finished_at", "cleared_at")),
        *_rules_of_cohorts(),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cohorts_user_id")),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallets.id"], name=op.f("fk_cohorts_wallet_id")),
        sa.ForeignKeyConstraint(
            ["model_version_id"], ["model_versions.id"], name=op.f("fk_cohorts_model_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts")),
    )
    _index_cohorts()


def _rules_of_cohorts() -> list[sa.CheckConstraint]:
    rules = {
        "status": "status in ('draft', 'queued', 'running', 'succeeded', 'failed', 'canceled')",
        "format": "format in ('csv', 'parquet', 'json')",
        "pinned": "status = 'draft' or (model_version_id is not null and columns is not null)",
        "summary": "(status = 'succeeded') = (summary is not null)",
        "charged_only_on_success": (
            "charged between 0 and price and (charged = 0 or status = 'succeeded')"
        ),
        "rows_counted": "rows_done between 0 and n_rows and rows_scored + rows_failed = rows_done",
    }
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_cohorts_{name}")) for name, rule in rules.items()
    ]


def _index_cohorts() -> None:
    op.create_index("ix_cohorts_user_id_created_at_id", "cohorts", ["user_id", "created_at", "id"])
    op.create_index(
        "ix_cohorts_user_id_status_created_at_id",
        "cohorts",
        ["user_id", "status", "created_at", "id"],
    )
    op.create_index(
        "ix_cohorts_not_cleared",
        "cohorts",
        ["finished_at"],
        postgresql_where=sa.text("finished_at is not null and cleared_at is null"),
    )
    op.create_index(
        "ix_cohorts_drafts",
        "cohorts",
        ["created_at"],
        postgresql_where=sa.text("status = 'draft'"),
    )


def _create_parts() -> None:
    op.create_table(
        "cohort_parts",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("first_row", sa.Integer(), nullable=False),
        sa.Column("n_rows", sa.Integer(), nullable=False),
        *(_count(name) for name in ("n_scored", "n_failed", "attempts", "enqueues")),
        sa.Column("result_path", sa.String(), nullable=True),
        _json("tally"),
        *(
            _moment(name)
            for name in ("enqueued_at", "started_at", "lease_expires_at", "finished_at")
        ),
        sa.CheckConstraint(
            "status in ('queued', 'running', 'succeeded', 'failed', 'canceled')",
            name=op.f("ck_cohort_parts_status"),
        ),
        sa.CheckConstraint(
            "(status in ('succeeded', 'failed')) = (result_path is not null)",
            name=op.f("ck_cohort_parts_result"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohorts.id"],
            name=op.f("fk_cohort_parts_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_parts")),
        sa.UniqueConstraint("cohort_id", "number", name=op.f("uq_cohort_parts_cohort_id_number")),
    )
    op.create_index(
        "ix_cohort_parts_active",
        "cohort_parts",
        ["status", "enqueued_at", "lease_expires_at"],
        postgresql_where=sa.text("status in ('queued', 'running')"),
    )


def _json(name: str, *, nullable: bool = True) -> sa.Column[object]:
    kind = postgresql.JSON(none_as_null=True, astext_type=sa.Text())
    return sa.Column(name, kind, nullable=nullable)


def _count(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)


def _credits(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _created() -> sa.Column[object]:
    now = sa.text("clock_timestamp()")
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False)
