"""Small tables of text in CSV or Parquet: what an operator writes about headpoints and gas factors."""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

from kwartier.formats.errors import BrokenError, WrongColumnsError
from kwartier.wire.timestamps import write_timestamp

__all__ = ["Cells", "Line", "read_table"]

Cells: TypeAlias = dict[str, str]
"""What stands in a row, by column: without blanks around it, and without the cells that are empty."""

Line: TypeAlias = tuple[int, Cells | str]
"""The number of a row in its file, from 1, and its cells; or why it can't be read."""

_PARQUET: Final = b"PAR1"
_DELIMITERS: Final = (",", ";")
_EAN_DIGITS: Final = 18
_UNKNOWN_SHOWN: Final = 10
_SHOWN: Final = 60  # characters of a name


def read_table(file: Path, columns: Collection[str], needed: Collection[str]) -> Iterator[Line]:
    """Read the rows of a table; its first bytes tell whether it is Parquet or CSV. An empty line is none.

    Args:
        file: where it is.
        columns: what may stand there, in any order and any case.
        needed: those that may not be left out.

    Raises:
        WrongColumnsError: its columns, or their types, are others.
        BrokenError: it is cut off, damaged, or no text in UTF-8.
    """
    with file.open("rb") as stream:
        is_parquet = stream.peek(len(_PARQUET)).startswith(_PARQUET)
        yield from (_parquet if is_parquet else _csv)(stream, columns, needed)


def _csv(stream: BinaryIO, columns: Collection[str], needed: Collection[str]) -> Iterator[Line]:
    with io.TextIOWrapper(stream, "utf-8-sig", newline="") as text:
        line = 0
        try:
            header = text.readline()
            delimiter = max(_DELIMITERS, key=header.count)
            names = _names(next(csv.reader([header], delimiter=delimiter), []), columns, needed)
            rows = csv.reader(text, delimiter=delimiter, strict=True)
            for row in rows:
                line = rows.line_num + 1
                if row:
                    yield line, _cells(names, row)
        except UnicodeDecodeError as error:
            raise BrokenError("the file is no text in UTF-8, which CSV is here") from error
        except csv.Error as error:
            raise BrokenError(f"after line {line}: {error}") from error


def _cells(names: Sequence[str], row: Sequence[str]) -> Cells | str:
    if len(row) != len(names):
        return f"there are {len(row)} columns, and the first line has {len(names)}"
    return {name: cell for name, text in zip(names, row, strict=True) if (cell := text.strip())}


def _parquet(stream: BinaryIO, columns: Collection[str], needed: Collection[str]) -> Iterator[Line]:
    # Heavy, and CSV does without it.
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        opened = pq.ParquetFile(stream)
        names = _names(opened.schema_arrow.names, columns, needed)
        for field in opened.schema_arrow:
            if pa.types.is_timestamp(field.type) and field.type.tz is None:
                raise WrongColumnsError(
                    f"column {field.name} has moments without a time zone; UTC is allowed"
                )
        line = 0
        for batch in opened.iter_batches():
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                line += 1
                yield (
                    line,
                    {
                        name: text
                        for name, cell in zip(names, row, strict=True)
                        if (text := _text(name, cell))
                    },
                )
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise BrokenError(f"the Parquet file is cut off or damaged: {error}") from error


def _text(name: str, cell: Any) -> str:
    """A cell of a column as CSV has it."""
    match cell:
        case None:
            return ""
        case datetime():
            return write_timestamp(cell.astimezone(UTC))
        case date():
            return cell.isoformat()
        case int() if name.endswith("ean"):
            return f"{cell:0{_EAN_DIGITS}d}"  # an EAN that was read as a number has lost its zeros
        case _:
            return str(cell).strip()


def _names(found: Sequence[str], columns: Collection[str], needed: Collection[str]) -> list[str]:
    names = [name.strip().casefold() for name in found]
    unknown = [name for name in dict.fromkeys(names) if name not in columns]
    wrong = [f"unknown column {name[:_SHOWN]!r}" for name in unknown[:_UNKNOWN_SHOWN]]
    if len(unknown) > _UNKNOWN_SHOWN:
        wrong.append(f"{len(unknown) - _UNKNOWN_SHOWN} unknown columns more")
    wrong += [f"column {name!r} is missing" for name in needed if name not in names]
    wrong += [f"column {name!r} stands there twice" for name in columns if names.count(name) > 1]
    if wrong:
        raise WrongColumnsError(
            f"{'; '.join(wrong)}. Allowed on the first line, in any order: {', '.join(columns)}"
        )
    return names
