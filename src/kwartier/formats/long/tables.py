"""Arrow tables in the long form: from record batches to rows, whatever file or stream they come from (R4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa

from kwartier.formats.errors import BrokenError, FormatError
from kwartier.formats.long.columns import Shape, columns_of
from kwartier.formats.long.rows import batches_of_rows
from kwartier.formats.long.runs import batches_of_runs
from kwartier.formats.rows import Batch

__all__ = ["batches_of_table", "damage_told", "legible"]


def batches_of_table(table: Any, shape: Shape, first_line: int) -> Iterator[Batch]:
    """Read a record batch.

    Args:
        table: of which the types were looked at (`shape_of_schema`).
        shape: how its rows are to be read.
        first_line: the number of its first row.
    """
    lines = np.arange(first_line, first_line + table.num_rows, dtype=np.int64)
    cells = columns_of(table, shape)
    return batches_of_runs(cells, lines) if shape is Shape.RUNS else batches_of_rows(cells, lines)


@contextmanager
def damage_told(what: str) -> Iterator[None]:
    """Turn what Arrow says of bytes that make no sense into one error.

    Args:
        what: is read, in words.

    Raises:
        BrokenError: it is cut off or damaged.
        FormatError: it may be whole, and has what Arrow cannot read.
    """
    try:
        yield
    except pa.ArrowNotImplementedError as error:
        raise FormatError(f"{what} has something that cannot be read: {_first_line(error)}") from error
    except (pa.ArrowException, OSError, OverflowError, UnicodeDecodeError) as error:
        raise BrokenError(
            f"{what} is cut off or damaged, and nothing of it counts: {_first_line(error)}"
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]


def legible(schema: Any) -> Any:
    """A schema of which every name is text.

    Raises:
        UnicodeDecodeError: one is not.
    """
    _ = schema.names
    return schema
