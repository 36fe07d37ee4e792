"""Days that follow from quarter-hours (DESIGN 5, R2)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid, quarter_hours_of, tariff_is_day
from kwartier.domain.metering import Register, RegisterKind, State
from kwartier.domain.series import Versions

__all__ = ["days_from_quarter_hours"]


def days_from_quarter_hours(quarters: Versions, days: range) -> Versions:
    """The versions of days that follow from versions of quarter-hours.

    Active energy (`total`) becomes `day` and `night` by the tariff hours, reactive energy stays unsplit (E8). A day
    gets a version at each moment at which something came in about it, and that version counts all that was known
    then: it has a value if every quarter-hour had one, and is withdrawn if one is missing again. It is EST (NVAL) if
    one of its inputs is.

    Args:
        quarters: versions on `Grid.QUARTER_HOUR`: all that ever came in about `days`, and nothing else.
        days: the Brussels days to derive.

    Returns:
        Versions on `Grid.DAY`, those of one day in order of insertion.
    """
    borders = quarter_hours_of(days)
    registers = tuple(
        Register(register.direction, kind, register.unit)
        for register in quarters.registers
        for kind in _kinds_of_day(register)
    )
    known = _Known(quarters.registers, borders)
    was_complete = np.zeros((len(registers), len(days)), np.bool_)
    columns: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]] = []
    for rows, day_indices, moments_us in _rounds(quarters, borders):
        known.take(quarters, rows)
        values, states = known.day_sums(day_indices)
        complete = states != State.SILENT
        before = was_complete[:, day_indices]
        states[~complete & before] = State.WITHDRAWN
        was_complete[:, day_indices] = before | complete
        columns.append((day_indices + days.start, moments_us, values, states))
    if not columns:
        nothing = np.zeros(0, np.int64)
        values, states = np.zeros((len(registers), 0), np.int64), np.zeros((len(registers), 0), np.uint8)
        return Versions(Grid.DAY, registers, nothing, nothing, values, states)
    return Versions(
        Grid.DAY,
        registers,
        np.concatenate([column[0] for column in columns]),
        np.concatenate([column[1] for column in columns]),
        np.concatenate([column[2] for column in columns], axis=1),
        np.concatenate([column[3] for column in columns], axis=1),
    )


def _kinds_of_day(register: Register) -> tuple[RegisterKind, ...]:
    """What a register of quarter-hours becomes in a day (E8)."""
    if register.kind is RegisterKind.TOTAL:
        return (RegisterKind.DAY, RegisterKind.NIGHT)
    return (register.kind,)


_Rows: TypeAlias = slice | NDArray[np.int64]
_Round: TypeAlias = tuple[_Rows, NDArray[np.int64], NDArray[np.int64]]


def _rounds(quarters: Versions, borders: NDArray[np.int64]) -> Iterator[_Round]:
    """Round k: the rows of each day's k-th moment of insertion, the days that have one, and that moment.

    All days go through their history side by side, so there are as many rounds as the most corrected day has moments,
    and each row is in exactly one.
    """
    if quarters.slots.size == 0:
        return
    slots, moments = quarters.slots, quarters.inserted_us
    day = np.repeat(np.arange(borders.size - 1), np.diff(borders)).take(slots - borders[0])
    # Neighbouring rows mostly share day and moment: look at the blocks of equal ones.
    changes = (day[1:] != day[:-1]) | (moments[1:] != moments[:-1])
    starts = np.concatenate([[0], np.flatnonzero(changes) + 1])
    block_day, block_moment = day[starts], moments[starts]
    order = np.lexsort((block_moment, block_day))
    sorted_day, sorted_moment = block_day[order], block_moment[order]
    new_day = np.concatenate([[True], sorted_day[1:] != sorted_day[:-1]])
    new_moment = new_day | np.concatenate([[True], sorted_moment[1:] != sorted_moment[:-1]])
    running = np.cumsum(new_moment)
    rank_sorted = running - np.maximum.accumulate(np.where(new_day, running, 0))
    rank = np.empty_like(rank_sorted)
    rank[order] = rank_sorted
    ends = np.append(starts[1:], slots.size)
    for k in range(int(rank.max()) + 1):
        of_round = np.flatnonzero(rank == k)
        heads = (rank_sorted == k) & new_moment
        yield _rows(starts[of_round], ends[of_round]), sorted_day[heads], sorted_moment[heads]


def _rows(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> _Rows:
    """The rows of some blocks, in order; a slice where the blocks touch, which spares copies."""
    if bool((starts[1:] == ends[:-1]).all()):
        return slice(int(starts[0]), int(ends[-1]))
    lengths = ends - starts
    stops = np.cumsum(lengths)
    return np.repeat(starts - stops + lengths, lengths) + np.arange(int(stops[-1]))


@dataclass(slots=True)
class _Known:
    """What is known of each quarter-hour of some days, at a moment of each day's own.

    Stretches are the parts of days with one tariff: their sums are what days are made of.
    """

    registers: tuple[Register, ...]
    borders: NDArray[np.int64]
    values: NDArray[np.int64] = field(init=False)
    states: NDArray[np.uint8] = field(init=False)
    stretches: NDArray[np.int64] = field(init=False)
    first_stretch: NDArray[np.int64] = field(init=False)
    on_day_tariff: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        quarters = np.arange(self.borders[0], self.borders[-1], dtype=np.int64)
        shape = (len(self.registers), quarters.size)
        self.values = np.zeros(shape, np.int64)
        self.states = np.zeros(shape, np.uint8)
        tariff = tariff_is_day(quarters)
        changes = np.concatenate([[True], tariff[1:] != tariff[:-1]]) if quarters.size else tariff
        day_starts = self.borders[:-1] - self.borders[0]
        changes[day_starts] = True
        self.stretches = np.flatnonzero(changes)
        self.first_stretch = np.searchsorted(self.stretches, day_starts)
        self.on_day_tariff = tariff[self.stretches]

    def take(self, quarters: Versions, rows: _Rows) -> None:
        """Lay newer rows over what is known."""
        slots = quarters.slots[rows]
        values, states = quarters.values[:, rows], quarters.states[:, rows]
        if slots.size == self.values.shape[1] and bool((slots[1:] > slots[:-1]).all()) and bool(states.all()):
            # Everything at once, in order: nothing to look for.
            self.values[:], self.states[:] = values, states
            return
        columns = slots - self.borders[0]
        for register in range(len(self.registers)):
            speaks = states[register] != State.SILENT
            self.values[register, columns[speaks]] = values[register, speaks]
            self.states[register, columns[speaks]] = states[register, speaks]

    def day_sums(self, days: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Values and states of each register of some days, shape (registers, len(days)); SILENT where one is incomplete.

        Args:
            days: which, by their place among the days, in order.
        """
        stretches, firsts, quarters, starts = self._of(days)
        on_day_tariff = self.on_day_tariff[stretches]
        values: list[NDArray[np.int64]] = []
        states: list[NDArray[np.uint8]] = []
        for register, inputs, codes in zip(
            self.registers, self.values[:, quarters], self.states[:, quarters], strict=True
        ):
            sums = np.add.reduceat(inputs, starts)
            newest = np.maximum.reduceat(codes, starts)
            complete = np.minimum.reduceat(np.minimum.reduceat(codes, starts), firsts) >= State.READ
            for kind in _kinds_of_day(register):
                counted = _counts_for(kind, on_day_tariff)
                values.append(np.add.reduceat(np.where(counted, sums, 0), firsts))
                # EST and NVAL are READ and VAL with the lowest bit set: what is not counted is taken for certain.
                state = np.maximum.reduceat(np.where(counted, newest, newest & 0xFE), firsts)
                states.append(np.where(complete, state, State.SILENT).astype(np.uint8))
        return np.stack(values), np.stack(states)

    def _of(self, days: NDArray[np.int64]) -> tuple[_Rows, NDArray[np.int64], _Rows, NDArray[np.int64]]:
        """The stretches of some days and where each day has its first, their quarter-hours and where each stretch begins."""
        ends = np.append(self.first_stretch[1:], self.stretches.size)[days]
        stretches = _rows(self.first_stretch[days], ends)
        begins = self.stretches[stretches]
        lengths = np.append(self.stretches[1:], self.values.shape[1])[stretches] - begins
        counts = ends - self.first_stretch[days]
        return (
            stretches,
            np.cumsum(counts) - counts,
            _rows(begins, begins + lengths),
            np.cumsum(lengths) - lengths,
        )


def _counts_for(kind: RegisterKind, on_day_tariff: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if kind is RegisterKind.DAY:
        return on_day_tariff
    if kind is RegisterKind.NIGHT:
        return ~on_day_tariff
    return np.ones_like(on_day_tariff)
