"""A question to one headpoint: what came in, and what follows from it (R2, DESIGN 5)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from kwartier.domain.days import Grid, quarter_hours_of, slot_starts
from kwartier.domain.gas import Factors, with_energy
from kwartier.domain.meter_days import days_of_meters
from kwartier.domain.metering import Unit
from kwartier.domain.overlay import overlaid, overlaid_meters, within
from kwartier.domain.series import MeterVersions, Versions
from kwartier.readings import factors, runs
from kwartier.readings.catalogue import Catalogued

__all__ = ["Question"]

_HOUR_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a headpoint.

    Attributes:
        connection: that reads.
        known: the headpoint.
        before_us: what became visible before this counts, microseconds since the epoch.
        but: the number of a delivery; what came in counts as if that one, those that were withdrawn and what took them
            back had never been.
    """

    connection: Connection
    known: Catalogued
    before_us: int
    but: int | None = None

    def versions(self, grid: Grid, slots: range) -> tuple[MeterVersions, ...]:
        """All versions about some slots, per meter; others may be among them.

        Days follow from quarter-hours, gas days from hours, and energy of gas from volumes; what was delivered as such
        is laid over them.
        """
        if grid is Grid.QUARTER_HOUR:
            return self.delivered(grid, slots)
        if grid is Grid.HOUR:
            return self._hours(slots)
        return overlaid_meters([self.derived(grid, slots), self.delivered(grid, slots)])

    def delivered(self, grid: Grid, slots: range) -> tuple[MeterVersions, ...]:
        """What came in as such."""
        if not slots:
            return ()
        parts = runs.read(self.connection, self.known, grid, slots, self.before_us, self.but)
        return tuple(MeterVersions(one.meter, within(one.versions, slots)) for one in parts)

    def derived(self, grid: Grid, slots: range) -> tuple[MeterVersions, ...]:
        """What follows from what came in on a finer grid, or in another unit."""
        match grid:
            case Grid.DAY:
                quarters = self.delivered(Grid.QUARTER_HOUR, _between(quarter_hours_of(slots)))
                return days_of_meters(quarters, slots)
            case Grid.GAS_DAY:
                return days_of_meters(self._hours(_hours_of(slots)), slots)
            case Grid.HOUR:
                known = self._factors(parts := self.delivered(grid, slots))
                return tuple(
                    MeterVersions(one.meter, energy)
                    for one in parts
                    if known is not None and (energy := _from_volumes(one.versions, known)) is not None
                )
        return ()

    def _hours(self, slots: range) -> tuple[MeterVersions, ...]:
        """The hours of gas, with the energy that follows from volumes."""
        known = self._factors(parts := self.delivered(Grid.HOUR, slots))
        if known is None:
            return parts
        return tuple(MeterVersions(one.meter, _with_energy(one.versions, known)) for one in parts)

    def _factors(self, hours: tuple[MeterVersions, ...]) -> Factors | None:
        """What turns volumes into energy; None: there are none, or it is not known where they were measured."""
        zone = self.known.gas_zone
        if zone is None or not any(_of_unit(one.versions, Unit.M3) for one in hours):
            return None
        return factors.read(self.connection, zone, self.before_us, self.but)


def _with_energy(versions: Versions, known: Factors) -> Versions:
    """Volumes with the energy that follows from them, and over it the energy that was delivered."""
    volumes, energy = _of_unit(versions, Unit.M3), _of_unit(versions, Unit.KWH)
    if volumes is None:
        return versions
    derived = with_energy(volumes, known)
    return derived if energy is None else overlaid([derived, energy])


def _from_volumes(versions: Versions, known: Factors) -> Versions | None:
    """The energy that follows from volumes; None: there are none."""
    volumes = _of_unit(versions, Unit.M3)
    return None if volumes is None else _of_unit(with_energy(volumes, known), Unit.KWH)


def _of_unit(versions: Versions, unit: Unit) -> Versions | None:
    """The versions of the registers in a unit, where something is said of them; None: there are no such registers."""
    rows = [row for row, register in enumerate(versions.registers) if register.unit is unit]
    if not rows:
        return None
    spoken = (versions.states[rows] != 0).any(axis=0)
    return Versions(
        versions.grid,
        tuple(versions.registers[row] for row in rows),
        versions.slots[spoken],
        versions.inserted_us[spoken],
        versions.values[rows][:, spoken],
        versions.states[rows][:, spoken],
    )


def _between(borders: NDArray[np.int64]) -> range:
    return range(int(borders[0]), int(borders[-1]))


def _hours_of(gas_days: range) -> range:
    borders = slot_starts(Grid.GAS_DAY, np.array([gas_days.start, gas_days.stop], np.int64))
    return _between(borders // _HOUR_SECONDS)
