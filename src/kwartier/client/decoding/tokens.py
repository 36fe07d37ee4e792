"""Numbers and texts as JSON writes them, one by one: whatever they look like."""

import json
import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["NUMBER", "TEXT", "numbers_at", "text_of", "texts_at"]

# Possessive, so that what does not fit is given up in one pass.
NUMBER: Final = rb"-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][+-]?\d++)?"
"""A number."""

TEXT: Final = rb'[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+'
"""What stands between quotes; whether its escapes are such is not looked at."""

_NUMBER: Final = re.compile(NUMBER)
_TEXT: Final = re.compile(TEXT)


def numbers_at(
    content: bytes, positions: NDArray[np.int64], terminator: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]]:
    """Any numbers of JSON, one by one: with a sign, an exponent, or more digits than two words hold.

    Returns:
        The numbers, how many bytes each has, and which are such and finite.
    """
    numbers, lengths = np.full(positions.size, np.nan), np.zeros(positions.size, np.int64)
    for place, position in enumerate(positions.tolist()):
        found = _NUMBER.match(content, position)
        if found is not None and content[found.end() : found.end() + 1] == bytes((terminator,)):
            numbers[place], lengths[place] = float(found[0]), found.end() - position
    return numbers, lengths, np.isfinite(numbers)


def texts_at(content: bytes, positions: NDArray[np.int64]) -> list[bytes]:
    """What texts of JSON hold from a position to their closing quote, one by one, escapes as they are written."""
    return [found[0] if (found := _TEXT.match(content, place)) else b"" for place in positions.tolist()]


def text_of(raw: bytes) -> str | None:
    """The text that is written between quotes; None: it is none."""
    try:
        if b"\\" in raw:
            told = json.loads(b'"%b"' % raw)
            return told if isinstance(told, str) else None
        text = raw.decode()
    except ValueError:
        return None
    return None if min(text, default=" ") < " " else text
