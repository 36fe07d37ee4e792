"""Statements that run with every request: compiled once, and handed to the driver as they are.

What SQLAlchemy does around a statement takes ten times as long as a small statement itself.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from time import perf_counter
from typing import Any, Final, TypeAlias, cast

from sqlalchemy import Connection, Engine, FromClause, Insert
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from kwartier.db.compiled import Bound, Compiled, Statement, compiled_once
from kwartier.patience import seconds_left

__all__ = ["Observe", "Quick", "QuickNotes", "Reader", "Rows", "Tell"]

Observe: TypeAlias = Callable[[float], None]
"""Is told how many seconds a statement took."""

Tell: TypeAlias = Callable[[SQLAlchemyError], Exception]
"""What is raised where a statement fails, or no connection is to be had."""

_IDLE: Final = 8  # connections that are kept
_COMMIT: Final = "COMMIT"
_KEPT: Final = 256  # findings by each connection, while nothing changes
_KEPT_ROWS: Final = 32  # in each of them


class Rows:
    """What a statement found, asked as SQLAlchemy's results are."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> Sequence[Any]:
        """All rows."""
        return self._rows

    def one_or_none(self) -> Any:
        """The row, if there is one; statements that are asked so find no more."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """The row."""
        return self._rows[0]

    def scalar(self) -> Any:
        """The first column of the first row, if there is one."""
        return self._rows[0][0] if self._rows else None


class _Line:
    """A connection that is kept, and what was found by it while nothing changed."""

    __slots__ = ("_found", "_tables", "_version", "connection", "pooled")

    def __init__(self, pooled: Any) -> None:
        self.pooled = pooled
        self.connection = pooled.dbapi_connection
        self._version: object = None
        self._found: dict[tuple[Any, ...], Rows] = {}
        self._tables: set[FromClause] = set()

    def found(self, compiled: Compiled, bound: tuple[Any, ...], version: object) -> Rows:
        """What a statement finds; what it found before, at the same version, is found again.

        Args:
            compiled: the statement, which reads.
            bound: its parameters.
            version: changes with every commit of another connection.
        """
        if version != self._version:
            self._version = version
            self._forget()
        asked = (compiled, *bound)
        found = self._found.get(asked)
        if found is None:
            # If something changes just now, the version tells next time.
            found = Rows(self.fetched(compiled, bound))
            if len(found.all()) <= _KEPT_ROWS:
                if len(self._found) >= _KEPT:
                    self._forget()
                self._found[asked] = found
                self._tables |= compiled.tables
        return found

    def fetched(self, compiled: Compiled, bound: Bound) -> Sequence[Any]:
        """Run a statement, and what it found."""
        cursor = self.connection.cursor()
        cursor.execute(compiled.text, bound)
        rows = compiled.rows(cursor.fetchall()) if cursor.description is not None else ()
        cursor.close()
        return rows

    def changed(self, tables: AbstractSet[FromClause]) -> None:
        """Something was committed by this connection, of which no version tells."""
        if tables & self._tables:
            self._forget()

    def _forget(self) -> None:
        self._found.clear()
        self._tables.clear()


class Quick:
    """Runs single statements, each in no transaction but its own; for all threads.

    Where the engine has a counter of changes, it is read each time instead, and what was found stands as long as nobody
    has changed anything: that takes a third of the time. What is asked about a moment is read each time.

    Args:
        engine: one whose connections are in no transaction.
        counter: a statement that finds a number which another connection's commit changes, if the engine has one.

    Attributes:
        observe: who is told how long each statement takes, if anybody.
        tell: what is raised where a statement that reads fails.
    """

    def __init__(self, engine: Engine, counter: str | None = None) -> None:
        self._engine = engine
        self._dialect = engine.dialect
        self._counter = counter
        self._idle: deque[_Line] = deque()
        self.observe: Observe | None = None
        self.tell: Tell = _as_it_is

    def execute(self, statement: Statement, parameters: Mapping[str, Any] | None = None) -> Rows:
        """Run a statement that is kept by its module: it is compiled once, and known again by its identity.

        It has no `in` over values: how many there are is not known when it is compiled.

        Raises:
            Exception: as `tell` has it.
        """
        compiled = compiled_once(statement, self._dialect)
        bound = compiled.bound(parameters or {})
        begun = perf_counter()
        while True:
            reused, line = self._take(compiled)
            try:
                rows = self._run(line, compiled, bound)
            except self._dialect.loaded_dbapi.Error as error:
                gone = self._dialect.is_disconnect(error, line.pooled, None)
                line.pooled.invalidate(error) if gone else line.pooled.close()
                # One that lay idle may have died meanwhile, and nothing was done by it.
                if not (gone and reused) or seconds_left() == 0.0:
                    raise self.tell(self._failed(compiled, error)) from error
            else:
                self._give_back(line)
                if self.observe is not None:
                    self.observe(perf_counter() - begun)
                return rows

    def _run(self, line: _Line, compiled: Compiled, bound: Bound) -> Rows:
        if self._counter is None or not isinstance(bound, tuple) or not compiled.is_kept:
            return Rows(line.fetched(compiled, bound))
        return line.found(compiled, bound, line.connection.execute(self._counter).fetchone())

    def close(self) -> None:
        """Give the connections back to the engine."""
        while self._idle:
            self._idle.pop().pooled.close()

    def _take(self, compiled: Compiled) -> tuple[bool, _Line]:
        """A connection for a statement, and whether it was in use before.

        Raises:
            Exception: as `tell` has it, where none can be made.
        """
        try:
            return True, self._idle.pop()
        except IndexError:
            pass
        try:
            return False, _Line(self._engine.raw_connection())
        except self._dialect.loaded_dbapi.Error as error:
            # SQLAlchemy wraps what its own connections raise, but not what this way of getting one does.
            raise self.tell(self._failed(compiled, error)) from error
        except SQLAlchemyError as error:
            raise self.tell(error) from error

    def _give_back(self, line: _Line) -> None:
        if len(self._idle) < _IDLE:
            self._idle.append(line)
        else:
            line.pooled.close()

    def _failed(self, compiled: Compiled, error: Exception) -> DBAPIError:
        """What failed, as SQLAlchemy says it, without the parameters (A2)."""
        failed: Any = DBAPIError.instance(
            compiled.text,
            None,
            error,
            self._dialect.loaded_dbapi.Error,
            hide_parameters=True,
            dialect=self._dialect,
        )
        return cast("DBAPIError", failed)


class QuickNotes(Quick):
    """The same, and statements that note something; what was found in other tables stands.

    Args:
        engine: as of `Quick`.
        begin: begins a transaction that writes, on a connection of the driver.
        counter: as of `Quick`.
    """

    def __init__(self, engine: Engine, begin: Callable[[Any], None], counter: str | None = None) -> None:
        super().__init__(engine, counter)
        self._begin = begin

    def execute_all(self, statement: Insert, parameters: Iterable[Mapping[str, Any]]) -> None:
        """Run a statement once for each of several sets of parameters, all of them in one transaction that writes.

        Raises:
            DBAPIError: as of SQLAlchemy, without the parameters; then nothing was done.
        """
        compiled = compiled_once(statement, self._dialect)
        begun = perf_counter()
        _, line = self._take(compiled)
        try:
            self._begin(line.connection)
            cursor = line.connection.cursor()
            cursor.executemany(compiled.text, [compiled.bound(one) for one in parameters])
            cursor.execute(_COMMIT)
            cursor.close()
            line.changed(compiled.tables)
        except self._dialect.loaded_dbapi.Error as error:
            try:
                line.connection.rollback()
            except self._dialect.loaded_dbapi.Error:
                line.pooled.invalidate()
            else:
                self._give_back(line)
            raise self._failed(compiled, error) from error
        self._give_back(line)
        if self.observe is not None:
            self.observe(perf_counter() - begun)


def _as_it_is(error: SQLAlchemyError) -> Exception:
    return error


Reader: TypeAlias = Connection | Quick
"""What a function of the registry reads with: a connection in a transaction, or each statement for itself."""
