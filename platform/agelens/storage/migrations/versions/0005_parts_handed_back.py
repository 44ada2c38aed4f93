"""how often a worker handed a part of a cohort back, because the storage of files was away

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("handed_back", sa.Integer(), server_default=sa.text("0"), nullable=False)
    op.add_column("cohort_parts", column)


def downgrade() -> None:
    op.drop_column("cohort_parts", "handed_back")
