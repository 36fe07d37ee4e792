"""The framing of an Arrow IPC stream: where messages end, and how much memory they ask for, before they are read.

The layout is that of the Arrow columnar format, "Encapsulated message format" and `Message.fbs`.
"""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from kwartier.formats.errors import BrokenError, TooLargeError

__all__ = ["END", "Frame", "frames"]

END: Final = b"\xff\xff\xff\xff\x00\x00\x00\x00"
"""What stands at the end of a stream."""

_PREFIX: Final = struct.Struct("<iI")
_CONTINUATION: Final = -1
_DICTIONARY_BATCH: Final = 2
_RECORD_BATCH: Final = 3


class Frame(NamedTuple):
    """A whole message as it came, or the end of the stream."""

    content: bytes
    holds_rows: bool
    is_end: bool


def frames(held: bytearray, largest: int) -> Iterator[Frame]:
    """Take whole messages off the beginning of what has come, and leave the rest.

    Args:
        held: what has come; what is yielded is taken out of it.
        largest: how many bytes a message may have, as it comes and unpacked.

    Raises:
        BrokenError: it is no Arrow IPC stream.
        TooLargeError: a message is larger; this is told as soon as its beginning is there.
    """
    while len(held) >= _PREFIX.size:
        continuation, metadata_size = _PREFIX.unpack_from(held)
        if continuation != _CONTINUATION:
            raise BrokenError("this is no Arrow IPC stream, in which each message begins with ff ff ff ff")
        if metadata_size == 0:
            del held[: _PREFIX.size]
            yield Frame(END, holds_rows=False, is_end=True)
            return
        begun = _PREFIX.size + metadata_size
        _check_size(begun, largest)
        if len(held) < begun:
            return
        message = _Table.root(held, _PREFIX.size)
        size = begun + message.number(3, "<q")
        _check_size(size, largest)
        if len(held) < size:
            return
        kind = message.number(1, "<B")
        if kind in {_DICTIONARY_BATCH, _RECORD_BATCH}:
            header = message.table(2)
            batch = header if kind == _RECORD_BATCH else header.table(1)
            _check_size(begun + _unpacked(batch, begun, size), largest)
        content = bytes(held[:size])
        del held[:size]
        yield Frame(content, holds_rows=kind == _RECORD_BATCH, is_end=False)


def _check_size(size: int, largest: int) -> None:
    if size < 0:
        raise BrokenError("a message of the Arrow IPC stream says that it is smaller than nothing")
    if size > largest:
        raise TooLargeError(
            f"a message of the Arrow IPC stream has {size} bytes; allowed: {largest}. Send record batches of fewer rows"
        )


def _unpacked(batch: "_Table", body: int, end: int) -> int:
    """How many bytes the buffers of a batch have when they are unpacked."""
    compressed = batch.has(3)
    total = 0
    for offset, length in batch.structs(2, "<qq"):
        if offset < 0 or length < 0 or body + offset + length > end:
            raise BrokenError("a message of the Arrow IPC stream points outside itself")
        told = batch.at(body + offset, "<q") if compressed and length >= 8 else -1
        total += length if told < 0 else told
    return total


class _Table:
    """A table of a FlatBuffer: fields by their number."""

    def __init__(self, content: bytearray, place: int) -> None:
        self._content, self._place = content, place
        self._fields = place - self.at(place, "<i")
        self._fields_size = self.at(self._fields, "<H")

    @classmethod
    def root(cls, content: bytearray, place: int) -> "_Table":
        try:
            (offset,) = struct.unpack_from("<I", content, place)
        except struct.error as error:
            raise BrokenError("a message of the Arrow IPC stream is damaged") from error
        return cls(content, place + offset)

    def at(self, place: int, form: str) -> int:
        """A number anywhere in the content."""
        if place < 0:
            raise BrokenError("a message of the Arrow IPC stream points outside itself")
        try:
            number: int = struct.unpack_from(form, self._content, place)[0]
        except struct.error as error:
            raise BrokenError("a message of the Arrow IPC stream points outside itself") from error
        return number

    def _offset(self, field: int) -> int:
        entry = 4 + 2 * field
        return self.at(self._fields + entry, "<H") if entry < self._fields_size else 0

    def has(self, field: int) -> bool:
        return self._offset(field) != 0

    def number(self, field: int, form: str) -> int:
        return self.at(self._place + self._offset(field), form) if self.has(field) else 0

    def table(self, field: int) -> "_Table":
        if not self.has(field):
            raise BrokenError("a message of the Arrow IPC stream lacks its header")
        place = self._place + self._offset(field)
        return _Table(self._content, place + self.at(place, "<I"))

    def structs(self, field: int, form: str) -> Iterator[tuple[int, ...]]:
        if not self.has(field):
            return
        place = self._place + self._offset(field)
        vector = place + self.at(place, "<I")
        count, size = self.at(vector, "<I"), struct.calcsize(form)
        if vector + 4 + count * size > len(self._content):
            raise BrokenError("a message of the Arrow IPC stream points outside itself")
        for item in range(count):
            yield struct.unpack_from(form, self._content, vector + 4 + item * size)
