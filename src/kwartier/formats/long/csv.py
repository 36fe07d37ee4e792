"""Reading the long form from CSV, some whole lines at a time (R3, R4)."""

import csv
import io
from collections.abc import Iterator, Sequence
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

__all__ = ["read_csv"]

CHUNK_BYTES: Final = 8_000_000
"""How much is read at once; what is kept in memory is a multiple of it."""

_BOM: Final = b"\xef\xbb\xbf"
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
        BrokenError: it is no text in UTF-8.
        TooLargeError: a line is longer than `chunk_bytes`.
    """
    with opened(source) as stream:
        table: _Table | None = None
        for first_line, chunk in _chunks(stream, chunk_bytes):
            _check_text(chunk, first_line)
            line, text = first_line, chunk
            if table is None:
                header, _, text = chunk.partition(b"\n")
                table, line = _Table(header), first_line + 1
            yield from table.read(text, line)
        if table is None:
            raise WrongColumnsError(
                "the file is empty; CSV in the long form begins with the names of its columns"
            )


def _chunks(stream: BinaryIO, chunk_bytes: int) -> Iterator[tuple[int, bytes]]:
    """Whole lines, and the number of the first; empty lines before all others are left out."""
    line, left, begun = 1, b"", False
    while chunk := stream.read(chunk_bytes):
        whole, newline, rest = (left + chunk).rpartition(b"\n")
        left = rest
        if len(left) > chunk_bytes:
            raise TooLargeError(
                f"line {line} is longer than {chunk_bytes} bytes: this is no CSV in the long form"
            )
        if not newline:
            continue
        if not begun:
            plain = whole.removeprefix(_BOM).lstrip(b"\r\n")
            line += whole.count(b"\n") - plain.count(b"\n")
            whole, begun = plain, bool(plain)
        if whole:
            yield line, whole
        line += _newlines(whole) + 1
    if left := left if begun else left.removeprefix(_BOM).lstrip(b"\r\n"):
        yield line, left


def _check_text(chunk: bytes, first_line: int) -> None:
    if chunk.isascii():
        return
    try:
        chunk.decode("utf-8")
    except UnicodeDecodeError as error:
        line = first_line + chunk.count(b"\n", 0, error.start)
        raise BrokenError(f"line {line} is no text in UTF-8, which CSV in the long form is") from error


class _Table:
    """CSV of which the first line is known."""

    def __init__(self, header: bytes) -> None:
        text = header.decode("utf-8").rstrip("\r")
        self._delimiter = max(_DELIMITERS, key=text.count)
        names = next(csv.reader([text], delimiter=self._delimiter), [])
        if shape_of(names) is Shape.RUNS:
            raise WrongColumnsError(
                "CSV holds a value on each row, with the columns value, state and factor; runs are read from Parquet,"
                " Arrow and NDJSON"
            )
        self._columns = [column.value for name in names if (column := column_named(name)) is not None]

    def read(self, text: bytes, first_line: int) -> Iterator[Batch]:
        """Read lines; the first has this number."""
        lines = _numbers_of_lines(text, first_line)
        if not len(lines):
            return
        wrong: list[tuple[int, str, int]] = []
        table = self._fast(text, wrong)
        if table is None or table.num_rows + len(wrong) != len(lines):
            yield from self._slow(text, first_line)
            return
        refused = _refused([(int(lines[row - 1]), said, self._width(found)) for row, said, found in wrong])
        kept = np.delete(lines, [row - 1 for row, _, _ in wrong])
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

        types = dict.fromkeys(self._columns, _WORD) | {Column.VALUE.value: number}
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

    def _slow(self, text: bytes, first_line: int) -> Iterator[Batch]:
        """Cut line by line, so that a quotation mark which is not closed spoils its own line alone."""
        kept: list[list[str]] = []
        lines: list[int] = []
        wrong: list[tuple[int, str, str]] = []
        for line, said in enumerate(text.decode("utf-8").split("\n"), first_line):
            content = said.rstrip("\r")
            try:
                fields = next(csv.reader([content], delimiter=self._delimiter, strict=True), [])
            except csv.Error:
                wrong.append((line, content, "a quotation mark is not closed, or stands where none may"))
                continue
            if len(fields) == len(self._columns):
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


def _numbers_of_lines(text: bytes, first_line: int) -> NDArray[np.int64]:
    """Which lines are not empty; one that holds a carriage return alone is taken for one that is not."""
    codes = np.frombuffer(text, np.uint8)
    ends = np.append(np.flatnonzero(codes == _NEWLINE), len(text))
    empty = np.diff(ends, prepend=-1) == 1
    numbers = np.arange(first_line, first_line + len(ends), dtype=np.int64)
    return numbers[~empty] if empty.any() else numbers


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
