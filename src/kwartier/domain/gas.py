"""Gas: from volume to energy by the gas conversion factor of zone and month (E12, R2; DESIGN 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid, slot_starts
from kwartier.domain.metering import FACTOR_SHIFT, GasFactor, Register, State
from kwartier.domain.series import Versions

__all__ = ["CONSTANT_FACTOR", "FACTOR_UNITS", "FactorVersion", "Factors", "gas_month_of", "with_energy"]

FACTOR_UNITS: Final = 10_000
"""Factors are whole numbers of ten-thousandths of a kWh/m3."""

CONSTANT_FACTOR: Final = 11 * FACTOR_UNITS
"""The constant factor, C (E12)."""


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


def with_energy(volumes: Versions, factors: Factors) -> Versions:
    """The versions of volumes with those of the energy that follows from them.

    The energy of an hour is its volume times the factor, rounded half up to three decimals. It comes in when the later
    of the two does: a factor that becomes known brings the energy of all hours of its month in again (E12). Before any
    factor is known there is no energy.

    Args:
        volumes: versions in m3 on `Grid.HOUR`, rows of one slot in order of insertion.
        factors: for every month about which there may be volumes.

    Returns:
        Versions with the registers in m3, then as many in kWh.
    """
    registers = (*volumes.registers, *(Register(one.direction, one.kind) for one in volumes.registers))
    months = gas_month_of(_gas_days(volumes.slots))
    direct = _direct(volumes, months, factors)
    parts = [direct, *_again(volumes, months, factors)]
    slots = np.concatenate([part[0] for part in parts])
    inserted_us = np.concatenate([part[1] for part in parts])
    order: slice | NDArray[np.int64] = slice(None)
    if len(parts) > 1:
        order = np.argsort(inserted_us, kind="stable")
    return Versions(
        volumes.grid,
        registers,
        slots[order],
        inserted_us[order],
        np.concatenate([part[2] for part in parts], axis=1)[:, order],
        np.concatenate([part[3] for part in parts], axis=1)[:, order],
    )


_Rows: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]


def _direct(volumes: Versions, months: NDArray[np.int64], factors: Factors) -> _Rows:
    """Each volume with its energy by the factor that was known when it came in."""
    factor = np.zeros(volumes.slots.size, np.int64)
    kind = np.zeros(volumes.slots.size, np.uint8)
    for month in np.unique(months).tolist():
        known = factors[month]
        rows = np.flatnonzero(months == month)
        latest = np.searchsorted([one.inserted_us for one in known], volumes.inserted_us[rows], side="right")
        factor[rows] = np.array([0, *(one.factor for one in known)])[latest]
        kind[rows] = np.array([0, *(one.kind for one in known)], np.uint8)[latest]
    values, states = _energy(volumes.values, volumes.states, factor, kind)
    # A volume without a factor says nothing of energy yet; one that is withdrawn takes its energy along.
    states[:, kind == GasFactor.NONE] = np.where(
        volumes.states[:, kind == GasFactor.NONE] == State.WITHDRAWN, State.WITHDRAWN, State.SILENT
    )
    return (
        volumes.slots,
        volumes.inserted_us,
        np.concatenate([volumes.values, values]),
        np.concatenate([volumes.states, states]),
    )


def _again(volumes: Versions, months: NDArray[np.int64], factors: Factors) -> list[_Rows]:
    """The energy that comes in again when a factor becomes known, of the volumes known then."""
    parts: list[_Rows] = []
    for month in np.unique(months).tolist():
        of_month = np.flatnonzero(months == month)
        first = int(volumes.slots[of_month].min())
        for version in factors[month]:
            before = of_month[volumes.inserted_us[of_month] < version.inserted_us]
            if before.size:
                slots, values, states = _known(volumes, before, first)
                factor, kind = np.int64(version.factor), np.uint8(version.kind)
                energy, codes = _energy(values, states, factor, kind)
                silent = np.zeros_like(values)
                parts.append(
                    (
                        slots,
                        np.full(slots.size, version.inserted_us, np.int64),
                        np.concatenate([silent, energy]),
                        np.concatenate([silent.astype(np.uint8), codes]),
                    )
                )
    return parts


def _known(
    volumes: Versions, rows: NDArray[np.int64], first: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """What rows, in order, say in the end: the slots with a value, values and states, shape (registers, slots)."""
    columns = volumes.slots[rows] - first
    shape = (len(volumes.registers), int(columns.max()) + 1)
    values, states = np.zeros(shape, np.int64), np.zeros(shape, np.uint8)
    for register in range(shape[0]):
        speaks = volumes.states[register, rows] != State.SILENT
        values[register, columns[speaks]] = volumes.values[register, rows[speaks]]
        states[register, columns[speaks]] = volumes.states[register, rows[speaks]]
    valued = np.flatnonzero((states >= State.READ).any(axis=0))
    return valued + first, values[:, valued], np.where(states >= State.READ, states, State.SILENT)[:, valued]


def _energy(
    volumes: NDArray[np.int64],
    states: NDArray[np.uint8],
    factor: NDArray[np.int64] | np.int64,
    kind: NDArray[np.uint8] | np.uint8,
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Thousandths of kWh of thousandths of m3, rounded half up, and their codes."""
    energy = (2 * volumes * factor + FACTOR_UNITS) // (2 * FACTOR_UNITS)
    codes = np.where(states >= State.READ, states | kind << FACTOR_SHIFT, states)
    return energy, codes.astype(np.uint8)


def _gas_days(hours: NDArray[np.int64]) -> NDArray[np.int64]:
    """The gas day in which each hour lies."""
    if hours.size == 0:
        return hours
    seconds = slot_starts(Grid.HOUR, hours)
    # A gas day is named for the date on which it begins: at 06:00 local, which is 04:00 or 05:00 UTC.
    days = (seconds - 5 * 3600) // 86400
    first, last = int(days.min()), int(days.max())
    borders = slot_starts(Grid.GAS_DAY, np.arange(first, last + 2, dtype=np.int64))
    later = borders[days - first + 1] <= seconds
    return days + later
