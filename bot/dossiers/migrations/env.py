"""What alembic runs to bring a database up to date; the connection and the name of the table of versions are handed over by `database.upgrade`."""

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], version_table=given["version_table"], render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
