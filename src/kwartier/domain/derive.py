"""Days that follow from quarter-hours (DESIGN 5, R2)."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

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
        values, states = known.day_sums()
        complete = states != State.SILENT
        states[~complete & was_complete] = State.WITHDRAWN
        was_complete |= complete
        columns.append((day_indices + days.start, moments_us, values[:, day_indices], states[:, day_indices]))
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


_Round: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def _rounds(quarters: Versions, borders: NDArray[np.int64]) -> list[_Round]:
    """Round k: the rows of each day's k-th moment of insertion, the days that have one, and that moment.

    All days go through their history side by side, so there are as many rounds as the most corrected day has moments,
    and each row is in exactly one.
    """
    if quarters.slots.size == 0:
        return []
    day = np.searchsorted(borders, quarters.slots, side="right") - 1
    # Neighbouring rows mostly share day and moment: look at the blocks of equal ones.
    changes = (day[1:] != day[:-1]) | (quarters.inserted_us[1:] != quarters.inserted_us[:-1])
    starts = np.concatenate([[0], np.flatnonzero(changes) + 1])
    block_day, block_moment = day[starts], quarters.inserted_us[starts]
    order = np.lexsort((block_moment, block_day))
    sorted_day, sorted_moment = block_day[order], block_moment[order]
    new_day = np.concatenate([[True], sorted_day[1:] != sorted_day[:-1]])
    new_moment = new_day | np.concatenate([[True], sorted_moment[1:] != sorted_moment[:-1]])
    running = np.cumsum(new_moment)
    rank_sorted = running - np.maximum.accumulate(np.where(new_day, running, 0))
    rank = np.empty_like(rank_sorted)
    rank[order] = rank_sorted
    row_rank = np.repeat(rank, np.diff(np.concatenate([starts, [quarters.slots.size]])))
    rounds: list[_Round] = []
    for k in range(int(rank.max()) + 1):
        heads = (rank_sorted == k) & new_moment
        rounds.append((np.flatnonzero(row_rank == k), sorted_day[heads], sorted_moment[heads]))
    return rounds


@dataclass(slots=True)
class _Known:
    """What is known of each quarter-hour of some days, at a moment of each day's own."""

    registers: tuple[Register, ...]
    borders: NDArray[np.int64]
    values: NDArray[np.int64] = field(init=False)
    states: NDArray[np.uint8] = field(init=False)
    on_day_tariff: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        shape = (len(self.registers), int(self.borders[-1] - self.borders[0]))
        self.values = np.zeros(shape, np.int64)
        self.states = np.zeros(shape, np.uint8)
        self.on_day_tariff = tariff_is_day(np.arange(self.borders[0], self.borders[-1], dtype=np.int64))

    def take(self, quarters: Versions, rows: NDArray[np.int64]) -> None:
        """Lay newer rows over what is known."""
        columns = quarters.slots[rows] - self.borders[0]
        for register in range(len(self.registers)):
            states = quarters.states[register, rows]
            speaks = states != State.SILENT
            self.values[register, columns[speaks]] = quarters.values[register, rows[speaks]]
            self.states[register, columns[speaks]] = states[speaks]

    def day_sums(self) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Values and states of each register of a day, shape (registers, days); SILENT where a day is incomplete."""
        values: list[NDArray[np.int64]] = []
        states: list[NDArray[np.uint8]] = []
        for register, inputs, codes in zip(self.registers, self.values, self.states, strict=True):
            complete = self._each_day(np.minimum, codes) >= State.READ
            for kind in _kinds_of_day(register):
                counted = self._counts_for(kind)
                values.append(self._each_day(np.add, np.where(counted, inputs, 0)))
                # EST and NVAL are READ and VAL with the lowest bit set: what is not counted is taken for certain.
                state = self._each_day(np.maximum, np.where(counted, codes, codes & 0xFE))
                states.append(np.where(complete, state, State.SILENT).astype(np.uint8))
        return np.stack(values), np.stack(states)

    def _counts_for(self, kind: RegisterKind) -> NDArray[np.bool_]:
        if kind is RegisterKind.DAY:
            return self.on_day_tariff
        if kind is RegisterKind.NIGHT:
            return ~self.on_day_tariff
        return np.ones_like(self.on_day_tariff)

    def _each_day(self, reduce: np.ufunc, quarters: NDArray[Any]) -> NDArray[Any]:
        days: NDArray[Any] = reduce.reduceat(quarters, self.borders[:-1] - self.borders[0])
        return days
