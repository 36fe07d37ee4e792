"""Statements that run with every request: compiled once, and handed to the driver as they are.

What SQLAlchemy does around a statement takes ten times as long as a small statement itself.
"""

from collections import deque, namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from time import perf_counter
from typing import Any, Final, TypeAlias

from sqlalchemy import Boolean, Connection, Dialect, Engine, Insert, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator

__all__ = ["Observe", "Quick", "Reader", "Rows"]

Observe: TypeAlias = Callable[[float], None]
"""Is told how many seconds a statement took."""

_Statement: TypeAlias = Select[Any] | Insert
_Convert: TypeAlias = Callable[[Any], Any]
_IDLE: Final = 8  # connections that are kept


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


class Quick:
    """Runs single statements, each in no transaction but its own; for all threads.

    Args:
        engine: one whose connections are in no transaction.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._dialect = engine.dialect
        self._idle: deque[Any] = deque()
        self.observe: Observe | None = None

    def execute(self, statement: _Statement, parameters: Mapping[str, Any] | None = None) -> Rows:
        """Run a statement that is kept by its module: it is compiled once, and known again by its identity.

        It has no `in` over values: how many there are is not known when it is compiled.

        Raises:
            DBAPIError: as of SQLAlchemy, without the parameters (A2).
        """
        compiled = _compiled(statement, self._dialect)
        begun = perf_counter()
        while True:
            reused, connection = self._take()
            try:
                cursor = connection.cursor()
                compiled.run(cursor, parameters or {})
                rows = cursor.fetchall() if cursor.description is not None else ()
                cursor.close()
            except self._dialect.loaded_dbapi.Error as error:
                gone = self._dialect.is_disconnect(error, connection, None)
                connection.invalidate(error) if gone else connection.close()
                # One that lay idle may have died meanwhile, and nothing was done by it.
                if not (gone and reused):
                    raise self._told(compiled, error) from error
            else:
                self._give_back(connection)
                if self.observe is not None:
                    self.observe(perf_counter() - begun)
                return Rows(compiled.rows(rows))

    def close(self) -> None:
        """Give the connections back to the engine."""
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> tuple[bool, Any]:
        try:
            return True, self._idle.pop()
        except IndexError:
            return False, self._engine.raw_connection()

    def _give_back(self, connection: Any) -> None:
        if len(self._idle) < _IDLE:
            self._idle.append(connection)
        else:
            connection.close()

    def _told(self, compiled: "_Compiled", error: Exception) -> BaseException:
        told: BaseException = DBAPIError.instance(
            compiled.text,
            None,
            error,
            self._dialect.loaded_dbapi.Error,
            hide_parameters=True,
            dialect=self._dialect,
        )
        return told


Reader: TypeAlias = Connection | Quick
"""What a function of the registry reads with: a connection in a transaction, or each statement for itself."""


class _Compiled:
    """A statement as a driver takes it."""

    def __init__(self, statement: _Statement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.text = str(compiled)
        self._places: Sequence[str] | None = compiled.positiontup
        self._given: Final = dict(compiled.params)
        self._bind: Final[dict[str, _Convert]] = {
            name: convert
            for name, parameter in compiled.binds.items()
            if (convert := parameter.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        }
        columns = list(statement.selected_columns) if isinstance(statement, Select) else []
        # Named tuples of columns that are known when it runs.
        self._row: Final[Any] = namedtuple("Row", [column.key for column in columns], rename=True)  # type: ignore[misc] # noqa: PYI024
        self._convert: Final[list[tuple[int, _Convert]]] = [
            (place, convert)
            for place, column in enumerate(columns)
            if isinstance(column.type, (TypeDecorator, Boolean))  # others come from the driver as they are
            and (convert := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
        ]

    def run(self, cursor: Any, parameters: Mapping[str, Any]) -> None:
        """Execute it."""
        given = {**self._given, **parameters}
        for name, convert in self._bind.items():
            given[name] = convert(given[name])
        cursor.execute(self.text, given if self._places is None else [given[name] for name in self._places])

    def rows(self, raw: Sequence[Sequence[Any]]) -> Sequence[Any]:
        """What was found, with the names of the columns."""
        if not self._convert:
            return [self._row._make(row) for row in raw]
        converted = []
        for row in raw:
            values = list(row)
            for place, convert in self._convert:
                values[place] = convert(values[place])
            converted.append(self._row._make(values))
        return converted


@lru_cache(maxsize=256)
def _compiled(statement: _Statement, dialect: Dialect) -> _Compiled:
    return _Compiled(statement, dialect)
