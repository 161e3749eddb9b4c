"""Alembic's entry: runs on the connection that `bot.storage.schema` hands over."""

from alembic import context

from bot.storage.tables import metadata
from bot.storage.tables.base import name_for_postgresql

connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    name_for_postgresql()
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
