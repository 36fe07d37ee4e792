"""Arrow IPC streams, which this system answers with where they are asked for; pyarrow reads them."""

from datetime import datetime
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kwartier.client.decoding.plain import BrokenAnswerError
from kwartier.client.table import EnergyTable, TextColumn
from kwartier.domain.errors import InvalidValueError
from kwartier.wire.frame import COLUMNS, ENERGY_TYPE, FETCH_TIME, ColumnType
from kwartier.wire.timestamps import read_timestamp

__all__ = ["reads_arrow", "table_of_stream"]


def reads_arrow() -> bool:
    """Whether there is a library that reads Arrow streams."""
    return find_spec("pyarrow") is not None


def table_of_stream(content: bytes, ean: str) -> EnergyTable:
    """The table of an Arrow IPC stream.

    Args:
        content: the stream.
        ean: whose readings were asked for.

    Raises:
        BrokenAnswerError: it is cut off, or has other columns.
    """
    import pyarrow as pa  # noqa: PLC0415 - an extra

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


def _text_column(column: Any) -> TextColumn:
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
