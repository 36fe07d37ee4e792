"""Gas: from volume to energy by the gas conversion factor of zone and month (E12, R2; DESIGN 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid, slot_starts, slots_within
from kwartier.domain.metering import FACTOR_SHIFT, GasFactor, Register, State
from kwartier.domain.period import EPOCH, Period
from kwartier.domain.series import Versions

__all__ = [
    "CONSTANT_FACTOR",
    "FACTOR_UNITS",
    "PLAUSIBLE_FACTORS",
    "FactorVersion",
    "Factors",
    "current_gas_month",
    "gas_month_of",
    "hours_of_gas_month",
    "with_energy",
]

FACTOR_UNITS: Final = 10_000
"""Factors are whole numbers of ten-thousandths of a kWh/m3."""

CONSTANT_FACTOR: Final = 11 * FACTOR_UNITS
"""The constant factor, C (E12)."""

PLAUSIBLE_FACTORS: Final = range(8 * FACTOR_UNITS, 14 * FACTOR_UNITS + 1)
"""Factors that can be right: the poor gas of Belgium has about 10 kWh/m3, the rich one 11 to 12. What lies outside is a slip."""

_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class FactorVersion:
    """A gas conversion factor of a month, and when it became known.

    Attributes:
        inserted_us: microseconds since the epoch.
        factor: ten-thousandths of a kWh/m3.
    """

    inserted_us: int
    factor: int
    kind: GasFactor


Factors: TypeAlias = Mapping[int, Sequence[FactorVersion]]
"""The versions of the factor of each gas month (`gas_month_of`) of a zone, in order of insertion."""


def gas_month_of(gas_days: NDArray[np.int64]) -> NDArray[np.int64]:
    """The month of gas days, as months since January 1970: that in which the gas day begins (SPEC §1)."""
    return gas_days.astype("M8[D]").astype("M8[M]").astype(np.int64)


def hours_of_gas_month(month: int) -> range:
    """The hours of a month, as `gas_month_of` has it."""
    first, end = np.array([month, month + 1]).astype("M8[M]").astype("M8[D]").astype(np.int64).tolist()
    begin, stop = (slot_starts(Grid.GAS_DAY, np.array([first, end])) // 3600).tolist()
    return range(begin, stop)


def current_gas_month(moment: datetime) -> int:
    """The gas month that is not over at a moment, as `gas_month_of` has it: it ends at 06:00 on the first of the next."""
    running = slots_within(Grid.GAS_DAY, Period(EPOCH, moment)).stop
    return int(gas_month_of(np.array([running], np.int64))[0])


def with_energy(volumes: Versions, factors: Factors) -> Versions:
    """The versions of volumes with those of the energy that follows from them.

    The energy of an hour is its volume times the factor, rounded half up to three decimals. It comes in when the later
    of the two does: a factor that becomes known brings the energy of all hours of its month in again (E12), and the
    rows that do are silent about the volumes, which were known already. Before any factor is known there is no energy.

    Args:
        volumes: versions in m3 on `Grid.HOUR`, rows of one slot in order of insertion.
        factors: for every month about which there may be volumes.

    Returns:
        Versions with the registers in m3, then as many in kWh.
    """
    registers = (*volumes.registers, *(Register(one.direction, one.kind) for one in volumes.registers))
    history = _History.of(volumes.slots, factors)
    # A volume that comes in with a factor is the newer of the two: rows of one moment keep the order of the parts.
    parts = [*_again(volumes, history), _direct(volumes, history)]
    if len(parts) == 1:
        ((slots, inserted_us, values, states),) = parts
        return Versions(volumes.grid, registers, slots, inserted_us, values, states)
    inserted_us = np.concatenate([part[1] for part in parts])
    order = np.argsort(inserted_us, kind="stable")
    return Versions(
        volumes.grid,
        registers,
        np.concatenate([part[0] for part in parts])[order],
        inserted_us[order],
        np.concatenate([part[2] for part in parts], axis=1).take(order, axis=1),
        np.concatenate([part[3] for part in parts], axis=1).take(order, axis=1),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _History:
    """The factors of the months in which n rows lie; version 0 of a month is the first that became known.

    Attributes:
        place: of each row, which of the m months it is in, shape (n,).
        inserted_us: when each version became known, shape (versions, m); `_NEVER` where a month has fewer.
        factor: the factors before the first version (none) and from each on, shape (versions + 1, m).
        kind: `GasFactor` of each, likewise.
    """

    place: NDArray[np.int64]
    inserted_us: NDArray[np.int64]
    factor: NDArray[np.int64]
    kind: NDArray[np.uint8]

    @classmethod
    def of(cls, slots: NDArray[np.int64], factors: Factors) -> "_History":
        """The history of the months of some hours."""
        months, place = _months(slots)
        count = max((len(factors[month]) for month in months), default=0)
        inserted_us = np.full((count, len(months)), _NEVER, np.int64)
        factor, kind = (
            np.zeros((count + 1, len(months)), np.int64),
            np.zeros((count + 1, len(months)), np.uint8),
        )
        for column, month in enumerate(months):
            for row, version in enumerate(factors[month]):
                inserted_us[row, column] = version.inserted_us
                factor[row + 1 :, column], kind[row + 1 :, column] = version.factor, version.kind
        return cls(place, inserted_us, factor, kind)


_Rows: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]
"""Slots, moments, values and states, as `Versions` has them."""


def _direct(volumes: Versions, history: _History) -> _Rows:
    """Each volume with its energy by the factor that was known when it came in."""
    known = np.zeros(volumes.slots.size, np.int64)
    for since_us in history.inserted_us:
        known += volumes.inserted_us >= since_us[history.place]
    factor, kind = history.factor[known, history.place], history.kind[known, history.place]
    values, states = _energy(volumes.values, volumes.states, factor, kind)
    without = kind == GasFactor.NONE
    if without.any():
        # A volume without a factor says nothing of energy yet; one that is withdrawn takes its energy along.
        states[:, without] = np.where(
            volumes.states[:, without] == State.WITHDRAWN, State.WITHDRAWN, State.SILENT
        )
    return (
        volumes.slots,
        volumes.inserted_us,
        np.concatenate([volumes.values, values]),
        np.concatenate([volumes.states, states]),
    )


def _again(volumes: Versions, history: _History) -> list[_Rows]:
    """The energy that comes in again when a factor becomes known, of the volumes known then."""
    parts: list[_Rows] = []
    for row, since_us in enumerate(history.inserted_us):
        before = np.flatnonzero(volumes.inserted_us < since_us[history.place])
        # What never becomes known brings nothing in.
        before = before[since_us[history.place[before]] != _NEVER]
        if before.size == 0:
            continue
        slots, place, values, states = _known(volumes, before, history.place)
        energy, codes = _energy(values, states, history.factor[row + 1, place], history.kind[row + 1, place])
        parts.append(
            (
                slots,
                since_us[place],
                np.concatenate([np.zeros_like(energy), energy]),
                np.concatenate([np.zeros_like(codes), codes]),
            )
        )
    return parts


def _known(
    volumes: Versions, rows: NDArray[np.int64], place: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """What some rows, in order, say in the end: the slots with a value, where their months are, values, states.

    Args:
        volumes: the versions.
        rows: which of their rows, in order of insertion within each slot.
        place: where the month of each row of the versions is.
    """
    first = int(volumes.slots[rows].min())
    columns = volumes.slots[rows] - first
    shape = (len(volumes.registers), int(columns.max()) + 1)
    values, states = np.zeros(shape, np.int64), np.zeros(shape, np.uint8)
    months = np.zeros(shape[1], np.int64)
    months[columns] = place[rows]
    for register in range(shape[0]):
        said, value = volumes.states[register, rows], volumes.values[register, rows]
        into = columns
        if not said.all():
            speaks = said != State.SILENT
            into, said, value = columns[speaks], said[speaks], value[speaks]
        values[register, into], states[register, into] = value, said
    valued = states >= State.READ
    slots = np.flatnonzero(valued.any(axis=0))
    states[~valued] = State.SILENT
    return slots + first, months[slots], values[:, slots], states[:, slots]


def _energy(
    volumes: NDArray[np.int64],
    states: NDArray[np.uint8],
    factor: NDArray[np.int64],
    kind: NDArray[np.uint8],
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Thousandths of kWh of thousandths of m3, rounded half up, and their codes."""
    energy = volumes * factor
    energy += FACTOR_UNITS // 2
    energy //= FACTOR_UNITS
    codes = np.where(states >= State.READ, states | kind << FACTOR_SHIFT, states)
    return energy, codes.astype(np.uint8)


def _months(hours: NDArray[np.int64]) -> tuple[list[int], NDArray[np.int64]]:
    """The gas months in which hours lie, and which of them each hour is in."""
    if hours.size == 0:
        return [], hours
    seconds = slot_starts(Grid.HOUR, np.array([hours.min(), hours.max()]))
    # At 06:00 local, which is 04:00 or 05:00 UTC, a gas day begins that is named for its date.
    first, last = (gas_month_of((seconds - 5 * 3600) // 86400)).tolist()
    months = np.arange(first, last + 3, dtype=np.int64)
    begins = slot_starts(Grid.GAS_DAY, months.astype("M8[M]").astype("M8[D]").astype(np.int64)) // 3600
    of_hour = np.searchsorted(begins, hours, side="right") - 1
    present = np.flatnonzero(np.bincount(of_hour))
    place = np.zeros(int(present[-1]) + 1, np.int64)
    place[present] = np.arange(present.size)
    return months[present].tolist(), place[of_hour]
