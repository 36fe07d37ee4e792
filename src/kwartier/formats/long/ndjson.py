"""Reading the long form from NDJSON: on each line a run, or a single value, as a JSON object (R3, R4)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import polars as pl

from kwartier.domain.errors import InvalidValueError
from kwartier.formats.errors import BrokenError, TooLargeError, WrongColumnsError
from kwartier.formats.long.columns import Shape, column_named, shape_of
from kwartier.formats.long.objects import Objects, fault_of
from kwartier.formats.long.opening import opened
from kwartier.formats.long.runs import VALUES_AT_ONCE
from kwartier.formats.rows import REJECTED, ROWS, Batch
from kwartier.formats.text import BOM, chunks_of
from kwartier.wire.json_text import read_json

__all__ = ["LONGEST_LINE", "NdjsonDecoder", "read_line", "read_ndjson"]

LONGEST_LINE: Final = 4 * 1024 * 1024
"""How many bytes a line may have."""

_CHUNK_BYTES: Final = 1 << 20
_LINES_AT_ONCE: Final = 50_000
_HEADS_KEPT: Final = 64
_MOST_BRACKETS: Final = 100


def read_line(line: str) -> Any:
    """What a line says; an object of the long form has three lists at most.

    Raises:
        InvalidValueError: it is no JSON, or has brackets in such number that they may lie deeper in each other than can be read.
    """
    if line.count("[") + line.count("{") > _MOST_BRACKETS:
        raise InvalidValueError(f"no JSON of the long form: it opens more than {_MOST_BRACKETS} brackets")
    return read_json(line)


def read_ndjson(source: Path | BinaryIO) -> Iterator[Batch]:
    """Read NDJSON; a line that is wrong is rejected, an empty line is none.

    Raises:
        TooLargeError: a line has more than `LONGEST_LINE` bytes.
        BrokenError: it is cut off inside its last line.
    """
    decoder = NdjsonDecoder()
    with opened(source) as stream:
        for chunk in chunks_of(stream, _CHUNK_BYTES):
            yield from decoder.feed(chunk)
    yield from decoder.close()


class NdjsonDecoder:
    """Reads NDJSON that comes in pieces of any size; holds a line and about `VALUES_AT_ONCE` values in memory."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._line = 0
        self._objects = Objects()
        self._refused: list[tuple[int, int, str, str]] = []
        self._heads: dict[tuple[str, ...], Shape | str] = {}

    def feed(self, chunk: bytes) -> Iterator[Batch]:
        """Take in what came, and read what is whole.

        Raises:
            TooLargeError: a line has more than `LONGEST_LINE` bytes.
        """
        lines, newline, rest = chunk.rpartition(b"\n")
        if newline:
            for line in b"".join([*self._held, lines]).removeprefix(self._bom()).split(b"\n"):
                self._take(line)
                if self._objects.values >= VALUES_AT_ONCE or len(self._refused) >= _LINES_AT_ONCE:
                    yield from self._flush()
            self._held, self._held_bytes = [], 0
        if rest:
            self._held.append(rest)
            self._held_bytes += len(rest)
        if self._held_bytes > LONGEST_LINE:
            raise self._too_long(self._line + 1)

    def close(self) -> Iterator[Batch]:
        """Say that all has come, and read the rest.

        Raises:
            BrokenError: the last line has no line end and is no JSON: it was cut off.
        """
        if self._held:
            last = b"".join(self._held).removeprefix(self._bom())
            self._held, self._held_bytes = [], 0
            if last.strip():
                self._check_whole(last)
            self._take(last)
        yield from self._flush()

    def _bom(self) -> bytes:
        return BOM if self._line == 0 else b""

    def _check_whole(self, last: bytes) -> None:
        try:
            read_json(last.decode())
        except ValueError as error:
            raise BrokenError(
                f"it is cut off inside line {self._line + 1}, its last, which has no line end and is"
                f" {_said(error)}; nothing of it counts"
            ) from error

    @staticmethod
    def _too_long(line: int) -> TooLargeError:
        return TooLargeError(
            f"line {line} is longer than allowed: {LONGEST_LINE} bytes. Send runs of fewer values"
        )

    def _take(self, line: bytes) -> None:
        self._line += 1
        if len(line) > LONGEST_LINE:
            raise self._too_long(self._line)
        if not line.strip():
            return
        try:
            read = read_line(line.decode())
            if b"\\u" in line:
                # Half a surrogate pair is JSON, and no text.
                json.dumps(read, ensure_ascii=False).encode()
        except ValueError as error:
            self._refuse(line, _said(error))
            return
        if not isinstance(read, dict):
            self._refuse(line, "no JSON object; allowed: one on each line, a run or a single value")
            return
        shape = self._shape_of(tuple(read))
        if isinstance(shape, str):
            self._refuse(line, shape)
            return
        cells = {column: cell for name, cell in read.items() if (column := column_named(name)) is not None}
        fault = fault_of(cells)
        if fault is not None:
            self._refuse(line, fault)
        else:
            self._objects.add(shape, cells, self._line)

    def _shape_of(self, names: tuple[str, ...]) -> Shape | str:
        """The shape of an object with these names, or what is wrong with them."""
        known = self._heads.get(names)
        if known is None:
            try:
                known = shape_of(names)
            except WrongColumnsError as error:
                known = str(error)
            if len(self._heads) < _HEADS_KEPT:
                self._heads[names] = known
        return known

    def _refuse(self, line: bytes, reason: str) -> None:
        self._refused.append((self._line, 0, reason, line.decode("utf-8", "replace").strip()))

    def _flush(self) -> Iterator[Batch]:
        refused = pl.DataFrame(self._refused, schema=REJECTED, orient="row")
        self._refused = []
        objects, self._objects = self._objects, Objects()
        if refused.height:
            yield Batch(ROWS.to_frame(), refused)
        yield from objects.batches()


def _said(error: ValueError) -> str:
    return str(error) if isinstance(error, InvalidValueError) else f"no JSON: {error}"[:200]
