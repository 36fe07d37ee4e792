"""Row-shaped tables of the long form: a value on each row (R4)."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from kwartier.formats.long.cells import read_codes, read_identity, read_thousandths, texts_of
from kwartier.formats.long.checks import IDENTITY, MEASURE, faulty, rejected, rows
from kwartier.formats.long.time import read_starts, slots_of
from kwartier.formats.long.words import Column
from kwartier.formats.rows import REJECTED, Batch

__all__ = ["ROWS_AT_ONCE", "as_object", "batch_of_rows", "batches_of_rows"]

ROWS_AT_ONCE: Final = 200_000

_CHECKS: Final = (*IDENTITY, *MEASURE)


def batches_of_rows(cells: dict[Column, Any], lines: NDArray[np.int64]) -> Iterator[Batch]:
    """Read rows, however many, in batches of `ROWS_AT_ONCE`; arguments as of `batch_of_rows`."""
    for first in range(0, len(lines), ROWS_AT_ONCE):
        part = {column: cell.slice(first, ROWS_AT_ONCE) for column, cell in cells.items()}
        yield batch_of_rows(part, lines[first : first + ROWS_AT_ONCE])


def batch_of_rows(cells: dict[Column, Any], lines: NDArray[np.int64]) -> Batch:
    """Read rows.

    Args:
        cells: an Arrow array for each of `ROW_COLUMNS`.
        lines: where each row stands in its source.
    """
    codes = _codes(cells, lines)
    bad = faulty(codes, _CHECKS)
    if not bad.any():
        return Batch(rows(codes), REJECTED.to_frame())
    places = pa.array(bad.arg_true().to_numpy())
    texts = pl.DataFrame([texts_of(cell.take(places)).alias(column.value) for column, cell in cells.items()])
    return Batch(
        rows(codes.filter(~bad)), rejected(codes.filter(bad), texts, _CHECKS, lambda: as_object(texts))
    )


def _codes(cells: dict[Column, Any], lines: NDArray[np.int64]) -> pl.DataFrame:
    identity = read_identity(cells)
    starts = read_starts(cells[Column.START])
    parts = [
        identity,
        slots_of(starts, identity.get_column("resolution")),
        read_thousandths(cells[Column.VALUE]),
        pl.DataFrame(
            {
                "state": read_codes(cells[Column.STATE], Column.STATE),
                "factor": read_codes(cells[Column.FACTOR], Column.FACTOR),
                "start": starts,
                "line": lines,
            }
        ),
    ]
    return pl.concat(parts, how="horizontal")


def as_object(texts: pl.DataFrame) -> pl.Series:
    """Rows as JSON objects, which can be read again as lines of NDJSON."""
    return texts.select(pl.struct(pl.all()).struct.json_encode()).to_series()
