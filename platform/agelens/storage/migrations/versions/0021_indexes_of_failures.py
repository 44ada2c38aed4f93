"""indexes for lists of what failed or was canceled; users and the audited ledger are read from theirs alone

A prediction that succeeds never has such a status, so that these indexes cost it no entry. Entries of a
wallet lie all over the ledger, and an audit need not fetch them from there.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
OF_A_CLOCK = "ix_tasks_status_user_id_model_version_id_created_at_id"
BY_DAY = "ix_tasks_user_id_status_measured_day_created_at_id"
OF_ASSESSMENTS = "ix_tasks_user_id_status_model_version_id_assessment_id"
OF_USERS = "ix_users_created_at_id"
OF_A_WALLET = "ix_ledger_entries_wallet_id_sequence"
AUDITED = (
    "kind",
    "amount",
    "held_change",
    "balance_after",
    "held_after",
    "task_id",
    "cohort_id",
)
DAY = "coalesce(measured_on, cast(timezone('UTC', created_at) as date))"
ENDED = "status in ('failed', 'canceled')"


def upgrade() -> None:
    op.create_index(
        OF_A_CLOCK,
        "tasks",
        ["status", "user_id", "model_version_id", "created_at", "id"],
        postgresql_where=sa.text(ENDED),
    )
    op.create_index(
        BY_DAY,
        "tasks",
        ["user_id", "status", sa.text(DAY), "created_at", "id"],
        postgresql_where=sa.text(f"{ENDED} and assessment_id is null"),
    )
    op.create_index(
        OF_ASSESSMENTS,
        "tasks",
        ["user_id", "status", "model_version_id", "assessment_id"],
        postgresql_where=sa.text(f"{ENDED} and assessment_id is not null"),
    )
    op.drop_index(OF_USERS, "users")
    op.create_index(
        OF_USERS,
        "users",
        ["created_at", "id"],
        postgresql_include=["email", "role", "erased_at", "blocked_at"],
    )
    op.drop_index(OF_A_WALLET, "ledger_entries")
    op.create_index(
        OF_A_WALLET,
        "ledger_entries",
        ["wallet_id", "sequence"],
        postgresql_include=AUDITED,
    )


def downgrade() -> None:
    op.drop_index(OF_A_WALLET, "ledger_entries")
    op.create_index(OF_A_WALLET, "ledger_entries", ["wallet_id", "sequence"])
    op.drop_index(OF_USERS, "users")
    op.create_index(OF_USERS, "users", ["created_at", "id"])
    for name in (OF_ASSESSMENTS, BY_DAY, OF_A_CLOCK):
        op.drop_index(name, "tasks")
