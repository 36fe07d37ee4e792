"""Text in files, before it means anything: line ends, the end of a file, and a line cut into its columns (R3, R4)."""

import csv
from collections.abc import Iterator
from typing import BinaryIO, Final

from kwartier.formats.errors import BrokenError

__all__ = ["BOM", "chunks_of", "cut", "first_line", "never_ended"]

BOM: Final = b"\xef\xbb\xbf"
_LOOKED_AT: Final = 1 << 16


def chunks_of(stream: BinaryIO, chunk_bytes: int) -> Iterator[bytes]:
    """Read a text bit by bit, so that its lines end in LF or in CR LF.

    Where the first line ends in CR alone, every CR ends a line.

    Args:
        stream: at its beginning.
        chunk_bytes: how much is read at once.
    """
    held, by_cr = b"", None
    while chunk := stream.read(chunk_bytes):
        if by_cr is None:
            held += chunk
            by_cr = _ends_in_cr(held)
            if by_cr is None and len(held) < _LOOKED_AT:
                continue
            chunk, held = held, b""
        yield chunk.replace(b"\r", b"\n") if by_cr else chunk
    if held:
        yield held


def _ends_in_cr(beginning: bytes) -> bool | None:
    """Whether the first line ends in CR alone; None: it has not ended yet."""
    cr, lf = beginning.find(b"\r"), beginning.find(b"\n")
    if lf >= 0:
        return 0 <= cr < lf - 1
    return True if 0 <= cr < len(beginning) - 1 else None


def first_line(beginning: bytes) -> str:
    """The first line that is not blank, whatever ends it; what is no text in it is replaced."""
    lines = beginning.removeprefix(BOM).decode("utf-8", "replace").splitlines()
    return next((line for line in lines if line.strip()), "")


def cut(line: str, delimiter: str) -> list[str] | str:
    """Cut a line into its columns, some of them quoted; or what is wrong with it, in words."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        if "\r" in line:
            return "a line end (CR) stands inside it; allowed: lines that all end alike"
        if line.count('"'):
            return "a quotation mark is not closed, or stands where none may"
        return f"a column is longer than {csv.field_size_limit()} characters"


def never_ended(number: int, line: str, delimiter: str, width: int) -> BrokenError | None:
    """What is wrong if the last line, which has no line end, is not whole: then the file was cut off there (R3).

    Args:
        number: of the line.
        line: as it stands.
        delimiter: between columns.
        width: how many columns there are.
    """
    fields = cut(line, delimiter)
    is_cut = line.count('"') % 2 == 1 if isinstance(fields, str) else len(fields) < width
    if not is_cut or not line.strip():
        return None
    return BrokenError(
        f"the file is cut off inside line {number}, its last, which has no line end and fewer columns than the first line;"
        " nothing of it counts"
    )
