"""The versions in which the counts of a meter come in: late, bundled, estimated first and then replaced (S4, E4, E11)."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid
from kwartier.domain.metering import Register, State
from kwartier.domain.series import Versions
from kwartier.sandbox.arrivals import GAS_LATER_SECONDS, arrivals_s, estimates, special_arrivals_s
from kwartier.sandbox.special import Effect, Special

__all__ = ["Counted", "delivered"]

_SECOND_US: Final = 1_000_000
_DAY_SECONDS: Final = 86400


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


def delivered(seed: int, counted: Counted, *, special: Special | None = None) -> Versions:
    """All versions of what a meter counted.

    First what came in of each day, then the readings that replaced what had been estimated: in order of insertion
    within each slot.

    Args:
        seed: of the meter; those of one site with one seed come in together.
        counted: on a grid whose days have whole hours.
        special: the model that the meter shows; None: an ordinary one.
    """
    if not counted.days:
        nothing = np.zeros(0, np.int64)
        return Versions(
            counted.grid, counted.registers, nothing, nothing, counted.values, counted.values.astype(np.uint8)
        )
    if special is not None:
        return _specially(special, counted)
    borders = counted.borders
    arrived_s = arrivals_s(seed, counted.days)
    if counted.grid is Grid.HOUR:
        arrived_s += GAS_LATER_SECONDS
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
    values[:, guessed] = _interpolated(values, guessed, np.repeat(guesses.factor, count), counted)
    states[:, guessed] = counted.unsure
    return Versions(counted.grid, counted.registers, slots, inserted_us, values, states)


_ESTIMATE: Final = 245
"""What a special model's estimates are of the mean of the hour, of 256."""

_SPIKE: Final = 100
_COMES_AGAIN: Final = {Effect.ESTIMATED, Effect.SPIKE, Effect.WITHDRAWN}


def _specially(special: Special, counted: Counted) -> Versions:
    """As `delivered`, of some days of a special model."""
    borders = counted.borders
    arrived_us = np.repeat(special_arrivals_s(special, counted.days) * _SECOND_US, np.diff(borders))
    values = counted.values if special.scale == 1 else counted.values * special.scale
    states = np.full(values.shape, counted.sure, np.uint8)
    slots = np.arange(borders[0], borders[-1])
    calm = Versions(counted.grid, counted.registers, slots, arrived_us, values, states)
    if special.span is None:
        return calm
    touched = np.flatnonzero(special.span.slots(counted.grid, counted.days, borders))
    if special.effect is Effect.ABSENT:
        return _without(calm, touched)
    first = values.copy() if touched.size else values
    if special.effect is Effect.PARTIAL and len(counted.registers) > 1:
        states[-1, touched] = State.SILENT
    elif special.effect is Effect.SPIKE:
        first[:, touched] *= _SPIKE
    elif special.effect is Effect.ESTIMATED:
        factors = np.full(touched.size, _ESTIMATE, np.int64)
        first[:, touched] = _interpolated(values, touched, factors, counted)
        states[:, touched] = counted.unsure
    if special.effect not in _COMES_AGAIN or special.later_days is None:
        return replace(calm, values=first)
    then = State.WITHDRAWN if special.effect is Effect.WITHDRAWN else counted.sure
    again = np.full((len(counted.registers), touched.size), then, np.uint8)
    return Versions(
        counted.grid,
        counted.registers,
        np.concatenate([slots, slots[touched]]),
        np.concatenate([arrived_us, arrived_us[touched] + special.later_days * _DAY_SECONDS * _SECOND_US]),
        np.concatenate([first, values[:, touched]], axis=1),
        np.concatenate([states, again], axis=1),
    )


def _without(versions: Versions, columns: NDArray[np.int64]) -> Versions:
    """The same but for some columns."""
    if columns.size == 0:
        return versions
    return replace(
        versions,
        slots=np.delete(versions.slots, columns),
        inserted_us=np.delete(versions.inserted_us, columns),
        values=np.delete(versions.values, columns, axis=1),
        states=np.delete(versions.states, columns, axis=1),
    )


def _interpolated(
    values: NDArray[np.int64], guessed: NDArray[np.int64], factor: NDArray[np.int64], counted: Counted
) -> NDArray[np.int64]:
    """Estimates: the mean of the hour (of four hours of the day, where slots are hours), a little off.

    Args:
        values: the readings, shape (registers, n).
        guessed: the columns that are estimated, shape (g,).
        factor: what an estimate is of that mean, of 256, shape (g,).
        counted: of which days they are.
    """
    starts = counted.borders - counted.borders[0]
    day = np.searchsorted(starts, guessed, side="right") - 1
    # A gas day may have 23 or 25 hours: its last four count for what is left over.
    four = np.minimum(starts[day] + ((guessed - starts[day]) & ~3), starts[day + 1] - 4)
    total = values[:, four] + values[:, four + 1] + values[:, four + 2] + values[:, four + 3]
    return total * factor >> 10


def _ranges(first: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of some ranges, one after another."""
    ends = np.cumsum(count)
    return np.repeat(first - ends + count, count) + np.arange(int(ends[-1]) if ends.size else 0)
