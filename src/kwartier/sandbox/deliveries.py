"""The versions in which the counts of a meter come in: late, bundled, estimated first and then replaced (S4, E4, E11)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid
from kwartier.domain.metering import Register, State
from kwartier.domain.series import Versions
from kwartier.sandbox.arrivals import arrivals_s, estimates

__all__ = ["Counted", "delivered"]

_SECOND_US: Final = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What a meter counted in some days, as if it had come in at once.

    Attributes:
        days: the Brussels days (gas: gas days).
        borders: where each day begins and the last ends, in slots of the grid, shape (len(days) + 1,).
        values: thousandths of the registers' unit, shape (registers, borders[-1] - borders[0]).
        sure, unsure: the states of readings and of estimates: READ and EST, or VAL and NVAL (E8).
    """

    grid: Grid
    days: range
    borders: NDArray[np.int64]
    registers: tuple[Register, ...]
    values: NDArray[np.int64]
    sure: State = State.READ
    unsure: State = State.EST


def delivered(seed: int, counted: Counted) -> Versions:
    """All versions of what a meter counted.

    First what came in of each day, then the readings that replaced what had been estimated: in order of insertion
    within each slot.

    Args:
        seed: of the meter; those of one site with one seed come in together.
        counted: on a grid whose days have whole hours.
    """
    if not counted.days:
        nothing = np.zeros(0, np.int64)
        return Versions(
            counted.grid, counted.registers, nothing, nothing, counted.values, counted.values.astype(np.uint8)
        )
    borders = counted.borders
    arrived_s = arrivals_s(seed, counted.days)
    known = int(borders[-1] - borders[0])
    guesses = estimates(seed, counted.days, arrived_s)
    first = np.minimum(borders[guesses.day] + guesses.first, borders[guesses.day + 1] - 1)
    count = np.minimum(first + guesses.count, borders[guesses.day + 1]) - first
    guessed = _ranges(first - borders[0], count)
    replaced_s = np.repeat(guesses.replaced_s, count)
    replaced = replaced_s > 0
    again = guessed[replaced]

    rows = known + again.size
    registers = len(counted.registers)
    slots, inserted_us = np.empty(rows, np.int64), np.empty(rows, np.int64)
    values, states = np.empty((registers, rows), np.int64), np.full((registers, rows), counted.sure, np.uint8)
    slots[:known] = np.arange(borders[0], borders[-1])
    slots[known:] = again + borders[0]
    inserted_us[:known] = np.repeat(arrived_s * _SECOND_US, np.diff(borders))
    inserted_us[known:] = replaced_s[replaced] * _SECOND_US
    values[:, :known] = counted.values
    values[:, known:] = values[:, again]
    values[:, guessed] = _interpolated(values, guessed, np.repeat(guesses.factor, count), counted.grid)
    states[:, guessed] = counted.unsure
    return Versions(counted.grid, counted.registers, slots, inserted_us, values, states)


def _interpolated(
    values: NDArray[np.int64], guessed: NDArray[np.int64], factor: NDArray[np.int64], grid: Grid
) -> NDArray[np.int64]:
    """Estimates: the mean of the hour (of four hours, where slots are hours), a little off.

    Args:
        values: the readings, from the start of a day, shape (registers, n).
        guessed: the columns that are estimated, shape (g,).
        factor: what an estimate is of that mean, of 256, shape (g,).
        grid: on which the readings are.
    """
    four = guessed & ~3  # days have whole hours, though not always a multiple of four of them
    if grid is Grid.HOUR:
        four = np.minimum(four, values.shape[1] - 4)
    total = values[:, four] + values[:, four + 1] + values[:, four + 2] + values[:, four + 3]
    return total * factor >> 10


def _ranges(first: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of some ranges, one after another."""
    ends = np.cumsum(count)
    return np.repeat(first - ends + count, count) + np.arange(int(ends[-1]) if ends.size else 0)
