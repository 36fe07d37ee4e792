"""Databases: opening one, and the ways to use it, on whichever engine (DESIGN 10).

Exception
└── DatabaseError             the database can't be used; one line that says why
    └── UnavailableError      it can't be used now, and perhaps later: not reached, locked, full
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Engine, Insert, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from kwartier.db.errors import DatabaseError, UnavailableError
from kwartier.db.quick import Observe, Quick, QuickNotes
from kwartier.db.sqlite import Sqlite

__all__ = ["Database", "DatabaseError", "Driver", "UnavailableError", "without_password"]


class Turn(Protocol):
    """A lock, or what stands for one."""

    def acquire(self, *, blocking: bool = True) -> bool:
        """Take it; whether it was free, if that is not waited for."""

    def release(self) -> None:
        """Give it back."""

    def __enter__(self) -> object: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Driver(Protocol):
    """What an engine does in its own way.

    Attributes:
        name: of the database, for messages: without a password.
        url: as SQLAlchemy has it.
        reader: an engine whose transactions see one state.
        glancer: one whose connections are in no transaction, as they come from its pool.
        writer: one whose transactions write.
        engines: those below these, each with connections of its own.
        is_near: whether it runs in this process, so that reading a few rows is a matter of microseconds.
        quick: for statements that run with every request.
        noter: as the writer; what was committed may be lost when the machine fails, though not when a process does.
    """

    name: str
    url: str
    reader: Engine
    glancer: Engine
    writer: Engine
    noter: Engine
    is_near: bool
    quick: Quick
    engines: tuple[Engine, ...]

    @property
    def turn(self) -> Turn:
        """For what threads of this process that write wait, where the engine would make them wait longer."""

    @property
    def quick_notes(self) -> QuickNotes | None:
        """As `noter`, for statements that are kept, if these need no lock but that of the transaction."""

    @property
    def prompt_notes(self) -> QuickNotes | None:
        """As `quick_notes`, but without waiting for another that writes, and without upkeep; if the engine has it."""

    def exists(self) -> bool:
        """Whether there is a database of ours already."""

    def prepare(self) -> None:
        """Make the place of a database that is not there, as far as the engine lets us.

        Raises:
            DatabaseError: it can't be made.
        """

    def lock(self, connection: Connection, about: str) -> None:
        """Let transactions about the same thing come one after another."""

    def passes(self, error: DBAPIError) -> bool:
        """Whether what failed may go well later."""

    def is_taken(self, error: DBAPIError) -> bool:
        """Whether what failed was that another process writes."""

    def close(self) -> None:
        """Close the connections."""


class Database:
    """One database, opened; made per process and handed down.

    Args:
        url: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`. A file is made if it is not there, readable by its
            owner alone: it holds signing keys.
        may_be_new: whether it may be made; a command that only looks must not hide a mistyped name.
        page_bytes: of a file that is made, if not the engine's own.
        made_by: what makes one, for who looks where none is.

    Raises:
        DatabaseError: it can't be made or opened.
    """

    def __init__(
        self,
        url: str,
        *,
        may_be_new: bool = True,
        page_bytes: int | None = None,
        made_by: str = "`serve` and `credentials issue` make one",
    ) -> None:
        self._driver = _driver(url, page_bytes)
        self.name: Final = self._driver.name
        self.url: Final = self._driver.url
        if not may_be_new:
            try:
                with self._told():
                    found = self._driver.exists()
            finally:
                self._driver.close()
            if not found:
                raise DatabaseError(f"there is no database {self.name}; {made_by}")
        self._driver.prepare()
        for quick in self._quicks():
            quick.tell = self._as_told

    @property
    def is_near(self) -> bool:
        """Whether reading a few rows takes less time than going to a thread: the engine is in this process."""
        return self._driver.is_near

    @property
    def engines(self) -> tuple[Engine, ...]:
        """The engines below, for who measures them."""
        return self._driver.engines

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database.

        Raises:
            UnavailableError: it can't be used now; so for the other three.
        """
        with self._told(), self._driver.reader.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def glancing(self) -> Iterator[Connection]:
        """A connection for one statement that reads: without a transaction around it, which takes as long as itself."""
        with self._told(), self._driver.glancer.connect() as connection:
            yield connection

    @property
    def quick(self) -> Quick:
        """As `glancing`, for statements that run with every request and are kept by their modules."""
        return self._driver.quick

    @contextmanager
    def writing(self, *about: str) -> Iterator[Connection]:
        """A connection in a transaction that writes: committed at the end, undone on any exception.

        Args:
            about: what the transaction reads before it writes. Transactions about the same thing come one after another;
                one that reads nothing, or whose writes are right whatever others do, needs no name.
        """
        with self._told(), self._driver.turn, self._driver.writer.connect() as connection, connection.begin():
            # In one order, so that two transactions about several things never wait for each other.
            for name in sorted(set(about)):
                self._driver.lock(connection, name)
            yield connection

    @contextmanager
    def noting(self, *about: str) -> Iterator[Connection]:
        """As `writing`, for notes: what was committed outlives a kill of the process, but not a failure of the machine.

        Args:
            about: as in `writing`; of several things, in the order in which all name them.
        """
        with self._told(), self._driver.turn, self._driver.noter.connect() as connection, connection.begin():
            for one in about:
                self._driver.lock(connection, one)
            yield connection

    def note_all(
        self, statement: Insert, parameters: Sequence[Mapping[str, Any]], about: Iterable[str]
    ) -> None:
        """A statement that notes something, for each of several sets of parameters, all in one transaction as in `noting`.

        Args:
            statement: what is run; kept by its module.
            parameters: what it is bound to.
            about: what it reads before it writes.
        """
        quick = self._driver.quick_notes
        if quick is None:
            with self.noting(*sorted(about)) as connection:
                connection.execute(statement, parameters)
            return
        try:
            with self._driver.turn:
                quick.execute_all(statement, parameters)
        except DBAPIError as error:
            raise self._as_told(error) from error

    def note_at_once(self, statement: Insert, parameters: Sequence[Mapping[str, Any]]) -> bool:
        """As `note_all`, where nothing has to be waited for; False: nothing was done, somebody else writes."""
        prompt = self._driver.prompt_notes
        if prompt is None or not self._driver.turn.acquire(blocking=False):
            return False
        try:
            prompt.execute_all(statement, parameters)
        except DBAPIError as error:
            if self._driver.is_taken(error):
                return False
            raise self._as_told(error) from error
        finally:
            self._driver.turn.release()
        return True

    def observed(self, observe: Observe) -> None:
        """Tell how long each quick statement takes."""
        for quick in self._quicks():
            quick.observe = observe

    def close(self) -> None:
        """Close the connections."""
        for quick in self._quicks():
            quick.close()
        self._driver.close()

    def _quicks(self) -> AbstractSet[Quick]:
        driver = self._driver
        return {one for one in (driver.quick, driver.quick_notes, driver.prompt_notes) if one is not None}

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell what passes from what does not: the edge answers 503 to the one and 500 to the other."""
        try:
            yield
        except (DBAPIError, PoolTimeoutError) as error:
            raise self._as_told(error) from error

    def _as_told(self, error: SQLAlchemyError) -> Exception:
        if isinstance(error, PoolTimeoutError):
            return UnavailableError(f"database {self.name}: all connections are in use")
        if not isinstance(error, DBAPIError) or not self._driver.passes(error):
            return error
        reason = str(error.orig).partition("\n")[0]
        return UnavailableError(f"database {self.name}: {reason}")


def without_password(url: str) -> str:
    """The address of a database as it may be shown (A2)."""
    return make_url(url).render_as_string(hide_password=True)


def _driver(url: str, page_bytes: int | None) -> Driver:
    if make_url(url).get_backend_name() == "sqlite":
        return Sqlite(url, page_bytes)
    # A platform on SQLite does without the other's driver, also as a package.
    from kwartier.db.postgresql import Postgresql  # noqa: PLC0415

    return Postgresql(url)
