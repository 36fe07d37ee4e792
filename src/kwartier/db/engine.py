"""Databases: opening one, and the two ways to use it.

Exception
└── DatabaseError             the database can't be used; one line that says why
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url

__all__ = ["Database", "DatabaseError"]

_BEGIN: Final = "kwartier_begin"
_CONNECTIONS: Final = 16


class DatabaseError(Exception):
    """The database can't be used."""


class Database:
    """One database, opened; made per process and handed down.

    Args:
        url: `sqlite:///FILE`. The file is made if it is not there, readable by its owner alone: it holds signing keys.
        may_be_new: whether the file may be made; a command that only looks must not hide a mistyped name.

    Raises:
        DatabaseError: the file can't be made or opened.
    """

    def __init__(self, url: str, *, may_be_new: bool = True) -> None:
        self.url = url
        self.file = Path(make_url(url).database or "")
        if not may_be_new and not self.file.exists():
            raise DatabaseError(f"there is no database {self.file}; `serve` and `credentials issue` make one")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.file, os.O_CREAT | os.O_RDWR, 0o600))
        except (FileExistsError, NotADirectoryError):
            raise DatabaseError(f"database {self.file}: {self.file.parent} is no folder") from None
        except OSError as error:
            raise DatabaseError(f"database {self.file}: {error.strerror}") from None
        self._engine = _sqlite_engine(url, "FULL")
        self._glancer = self._engine.execution_options(**{_BEGIN: ""})
        self._writer = self._engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        self._noter = _sqlite_engine(url, "NORMAL").execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def glancing(self) -> Iterator[Connection]:
        """A connection for one statement that reads: without a transaction around it, which takes as long as itself."""
        with self._glancer.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a transaction that writes: committed at the end, undone on any exception."""
        with self._writer.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def noting(self) -> Iterator[Connection]:
        """As `writing`, for notes: what was committed outlives a kill of the process, but not a failure of the machine."""
        with self._noter.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()
        self._noter.dispose()


def _sqlite_engine(url: str, synchronous: str) -> Engine:
    # What fails is told without the values of the question, which may be personal (A2).
    engine = create_engine(
        url, pool_size=_CONNECTIONS, max_overflow=0, hide_parameters=True, pool_reset_on_return=None
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # SQLAlchemy begins transactions below; the driver's own habit of beginning late breaks isolation.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 10000")
        # Readers never wait for a writer, and what was committed outlives a kill of the process.
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA synchronous = {synchronous}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that will write takes the lock at once: one that upgrades later would fail instead of waiting.
        statement = connection.get_execution_options().get(_BEGIN, "BEGIN")
        if statement:
            connection.exec_driver_sql(statement)

    return engine
