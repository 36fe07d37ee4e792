"""Writing rows in the long form, a frame at a time (R4)."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from kwartier.formats.long.columns import Shape
from kwartier.formats.long.rows import ROWS_AT_ONCE
from kwartier.formats.long.written import SCHEMAS, WORD, row_table, run_table, words_frame
from kwartier.formats.rows import ROWS

__all__ = ["write_arrow_file", "write_arrow_stream", "write_csv", "write_ndjson", "write_parquet"]

_TABLES: Final = {Shape.ROWS: row_table, Shape.RUNS: run_table}
_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"


def write_csv(frames: Iterable[pl.DataFrame], sink: BinaryIO) -> None:
    """Write CSV with a value on each row.

    Args:
        frames: `ROWS`, one after the other; one is in memory at once.
        sink: where to.
    """
    _write_csv(ROWS.to_frame(), sink, header=True)
    for frame in frames:
        _write_csv(frame, sink, header=False)


def _write_csv(frame: pl.DataFrame, sink: BinaryIO, *, header: bool) -> None:
    words_frame(frame).write_csv(sink, include_header=header, datetime_format=_MOMENT, float_precision=3)


def write_parquet(frames: Iterable[pl.DataFrame], sink: BinaryIO, shape: Shape) -> None:
    """Write Parquet; small frames share a row group. Arguments as of `write_csv`, and the shape."""
    with pq.ParquetWriter(sink, SCHEMAS[shape], compression="zstd") as writer:
        _write_tables(frames, shape, writer, SCHEMAS[shape])


def write_arrow_file(frames: Iterable[pl.DataFrame], sink: BinaryIO, shape: Shape) -> None:
    """Write an Arrow IPC file; arguments as of `write_parquet`."""
    schema = _plain(SCHEMAS[shape])
    with pa.ipc.new_file(sink, schema) as writer:
        _write_tables(frames, shape, writer, schema)


def write_arrow_stream(frames: Iterable[pl.DataFrame], sink: BinaryIO, shape: Shape) -> None:
    """Write an Arrow IPC stream; arguments as of `write_parquet`."""
    with pa.ipc.new_stream(sink, SCHEMAS[shape]) as writer:
        _write_tables(frames, shape, writer, SCHEMAS[shape])


def _plain(schema: Any) -> Any:
    """The same columns without those dictionaries that differ from one record batch to the next."""
    return pa.schema(
        [(field.name, pa.large_string() if field.type == WORD else field.type) for field in schema]
    )


def _write_tables(frames: Iterable[pl.DataFrame], shape: Shape, writer: Any, schema: Any) -> None:
    for frame in _gathered(frames):
        if frame.height:
            table = _TABLES[shape](frame)
            writer.write_table(table if table.schema == schema else table.cast(schema))


def _gathered(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Small frames put together, so that row groups and record batches are not small."""
    waiting: list[pl.DataFrame] = []
    height = 0
    for frame in frames:
        waiting.append(frame)
        height += frame.height
        if height >= ROWS_AT_ONCE:
            yield pl.concat(waiting)
            waiting, height = [], 0
    if waiting:
        yield pl.concat(waiting)


def write_ndjson(frames: Iterable[pl.DataFrame], sink: BinaryIO) -> None:
    """Write NDJSON with a run on each line. Arguments as of `write_csv`."""
    for frame in frames:
        for run in run_table(frame).to_pylist():
            run["start"] = run["start"].strftime(_MOMENT)
            said = {name: cell for name, cell in run.items() if cell is not None}
            sink.write(json.dumps(said, separators=(",", ":")).encode() + b"\n")
