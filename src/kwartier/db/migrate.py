"""Bringing a database to the schema of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from kwartier.db.engine import Database, DatabaseError

__all__ = ["migrate"]


def migrate(database: Database) -> None:
    """Make the schema, or bring an older one up to date, in one transaction that other processes wait for.

    Raises:
        DatabaseError: a newer version made the database, or the file is no database.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    # One separator for all platforms; the default warns.
    config.set_main_option("path_separator", "os")
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    try:
        with database.writing() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
            if current is not None and current not in known:
                raise DatabaseError(
                    f"database {database.file}: made by a newer Kwartier (schema {current}, this one knows up to "
                    f"{max(known)}); use that version, or another file",
                )
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise DatabaseError(f"database {database.file}: {error.orig}") from None
