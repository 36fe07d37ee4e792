"""Streams as deliveries: read as they come, in constant memory (R3, R4)."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from kwartier.formats.long import ArrowDecoder, Decoder, NdjsonDecoder, read_chunks
from kwartier.formats.rows import Batch
from kwartier.services.ingest.format import StreamFormat

__all__ = ["Hashed", "batches_of_stream"]

_DECODERS: Final[Mapping[StreamFormat, Callable[[], Decoder]]] = {
    StreamFormat.NDJSON: NdjsonDecoder,
    StreamFormat.ARROW: ArrowDecoder,
}


class Hashed:
    """Parts of a content as they go by, and the digest of those that did.

    Args:
        parts: as they come; each is seen once.
    """

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = iter(parts)
        self._digest = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self._digest.update(part)
            yield part

    def digest(self) -> str:
        """The SHA-256 of all parts, once the rest went by too."""
        for part in self._parts:
            self._digest.update(part)
        return self._digest.hexdigest()


def batches_of_stream(parts: Iterable[bytes], stream_format: StreamFormat) -> Iterator[Batch]:
    """The rows of a stream.

    Args:
        parts: of any size, as they come.
        stream_format: what it is.

    Raises:
        InvalidValueError: it can't be read, and why; nothing of it may count.
    """
    return read_chunks(parts, _DECODERS[stream_format]())
