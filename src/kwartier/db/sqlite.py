"""SQLite: the embedded engine, a file that one process at a time writes."""

import errno
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from threading import RLock
from time import monotonic, sleep
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from kwartier.db.errors import DatabaseError
from kwartier.telemetry.database import WORK

__all__ = ["Sqlite"]

_BEGIN: Final = "kwartier_begin"
_CONNECTIONS: Final = 16
_BUSY_MS: Final = 10_000
_RETRY_SECONDS: Final = 0.01
_PASSING: Final = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}
_PRIMARY_CODE: Final = 0xFF  # the bits above say more about it


class Sqlite:
    """A database in a file.

    Args:
        url: `sqlite:///FILE`.
        page_bytes: of a file that is made, if not SQLite's own.
    """

    def __init__(self, url: str, page_bytes: int | None = None) -> None:
        self._file = Path(make_url(url).database or "")
        self.url = url
        self.name = str(self._file)
        engine = _engine(url, "FULL", page_bytes)
        self.reader: Engine = engine.execution_options(**{WORK: "reading"})
        self.glancer: Engine = engine.execution_options(**{_BEGIN: "", WORK: "glancing"})
        # A transaction that will write takes the lock at once: one that upgrades later would fail instead of waiting.
        self.writer: Engine = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE", WORK: "writing"})
        self.is_near = True
        self.counter: str | None = "PRAGMA data_version"
        # Whoever writes has the file to himself, and each statement is whole.
        self.notes_at_once = True
        # SQLite lets a writer who finds the file taken sleep for milliseconds, and then look again.
        self.turn = RLock()
        notes = _engine(url, "NORMAL", page_bytes)
        # Taking over the log into the file is left to those who may wait for the disk.
        prompt = _engine(url, "NORMAL", page_bytes, busy_ms=0, more=("PRAGMA wal_autocheckpoint = 0",))
        self.prompt: Engine | None = prompt.execution_options(**{WORK: "noting"})
        self.noter: Engine = notes.execution_options(**{_BEGIN: "BEGIN IMMEDIATE", WORK: "noting"})
        self.engines: tuple[Engine, ...] = (engine, notes, prompt)

    def exists(self) -> bool:
        """Whether the file is there."""
        return self._file.exists()

    def prepare(self) -> None:
        """Make the file and its folders, if they are not there.

        Raises:
            DatabaseError: they can't be made.
        """
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise DatabaseError(f"database {self._file}: {self._file.parent} is no folder") from None
        except OSError as error:
            raise DatabaseError(f"database {self._file}: {error.strerror}") from None
        try:
            # Only if it is new: closing a file lets go of all locks that this process holds on it through SQLite, and
            # another process that closes it then takes itself for the last one, and removes what was not written back.
            os.close(os.open(self._file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            self._check_use()
        except OSError as error:
            raise DatabaseError(f"database {self._file}: {error.strerror}") from None

    def _check_use(self) -> None:
        """Refuse a file that can't be used, without opening it."""
        if self._file.is_dir():
            raise DatabaseError(f"database {self._file}: {os.strerror(errno.EISDIR)}")
        if not os.access(self._file, os.R_OK | os.W_OK):
            raise DatabaseError(f"database {self._file}: {os.strerror(errno.EACCES)}")

    def lock(self, connection: Connection, about: str) -> None:
        """Nothing to do: a transaction that writes has the whole file to itself."""
        del connection, about

    def passes(self, error: DBAPIError) -> bool:
        """Whether the file is locked, full or out of reach."""
        return getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY_CODE in _PASSING

    def is_taken(self, error: DBAPIError) -> bool:
        """Whether another process writes."""
        return getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY_CODE == sqlite3.SQLITE_BUSY

    def close(self) -> None:
        """Close the connections."""
        for engine in self.engines:
            engine.dispose()


def _engine(
    url: str, synchronous: str, page_bytes: int | None, busy_ms: int = _BUSY_MS, more: Iterable[str] = ()
) -> Engine:
    # What fails is told without the values of the question, which may be personal (A2).
    engine = create_engine(
        url, pool_size=_CONNECTIONS, max_overflow=0, hide_parameters=True, pool_reset_on_return=None
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # SQLAlchemy begins transactions below; the driver's own habit of beginning late breaks isolation.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {busy_ms}")
        if page_bytes is not None:
            cursor.execute(f"PRAGMA page_size = {page_bytes}")
        _let_readers_pass(cursor)
        for pragma in (f"PRAGMA synchronous = {synchronous}", *more):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        statement = connection.get_execution_options().get(_BEGIN, "BEGIN")
        if statement:
            connection.exec_driver_sql(statement)

    return engine


def _let_readers_pass(cursor: sqlite3.Cursor) -> None:
    """Readers never wait for a writer, and what was committed outlives a kill of the process.

    Processes that open a new file together get in each other's way here, and SQLite does not wait by itself.
    """
    give_up = monotonic() + _BUSY_MS / 1e3
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY or monotonic() > give_up:
                raise
            sleep(_RETRY_SECONDS)
        else:
            return
