"""What alembic runs to bring a database up to date; the connection is handed over by `database.upgrade`."""

from alembic import context

from bot.dossiers.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
