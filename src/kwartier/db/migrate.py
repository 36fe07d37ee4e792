"""Bringing a database to the schemas of this version."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, MetaData, inspect, text
from sqlalchemy.exc import DBAPIError

from kwartier.db import readings_schema, schema, version_tables
from kwartier.db.engine import Database, DatabaseError

__all__ = ["HEAD", "READINGS", "REGISTRY", "Schema", "migrate", "upgrade"]

HEAD: Final = "0007"
"""The revision of this version's registry."""


@dataclass(frozen=True, slots=True)
class Schema:
    """Tables that are brought up to date together; several may share a database.

    Attributes:
        metadata: the tables.
        head: the revision of this version's.
        steps: the folder of the steps to it.
        version_table: where its revision is kept.
    """

    metadata: MetaData
    head: str
    steps: str
    version_table: str


REGISTRY: Final = Schema(schema.metadata, HEAD, "migrations", version_tables.OF_REGISTRY)
READINGS: Final = Schema(readings_schema.metadata, "0003", "readings_migrations", version_tables.OF_READINGS)


def migrate(database: Database, wanted: Schema = REGISTRY) -> None:
    """Make a schema, or bring an older one up to date, in one transaction that other processes wait for.

    Raises:
        DatabaseError: a newer version made the database, the file is no database, or that of another program.
    """
    try:
        with database.reading() as connection:
            if _revision(connection, wanted) == wanted.head:
                return
        with database.writing("schema") as connection:
            there = set(inspect(connection).get_table_names())
            if not wanted.metadata.tables.keys() & there:
                # A file is for one program; a database of a server may have room for several.
                if there and database.is_near:
                    raise DatabaseError(
                        f"database {database.name}: another program's, with a table {min(there)}; allowed: a file that "
                        "Kwartier made, or a new one"
                    )
                _make(connection, wanted)
                return
        upgrade(database, wanted=wanted)
    except DBAPIError as error:
        raise DatabaseError(f"database {database.name}: {error.orig}") from None


def _make(connection: Connection, wanted: Schema) -> None:
    """Make the schema where there is nothing of it: what the steps of migration end with, as a test holds."""
    wanted.metadata.create_all(connection)
    table = wanted.version_table
    connection.execute(text(f"create table {table} (version_num VARCHAR(32) not null primary key)"))
    connection.execute(text(f"insert into {table} values (:head)"), {"head": wanted.head})  # noqa: S608 - our own name


def _revision(connection: Connection, wanted: Schema) -> str | None:
    """The revision of a schema, None before the first."""
    if not inspect(connection).has_table(wanted.version_table):
        return None
    found = connection.execute(text(f"select version_num from {wanted.version_table}"))  # noqa: S608 - our own name
    revision: str | None = found.scalar()
    return revision


def upgrade(database: Database, revision: str | None = None, *, wanted: Schema = REGISTRY) -> None:
    """Bring a schema to a revision, by default that of this version, step by step.

    Raises:
        DatabaseError: a newer version made it.
    """
    # Ten megabytes and a tenth of a second that a database which is new or up to date does without.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / wanted.steps))
    # One separator for all platforms; the default warns.
    config.set_main_option("path_separator", "os")
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    with database.writing("schema") as connection:
        current = _revision(connection, wanted)
        if current is not None and current not in known:
            raise DatabaseError(
                f"database {database.name}: made by a newer Kwartier (schema {current}, this one knows up to "
                f"{max(known)}); use that version, or another database",
            )
        config.attributes.update(connection=connection, wanted=wanted)
        command.upgrade(config, revision or wanted.head)
