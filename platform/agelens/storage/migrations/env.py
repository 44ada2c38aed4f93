"""Run by Alembic: brings a database up to date on the connection that `migrate` hands over."""

from alembic import context

from agelens.storage import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
