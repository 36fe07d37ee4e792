"""Which shape a table has, and whether its columns and their types are those of the long form (R4)."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Final

import pyarrow as pa

from kwartier.formats.errors import WrongColumnsError
from kwartier.formats.long.cells import is_text
from kwartier.formats.long.words import OPTIONAL, ROW_COLUMNS, RUN_COLUMNS, Column

__all__ = ["Shape", "column_named", "columns_of", "shape_of", "shape_of_schema"]


class Shape(Enum):
    """A value on each row, or a run of consecutive slots on each row."""

    ROWS = ROW_COLUMNS
    RUNS = RUN_COLUMNS


_RUNS_ALONE: Final = frozenset(RUN_COLUMNS) - frozenset(ROW_COLUMNS)


def column_named(name: str) -> Column | None:
    """The column of a name, without regard to capitals and spaces around; None: there is no such column."""
    try:
        return Column(name.strip().casefold())
    except ValueError:
        return None


def shape_of(names: Sequence[str]) -> Shape:
    """Tell the shape by the names of the columns.

    Raises:
        WrongColumnsError: a column is unknown, missing, there twice, or of the other shape.
    """
    columns = [column_named(name) for name in names]
    shape = Shape.RUNS if _RUNS_ALONE.intersection(columns) else Shape.ROWS
    faults = [
        f"unknown column {name[:60]!r}"
        for name, column in zip(names, columns, strict=True)
        if column not in shape.value
    ]
    faults += [f"column {one.value!r} is there twice" for one in shape.value if columns.count(one) > 1]
    faults += [
        f"column {one.value!r} is missing"
        for one in shape.value
        if one not in columns and one not in OPTIONAL
    ]
    if faults:
        raise WrongColumnsError(f"{'; '.join(faults)}. Found: {_shown(names)}. {_allowed()}")
    return shape


def _shown(names: Sequence[str]) -> str:
    shown = ", ".join(name[:60] for name in names[: len(Column)])
    return (shown + (f" and {len(names) - len(Column)} more" if len(names) > len(Column) else "")) or "none"


def _allowed() -> str:
    return (
        "Allowed: "
        + "; or, for runs, ".join(
            ", ".join(f"[{one.value}]" if one in OPTIONAL else one.value for one in shape.value)
            for shape in Shape
        )
        + " (in brackets: may be left out)"
    )


def columns_of(table: Any, shape: Shape) -> dict[Column, Any]:
    """The columns of a record batch by what they hold; null where an optional one is not there."""
    found = {column_named(name): table.column(place) for place, name in enumerate(table.schema.names)}
    return {column: found.get(column, pa.nulls(table.num_rows)) for column in shape.value}


def shape_of_schema(schema: Any) -> Shape:
    """Tell the shape of an Arrow schema, and hold the types of its columns against the long form.

    Raises:
        WrongColumnsError: as `shape_of`; or a column has a type in which it cannot stand.
    """
    shape = shape_of(schema.names)
    faults = [
        fault for field in schema if (fault := _fault_of(Column(field.name.strip().casefold()), field.type))
    ]
    if faults:
        raise WrongColumnsError("; ".join(faults))
    return shape


def _fault_of(column: Column, kind: Any) -> str | None:
    what, fits = _TYPES.get(column, ("text", is_text))
    if fits(kind) or pa.types.is_null(kind):
        return None
    return f"column {column.value!r} is of type {kind}; allowed: {what}"


def _any_of(kind: Any, *tests: Callable[[Any], bool]) -> bool:
    return any(test(kind) for test in tests)


def _is_ean(kind: Any) -> bool:
    return is_text(kind) or _any_of(kind, pa.types.is_int64, pa.types.is_uint64)


def _is_start(kind: Any) -> bool:
    return is_text(kind) or (pa.types.is_timestamp(kind) and kind.tz is not None)


def _is_number(kind: Any) -> bool:
    numeric = (pa.types.is_integer, pa.types.is_float32, pa.types.is_float64, pa.types.is_decimal)
    return is_text(kind) or _any_of(kind, *numeric)


def _is_list(kind: Any) -> bool:
    return _any_of(kind, pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)


def _is_list_of_numbers(kind: Any) -> bool:
    return _is_list(kind) and (_is_number(kind.value_type) or pa.types.is_null(kind.value_type))


def _is_text_or_list(kind: Any) -> bool:
    return is_text(kind) or (
        _is_list(kind) and (is_text(kind.value_type) or pa.types.is_null(kind.value_type))
    )


_TYPES: Final[dict[Column, tuple[str, Callable[[Any], bool]]]] = {
    Column.EAN: ("text, or a 64-bit integer", _is_ean),
    Column.SUB_EAN: ("text, or a 64-bit integer", _is_ean),
    Column.START: ("text, or a timestamp with a time zone", _is_start),
    Column.VALUE: ("an integer, a decimal, a float, or text", _is_number),
    Column.VALUES: ("a list of integers, decimals, floats or text", _is_list_of_numbers),
    Column.STATES: ("text, or a list of text", _is_text_or_list),
    Column.FACTORS: ("text, or a list of text", _is_text_or_list),
}
