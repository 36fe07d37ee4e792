"""Reading the long form from Parquet, some rows of a column at a time (R4)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from kwartier.formats.long.columns import Shape, shape_of_schema
from kwartier.formats.long.opening import opened
from kwartier.formats.long.rows import ROWS_AT_ONCE
from kwartier.formats.long.runs import VALUES_AT_ONCE
from kwartier.formats.long.tables import batches_of_table, damage_told, legible
from kwartier.formats.rows import Batch

__all__ = ["read_parquet"]

_BUFFER_BYTES: Final = 1 << 20


def read_parquet(source: Path | BinaryIO) -> Iterator[Batch]:
    """Read Parquet, of rows or of runs as its columns tell.

    Args:
        source: the file, or a stream that can be positioned.

    Raises:
        WrongColumnsError: its columns or their types are not those of the long form.
        BrokenError: it is cut off, damaged, or no Parquet.
    """
    with opened(source) as stream:
        with damage_told("the Parquet file"):
            metadata = pq.read_metadata(stream)
            schema = legible(metadata.schema.to_arrow_schema())
        shape = shape_of_schema(schema)
        with damage_told("the Parquet file"):
            # Texts are kept as the dictionaries that they are on disk.
            texts = [leaf.path for leaf in _leaves(metadata) if _is_flat_text(leaf)]
            file = pq.ParquetFile(
                stream,
                metadata=metadata,
                read_dictionary=texts,
                buffer_size=_BUFFER_BYTES,
                page_checksum_verification=True,
            )
            tables = _tables(file, _rows_at_once(metadata, shape))
        line = 1
        while True:
            with damage_told("the Parquet file"):
                table = next(tables, None)
                if table is None:
                    break
                table.validate(full=True)
            yield from batches_of_table(table, shape, line)
            line += table.num_rows


def _tables(file: Any, rows_at_once: int) -> Iterator[Any]:
    groups = list(range(file.num_row_groups))
    # Arrow reads lists of dictionaries only as long as the dictionary stays, which it does in a row group.
    parts = [[group] for group in groups] if any(map(_is_list_of_words, file.schema_arrow)) else [groups]
    for part in parts:
        yield from file.iter_batches(batch_size=rows_at_once, row_groups=part, use_threads=False)


def _is_list_of_words(field: Any) -> bool:
    return any(pa.types.is_dictionary(field.type.field(place).type) for place in range(field.type.num_fields))


def _leaves(metadata: Any) -> list[Any]:
    return [metadata.schema.column(place) for place in range(metadata.num_columns)]


def _is_flat_text(leaf: Any) -> bool:
    # Dictionaries inside lists can change on the way, which Arrow cannot read.
    return bool(leaf.physical_type == "BYTE_ARRAY" and leaf.max_repetition_level == 0)


def _rows_at_once(metadata: Any, shape: Shape) -> int:
    """As many rows as have about as many values as a batch."""
    if shape is Shape.ROWS or metadata.num_rows == 0:
        return ROWS_AT_ONCE
    groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    longest = max(
        max(group.column(place).num_values for place in range(group.num_columns)) / max(group.num_rows, 1)
        for group in groups
    )
    return max(int(VALUES_AT_ONCE / max(longest, 1)), 1)
