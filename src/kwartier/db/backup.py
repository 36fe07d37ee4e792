"""Rows of a whole database, out in one state and in again, alike on each engine (DESIGN 10)."""

import os
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Table, Text, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from kwartier.db.engine import Database, DatabaseError, UnavailableError
from kwartier.db.migrate import READINGS, REGISTRY, Schema, migrate, upgrade
from kwartier.db.readings import readings_database, readings_url

__all__ = ["SCHEMAS", "fill", "filling", "kinds_of", "revision_of", "rows_of", "snapshots"]

SCHEMAS: Final[Mapping[str, Schema]] = {"readings": READINGS, "registry": REGISTRY}
"""The schemas of a platform by name, in the order in which a backup looks at them."""

Connections: TypeAlias = Mapping[str, Connection]
"""A connection for each of `SCHEMAS`, by name."""

_AT_ONCE: Final = 1000
_KINDS: Final[Mapping[type, str]] = {
    int: "integer",
    bool: "boolean",
    float: "number",
    str: "text",
    bytes: "bytes",
}


@contextmanager
def snapshots(url: str) -> Iterator[Connections]:
    """The state of a platform's databases, which does not change while it is read.

    On SQLite there are two files, and two states. That of the readings is the older one: whatever it holds and was given
    to somebody before stands in the audit of the other (A1).

    Raises:
        DatabaseError: there is no database, or it can't be read.
    """
    with ExitStack() as stack:
        # Who filled the store first has no registry yet.
        registry = _opened(stack, Database(url, may_be_new=_has_readings(url)), REGISTRY)
        if readings_url(url) == url:
            migrate(registry, READINGS)
            connection = stack.enter_context(registry.reading())
            yield dict.fromkeys(SCHEMAS, connection)
            return
        # A platform that serves the sandbox alone has no readings yet.
        readings = _opened(stack, readings_database(url), READINGS)
        connections = {}
        for name, database in (("readings", readings), ("registry", registry)):
            connections[name] = stack.enter_context(database.reading())
            # The state is that of the first look, and not of when the transaction was begun.
            revision_of(connections[name], SCHEMAS[name])
        yield connections


def _has_readings(url: str) -> bool:
    try:
        readings_database(url, may_be_new=False).close()
    except UnavailableError:
        raise
    except DatabaseError:
        return False
    return True


def _opened(stack: ExitStack, database: Database, schema: Schema) -> Database:
    stack.callback(database.close)
    migrate(database, schema)
    return database


def revision_of(connection: Connection, schema: Schema) -> str:
    """The revision of a schema that is there."""
    query = text(f"select version_num from {schema.version_table}")  # noqa: S608 - our own name
    return str(connection.execute(query).scalar_one())


def kinds_of(table: Table) -> dict[str, str]:
    """The columns of a table, and what is in each: `integer`, `boolean`, `number`, `text` or `bytes`, the same on each engine."""
    return {
        column.name: _KINDS[getattr(column.type, "impl_instance", column.type).python_type]
        for column in table.columns
    }


def rows_of(connection: Connection, table: Table) -> Generator[Sequence[Sequence[Any]], None, None]:
    """The rows of a table as the driver has them, some at a time, in the order of the key."""
    quoted = connection.dialect.identifier_preparer.quote
    names = ", ".join(quoted(column.name) for column in table.columns)
    on_server = connection.dialect.name == "postgresql"
    # Text by its bytes, as SQLite has it, so that the same content makes the same backup.
    collated = [
        f'{quoted(column.name)} collate "C"'
        if on_server and isinstance(column.type, Text)
        else quoted(column.name)
        for column in table.primary_key
    ]
    order = ", ".join(collated)
    query = f"select {names} from {quoted(table.name)} order by {order}"  # noqa: S608 - our own names
    driver: Any = connection.connection.driver_connection
    named = {"name": "backup", "binary": True} if on_server else {}
    cursor = driver.cursor(**named)
    try:
        cursor.execute(query)
        while rows := cursor.fetchmany(_AT_ONCE):
            yield rows
    finally:
        cursor.close()


def fill(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows as `rows_of` gave them, of which an older version may have made other columns than there are today."""
    quoted = connection.dialect.identifier_preparer.quote
    names = ", ".join(map(quoted, columns))
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        with (
            driver.cursor() as cursor,
            cursor.copy(f"copy {quoted(table)} ({names}) from stdin") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" for _ in columns)
    driver.executemany(f"insert into {quoted(table)} ({names}) values ({marks})", rows)  # noqa: S608 - as above


@contextmanager
def filling(url: str, revisions: Mapping[str, str]) -> Iterator[Connections]:
    """Empty databases to be filled: all that is done in the context is there in the end, or nothing of it.

    SQLite files are made under other names, and get theirs at the end, the registry last: without it there is no platform.

    Args:
        url: of the platform. Its files must not be there; a database on a server must hold nothing of a platform.
        revisions: of each of `SCHEMAS`, as it is to be filled; afterwards it is brought up to date.

    Raises:
        DatabaseError: there is something in the way, or it can't be made.
    """
    if make_url(url).get_backend_name() == "sqlite":
        with _filling_files(url, revisions) as connections:
            yield connections
        return
    with ExitStack() as stack:
        database = Database(url)
        stack.callback(database.close)
        for name, schema in SCHEMAS.items():
            _make(database, schema, revisions[name])
        with _told(database), database.writing("schema") as connection:
            _refuse_content(database, connection)
            yield dict.fromkeys(SCHEMAS, connection)
            connection.exec_driver_sql("analyze")
        for schema in SCHEMAS.values():
            migrate(database, schema)


@contextmanager
def _filling_files(url: str, revisions: Mapping[str, str]) -> Iterator[Connections]:
    targets = {"readings": _file(readings_url(url)), "registry": _file(url)}
    for target in targets.values():
        if target.exists():
            raise DatabaseError(f"database {target} is there already; a backup is restored to a new one")
    folder = targets["registry"].parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = TemporaryDirectory(dir=folder, prefix=f".{targets['registry'].name}.restoring-")
    except OSError as error:
        raise DatabaseError(f"database {targets['registry']}: {error.strerror}") from None
    with made as beside:
        building = f"sqlite:///{Path(beside) / targets['registry'].name}"
        with ExitStack() as stack:
            databases = {"readings": readings_database(building), "registry": Database(building)}
            connections = {}
            for name, database in databases.items():
                stack.callback(database.close)
                _make(database, SCHEMAS[name], revisions[name])
                stack.enter_context(_told(database))
                connections[name] = stack.enter_context(database.writing())
            yield connections
        for name, opened in (("readings", readings_database), ("registry", Database)):
            database = opened(building)
            migrate(database, SCHEMAS[name])
            database.close()
        for name, target in targets.items():
            _put(_file(building if name == "registry" else readings_url(building)), target)


def _make(database: Database, schema: Schema, revision: str) -> None:
    """Make a schema of a revision, where there is none yet."""
    with database.reading() as connection:
        there = inspect(connection).has_table(schema.version_table)
        found = revision_of(connection, schema) if there else None
    if revision > schema.head:
        raise DatabaseError(
            f"the backup is of a newer Kwartier (schema {revision}, this one knows up to {schema.head})"
        )
    if found is None and revision == schema.head:
        migrate(database, schema)
    elif found is None:
        upgrade(database, revision, wanted=schema)
    elif found != revision:
        raise DatabaseError(
            f"database {database.name} was made by another version than the backup (schema {found}, not {revision}); "
            f"give one in which nothing was made yet"
        )


def _refuse_content(database: Database, connection: Connection) -> None:
    for schema in SCHEMAS.values():
        for table in schema.metadata.sorted_tables:
            if inspect(connection).has_table(table.name):
                query = text(f"select 1 from {table.name} limit 1")  # noqa: S608 - our own name
                if connection.execute(query).first() is not None:
                    raise DatabaseError(
                        f"database {database.name} is in use: table {table.name} has rows; a backup is restored to an "
                        f"empty one"
                    )


@contextmanager
def _told(database: Database) -> Iterator[None]:
    """Say what a driver, which is called without SQLAlchemy, found wrong."""
    driver: type[Exception] = database.engines[0].dialect.loaded_dbapi.Error
    try:
        yield
    except (DBAPIError, driver) as error:
        reason = str(getattr(error, "orig", error)).partition("\n")[0]
        raise DatabaseError(f"database {database.name}: {reason}") from error


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")


def _put(made: Path, target: Path) -> None:
    """Give a file its name, and never that of one that is there."""
    with made.open("rb") as content:
        os.fsync(content.fileno())
    try:
        os.link(made, target)
    except FileExistsError:
        raise DatabaseError(f"database {target} was made meanwhile; nothing was restored to it") from None
    except OSError:  # a file system without links
        made.rename(target)
