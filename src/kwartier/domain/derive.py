"""Days that follow from quarter-hours, gas days that follow from hours (DESIGN 5, R2)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid, quarter_hours_of, slot_starts, tariff_is_day
from kwartier.domain.metering import FACTOR_SHIFT, STATE_BITS, Register, RegisterKind, State
from kwartier.domain.series import Versions

__all__ = ["days_from_quarter_hours", "gas_days_from_hours", "registers_of_days"]


_HOUR_SECONDS: Final = 3600

_Rows: TypeAlias = slice | NDArray[np.int64]
_Round: TypeAlias = tuple[_Rows, NDArray[np.int64], NDArray[np.int64]]


def days_from_quarter_hours(quarters: Versions, days: range, *, apart: bool = False) -> Versions:
    """The versions of days that follow from versions of quarter-hours.

    Active energy (`total`) becomes `day` and `night` by the tariff hours, reactive energy stays unsplit (E8). A day
    gets a version at each moment at which something came in about it, and that version counts all that was known
    then: it has a value if every quarter-hour had one, and is withdrawn if one is missing again. It is EST (NVAL) if
    one of its inputs is. A register about which nothing came in is silent, as long as its value stands: its insertion
    time is that of its own inputs.

    A register may stand there more than once: that of several meters, each with its part of the time. Then the day is
    complete over all of them, and each that has readings in it gets the sum of its own (DESIGN 5). Or they stand apart:
    then each has days of its own.

    Args:
        quarters: versions on `Grid.QUARTER_HOUR`: all that ever came in about `days`, and nothing else.
        days: the Brussels days to derive.
        apart: whether equal registers stand apart.

    Returns:
        Versions on `Grid.DAY`, those of one day in order of insertion.
    """
    borders = quarter_hours_of(days)
    known = _Known(quarters.registers, borders, tariff_is_day(_between(borders)), apart=apart)
    return _days(quarters, days, Grid.DAY, known)


def gas_days_from_hours(hours: Versions, days: range, *, apart: bool = False) -> Versions:
    """The versions of gas days that follow from versions of hours; as for days, but nothing is split by tariff (E8).

    The energy of a day is the sum of the rounded hours; its conversion factor is provisional if that of one hour is.
    A conversion factor that becomes known brings the energy of the day in again, and not its volume (E12).

    Args:
        hours: versions on `Grid.HOUR`: all that ever came in about `days`, and nothing else.
        days: the gas days to derive.
        apart: whether equal registers stand apart.

    Returns:
        Versions on `Grid.GAS_DAY`, those of one day in order of insertion.
    """
    starts = slot_starts(Grid.GAS_DAY, np.arange(days.start, days.stop + 1, dtype=np.int64))
    return _days(
        hours, days, Grid.GAS_DAY, _Known(hours.registers, starts // _HOUR_SECONDS, None, apart=apart)
    )


def _between(borders: NDArray[np.int64]) -> NDArray[np.int64]:
    """The slots from the first border up to the last."""
    return np.arange(borders[0], borders[-1], dtype=np.int64)


def _days(parts: Versions, days: range, grid: Grid, known: "_Known") -> Versions:
    """Days of parts.

    Args:
        parts: versions of quarter-hours or hours.
        days: the days to derive.
        grid: that of the days.
        known: nothing yet; it is filled.
    """
    registers = registers_of_days(parts.registers, parts.grid)
    borders = known.borders
    was_complete = np.zeros((len(registers), len(days)), np.bool_)
    stands = np.zeros_like(was_complete)
    columns: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]] = []
    for rows, day_indices, moments_us in _rounds(parts, borders):
        known.take(parts, rows)
        values, states = known.day_sums(day_indices)
        complete = states != State.SILENT
        before, stood = was_complete[:, day_indices], stands[:, day_indices]
        was_complete[:, day_indices], stands[:, day_indices] = before | complete, complete
        states[~complete & before] = State.WITHDRAWN
        # Where every register spoke, as in most rounds, there is none to silence.
        if (complete & stood).any() and (parts.states[:, rows] == State.SILENT).any():
            spoken = _spoken(parts, rows, borders)[known.sources][:, day_indices]
            states[complete & stood & ~spoken] = State.SILENT
        columns.append((day_indices + days.start, moments_us, values, states))
    if not columns:
        nothing = np.zeros(0, np.int64)
        values, states = np.zeros((len(registers), 0), np.int64), np.zeros((len(registers), 0), np.uint8)
        return Versions(grid, registers, nothing, nothing, values, states)
    return Versions(
        grid,
        registers,
        np.concatenate([column[0] for column in columns]),
        np.concatenate([column[1] for column in columns]),
        np.concatenate([column[2] for column in columns], axis=1),
        np.concatenate([column[3] for column in columns], axis=1),
    )


def _spoken(parts: Versions, rows: _Rows, borders: NDArray[np.int64]) -> NDArray[np.bool_]:
    """About which days some rows say something, by register, shape (registers, days)."""
    day = np.searchsorted(borders, parts.slots[rows], side="right") - 1
    spoken = np.zeros((len(parts.registers), borders.size - 1), np.bool_)
    for register, said in enumerate(parts.states[:, rows] != State.SILENT):
        spoken[register, day if said.all() else day[said]] = True
    return spoken


def registers_of_days(registers: tuple[Register, ...], grid: Grid) -> tuple[Register, ...]:
    """The registers of days that follow from those of their parts (E8).

    Args:
        registers: of the parts.
        grid: that of the parts: quarter-hours are split by tariff, hours are not.
    """
    return tuple(
        Register(register.direction, kind, register.unit)
        for register in registers
        for kind in _kinds_of_day(register, split=grid is Grid.QUARTER_HOUR)
    )


def _kinds_of_day(register: Register, *, split: bool) -> tuple[RegisterKind, ...]:
    """What a register becomes in a day (E8)."""
    if split and register.kind is RegisterKind.TOTAL:
        return (RegisterKind.DAY, RegisterKind.NIGHT)
    return (register.kind,)


def _rounds(parts: Versions, borders: NDArray[np.int64]) -> Iterator[_Round]:
    """Round k: the rows of each day's k-th moment of insertion, the days that have one, and that moment.

    All days go through their history side by side, so there are as many rounds as the most corrected day has moments,
    and each row is in exactly one.
    """
    if parts.slots.size == 0:
        return
    slots, moments = parts.slots, parts.inserted_us
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
    """What is known of each part (quarter-hour, hour) of some days, at a moment of each day's own.

    Stretches are the parts of days with one tariff: their sums are what days are made of.

    Attributes:
        registers: of the parts.
        borders: where each day begins and the last ends, in slots of the parts.
        tariff: whether each part between the borders is on the day tariff; None where nothing is split.
        apart: whether equal registers stand apart.
        sources: of each register of the days, the place of that of the parts.
        counted: which stretches count for it, shape (registers of the days, stretches).
    """

    registers: tuple[Register, ...]
    borders: NDArray[np.int64]
    tariff: NDArray[np.bool_] | None
    apart: bool
    values: NDArray[np.int64] = field(init=False)
    states: NDArray[np.uint8] = field(init=False)
    stretches: NDArray[np.int64] = field(init=False)
    first_stretch: NDArray[np.int64] = field(init=False)
    sources: list[int] = field(init=False)
    counted: NDArray[np.bool_] = field(init=False)
    shared: bool = field(init=False)

    def __post_init__(self) -> None:
        self.shared = not self.apart and len(set(self.registers)) < len(self.registers)
        parts = int(self.borders[-1] - self.borders[0])
        self.values = np.zeros((len(self.registers), parts), np.int64)
        self.states = np.zeros((len(self.registers), parts), np.uint8)
        tariff = np.zeros(parts, np.bool_) if self.tariff is None else self.tariff
        changes = np.zeros(parts, np.bool_)
        changes[1:] = tariff[1:] != tariff[:-1]
        day_starts = self.borders[:-1] - self.borders[0]
        changes[day_starts] = True
        self.stretches = np.flatnonzero(changes)
        self.first_stretch = np.searchsorted(self.stretches, day_starts)
        kinds = [_kinds_of_day(register, split=self.tariff is not None) for register in self.registers]
        self.sources = [place for place, of_day in enumerate(kinds) for _ in of_day]
        on_day_tariff = tariff[self.stretches]
        self.counted = np.array([_counts_for(kind, on_day_tariff) for of_day in kinds for kind in of_day])

    def take(self, newer: Versions, rows: _Rows) -> None:
        """Lay newer rows over what is known."""
        slots = newer.slots[rows]
        values, states = newer.values[:, rows], newer.states[:, rows]
        if slots.size == self.values.shape[1] and bool((slots[1:] > slots[:-1]).all()) and bool(states.all()):
            # Everything at once, in order: nothing to look for.
            self.values[:], self.states[:] = values, states
            return
        columns = slots - self.borders[0]
        if bool(states.all()):
            self.values[:, columns], self.states[:, columns] = values, states
            return
        for register in range(len(self.registers)):
            speaks = states[register] != State.SILENT
            self.values[register, columns[speaks]] = values[register, speaks]
            self.states[register, columns[speaks]] = states[register, speaks]

    def day_sums(self, days: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Values and states of each register of some days, shape (registers, len(days)); SILENT where one is incomplete.

        Args:
            days: which, by their place among the days, in order.
        """
        stretches, firsts, parts, starts = self._of(days)
        inputs, codes, covered = self._inputs(self.values[:, parts], self.states[:, parts])
        sums = np.add.reduceat(inputs, starts, axis=1)
        complete = np.minimum.reduceat(covered, starts[firsts], axis=1) >= State.READ
        # EST and NVAL are READ and VAL with the lowest bit set, and a provisional factor is above a definitive one: the
        # least certain input is the greatest.
        states = np.maximum.reduceat(codes & STATE_BITS, starts, axis=1)
        factors = np.maximum.reduceat(codes >> FACTOR_SHIFT, starts[firsts], axis=1)
        # From here on by register of the days.
        counted = self.counted[:, stretches]
        values = np.add.reduceat(np.where(counted, sums[self.sources], 0), firsts, axis=1)
        # What is not counted is taken for certain.
        states = states[self.sources]
        least = np.maximum.reduceat(np.where(counted, states, states & 0xFE), firsts, axis=1)
        found = least | factors[self.sources] << FACTOR_SHIFT
        return values, np.where(complete[self.sources], found, State.SILENT).astype(np.uint8)

    def _inputs(
        self, values: NDArray[np.int64], codes: NDArray[np.uint8]
    ) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.uint8]]:
        """Values and codes to add up, and codes that say where all is covered, by whichever meter; alike in shape.

        What a meter did not measure itself counts for nothing, and says nothing.
        """
        if not self.shared:
            return values, codes, codes
        own = codes >= State.READ
        covered = [
            codes[[row for row, other in enumerate(self.registers) if other == register]].max(axis=0)
            for register in self.registers
        ]
        return np.where(own, values, 0), np.where(own, codes, 0).astype(np.uint8), np.stack(covered)

    def _of(self, days: NDArray[np.int64]) -> tuple[_Rows, NDArray[np.int64], _Rows, NDArray[np.int64]]:
        """The stretches of some days and where each day has its first, their parts and where each stretch begins."""
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
