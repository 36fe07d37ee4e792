"""One array of slots, from its opening bracket to its closing one, as values by register."""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.client.decoding.columns import Register, Values, join_values
from kwartier.client.decoding.learning import Learned, UnlearnableError, learn
from kwartier.client.decoding.plain import BrokenAnswerError, parsed, plain_values
from kwartier.client.decoding.reading import Vocabularies, read_slots
from kwartier.client.decoding.splitting import Slots, split_by_bracket, split_by_depth

__all__ = ["SlotArray", "UnsplittableError", "read_array"]

_EMPTY: Final = re.compile(rb"[ \t\n\r]*\]")
_BLANKS: Final = re.compile(rb"[ \t\n\r]*")
_BLOCK: Final = 8192  # rows, so that what is computed of them stays near the processor
_MOST_KINDS: Final = 64
"""How many kinds of slot are learned before what is left is read one by one."""


class UnsplittableError(Exception):
    """The array is not one of objects that can be told apart without reading all of it."""


@dataclass(frozen=True, slots=True)
class SlotArray:
    """An array of slots.

    Attributes:
        values: by register.
        closed: behind its closing bracket.
    """

    values: dict[Register, Values]
    closed: int


def read_array(content: bytes, opened: int, vocabularies: Vocabularies) -> SlotArray:
    """Read an array of slots.

    Args:
        content: the answer.
        opened: behind the array's opening bracket.
        vocabularies: the texts that were met.

    Raises:
        UnsplittableError: its slots can't be told apart, or one is no slot.
    """
    empty = _EMPTY.match(content, opened)
    if empty is not None:
        return SlotArray({}, empty.end())
    blanks = _BLANKS.match(content, opened)
    begun = opened if blanks is None else blanks.end()
    first = _learned(content, begun)
    by_bracket = None if first is None else split_by_bracket(content, begun, first)
    if by_bracket is not None:
        # A slot without a bracket is not seen, and lies behind another as if it were part of that.
        with suppress(BrokenAnswerError):
            return _read(content, by_bracket, first, vocabularies)
    by_depth = split_by_depth(content, begun)
    if by_depth is not None:
        with suppress(BrokenAnswerError):
            return _read(content, by_depth, first, vocabularies)
    raise UnsplittableError


def _read(content: bytes, slots: Slots, first: Learned | None, vocabularies: Vocabularies) -> SlotArray:
    """Read the slots of an array.

    Raises:
        BrokenAnswerError: one is no slot, or was not told apart well.
    """
    parts: dict[Register, list[Values]] = {}
    odd = list[int]()
    left = np.arange(slots.starts.size)
    for _ in range(_MOST_KINDS):
        if not left.size:
            break
        learned, first = first or _learned(content, int(slots.starts[left[0]])), None
        right = _read_alike(content, slots, left, learned, vocabularies, parts)
        if not right[0]:  # it holds what columns can't
            odd.append(int(left[0]))
            right[0] = True
        left = left[~right]
    rest = [
        (row, parsed(content[slots.starts[row] : slots.ends[row]])) for row in sorted([*odd, *left.tolist()])
    ]
    for register, values in plain_values(rest, vocabularies).items():
        parts.setdefault(register, []).append(values)
    return SlotArray({register: join_values(some) for register, some in parts.items()}, slots.closed)


def _read_alike(
    content: bytes,
    slots: Slots,
    rows: NDArray[np.int64],
    learned: Learned | None,
    vocabularies: Vocabularies,
    parts: dict[Register, list[Values]],
) -> NDArray[np.bool_]:
    """Read the slots that look like what was learned, and add their values; which of them do."""
    right = np.zeros(rows.size, np.bool_)
    if learned is None:
        return right
    for begin in range(0, rows.size, _BLOCK):
        some = rows[begin : begin + _BLOCK]
        read = read_slots(content, learned, some, (slots.starts[some], slots.ends[some]), vocabularies)
        for place, values in read.values.items():
            _add(parts, place.direction, place.register, values)
        right[begin : begin + _BLOCK] = read.right
    return right


def _learned(content: bytes, start: int) -> Learned | None:
    try:
        return learn(content, start)
    except UnlearnableError:
        return None


def _add(parts: dict[Register, list[Values]], direction: str, register: str, values: Values) -> None:
    """Add the values of a register, by unit; mostly there is one."""
    if not values.rows.size:
        return
    units = values.units
    if (units == units[0]).all():
        parts.setdefault(Register(direction, register, int(units[0])), []).append(values)
        return
    for unit in np.unique(units).tolist():
        which: NDArray[np.bool_] = units == unit
        parts.setdefault(Register(direction, register, unit), []).append(values.chosen(which))
