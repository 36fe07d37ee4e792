"""A headpoint with all that is known of it: meters over time, sub-headpoints, grid users (E8, E9, I6)."""

from dataclasses import dataclass

from kwartier.domain.metering import Direction, Headpoint, PhysicalMeter, SubHeadpoint
from kwartier.domain.period import Period

__all__ = ["GridUse", "HungMeter", "KnownHeadpoint"]


@dataclass(frozen=True, slots=True)
class HungMeter:
    """A physical meter and when it hung there; None: always. It says what is known, and bounds nothing."""

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
