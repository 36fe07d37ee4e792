"""The monthly peaks of a headpoint (P1)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from kwartier.db.engine import Database
from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.known_headpoint import KnownHeadpoint
from kwartier.domain.metering import Direction, EnergyType, MeterType, PhysicalMeter
from kwartier.domain.peak import HungPart, Peak, Untold, find_peak, quarter_hours_of_month
from kwartier.domain.period import Period, epoch_microseconds
from kwartier.domain.series import Series
from kwartier.readings import headpoints
from kwartier.services.questions import counting, known_headpoint, read_series
from kwartier.services.store import Store

__all__ = ["MonthlyPeak", "peaks_of_year"]

_QUARTER_HOUR_US: Final = 900_000_000
_EVER_US: Final = epoch_microseconds(datetime.max.replace(tzinfo=UTC))
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

    Of meters that hung there at the same time, as the catalogue knows, each must have a value; what one has of before it
    hung there, or of after, does not count.

    Args:
        database: that of the readings.
        ean: of the headpoint.
        year: of Brussels.
        moment: now.

    Raises:
        InvalidValueError: peaks are of offtake of electricity.
        NoReadingsOfOneError: no such headpoint.
    """
    store = Store(database)
    headpoint = known_headpoint(store, ean)
    if headpoint.energy_type is not EnergyType.ELECTRICITY:
        raise InvalidValueError(f"headpoint {ean} is of gas: a monthly peak is of electricity alone")
    with database.reading() as connection:
        known = headpoints.find(connection, ean) or KnownHeadpoint(headpoint)
    if known.direction is Direction.INJECTION:
        raise InvalidValueError(f"headpoint {ean} is of injection: a monthly peak is of offtake alone")
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
    hung = [
        _hung_part(one.period, parts.pop(one.meter, None)) for one in known.meters if one.period is not None
    ]
    rest = list(parts.values())
    return tuple(
        MonthlyPeak(month, find_peak(rest, slots, over_before, hung) if slots in begun else None)
        for month, slots in months.items()
    )


def _hung_part(period: Period, series: Series | None) -> HungPart:
    """A meter that hung there in a period; the quarter-hour of an exchange is expected of the one that was there first."""
    start_us = epoch_microseconds(period.start)
    end_us = _EVER_US if period.end is None else epoch_microseconds(period.end)
    stop = -(-end_us // _QUARTER_HOUR_US)
    return HungPart(
        series, range(start_us // _QUARTER_HOUR_US, stop), range(-(-start_us // _QUARTER_HOUR_US), stop)
    )
