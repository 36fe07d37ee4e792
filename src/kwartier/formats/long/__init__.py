"""The long form of readings, in every file that holds it (R4); see docs/long-form.md."""

from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from kwartier.formats.errors import WrongColumnsError
from kwartier.formats.long.arrow import ArrowDecoder, read_arrow_file, read_arrow_stream
from kwartier.formats.long.columns import Shape
from kwartier.formats.long.csv import read_csv
from kwartier.formats.long.ndjson import NdjsonDecoder, read_line, read_ndjson
from kwartier.formats.long.opening import opened
from kwartier.formats.long.parquet import read_parquet
from kwartier.formats.rows import Batch

__all__ = [
    "ArrowDecoder",
    "Decoder",
    "LongFile",
    "NdjsonDecoder",
    "Shape",
    "file_of",
    "read_arrow_file",
    "read_arrow_stream",
    "read_chunks",
    "read_csv",
    "read_line",
    "read_long",
    "read_ndjson",
    "read_parquet",
]


class LongFile(Enum):
    """In what the long form is written."""

    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    ARROW_FILE = "arrow file"
    ARROW_STREAM = "arrow stream"


class Decoder(Protocol):
    """Reads a stream that comes in pieces of any size, in constant memory."""

    def feed(self, chunk: bytes) -> Iterator[Batch]:
        """Take in what came, and read what is whole; nothing is taken in before the first batch is asked for."""

    def close(self) -> Iterator[Batch]:
        """Say that all has come, and read the rest."""


_BEGINNINGS: Final = (
    (b"PAR1", LongFile.PARQUET),
    (b"ARROW1\0\0", LongFile.ARROW_FILE),
    (b"\xff\xff\xff\xff", LongFile.ARROW_STREAM),
)
_PACKED: Final = (
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PK\x03\x04", "zip, or a spreadsheet"),
)
_LOOKED_AT: Final = 4096

_READERS: Final = {
    LongFile.CSV: read_csv,
    LongFile.NDJSON: read_ndjson,
    LongFile.PARQUET: read_parquet,
    LongFile.ARROW_FILE: read_arrow_file,
    LongFile.ARROW_STREAM: read_arrow_stream,
}


def file_of(beginning: bytes) -> LongFile:
    """Tell by its first bytes what a file is; what is nothing else is CSV.

    Raises:
        WrongColumnsError: it is packed.
    """
    for magic, file in _BEGINNINGS:
        if beginning.startswith(magic):
            return file
    for magic, name in _PACKED:
        if beginning.startswith(magic):
            raise WrongColumnsError(
                f"the file is packed ({name}); allowed: CSV, NDJSON, Parquet and Arrow, unpacked"
            )
    plain = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    return LongFile.NDJSON if plain.startswith((b"{", b"[")) else LongFile.CSV


def read_long(source: Path | BinaryIO) -> Iterator[Batch]:
    """Read a file in the long form, whatever its name.

    Args:
        source: the file, or a stream at its beginning that can be positioned.

    Raises:
        FormatError: it cannot be read; nothing that was read of it may count.
    """
    with opened(source) as stream:
        file = file_of(stream.read(_LOOKED_AT))
        stream.seek(0)
        yield from _READERS[file](stream)


def read_chunks(chunks: Iterable[bytes], decoder: Decoder) -> Iterator[Batch]:
    """Read a stream that comes in pieces.

    Raises:
        FormatError: it cannot be read; nothing that was read of it may count.
    """
    for chunk in chunks:
        yield from decoder.feed(chunk)
    yield from decoder.close()
