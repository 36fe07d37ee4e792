"""The monthly peaks of a headpoint (P1)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.metering import EnergyType, MeterType, PhysicalMeter
from kwartier.domain.peak import Peak, Untold, find_peak, quarter_hours_of_month
from kwartier.domain.period import epoch_microseconds
from kwartier.services.environment import VersionSource
from kwartier.services.questions import counting, known_headpoint, read_series

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


def peaks_of_year(source: VersionSource, ean: Ean, year: int, moment: datetime) -> tuple[MonthlyPeak, ...]:
    """The peaks of the twelve months of a year, as known at a moment (P1).

    Args:
        source: of versions.
        ean: of the headpoint.
        year: of Brussels.
        moment: now.

    Raises:
        InvalidValueError: peaks are of electricity.
        NoReadingsOfOneError: no such headpoint.
    """
    headpoint = known_headpoint(source, ean)
    if headpoint.energy_type is not EnergyType.ELECTRICITY:
        raise InvalidValueError(f"headpoint {ean} is of gas: a monthly peak is of electricity alone")
    over_before = epoch_microseconds(moment) // _QUARTER_HOUR_US
    months = {date(year, month, 1): quarter_hours_of_month(year, month) for month in _MONTHS}
    begun = [slots for slots in months.values() if slots.start <= over_before]
    windows = [range(begun[0].start, begun[-1].stop)] if begun else []
    meters = read_series(source, ean, {Grid.QUARTER_HOUR: windows}, counting(None, source.settled(moment)))
    # Submeters lie behind the headpoint, which counts what they do.
    kind = PhysicalMeter if headpoint.meter_type is MeterType.DIGITAL else type(None)
    parts = [series for one in meters if isinstance(one.meter, kind) for series in one.series]
    return tuple(
        MonthlyPeak(month, find_peak(parts, slots, over_before) if slots in begun else None)
        for month, slots in months.items()
    )
