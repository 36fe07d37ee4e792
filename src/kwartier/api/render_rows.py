"""Slots as JSON text: a chunk of a series becomes a matrix of bytes, a row for each slot (E10; DESIGN 9).

The text of a slot is the same for all slots of a chunk, but for its moments, digits and states. So every row begins as
a copy of a template, and fields are laid over it from tables. Where the slots differ in length (another number of
digits, a state of three letters, a register without a reading), a row has room for the longest, what is left over is
NUL, and the NULs are taken out at the end.
"""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kwartier.api.render_layout import STAMP_LENGTH, STATE_TEXTS, Cell, layout_of
from kwartier.domain.days import slot_starts
from kwartier.domain.metering import Register, State
from kwartier.domain.series import Series

__all__ = ["render_rows"]

_QUARTER_HOUR_SECONDS: Final = 900
_QUARTER_HOURS: Final = 96  # of a day of UTC
_STAMP: Final = np.dtype([("date", "V10"), ("time", "V10")])

# How many bytes to a NUL make `bytes.replace`, which goes from NUL to NUL, faster than a mask of all bytes.
_FEW_BLANKS: Final = 25
_SAMPLE: Final = 16  # every how manieth row is looked at to estimate that


class _Slots(NamedTuple):
    """Some slots: when they begin and end, and for each register (a row) what they say."""

    starts: NDArray[np.void]
    ends: NDArray[np.void]
    values: NDArray[np.int64]
    states: NDArray[np.uint8]

    def codes(self) -> list[tuple[int, ...]]:
        """The codes that occur, in order, for each register."""
        occurring = [row.tobytes() for row in self.states]
        return [tuple(code for code in STATE_TEXTS if code in row) for row in occurring]


def render_rows(series: Series, start: int, stop: int) -> bytes:
    """The text of the columns from `start` up to `stop` (at least one), each slot with a comma before it.

    A slot without any reading is left out, and so is a register without a reading in a slot.
    """
    values = series.values[:, start:stop].astype(np.int64, copy=False)
    states = series.states[:, start:stop]
    first = series.first_slot + start
    stamps = _stamps(slot_starts(series.grid, np.arange(first, first + values.shape[1] + 1, dtype=np.int64)))
    slots = _Slots(stamps[:-1], stamps[1:], values, states)
    codes = slots.codes()
    # Unless some register has a reading in every slot, there may be slots without any.
    if all(found[0] < State.READ for found in codes):
        kept = (states >= State.READ).any(axis=0)
        if not kept.any():
            return b""
        # All that follows goes by register; an index would lay the registers of a slot beside each other.
        slots = _Slots(
            slots.starts[kept], slots.ends[kept], values.compress(kept, axis=1), states.compress(kept, axis=1)
        )
        codes = slots.codes()
    return _without_blanks(_matrix(slots, _cells(series.registers, slots.values, codes)))


def _cells(
    registers: Sequence[Register], values: NDArray[np.int64], codes: Sequence[tuple[int, ...]]
) -> tuple[Cell, ...]:
    lows, highs = values.min(axis=1).tolist(), values.max(axis=1).tolist()
    return tuple(
        Cell(register, len(str(max(high, -low) // 1000)), low < 0, found)
        for register, low, high, found in zip(registers, lows, highs, codes, strict=True)
    )


def _matrix(slots: _Slots, cells: tuple[Cell, ...]) -> NDArray[np.void]:
    """The rows, with NULs in them where something is shorter than in another row, or not there."""
    layout = layout_of(cells)
    rows = np.empty(slots.starts.size, layout.template.dtype)
    rows[:] = layout.template
    fields = rows.view(layout.fields)
    fields["start"], fields["end"] = slots.starts, slots.ends
    for place, cell in enumerate(cells):
        if cell.valued:
            _lay_value(fields, place, cell, slots.values[place])
        if len(cell.valued) > 1:
            fields[f"state{place}"] = _states(cell.valued).take(slots.states[place])
    if layout.blanks:
        absent = slots.states < State.READ
        for name, of in layout.blanks:
            fields[name][absent[list(of)].all(axis=0)] = np.zeros((), layout.fields[name])
    return rows


def _lay_value(fields: NDArray[np.void], place: int, cell: Cell, values: NDArray[np.int64]) -> None:
    """Lay the digits of a register over its fields."""
    if cell.signed:
        fields[f"sign{place}"] = _signs().take(values < 0)
        values = np.abs(values)
    if cell.whole_digits == 1:  # as most are, and three times as fast
        fields[f"small{place}"] = _small().take(values)
        return
    # As unsigned numbers, for the least of int64 has no positive counterpart among them.
    thousandths = values.view(np.uint64)
    wholes = thousandths // np.uint64(1000)
    fields[f"decimals{place}"] = _decimals().take((thousandths - wholes * np.uint64(1000)).view(np.int64))
    rest = wholes.view(np.int64)
    highest, *others = cell.groups
    for group in range(len(others), 0, -1):
        higher = rest // 1000
        digits = rest - higher * 1000 + np.where(higher > 0, 1000, 0)
        fields[f"whole{place}.{group}"] = _digits(3, lowest=group == len(others)).take(digits)
        rest = higher
    fields[f"whole{place}.0"] = _digits(highest, lowest=not others).take(rest)


def _without_blanks(rows: NDArray[np.void]) -> bytes:
    """The rows one after the other, without their NULs."""
    text = rows.tobytes()
    if 0 not in text:
        return text
    sample = rows[::_SAMPLE].tobytes()
    if sample.count(0) * _FEW_BLANKS < len(sample):
        return text.replace(b"\0", b"")
    return text.translate(None, b"\0")


def _stamps(seconds: NDArray[np.int64]) -> NDArray[np.void]:
    """Moments, in order, as they are written on the wire; they lie on whole quarter-hours, as the borders of every grid."""
    quarter_hours = seconds // _QUARTER_HOUR_SECONDS
    first, last = int(quarter_hours[0]) // _QUARTER_HOURS, int(quarter_hours[-1]) // _QUARTER_HOURS
    texts = np.concatenate([_day(day) for day in range(first, last + 1)])
    places = quarter_hours - first * _QUARTER_HOURS
    begin, end = int(places[0]), int(places[-1]) + 1
    return texts[begin:end] if end - begin == places.size else texts.take(places)


@lru_cache(maxsize=512)
def _day(number: int) -> NDArray[np.void]:
    """The quarter-hours of a day of UTC."""
    stamps = np.empty(_QUARTER_HOURS, _STAMP)
    stamps["date"] = np.datetime_as_string(np.datetime64(number, "D")).encode()
    stamps["time"] = _times()
    return stamps.view(f"V{STAMP_LENGTH}")


@cache
def _times() -> NDArray[np.void]:
    return _table(
        f"T{quarter_hour // 4:02}:{quarter_hour % 4 * 15:02}:00Z" for quarter_hour in range(_QUARTER_HOURS)
    )


@cache
def _signs() -> NDArray[np.void]:
    return _table(["\0", "-"])


@cache
def _small() -> NDArray[np.void]:
    return _table(f"{number // 1000}.{number % 1000:03}" for number in range(10_000))


@cache
def _decimals() -> NDArray[np.void]:
    return _table(f".{number:03}" for number in range(1000))


@cache
def _digits(width: int, *, lowest: bool) -> NDArray[np.void]:
    """Up to three digits: at n the number with blanks before it, at 1000 + n with zeros, for there are higher ones.

    Zero without higher digits is blank, but in the lowest group, which is never empty.
    """
    alone = [f"{number:\0>{width}}" for number in range(10**width)]
    if not lowest:
        alone[0] = "\0" * width
    return _table([*alone, *(f"{number:03}" for number in range(1000))] if width == 3 else alone)


@cache
def _states(codes: tuple[int, ...]) -> NDArray[np.void]:
    """What is written of a state, at each of the codes."""
    return _table(STATE_TEXTS[code] if code in codes else "" for code in range(max(codes) + 1))


def _table(texts: Iterable[str]) -> NDArray[np.void]:
    """The texts, padded to the same length."""
    table = np.array(list(texts), np.bytes_)
    return table.view(f"V{table.itemsize}")
