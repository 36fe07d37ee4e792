"""A file by its path, or a stream that is open already."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["opened"]


@contextmanager
def opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    """Give a stream of bytes; one that was made of a path is closed at the end."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            yield stream
    else:
        yield source
