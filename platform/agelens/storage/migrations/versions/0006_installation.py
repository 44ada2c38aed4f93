"""the identity of the database, which its file storage carries as well

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    now = sa.text("clock_timestamp()")
    op.create_table(
        "installation",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("only_row", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("storage_bound", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.CheckConstraint("only_row", name=op.f("ck_installation_only_row")),
        sa.PrimaryKeyConstraint("only_row", name=op.f("pk_installation")),
    )
    op.execute("insert into installation default values")


def downgrade() -> None:
    op.drop_table("installation")
