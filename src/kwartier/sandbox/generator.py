"""What fictitious meters measured, and when each reading came in (S4): a pure function of EAN and time."""

from datetime import date
from typing import Final

from kwartier.domain.days import Grid, quarter_hours_of
from kwartier.domain.meter_days import days_of_meters
from kwartier.domain.metering import EnergyType, Headpoint, MeterType
from kwartier.domain.resolve import Inserted
from kwartier.domain.series import MeterVersions
from kwartier.sandbox.amr import amr_electricity
from kwartier.sandbox.arrivals import (
    FIRST_ARRIVAL_SECONDS,
    LAST_ARRIVAL_SECONDS,
    SPECIAL_LAST_ARRIVAL_SECONDS,
)
from kwartier.sandbox.digital import digital_electricity
from kwartier.sandbox.eans import SandboxMeter
from kwartier.sandbox.gas import LAST_FACTOR_SECONDS, gas
from kwartier.sandbox.gas_load import gas_day_of
from kwartier.sandbox.special import special_of

__all__ = ["FIRST_DAY", "headpoint", "versions"]

FIRST_DAY: Final = (date(2015, 1, 1) - date(1970, 1, 1)).days
"""The Brussels day on which the fictitious meters began to measure."""

_SECOND_US: Final = 1_000_000
_DAY_SECONDS: Final = 86400
_QUARTER_HOUR_SECONDS: Final = 900
_SUMMER_OFFSET: Final = 7200  # of Brussels, seconds

_MODELS: Final = {
    (MeterType.DIGITAL, EnergyType.ELECTRICITY): digital_electricity,
    (MeterType.AMR, EnergyType.ELECTRICITY): amr_electricity,
    (MeterType.DIGITAL, EnergyType.GAS): gas,
    (MeterType.AMR, EnergyType.GAS): gas,
}
_GRIDS: Final = {
    EnergyType.ELECTRICITY: (Grid.QUARTER_HOUR, Grid.DAY),
    EnergyType.GAS: (Grid.HOUR, Grid.GAS_DAY),
}


def headpoint(meter: SandboxMeter) -> Headpoint:
    """The headpoint of a fictitious meter."""
    return Headpoint(meter.ean, meter.kind.energy_type, meter.kind.meter_type)


def versions(meter: SandboxMeter, grid: Grid, slots: range, inserted: Inserted) -> tuple[MeterVersions, ...]:
    """What came in about a fictitious meter, in whole days.

    Every row about `slots` that could count under `inserted` is in it, and mostly others.

    Args:
        meter: which one.
        grid: quarter-hours or Brussels days of electricity, hours or gas days of gas; on any other there is nothing.
        slots: the slots that are asked for.
        inserted: which versions will count. It bounds the days that are made: no more than can have come in.
    """
    if grid not in _GRIDS[meter.kind.energy_type]:
        return ()
    days = _days(grid, slots, inserted, _latest_seconds(meter))
    parts = _MODELS[meter.kind.meter_type, meter.kind.energy_type](meter, days)
    if grid in {Grid.QUARTER_HOUR, Grid.HOUR}:
        return parts
    return days_of_meters(parts, days)


def _latest_seconds(meter: SandboxMeter) -> int:
    """Before this, counted from the start (00:00 UTC) of its date, everything about a day has come in."""
    latest = LAST_ARRIVAL_SECONDS if special_of(meter) is None else SPECIAL_LAST_ARRIVAL_SECONDS
    if (meter.kind.meter_type, meter.kind.energy_type) == (MeterType.DIGITAL, EnergyType.GAS):
        return max(latest, LAST_FACTOR_SECONDS)
    return latest


def _days(grid: Grid, slots: range, inserted: Inserted, latest_seconds: int) -> range:
    """The Brussels days (gas: gas days) of the slots about which something can have come in within `inserted`."""
    first, stop = slots.start, slots.stop
    if grid is Grid.QUARTER_HOUR:
        first, stop = _day_of(slots.start), _day_of(slots.stop - 1) + 1
    elif grid is Grid.HOUR:
        first, stop = gas_day_of(slots.start), gas_day_of(slots.stop - 1) + 1
    stop = min(stop, (inserted.end_us // _SECOND_US - FIRST_ARRIVAL_SECONDS) // _DAY_SECONDS + 1)
    first = max(first, FIRST_DAY)
    if inserted.start_us is not None:
        first = max(first, (inserted.start_us // _SECOND_US - latest_seconds) // _DAY_SECONDS)
    return range(first, stop) if slots and first < stop else range(0)


def _day_of(quarter_hour: int) -> int:
    """The Brussels day in which a quarter-hour lies, also in years that a datetime does not reach."""
    day = (quarter_hour * _QUARTER_HOUR_SECONDS + _SUMMER_OFFSET) // _DAY_SECONDS
    return day if quarter_hours_of(range(day, day))[0] <= quarter_hour else day - 1
