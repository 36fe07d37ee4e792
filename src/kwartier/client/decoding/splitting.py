"""Where the slots of an array begin and end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.client.decoding.learning import (
    STAMP_LENGTH,
    Learned,
    Literal,
    Number,
    Stamp,
    Text,
    UnlearnableError,
    learn,
)

__all__ = ["Slots", "split_by_bracket", "split_by_depth"]

_SEPARATOR: Final = re.compile(rb"[ \t\n\r]*,[ \t\n\r]*")
_END: Final = re.compile(rb"[ \t\n\r]*\]")
_BLOCK: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of an array.

    Attributes:
        starts: where in the content each begins, shape (n,).
        ends: where each ends.
        closed: behind the bracket that closes the array.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    closed: int


def split_by_bracket(content: bytes, opened: int, first: Learned) -> Slots | None:
    """Split where each slot has one opening bracket, at the same place, and the same comma behind it.

    Args:
        content: the answer.
        opened: where the first slot begins.
        first: what was learned from it.

    Returns:
        The slots; None: the array is not so.
    """
    offset = _bracket(first)
    separator = _SEPARATOR.match(content, first.end)
    if offset is None or separator is None:
        return None
    found = list(_begins(content, opened, offset, _opening(first)))
    if not found:
        return None
    starts = np.concatenate(found)
    try:
        last = learn(content, int(starts[-1])).end
    except UnlearnableError:
        return None
    closing = _END.match(content, last)
    ends = np.append(starts[1:] - len(separator[0]), last)
    if starts[0] != opened or closing is None or not _all_at(content, ends[:-1], separator[0]):
        return None
    return Slots(starts, ends, closing.end())


def split_by_depth(content: bytes, opened: int) -> Slots | None:
    """Split an array of objects by its braces and brackets, wherever they stand; no text in it may hold one.

    Args:
        content: the answer.
        opened: where the first slot begins.

    Returns:
        The slots; None: the array has no end.
    """
    starts: list[NDArray[np.int64]] = []
    ends: list[NDArray[np.int64]] = []
    depth = 0
    for block in range(opened, len(content), _BLOCK):
        part = np.frombuffer(content, np.uint8, min(_BLOCK, len(content) - block), block)
        folded = part & np.uint8(0xDF)  # makes [ and { the same, and ] and }
        marks = np.flatnonzero((folded == ord("[")) | (folded == ord("]")))
        deeper = folded[marks] == ord("[")
        depths = depth + np.cumsum(np.where(deeper, 1, -1))
        closing = np.flatnonzero(depths < 0)
        stop = int(closing[0]) if closing.size else marks.size
        marks, deeper, depths = marks[:stop] + block, deeper[:stop], depths[:stop]
        starts.append(marks[deeper & (depths == 1)])
        ends.append(marks[~deeper & (depths == 0)] + 1)
        if closing.size:
            closed = block + int(np.flatnonzero((folded == ord("[")) | (folded == ord("]")))[stop]) + 1
            return _checked(content, Slots(np.concatenate(starts), np.concatenate(ends), closed))
        depth = int(depths[-1]) if depths.size else depth
    return None


def _checked(content: bytes, slots: Slots) -> Slots | None:
    """The slots if there is nothing but a comma between them, and nothing behind the last."""
    if slots.starts.size != slots.ends.size or slots.starts.size == 0:
        return None
    closing = _END.match(content, int(slots.ends[-1]))
    if closing is None or closing.end() != slots.closed:
        return None
    between = slots.starts[1:] - slots.ends[:-1]
    for length in np.unique(between).tolist():
        places = slots.ends[:-1][between == length]
        separator = _SEPARATOR.match(content, int(places[0])) if places.size else None
        if separator is None or len(separator[0]) != length:
            return None
        if not _all_at(content, places, separator[0]):  # other blanks between
            gaps = {content[place : place + length] for place in places.tolist()}
            if not all(_SEPARATOR.fullmatch(gap) for gap in gaps):
                return None
    return slots


def _all_at(content: bytes, places: NDArray[np.int64], text: bytes) -> bool:
    """Whether a text stands at each of some places."""
    return bool(_at(content, places, text).all())


def _at(content: bytes, places: NDArray[np.int64], text: bytes) -> NDArray[np.bool_]:
    length = len(text)
    every = np.ndarray((max(len(content) - length + 1, 0),), f"S{length}", content, strides=(1,))
    inside = (places >= 0) & (places <= len(content) - length)
    found: NDArray[np.bool_] = inside & (every[np.where(inside, places, 0)] == text)
    return found


def _bracket(learned: Learned) -> int | None:
    """How far behind a slot's beginning its one opening bracket stands, if that is always the same."""
    offset, found = 0, None
    for step in learned.steps:
        match step:
            case Literal(text):
                if text.count(b"[") > (1 if found is None else 0):
                    return None
                if found is None and b"[" in text:
                    found = offset + text.index(b"[")
                offset += len(text)
            case Stamp(_, suffix, _):
                offset += STAMP_LENGTH + len(suffix)
            case Number() | Text() if found is None:
                return None
            case _:
                pass
    return found


def _opening(learned: Learned) -> bytes:
    """What a slot begins with; it is an object, so that there is something."""
    first = learned.steps[0]
    return first.text if isinstance(first, Literal) else b"{"


def _begins(content: bytes, opened: int, offset: int, opening: bytes) -> Iterator[NDArray[np.int64]]:
    """Where slots begin, as far as brackets show them; up to the first bracket that is no slot's."""
    for block in range(opened, len(content), _BLOCK):
        part = np.frombuffer(content, np.uint8, min(_BLOCK, len(content) - block), block)
        begins = np.flatnonzero(part == ord("[")) + (block - offset)
        are_slots = _at(content, begins, opening)
        if not are_slots.all():
            yield begins[: int(are_slots.argmin())]
            return
        yield begins
