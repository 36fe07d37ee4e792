"""What Alembic runs: the steps, on the connection and in the transaction that it is handed."""

from alembic import context

wanted = context.config.attributes["wanted"]
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=wanted.metadata,
    version_table=wanted.version_table,
)
context.run_migrations()
