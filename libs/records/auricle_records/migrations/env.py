"""Alembic's entry: runs in the connection that `migrate` hands over; there is no offline mode."""

from alembic import context

from auricle_records.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
