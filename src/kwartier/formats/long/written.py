"""From rows to tables in the words of the long form, a value or a run on each row (R4)."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from kwartier.domain.days import Grid
from kwartier.domain.metering import FACTOR_SHIFT, STATE_BITS, State
from kwartier.formats.long.columns import Shape
from kwartier.formats.long.time import starts_of
from kwartier.formats.long.words import ROW_COLUMNS, RUN_COLUMNS, WORDS, Column, Resolution

__all__ = ["SCHEMAS", "WORD", "row_table", "run_table", "words_frame"]

_GRID_RESOLUTIONS: Final = {
    Grid.QUARTER_HOUR: Resolution.PT15M,
    Grid.HOUR: Resolution.PT1H,
    Grid.DAY: Resolution.P1D,
    Grid.GAS_DAY: Resolution.P1D,
}
_SERIES: Final = ("ean", "sub_ean", "meter_id", "direction", "kind", "unit", "grid")
_RUN_AT_MOST: Final = 10_000

WORD: Final = pa.dictionary(pa.int32(), pa.large_string())
"""Of columns with any text, such as EANs."""

_START: Final = pa.timestamp("us", "UTC")
# The words of a column are the same dictionary everywhere, as those of an IPC file must be.
_CODE: Final = pa.dictionary(pa.uint8(), pa.large_string(), ordered=True)
_TYPES: Final[Mapping[Column, Any]] = {Column.START: _START} | dict.fromkeys(WORDS, _CODE)
_ROW_TYPES: Final[Mapping[Column, Any]] = {**_TYPES, Column.VALUE: pa.float64()}
_RUN_TYPES: Final[Mapping[Column, Any]] = {
    **_TYPES,
    Column.VALUES: pa.list_(pa.float64()),
    Column.STATES: pa.list_(pa.large_string()),
    Column.FACTORS: pa.list_(pa.large_string()),
}
SCHEMAS: Final = {
    Shape.ROWS: pa.schema([(column.value, _ROW_TYPES.get(column, WORD)) for column in ROW_COLUMNS]),
    Shape.RUNS: pa.schema([(column.value, _RUN_TYPES.get(column, WORD)) for column in RUN_COLUMNS]),
}
"""The columns and types in which the long form is written."""


def words_frame(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows in the words of the long form: `ROW_COLUMNS`, `value` in units, words as text.

    Args:
        rows: `ROWS`.
    """
    is_valued = (pl.col("state") & STATE_BITS) >= State.READ.value
    return rows.select(
        pl.col("ean").cast(pl.String).str.zfill(18),
        pl.when(pl.col("sub_ean") != 0)
        .then(pl.col("sub_ean").cast(pl.String).str.zfill(18))
        .alias("sub_ean"),
        pl.when(pl.col("meter_id") != "").then("meter_id").alias("meter_id"),
        _worded("direction", Column.DIRECTION),
        _worded("kind", Column.REGISTER),
        _worded("unit", Column.UNIT),
        starts_of(rows.get_column("grid"), rows.get_column("slot")),
        pl.col("grid")
        .replace_strict(
            {grid.value: one.value for grid, one in _GRID_RESOLUTIONS.items()},
            return_dtype=_enum(Column.RESOLUTION),
        )
        .alias(Column.RESOLUTION.value),
        pl.when(is_valued).then(pl.col("value") / 1000).alias(Column.VALUE.value),
        _worded(pl.col("state") & STATE_BITS, Column.STATE),
        _worded(pl.col("state") // (1 << FACTOR_SHIFT), Column.FACTOR),
    )


def _worded(codes: str | pl.Expr, column: Column) -> pl.Expr:
    expr = pl.col(codes) if isinstance(codes, str) else codes
    words = {code: word for word, code in WORDS[column].items()}
    return expr.replace_strict(words, default=None, return_dtype=_enum(column)).alias(column.value)


def _enum(column: Column) -> pl.Enum:
    return pl.Enum(list(WORDS[column]))


def row_table(rows: pl.DataFrame) -> Any:
    """Rows as an Arrow table with a value on each row, of `SCHEMAS`."""
    return _cast(words_frame(rows).to_arrow(), SCHEMAS[Shape.ROWS])


def run_table(rows: pl.DataFrame) -> Any:
    """Rows as an Arrow table of runs, of `SCHEMAS`: rows that follow each other in slot and in `rows` make one."""
    words = words_frame(rows).to_arrow()
    begins = _beginnings(rows)
    offsets = pa.array(np.append(begins, rows.height).astype(np.int32))
    first = words.take(pa.array(begins))
    lists = {Column.VALUES: Column.VALUE, Column.STATES: Column.STATE, Column.FACTORS: Column.FACTOR}
    columns = []
    for column in RUN_COLUMNS:
        if column not in lists:
            columns.append(first.column(column.value))
            continue
        kind = SCHEMAS[Shape.RUNS].field(column.value).type.value_type
        items = words.column(lists[column].value).combine_chunks().cast(kind)
        columns.append(pa.ListArray.from_arrays(offsets, items))
    return _cast(pa.table(columns, names=[column.value for column in RUN_COLUMNS]), SCHEMAS[Shape.RUNS])


def _cast(table: Any, schema: Any) -> Any:
    return pa.table(
        [
            column if column.type == field.type else column.cast(field.type)
            for column, field in zip(table.columns, schema, strict=True)
        ],
        schema=schema,
    )


def _beginnings(rows: pl.DataFrame) -> NDArray[np.int64]:
    """The rows with which runs begin."""
    if rows.height == 0:
        return np.zeros(0, np.int64)
    slots = rows.get_column("slot").to_numpy()
    series = rows.select(
        pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in _SERIES)
    )
    breaks = series.to_series().fill_null(value=True).to_numpy() | (np.diff(slots, prepend=slots[0]) != 1)
    breaks[0] = True
    begins = np.flatnonzero(breaks)
    lengths = np.diff(np.append(begins, rows.height))
    if lengths.max() <= _RUN_AT_MOST:
        return begins
    return np.concatenate(
        [
            np.arange(begin, begin + length, _RUN_AT_MOST)
            for begin, length in zip(begins, lengths, strict=True)
        ]
    )
