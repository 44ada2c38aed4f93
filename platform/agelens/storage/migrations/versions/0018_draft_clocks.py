"""the clocks that a draft is meant for

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tasks", sa.Column("models", postgresql.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("tasks", "models")
