"""SQLite: the embedded engine, a file that one process at a time writes."""

import errno
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from kwartier.db.errors import DatabaseError
from kwartier.db.own_turn import OwnTurn
from kwartier.db.quick import Quick, QuickNotes
from kwartier.db.turns import LOOK_SECONDS, Turns
from kwartier.patience import seconds_left
from kwartier.telemetry.database import WORK

__all__ = ["Sqlite"]

_WRITES: Final = "kwartier_writes"
"""True: transactions write; False: they read; None: there are none."""
_BEGIN_WRITING: Final = "BEGIN IMMEDIATE"
_CONNECTIONS: Final = 16
_BUSY_MS: Final = 10_000
_BUSY_TIMEOUT: Final = f"PRAGMA busy_timeout = {_BUSY_MS}"
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
        self._turns = Turns(self._file)
        engine = self._engine("FULL", page_bytes)
        self.reader: Engine = engine.execution_options(**{WORK: "reading"})
        self.glancer: Engine = engine.execution_options(**{_WRITES: None, WORK: "glancing"})
        # A transaction that will write takes the lock at once: one that upgrades later would fail instead of waiting.
        self.writer: Engine = engine.execution_options(**{_WRITES: True, WORK: "writing"})
        self.is_near = True
        # Threads wait here, and of each process one for the file.
        self.turn = OwnTurn(f"database {self.name}")
        notes = self._engine("NORMAL", page_bytes)
        # Taking over the log into the file is left to those who may wait for the disk.
        quick = self._engine("NORMAL", page_bytes, more=("PRAGMA wal_autocheckpoint = 0",))
        self.noter: Engine = notes.execution_options(**{_WRITES: True, WORK: "noting"})
        # Whoever writes has the file to himself, so that a statement needs no other lock.
        self.quick_notes = QuickNotes(notes.execution_options(**{WORK: "noting"}), self._begin)
        # It reads and notes by the same connections, because these do not count what they commit themselves.
        self.prompt_notes = QuickNotes(
            quick.execution_options(**{WORK: "glancing"}), _begin_at_once, "PRAGMA data_version"
        )
        self.quick: Quick = self.prompt_notes
        self.engines: tuple[Engine, ...] = (engine, notes, quick)

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

    def _begin(self, connection: Any) -> None:
        """Begin a transaction that writes, on a connection of the driver, when it is its turn.

        Raises:
            sqlite3.OperationalError: another has been writing for too long.
        """
        left, usual = seconds_left(), _BUSY_MS / 1e3
        give_up = monotonic() + (usual if left is None else min(usual, left))
        with self._turns.mine(give_up), _not_waiting(connection):
            _until_free(connection, _BEGIN_WRITING, give_up)

    def close(self) -> None:
        """Close the connections."""
        for engine in self.engines:
            engine.dispose()
        self._turns.close()

    def _engine(self, synchronous: str, page_bytes: int | None, more: Iterable[str] = ()) -> Engine:
        # What fails is told without the values of the question, which may be personal (A2).
        engine = create_engine(
            self.url, pool_size=_CONNECTIONS, max_overflow=0, hide_parameters=True, pool_reset_on_return=None
        )

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: Any) -> None:
            # SQLAlchemy begins transactions below; the driver's own habit of beginning late breaks isolation.
            connection.isolation_level = None
            cursor = connection.cursor()
            cursor.execute(_BUSY_TIMEOUT)
            if page_bytes is not None:
                cursor.execute(f"PRAGMA page_size = {page_bytes}")
            _let_readers_pass(cursor)
            for pragma in (f"PRAGMA synchronous = {synchronous}", *more):
                cursor.execute(pragma)
            cursor.close()

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            writes = connection.get_execution_options().get(_WRITES, False)
            if writes:
                with _told():
                    self._begin(connection.connection.driver_connection)
            elif writes is not None:
                connection.exec_driver_sql("BEGIN")

        return engine


def _begin_at_once(connection: Any) -> None:
    """Begin a transaction that writes, if nobody else writes."""
    with _not_waiting(connection):
        connection.execute(_BEGIN_WRITING)


@contextmanager
def _not_waiting(connection: Any) -> Iterator[None]:
    """Have SQLite tell at once that the file is taken."""
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        connection.execute(_BUSY_TIMEOUT)


def _until_free(connection: Any, statement: str, give_up: float) -> None:
    """Run a statement as soon as no other process is in its way."""
    while True:
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY or monotonic() > give_up:
                raise
            sleep(LOOK_SECONDS)
        else:
            return


@contextmanager
def _told() -> Iterator[None]:
    """What the driver raises, as SQLAlchemy tells it."""
    try:
        yield
    except sqlite3.Error as error:
        raise DBAPIError.instance(_BEGIN_WRITING, None, error, sqlite3.Error, hide_parameters=True) from error


def _let_readers_pass(cursor: sqlite3.Cursor) -> None:
    """Readers never wait for a writer, and what was committed outlives a kill of the process.

    Processes that open a new file together get in each other's way here, and SQLite does not wait by itself.
    """
    _until_free(cursor, "PRAGMA journal_mode = WAL", monotonic() + _BUSY_MS / 1e3)
