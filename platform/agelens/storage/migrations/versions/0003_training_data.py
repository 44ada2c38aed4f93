"""which data a version of a clock was trained on

Revision ID: 0003
Revises: 0002
"""

import io
import json
import zipfile

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

VERSIONS = sa.table(
    "model_versions",
    sa.column("id", sa.Uuid()),
    sa.column("bundle", sa.LargeBinary()),
    sa.column("data_sha256", sa.String(length=64)),
)


def upgrade() -> None:
    op.add_column("model_versions", sa.Column("data_sha256", sa.String(length=64), nullable=True))
    _fill_in()
    op.alter_column("model_versions", "data_sha256", nullable=False)


def downgrade() -> None:
    op.drop_column("model_versions", "data_sha256")


def _fill_in() -> None:
    """Every bundle says it in its manifest; one at a time, for a bundle may be large."""
    connection = op.get_bind()
    for key in connection.scalars(sa.select(VERSIONS.c.id)).all():
        blob = connection.scalars(sa.select(VERSIONS.c.bundle).where(VERSIONS.c.id == key)).one()
        with zipfile.ZipFile(io.BytesIO(blob)) as bundle:
            manifest = json.loads(bundle.read("manifest.json"))
        stated = str(manifest["training_data"]["sha256"])
        connection.execute(
            sa.update(VERSIONS).where(VERSIONS.c.id == key).values(data_sha256=stated)
        )
