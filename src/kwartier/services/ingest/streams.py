"""Streams as deliveries: read as they come, in constant memory (R3, R4)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from kwartier.formats.long import ArrowDecoder, Decoder, NdjsonDecoder, read_chunks
from kwartier.formats.rows import Batch
from kwartier.services.ingest.format import StreamFormat

__all__ = ["batches_of_stream"]

_DECODERS: Final[Mapping[StreamFormat, Callable[[], Decoder]]] = {
    StreamFormat.NDJSON: NdjsonDecoder,
    StreamFormat.ARROW: ArrowDecoder,
}


def batches_of_stream(parts: Iterable[bytes], stream_format: StreamFormat) -> Iterator[Batch]:
    """The rows of a stream.

    Args:
        parts: of any size, as they come.
        stream_format: what it is.

    Raises:
        InvalidValueError: it can't be read, and why; nothing of it may count.
    """
    return read_chunks(parts, _DECODERS[stream_format]())
