"""A headpoint with all that is known of it: meters over time, sub-headpoints, grid users (E8, E9, I6)."""

from dataclasses import dataclass

import numpy as np

from kwartier.domain.days import Grid, slot_starts
from kwartier.domain.metering import Direction, Headpoint, Meter, PhysicalMeter, SubHeadpoint
from kwartier.domain.period import Period, epoch_microseconds

__all__ = ["GridUse", "HungMeter", "KnownHeadpoint", "slots_of_meter"]


@dataclass(frozen=True, slots=True)
class HungMeter:
    """A physical meter and when it hung there; None: nobody told. What comes in of other times is set aside (R3)."""

    meter: PhysicalMeter
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class GridUse:
    """Who is the grid user, and when: an enterprise number, or a name that the operator gave."""

    who: str
    period: Period


@dataclass(frozen=True, slots=True)
class KnownHeadpoint:
    """A headpoint and what hangs on it.

    Attributes:
        direction: of an AMR headpoint, offtake or injection (M7).
        gas_zone: that of the conversion factor of digital gas meters (R2).
        meters: of a digital headpoint, in order.
        submeters: of an AMR headpoint, in order.
        grid_users: in order of time.
    """

    headpoint: Headpoint
    direction: Direction | None = None
    gas_zone: str | None = None
    meters: tuple[HungMeter, ...] = ()
    submeters: tuple[SubHeadpoint, ...] = ()
    grid_users: tuple[GridUse, ...] = ()


def slots_of_meter(known: KnownHeadpoint, meter: Meter, grid: Grid, window: range) -> range:
    """The slots of a window that began while a meter hung there; all of it, if nobody told when that was."""
    period = next((one.period for one in known.meters if one.meter == meter), None)
    if period is None:
        return window
    starts_us = slot_starts(grid, np.arange(window.start, window.stop, dtype=np.int64)) * 1_000_000
    first = int(np.searchsorted(starts_us, epoch_microseconds(period.start)))
    stop = (
        starts_us.size
        if period.end is None
        else int(np.searchsorted(starts_us, epoch_microseconds(period.end)))
    )
    return window[first : max(first, stop)]
