"""The table as Arrow, through the small library arro3, and from Arrow, where pyarrow is there to read streams."""

from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import arro3.core as ar
import numpy as np
from numpy.typing import NDArray

from kwartier.client.decoding.plain import BrokenAnswerError
from kwartier.domain.errors import InvalidValueError
from kwartier.wire.frame import COLUMNS, ENERGY_TYPE, FETCH_TIME, ColumnType
from kwartier.wire.timestamps import read_timestamp

if TYPE_CHECKING:
    from kwartier.client.table import EnergyTable, TextColumn

__all__ = ["arrow_table", "reads_arrow", "table_of_stream"]

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


def reads_arrow() -> bool:
    """Whether there is a library that reads Arrow streams."""
    return find_spec("pyarrow") is not None


def table_of_stream(content: bytes, ean: str) -> "EnergyTable":
    """The table of an Arrow IPC stream.

    Args:
        content: the stream.
        ean: whose readings were asked for.

    Raises:
        BrokenAnswerError: it is cut off, or has other columns.
    """
    import pyarrow as pa  # noqa: PLC0415 - an extra

    from kwartier.client.table import EnergyTable  # noqa: PLC0415 - it knows this module

    try:
        with pa.ipc.open_stream(content) as reader:
            arrow = reader.read_all()
        if arrow.schema.names != [column.name for column in COLUMNS]:
            raise BrokenAnswerError(f"an Arrow stream with other columns: {', '.join(arrow.schema.names)}")
        texts = {
            column.name: _text_column(arrow[column.name])
            for column in COLUMNS
            if column.type is ColumnType.TEXT
        }
        starts, ends = (_whole(arrow[name], pa.timestamp("us", "UTC")) for name in ("start", "end"))
        values = arrow["value"].to_numpy()
    except (pa.ArrowException, OSError) as error:
        raise BrokenAnswerError(f"no Arrow stream: {error}") from error
    told = arrow.schema.metadata or {}
    return EnergyTable(ean, _told(told, ENERGY_TYPE), _moment(told), texts, starts, ends, values)


def _text_column(column: Any) -> "TextColumn":
    from kwartier.client.table import TextColumn  # noqa: PLC0415 - as above

    encoded = column.dictionary_encode().unify_dictionaries().combine_chunks()
    chunks = encoded.chunks if hasattr(encoded, "chunks") else [encoded]
    codes = [chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False) for chunk in chunks]
    texts = chunks[0].dictionary.to_pylist() if chunks else []
    joined = np.concatenate(codes) if codes else np.zeros(0, np.int16)
    return TextColumn((joined + 1).astype(np.int16), (None, *texts))


def _whole(column: Any, kind: Any) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = column.cast(kind).cast("int64").to_numpy()
    return numbers


def _told(metadata: dict[bytes, bytes], name: str) -> str | None:
    text = metadata.get(name.encode())
    return None if text is None else text.decode()


def _moment(metadata: dict[bytes, bytes]) -> datetime | None:
    try:
        return read_timestamp(_told(metadata, FETCH_TIME) or "")
    except InvalidValueError:
        return None
