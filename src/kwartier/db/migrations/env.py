"""What Alembic runs: the steps, on the connection and in the transaction that it is handed."""

from alembic import context

from kwartier.db.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
