"""What a picture shows: the energy of a headpoint in the intervals of a period, added up over its meters."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kwartier.client.errors import KwartierError
from kwartier.domain.days import Grid, day_of, slot_starts, wall_offsets
from kwartier.domain.metering import Direction, Granularity, RegisterKind, State, Unit
from kwartier.domain.period import EPOCH, Period, epoch_microseconds
from kwartier.wire.energy import DIRECTION, REGISTER_KIND, UNIT, VALIDATION_STATE
from kwartier.wire.frame import Source
from kwartier.wire.vocabulary import GRANULARITY

if TYPE_CHECKING:
    from kwartier.client.table import EnergyTable

__all__ = ["INJECTION", "OFFTAKE", "Calendar", "Curve", "NothingToDrawError", "curve_of"]

OFFTAKE: Final = DIRECTION.write(Direction.OFFTAKE)
INJECTION: Final = DIRECTION.write(Direction.INJECTION)

_SECOND_US: Final = 1_000_000
_DAY_SECONDS: Final = 86_400
_HOUR_SECONDS: Final = 3600
_UNSURE: Final = {VALIDATION_STATE.write(State.EST), VALIDATION_STATE.write(State.NVAL)}
_INTERVALS: Final = GRANULARITY.write(Granularity.QUARTER_HOURLY)


class NothingToDrawError(KwartierError):
    """There is nothing of which a picture could be made."""


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """Power by Brussels day and time on the clock.

    Attributes:
        days: of the rows.
        power: mean power in each interval of the clock [kW], NaN where nothing is known; an hour that comes twice has
            the mean of both, shape (days, intervals).
        exists: whether the clocks show that time on that day; in spring they skip an hour, shape as of power.
    """

    days: tuple[date, ...]
    power: NDArray[np.float64]
    exists: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Energy in the consecutive intervals of a period.

    Attributes:
        ean: of the headpoint.
        period: from the first interval to the last.
        interval_seconds: how long each is: quarter-hours of electricity, hours of gas.
        unit: of energy: `kWh`; `m3` of gas without a factor.
        energy: by direction, NaN where there is no value, each of shape (n,).
        unsure: whether some value is estimated or not validated, shape (n,).
    """

    ean: str
    period: Period
    interval_seconds: int
    unit: str
    energy: dict[str, NDArray[np.float64]]
    unsure: NDArray[np.bool_]

    def __len__(self) -> int:
        return int(self.unsure.size)

    @property
    def starts(self) -> NDArray[np.int64]:
        """When the intervals begin, epoch seconds, shape (n,)."""
        first = epoch_microseconds(self.period.start) // _SECOND_US
        return first + np.arange(len(self), dtype=np.int64) * self.interval_seconds

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether there is a value of any direction, shape (n,)."""
        there = np.zeros(len(self), np.bool_)
        for energy in self.energy.values():
            there |= ~np.isnan(energy)
        return there

    def power(self, direction: str) -> NDArray[np.float64]:
        """Mean power in each interval [kW, or m3/h]."""
        return self.energy[direction] * (_HOUR_SECONDS / self.interval_seconds)

    @property
    def net_power(self) -> NDArray[np.float64]:
        """Offtake less injection [kW, or m3/h]; NaN where nothing is known."""
        net = np.zeros(len(self))
        for direction in self.energy:
            sign = 1 if direction == OFFTAKE else -1
            net += sign * np.nan_to_num(self.power(direction))
        net[~self.known] = np.nan
        return net

    def by_day(self) -> tuple[tuple[date, ...], dict[str, NDArray[np.float64]], NDArray[np.int64]]:
        """Energy of each Brussels day by direction, and how many of its intervals have no value."""
        days, of_day = self._days()
        sums = {
            direction: np.bincount(of_day, np.nan_to_num(energy), len(days)).astype(np.float64)
            for direction, energy in self.energy.items()
        }
        missing = np.bincount(of_day, ~self.known, len(days)).astype(np.int64)
        return days, sums, missing

    def calendar(self) -> Calendar:
        """Net power by day and time on the clock."""
        days, of_day = self._days()
        a_day = _DAY_SECONDS // self.interval_seconds
        on_clock = self.starts + wall_offsets(self.starts)
        place = of_day * a_day + on_clock % _DAY_SECONDS // self.interval_seconds
        net = self.net_power
        there = ~np.isnan(net)
        count = np.bincount(place[there], minlength=len(days) * a_day)
        total = np.bincount(place[there], net[there], len(days) * a_day)
        power = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
        exists = np.bincount(place, minlength=len(days) * a_day) > 0
        return Calendar(days, power.reshape(-1, a_day), exists.reshape(-1, a_day))

    def _days(self) -> tuple[tuple[date, ...], NDArray[np.int64]]:
        first, last = day_of(self.period.start), day_of(self._last)
        borders = slot_starts(Grid.DAY, np.arange(first, last + 2, dtype=np.int64))
        of_day = np.searchsorted(borders, self.starts, side="right") - 1
        return tuple(EPOCH.date() + timedelta(days=day) for day in range(first, last + 1)), of_day

    @property
    def _last(self) -> datetime:
        return self.period.start + timedelta(seconds=self.interval_seconds * max(0, len(self) - 1))


def curve_of(table: "EnergyTable", period: Period) -> Curve:
    """The curve of a period.

    Args:
        table: its readings.
        period: with an end.

    Raises:
        NothingToDrawError: there are no quarter-hours or hours in it.
    """
    fit = (
        table["granularity"].where(_INTERVALS)
        & ~table["source"].where(Source.SUB_HEADPOINT.value)
        & table["register"].where(REGISTER_KIND.write(RegisterKind.TOTAL))
    )
    kwh, m3 = UNIT.write(Unit.KWH), UNIT.write(Unit.M3)
    unit = kwh if (fit & table["unit"].where(kwh)).any() else m3
    rows = table.chosen(fit & table["unit"].where(unit))
    if not len(rows) or period.end is None:
        raise NothingToDrawError(
            f"no quarter-hours or hours of {table.ean} in this period: `kwartier doctor {table.ean}` tells why"
        )
    interval_us = int((rows.ends - rows.starts).min())
    first = epoch_microseconds(period.start)
    number = max(0, epoch_microseconds(period.end) - first) // interval_us
    slots = (rows.starts - first) // interval_us
    inside = (slots >= 0) & (slots < number) & ~np.isnan(rows.values)
    energy = {
        direction: _added_up(slots[chosen], rows.values[chosen], number)
        for direction in rows["direction"].texts
        if direction is not None
        for chosen in [inside & rows["direction"].where(direction)]
        if chosen.any()
    }
    unsure = np.zeros(number, np.bool_)
    for state in _UNSURE:
        unsure[slots[inside & rows["validation_state"].where(state)]] = True
    return Curve(table.ean, period, interval_us // _SECOND_US, unit, energy, unsure)


def _added_up(slots: NDArray[np.int64], values: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    """The sum of the values in each slot, NaN where there is none."""
    energy = np.bincount(slots, values, number).astype(np.float64)
    energy[np.bincount(slots, minlength=number) == 0] = np.nan
    return energy
