"""The store of readings as a source of versions: what the live environment stands on (R2, DESIGN 5)."""

from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from kwartier.db.engine import Database
from kwartier.domain.days import Grid, quarter_hours_of, slot_starts
from kwartier.domain.ean import Ean
from kwartier.domain.gas import Factors, with_energy
from kwartier.domain.meter_days import days_of_meters
from kwartier.domain.metering import Headpoint, Unit
from kwartier.domain.overlay import overlaid, overlaid_meters, within
from kwartier.domain.resolve import Inserted
from kwartier.domain.series import MeterVersions, Versions
from kwartier.readings import catalogue, deliveries, factors, runs
from kwartier.readings.catalogue import Catalogued

__all__ = ["Store"]

_HOUR_SECONDS: Final = 3600


class Store:
    """The readings of a platform.

    Args:
        database: that of the readings.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def check(self, ean: Ean) -> None:
        """Any EAN may be asked for: whether it exists is told to nobody without a mandate."""

    def headpoints_of_submeter(self, ean: Ean) -> tuple[Ean, ...]:
        """The headpoints on which a sub-headpoint hangs (E6)."""
        with self._database.glancing() as connection:
            return catalogue.headpoints_of_submeter(connection, int(ean))

    def headpoint(self, ean: Ean) -> Headpoint | None:
        """A headpoint; None: it is not known."""
        with self._database.glancing() as connection:
            found = catalogue.find(connection, int(ean))
        return None if found is None else found.headpoint

    def settled(self, moment: datetime) -> datetime:
        """The latest moment, up to the given one, about which no more can become known (R1)."""
        with self._database.glancing() as connection:
            settled, lapsed = deliveries.settled(connection, moment)
        if lapsed:
            # Who announced it is gone, and must not hold up the others.
            with self._database.writing(deliveries.PUBLICATION) as connection:
                deliveries.unannounce(connection, lapsed=moment)
                settled, _ = deliveries.settled(connection, moment)
        return settled

    def versions(self, ean: Ean, grid: Grid, slots: range, inserted: Inserted) -> tuple[MeterVersions, ...]:
        """All versions about these slots that became visible before `inserted` ends, per meter; others may be among them.

        Days follow from quarter-hours, gas days from hours, and energy of gas from volumes; what was delivered as such
        is laid over them.
        """
        with self._database.reading() as connection:
            known = catalogue.find(connection, int(ean))
            if known is None:
                return ()
            ask = _Ask(connection, known, inserted.end_us)
            match grid:
                case Grid.QUARTER_HOUR:
                    return ask.delivered(grid, slots)
                case Grid.HOUR:
                    return ask.hours(slots)
                case Grid.DAY:
                    quarters = ask.delivered(Grid.QUARTER_HOUR, _between(quarter_hours_of(slots)))
                    return overlaid_meters([days_of_meters(quarters, slots), ask.delivered(grid, slots)])
                case Grid.GAS_DAY:
                    hours = ask.hours(_hours_of(slots))
                    return overlaid_meters([days_of_meters(hours, slots), ask.delivered(grid, slots)])


class _Ask:
    """A question to one headpoint."""

    def __init__(self, connection: Connection, known: Catalogued, before_us: int) -> None:
        self._connection = connection
        self._known = known
        self._before_us = before_us

    def delivered(self, grid: Grid, slots: range) -> tuple[MeterVersions, ...]:
        """What came in as such."""
        if not slots:
            return ()
        ean = int(self._known.headpoint.ean)
        parts = runs.read(self._connection, ean, grid, slots, self._before_us, self._known.series)
        return tuple(MeterVersions(one.meter, within(one.versions, slots)) for one in parts)

    def hours(self, slots: range) -> tuple[MeterVersions, ...]:
        """The hours of gas, with the energy that follows from volumes."""
        parts = self.delivered(Grid.HOUR, slots)
        zone = self._known.gas_zone
        if zone is None or not any(_of_unit(one.versions, Unit.M3) for one in parts):
            return parts
        known = factors.read(self._connection, zone, self._before_us)
        return tuple(MeterVersions(one.meter, _with_energy(one.versions, known)) for one in parts)


def _with_energy(versions: Versions, known: Factors) -> Versions:
    """Volumes with the energy that follows from them, and over it the energy that was delivered."""
    volumes, energy = _of_unit(versions, Unit.M3), _of_unit(versions, Unit.KWH)
    if volumes is None:
        return versions
    derived = with_energy(volumes, known)
    return derived if energy is None else overlaid([derived, energy])


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
