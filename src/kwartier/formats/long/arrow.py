"""Reading the long form from Arrow: IPC files, and IPC streams as they come (R4)."""

import io
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa

from kwartier.formats.errors import BrokenError
from kwartier.formats.long.columns import Shape, shape_of_schema
from kwartier.formats.long.frames import frames
from kwartier.formats.long.opening import opened
from kwartier.formats.long.tables import batches_of_table, damage_told, legible
from kwartier.formats.rows import Batch

__all__ = ["LARGEST_MESSAGE", "ArrowDecoder", "read_arrow_file", "read_arrow_stream"]

LARGEST_MESSAGE: Final = 64 * 1024 * 1024
"""How many bytes a record batch of a stream may have, as it comes and unpacked."""

_LARGEST_OF_FILE: Final = 2 * 1024 * 1024 * 1024
_CHUNK_BYTES: Final = 1 << 20


def read_arrow_file(source: Path | BinaryIO) -> Iterator[Batch]:
    """Read an Arrow IPC file, of rows or of runs as its columns tell; a record batch is in memory at once.

    Args:
        source: the file, or a stream that can be positioned.

    Raises:
        WrongColumnsError: its columns or their types are not those of the long form.
        BrokenError: it is cut off, damaged, or no such file.
    """
    with opened(source) as stream:
        with damage_told("the Arrow file"):
            file = pa.ipc.open_file(stream)
            schema = legible(file.schema)
        shape, line = shape_of_schema(schema), 1
        for place in range(file.num_record_batches):
            with damage_told("the Arrow file"):
                table = file.get_batch(place)
                table.validate(full=True)
            yield from batches_of_table(table, shape, line)
            line += table.num_rows


def read_arrow_stream(source: Path | BinaryIO) -> Iterator[Batch]:
    """Read an Arrow IPC stream from its beginning to its end; a record batch is in memory at once.

    Raises:
        WrongColumnsError: as `read_arrow_file`.
        BrokenError: it is damaged, or ends before its end.
        TooLargeError: a record batch has more than 2 GiB.
    """
    decoder = ArrowDecoder(largest_message=_LARGEST_OF_FILE)
    with opened(source) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            yield from decoder.feed(chunk)
    yield from decoder.close()


class ArrowDecoder:
    """Reads an Arrow IPC stream that comes in pieces of any size; holds one message in memory.

    Args:
        largest_message: how many bytes a record batch may have, as it comes and unpacked.
    """

    def __init__(self, *, largest_message: int = LARGEST_MESSAGE) -> None:
        self._largest = largest_message
        self._held = bytearray()
        self._pipe = _Pipe()
        self._reader: Any = None
        self._shape = Shape.ROWS
        self._line = 1
        self._ended = False

    def feed(self, chunk: bytes) -> Iterator[Batch]:
        """Take in what came, and read what is whole.

        Raises:
            WrongColumnsError: the columns or their types are not those of the long form.
            BrokenError: it makes no sense, or goes on after its end.
            TooLargeError: a record batch is larger than allowed.
        """
        self._held += chunk
        if not self._ended:
            for frame in frames(self._held, self._largest):
                self._ended = frame.is_end
                self._pipe.put(frame.content)
                if self._reader is None:
                    self._open()
                elif frame.holds_rows:
                    yield from self._read()
        if self._ended and self._held:
            raise BrokenError("the Arrow IPC stream goes on after its end; allowed: one stream")

    def close(self) -> Iterator[Batch]:
        """Say that all has come.

        Raises:
            BrokenError: the stream has not come to its end.
        """
        if not self._ended:
            raise BrokenError(
                "the Arrow IPC stream is cut off: its end has not come, and nothing of it counts"
            )
        yield from ()

    def _open(self) -> None:
        if self._ended:
            raise BrokenError("the Arrow IPC stream ends before it tells its columns")
        with damage_told("the Arrow IPC stream"):
            self._reader = pa.ipc.open_stream(self._pipe)
            schema = legible(self._reader.schema)
        self._shape = shape_of_schema(schema)

    def _read(self) -> Iterator[Batch]:
        with damage_told("the Arrow IPC stream"):
            table = self._reader.read_next_batch()
            table.validate(full=True)
        yield from batches_of_table(table, self._shape, self._line)
        self._line += table.num_rows


class _Pipe(io.RawIOBase):
    """Whole messages on their way to the reader of Arrow, which asks for no more than there is."""

    def __init__(self) -> None:
        self._waiting: deque[memoryview] = deque()

    def put(self, content: bytes) -> None:
        self._waiting.append(memoryview(content))

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes; fewer only when there are no more."""
        parts: list[memoryview] = []
        left = size if size >= 0 else sum(map(len, self._waiting))
        while left and self._waiting:
            first = self._waiting.popleft()
            if len(first) > left:
                self._waiting.appendleft(first[left:])
                first = first[:left]
            parts.append(first)
            left -= len(first)
        return b"".join(parts)
