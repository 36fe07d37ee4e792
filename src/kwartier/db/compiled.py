"""Statements compiled for a driver, and back from what it finds to rows with names."""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any, Final, TypeAlias

from sqlalchemy import Boolean, Dialect, FromClause, Insert, Select, Table
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeDecorator

from kwartier.db.types import Instant

__all__ = ["Bound", "Compiled", "Statement", "compiled_once"]

Statement: TypeAlias = Select[Any] | Insert
Bound: TypeAlias = Mapping[str, Any] | tuple[Any, ...]
"""Parameters as a driver takes them."""

_Convert: TypeAlias = Callable[[Any], Any]


class Compiled:
    """A statement as a driver takes it.

    Attributes:
        text: in the words of the engine.
        is_kept: whether what it finds may be found again.
        tables: that it is about.
    """

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.text = str(compiled)
        # What is asked about a moment is not asked again: the next question is about another.
        self.is_kept: Final = isinstance(statement, Select) and not any(
            isinstance(one.type, Instant) for one in compiled.binds.values()
        )
        self.tables: Final[AbstractSet[FromClause]] = {
            one for one in visitors.iterate(statement) if isinstance(one, Table)
        }
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

    def bound(self, parameters: Mapping[str, Any]) -> Bound:
        """Parameters as the driver takes them."""
        given = {**self._given, **parameters}
        for name, convert in self._bind.items():
            given[name] = convert(given[name])
        return given if self._places is None else tuple([given[name] for name in self._places])

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
def compiled_once(statement: Statement, dialect: Dialect) -> Compiled:
    """A statement that is kept by its module, compiled once; it is known again by its identity."""
    return Compiled(statement, dialect)
