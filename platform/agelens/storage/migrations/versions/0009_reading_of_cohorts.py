"""how a cohort's file was read, and what more can be said of it

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FORMATS = "format in ('csv', 'parquet', 'json', 'excel', 'stata', 'spss', 'sas', 'feather')"
FEWER = "format in ('csv', 'parquet', 'json')"


def upgrade() -> None:
    for name, empty in (("values", "{}"), ("notes", "[]")):
        column = sa.Column(
            name, postgresql.JSON(), nullable=False, server_default=sa.text(f"'{empty}'")
        )
        op.add_column("cohorts", column)
    op.add_column("cohorts", sa.Column("censored", sa.String(length=16), nullable=True))
    op.add_column("cohorts", sa.Column("sheet", sa.String(), nullable=True))
    op.add_column("cohorts", sa.Column("header_row", sa.Integer(), nullable=True))
    _formats(FORMATS)


def downgrade() -> None:
    """A file of a newer kind counts as the table that it was: its rows are kept all the same.

    Refused while cohorts are queued or running: their rows would be read without what was said of them.
    """
    active = "select count(*) from cohorts where status in ('queued', 'running')"
    count = op.get_bind().scalar(sa.text(active))
    if count:
        raise RuntimeError(
            f"{count} cohorts are queued or running: let them end, or cancel them, and then downgrade"
        )
    op.execute("update cohorts set format = 'parquet' where format not in ('csv', 'json')")
    _formats(FEWER)
    for name in ("header_row", "sheet", "censored", "notes", "values"):
        op.drop_column("cohorts", name)


def _formats(allowed: str) -> None:
    name = op.f("ck_cohorts_format")
    op.drop_constraint(name, "cohorts", type_="check")
    op.create_check_constraint(name, "cohorts", allowed)
