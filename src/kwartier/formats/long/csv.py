"""Reading the long form from CSV, some whole lines at a time (R3, R4)."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from kwartier.formats.errors import BrokenError, TooLargeError, WrongColumnsError
from kwartier.formats.long.columns import Shape, column_named, shape_of
from kwartier.formats.long.opening import opened
from kwartier.formats.long.rows import batches_of_rows
from kwartier.formats.long.words import ROW_COLUMNS, Column
from kwartier.formats.rows import REJECTED, ROWS, Batch
from kwartier.formats.text import BOM, chunks_of, cut, never_ended

__all__ = ["read_csv"]

CHUNK_BYTES: Final = 8_000_000
"""How much is read at once; what is kept in memory is a multiple of it."""

_DELIMITERS: Final = (",", ";")
_WORD: Final = pa.dictionary(pa.int32(), pa.string())
_NEWLINE: Final = 10


def read_csv(source: Path | BinaryIO, *, chunk_bytes: int = CHUNK_BYTES) -> Iterator[Batch]:
    """Read rows of CSV: separated by commas or semicolons, columns in any order, UTF-8. A line that is empty is none.

    Args:
        source: the file, or a stream at its beginning.
        chunk_bytes: how much is read at once; no line may be longer.

    Raises:
        WrongColumnsError: the first line does not name the columns of the long form.
        BrokenError: it is no text in UTF-8, or is cut off inside its last line.
        TooLargeError: a line is longer than `chunk_bytes`.
    """
    with opened(source) as stream:
        table: _Table | None = None
        for lines in _chunks(stream, chunk_bytes):
            _check_text(lines)
            if table is None:
                header, rest = lines.parted()
                table = _Table(header)
                yield from table.read(rest)
            else:
                if not lines.is_ended:
                    table.check_whole(lines)
                yield from table.read(lines)
        if table is None:
            raise WrongColumnsError(
                "the file is empty; CSV in the long form begins with the names of its columns"
            )


@dataclass(frozen=True, slots=True)
class _Lines:
    """Whole lines, without the newline of the last: the number of the first, and how many there are, empty ones too.

    The last of a file comes alone, if it has no newline.
    """

    first: int
    count: int
    text: bytes
    is_ended: bool = True

    def parted(self) -> tuple[bytes, "_Lines"]:
        """The first line, and the others."""
        line, _, rest = self.text.partition(b"\n")
        return line, _Lines(self.first + 1, self.count - 1, rest)

    def numbers(self) -> NDArray[np.int64]:
        """The numbers of those that are not empty; one that holds a carriage return alone is taken for one that is not."""
        ends = np.append(np.flatnonzero(np.frombuffer(self.text, np.uint8) == _NEWLINE), len(self.text))
        return np.flatnonzero(np.diff(ends, prepend=-1) > 1) + self.first


def _chunks(stream: BinaryIO, chunk_bytes: int) -> Iterator[_Lines]:
    """Some whole lines at a time; empty lines before all others are left out."""
    line, left, begun = 1, b"", False
    for chunk in chunks_of(stream, chunk_bytes):
        end = chunk.rfind(b"\n")
        # Copied once: a chunk is as large as the caches of a processor, or larger.
        whole = b"".join((left, memoryview(chunk)[: max(0, end)]))
        left = chunk[end + 1 :] if end >= 0 else whole + chunk
        if len(left) > chunk_bytes:
            raise TooLargeError(
                f"line {line} is longer than {chunk_bytes} bytes: this is no CSV in the long form"
            )
        if end < 0:
            continue
        if not begun:
            plain = whole.removeprefix(BOM).lstrip()
            line += _newlines(whole) - _newlines(plain)
            whole, begun = plain, bool(plain)
        count = _newlines(whole) + 1
        if whole:
            yield _Lines(line, count, whole)
        line += count
    if left := left if begun else left.removeprefix(BOM).lstrip():
        yield _Lines(line, 1, left, is_ended=False)


def _check_text(lines: _Lines) -> None:
    if lines.text.isascii():
        return
    try:
        lines.text.decode("utf-8")
    except UnicodeDecodeError as error:
        line = lines.first + lines.text.count(b"\n", 0, error.start)
        raise BrokenError(f"line {line} is no text in UTF-8, which CSV in the long form is") from error


class _Table:
    """CSV of which the first line is known."""

    def __init__(self, header: bytes) -> None:
        text = header.decode("utf-8").rstrip("\r")
        if "\0" in text:
            raise BrokenError(
                "the first line has NUL characters, as UTF-16 has; CSV in the long form is UTF-8"
            )
        self._delimiter = max(_DELIMITERS, key=text.count)
        names = cut(text, self._delimiter)
        if isinstance(names, str):
            raise WrongColumnsError(f"the first line does not name the columns of the long form: {names}")
        if shape_of(names) is Shape.RUNS:
            raise WrongColumnsError(
                "CSV holds a value on each row, with the columns value, state and factor; runs are read from Parquet,"
                " Arrow and NDJSON"
            )
        self._columns = [column.value for name in names if (column := column_named(name)) is not None]

    def check_whole(self, last: _Lines) -> None:
        """See that the last line of a file, which has no newline, is whole.

        Raises:
            BrokenError: it is not.
        """
        broken = never_ended(last.first, last.text.decode("utf-8"), self._delimiter, len(self._columns))
        if broken is not None:
            raise broken

    def read(self, lines: _Lines) -> Iterator[Batch]:
        """Read lines."""
        wrong: list[tuple[int, str, int]] = []
        table = self._fast(lines.text, wrong)
        if table is not None and table.num_rows == lines.count:
            numbers = np.arange(lines.first, lines.first + lines.count, dtype=np.int64)
            yield from self._batches(table, numbers)
            return
        numbers = lines.numbers()
        if not len(numbers):
            return
        if table is None or table.num_rows + len(wrong) != len(numbers):
            yield from self._slow(lines)
            return
        refused = _refused([(int(numbers[row - 1]), said, self._width(found)) for row, said, found in wrong])
        kept = np.delete(numbers, [row - 1 for row, _, _ in wrong])
        yield from _with_refused(self._batches(table, kept), refused)

    def _width(self, found: int) -> str:
        return f"columns missing or too many: there are {found}, and the first line has {len(self._columns)}"

    def _batches(self, table: Any, lines: NDArray[np.int64]) -> Iterator[Batch]:
        whole = table.combine_chunks()
        cells = {
            column: whole.column(column.value).combine_chunks()
            if column.value in self._columns
            else pa.nulls(len(lines))
            for column in ROW_COLUMNS
        }
        return batches_of_rows(cells, lines)

    def _fast(self, text: bytes, wrong: list[tuple[int, str, int]]) -> Any:
        """Cut lines that are as they should be; None: some are not, in a way that shifts others."""
        if b"\r" in text and text.count(b"\r") != text.count(b"\r\n") + text.endswith(b"\r"):
            return None
        for number in (pa.float64(), pa.string()):
            wrong.clear()
            try:
                return self._parsed(text, number, wrong)
            except pa.ArrowInvalid:
                continue
        return None

    def _parsed(self, text: bytes, number: Any, wrong: list[tuple[int, str, int]]) -> Any:
        def set_aside(row: Any) -> str:
            wrong.append((row.number, row.text, row.actual_columns))
            return "skip"

        # Of starts there are many, which come again with every series; of all else the same comes row after row.
        types = dict.fromkeys(self._columns, pa.string()) | {
            Column.START.value: _WORD,
            Column.VALUE.value: number,
        }
        return pa_csv.read_csv(
            io.BytesIO(text),
            read_options=pa_csv.ReadOptions(
                use_threads=False, column_names=self._columns, block_size=len(text) + 1
            ),
            parse_options=pa_csv.ParseOptions(delimiter=self._delimiter, invalid_row_handler=set_aside),
            convert_options=pa_csv.ConvertOptions(
                column_types=types, null_values=[""], strings_can_be_null=True, check_utf8=False
            ),
        )

    def _slow(self, chunk: _Lines) -> Iterator[Batch]:
        """Cut line by line, so that a quotation mark which is not closed spoils its own line alone."""
        kept: list[list[str]] = []
        lines: list[int] = []
        wrong: list[tuple[int, str, str]] = []
        for line, said in enumerate(chunk.text.decode("utf-8").split("\n"), chunk.first):
            content = said.rstrip("\r")
            fields = cut(content, self._delimiter)
            if isinstance(fields, str):
                wrong.append((line, content, fields))
            elif len(fields) == len(self._columns):
                kept.append(fields)
                lines.append(line)
            elif content:
                wrong.append((line, content, self._width(len(fields))))
        columns = list(zip(*kept, strict=True)) or [()] * len(self._columns)
        arrays = [pa.array([one or None for one in column], pa.string()) for column in columns]
        table = pa.table(arrays, names=self._columns)
        yield from _with_refused(self._batches(table, np.array(lines, np.int64)), _refused(wrong))


def _newlines(text: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == _NEWLINE))


def _refused(wrong: Sequence[tuple[int, str, str]]) -> pl.DataFrame:
    records = [(line, 0, reason, content) for line, content, reason in wrong]
    return pl.DataFrame(records, schema=REJECTED, orient="row")


def _with_refused(batches: Iterator[Batch], refused: pl.DataFrame) -> Iterator[Batch]:
    """The batches of a part, the first with the lines that could not be cut."""
    for batch in batches:
        if refused.height:
            yield Batch(batch.rows, pl.concat([batch.rejected, refused]).sort("line"))
            refused = refused.clear()
        else:
            yield batch
    if refused.height:
        yield Batch(ROWS.to_frame(), refused)
