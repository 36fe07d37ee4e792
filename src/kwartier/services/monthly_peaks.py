"""The monthly peaks of a headpoint (P1)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kwartier.db.engine import Database
from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.known_headpoint import slots_of_meter
from kwartier.domain.metering import EnergyType, MeterType, PhysicalMeter
from kwartier.domain.peak import Peak, Untold, find_peak, quarter_hours_of_month
from kwartier.domain.period import epoch_microseconds
from kwartier.readings import headpoints
from kwartier.services.questions import counting, known_headpoint, read_series
from kwartier.services.store import Store

__all__ = ["MonthlyPeak", "peaks_of_year"]

_QUARTER_HOUR_US: Final = 900_000_000
_MONTHS: Final = range(1, 13)


@dataclass(frozen=True, slots=True)
class MonthlyPeak:
    """What is told of a month.

    Attributes:
        month: its first day.
        told: the peak, or what is missing; None: the month has not begun.
    """

    month: date
    told: Peak | Untold | None


def peaks_of_year(database: Database, ean: Ean, year: int, moment: datetime) -> tuple[MonthlyPeak, ...]:
    """The peaks of the twelve months of a year, as known at a moment (P1).

    Of meters that hang there at the same time, as the catalogue knows, each must have a value.

    Args:
        database: that of the readings.
        ean: of the headpoint.
        year: of Brussels.
        moment: now.

    Raises:
        InvalidValueError: peaks are of electricity.
        NoReadingsOfOneError: no such headpoint.
    """
    store = Store(database)
    headpoint = known_headpoint(store, ean)
    if headpoint.energy_type is not EnergyType.ELECTRICITY:
        raise InvalidValueError(f"headpoint {ean} is of gas: a monthly peak is of electricity alone")
    over_before = epoch_microseconds(moment) // _QUARTER_HOUR_US
    months = {date(year, month, 1): quarter_hours_of_month(year, month) for month in _MONTHS}
    begun = [slots for slots in months.values() if slots.start <= over_before]
    if not begun:
        return tuple(MonthlyPeak(month, None) for month in months)
    window = range(begun[0].start, begun[-1].stop)
    inserted = counting(None, store.settled(moment))
    meters = read_series(store, ean, {Grid.QUARTER_HOUR: [window]}, inserted)
    # Submeters lie behind the headpoint, which counts what they do.
    kind = PhysicalMeter if headpoint.meter_type is MeterType.DIGITAL else type(None)
    parts = {one.meter: series for one in meters if isinstance(one.meter, kind) for series in one.series}
    expected = [(parts.get(meter), slots) for meter, slots in _hung(database, ean, window)]
    return tuple(
        MonthlyPeak(
            month, find_peak(list(parts.values()), slots, over_before, expected) if slots in begun else None
        )
        for month, slots in months.items()
    )


def _hung(database: Database, ean: Ean, window: range) -> list[tuple[PhysicalMeter, range]]:
    """In which quarter-hours each meter hung there, of those of which it was told."""
    with database.reading() as connection:
        known = headpoints.find(connection, ean)
    if known is None:
        return []
    return [
        (hung.meter, slots_of_meter(known, hung.meter, Grid.QUARTER_HOUR, window))
        for hung in known.meters
        if hung.period is not None
    ]
