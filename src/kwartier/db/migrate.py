"""Bringing a database to the schema of this version."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from kwartier.db.engine import Database, DatabaseError
from kwartier.db.schema import metadata

__all__ = ["HEAD", "migrate", "upgrade"]

HEAD: Final = "0003"
"""The revision of this version's schema."""


def migrate(database: Database) -> None:
    """Make the schema, or bring an older one up to date, in one transaction that other processes wait for.

    Raises:
        DatabaseError: a newer version made the database, or the file is no database.
    """
    try:
        with database.reading() as connection:
            if _revision(connection) == HEAD:
                return
        with database.writing("schema") as connection:
            if not inspect(connection).get_table_names():
                _make(connection)
                return
        upgrade(database)
    except DBAPIError as error:
        raise DatabaseError(f"database {database.name}: {error.orig}") from None


def _make(connection: Connection) -> None:
    """Make the schema in an empty database: what the steps of migration end with, as a test holds."""
    metadata.create_all(connection)
    connection.execute(text("create table alembic_version (version_num VARCHAR(32) not null primary key)"))
    connection.execute(text("insert into alembic_version values (:head)"), {"head": HEAD})


def _revision(connection: Connection) -> str | None:
    """The revision of a schema, None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("select version_num from alembic_version")).scalar()
    return revision


def upgrade(database: Database, revision: str = HEAD) -> None:
    """Bring a database to the schema of a revision, by default that of this version, step by step.

    Raises:
        DatabaseError: a newer version made it.
    """
    # Ten megabytes and a tenth of a second that a database which is new or up to date does without.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    # One separator for all platforms; the default warns.
    config.set_main_option("path_separator", "os")
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    with database.writing("schema") as connection:
        current = _revision(connection)
        if current is not None and current not in known:
            raise DatabaseError(
                f"database {database.name}: made by a newer Kwartier (schema {current}, this one knows up to "
                f"{max(known)}); use that version, or another file",
            )
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
