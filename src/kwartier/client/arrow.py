"""The table as Arrow, through the small library arro3."""

from typing import TYPE_CHECKING

import arro3.core as ar
import numpy as np
from numpy.typing import NDArray

from kwartier.wire.frame import COLUMNS, ColumnType

if TYPE_CHECKING:
    from kwartier.client.table import EnergyTable, TextColumn

__all__ = ["arrow_table"]

_TEXT = ar.DataType.dictionary(ar.DataType.int16(), ar.DataType.string())
_TYPES = {
    ColumnType.TEXT: _TEXT,
    ColumnType.MOMENT: ar.DataType.timestamp("us", tz="UTC"),
    ColumnType.NUMBER: ar.DataType.float64(),
}


def arrow_table(table: "EnergyTable") -> ar.Table:
    """The table with the schema of `wire/frame.py`."""
    fields = [ar.Field(column.name, _TYPES[column.type], nullable=column.nullable) for column in COLUMNS]
    arrays = {name: _texts(column) for name, column in table.text_columns.items()}
    arrays |= {name: _moments(column) for name, column in (("start", table.starts), ("end", table.ends))}
    arrays["value"] = _numbers(table.values)
    return ar.Table.from_arrays([arrays[column.name] for column in COLUMNS], schema=ar.Schema(fields))


def _texts(column: "TextColumn") -> ar.Array:
    """Taking from a dictionary of the texts, each once, makes the column's own codes."""
    dictionary = ar.Array(list(column.texts), ar.DataType.string()).cast(_TEXT)
    return dictionary.take(ar.Array.from_numpy(column.codes.astype(np.int32)))


def _moments(microseconds: NDArray[np.int64]) -> ar.Array:
    return ar.Array.from_numpy(np.ascontiguousarray(microseconds)).cast(_TYPES[ColumnType.MOMENT])


def _numbers(values: NDArray[np.float64]) -> ar.Array:
    array = ar.Array.from_numpy(np.ascontiguousarray(values))
    absent = np.isnan(values)
    if not absent.any():
        return array
    with_null = ar.ChunkedArray([array, ar.Array([None], ar.DataType.float64())]).combine_chunks()
    return with_null.take(ar.Array.from_numpy(np.where(absent, values.size, np.arange(values.size))))
