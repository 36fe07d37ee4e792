"""Brussels days and the grids on which energy is metered (SPEC §1).

A grid cuts time into slots, and a slot is a whole number: quarter-hours and hours count from the epoch, days
and gas days by their local date (days since 1970-01-01). So slots of any grid are compared, cut and laid side by
side as integers, and only their borders know about clocks.
"""

from bisect import bisect_left
from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from enum import IntEnum
from functools import cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.period import EPOCH, Period, epoch_microseconds

__all__ = [
    "BRUSSELS",
    "Grid",
    "add_months",
    "day_of",
    "first_midnight",
    "midnight",
    "next_midnight",
    "quarter_hours_of",
    "slot_starts",
    "slots_within",
    "tariff_is_day",
    "wall_offsets",
    "wall_time_between",
]

BRUSSELS: Final = ZoneInfo("Europe/Brussels")

_QUARTER_HOUR_SECONDS: Final = 900
_HOUR_SECONDS: Final = 3600
_QUARTER_HOURS_OF_HOUR: Final = 4
_DAY_SECONDS: Final = 86400
_GAS_DAY_STARTS: Final = 6  # o'clock, local time
# What users write for "without end" may lie in the calendar's last hour, which is the year 10000 in Brussels.
_LAST_WITH_WALL_TIME: Final = datetime.max.replace(tzinfo=UTC) - timedelta(hours=1)
# The years whose changes of clock are looked up. Outside them the nearest known offset goes on.
_YEARS: Final = range(1990, 2101)


class Grid(IntEnum):
    """How time is cut into slots: quarter-hours, hours, Brussels days, gas days (06:00 to 06:00 local)."""

    QUARTER_HOUR = 1
    HOUR = 2
    DAY = 3
    GAS_DAY = 4


@cache
def _clock_changes() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The changes of clock of `_YEARS`: the instants, and the offset from each on; epoch seconds and seconds."""
    months = [datetime(year, month, 1, tzinfo=UTC) for year in _YEARS for month in range(1, 13)]
    instants, offsets = [int(months[0].timestamp())], [_offset_seconds(months[0])]
    for month, next_month in pairwise(months):
        if _offset_seconds(next_month) != offsets[-1]:
            instants.append(int(_clock_change(month, next_month).timestamp()))
            offsets.append(_offset_seconds(next_month))
    return np.array(instants, np.int64), np.array(offsets, np.int64)


def _clock_change(start: datetime, end: datetime) -> datetime:
    """When the one change of clock between two instants comes, at a whole hour."""
    before = _offset_seconds(start)
    hours = range(int((end - start) / timedelta(hours=1)))
    unchanged = bisect_left(
        hours, 1, key=lambda hour: int(_offset_seconds(start + timedelta(hours=hour)) != before)
    )
    return start + timedelta(hours=unchanged)


def _offset_seconds(moment: datetime) -> int:
    offset = moment.astimezone(BRUSSELS).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def wall_offsets(seconds: NDArray[np.int64]) -> NDArray[np.int64]:
    """The offset of Brussels from UTC at each epoch second, in seconds."""
    instants, offsets = _clock_changes()
    return offsets[np.maximum(np.searchsorted(instants, seconds, side="right") - 1, 0)]


def _local_day_starts(days: NDArray[np.int64], hour: int) -> NDArray[np.int64]:
    """The epoch seconds at which the clocks show `hour` on each local day."""
    wall = days * _DAY_SECONDS + hour * _HOUR_SECONDS
    # The instant is one or two hours before; no clock changes between the two, for they change at 01:00 UTC.
    return wall - wall_offsets(wall - 2 * _HOUR_SECONDS)


def slot_starts(grid: Grid, slots: NDArray[np.int64]) -> NDArray[np.int64]:
    """When slots begin, in epoch seconds; a slot ends where the next begins.

    Args:
        grid: the grid.
        slots: slot numbers, any shape.
    """
    match grid:
        case Grid.QUARTER_HOUR:
            return slots * _QUARTER_HOUR_SECONDS
        case Grid.HOUR:
            return slots * _HOUR_SECONDS
        case Grid.DAY:
            return _local_day_starts(slots, 0)
        case Grid.GAS_DAY:
            return _local_day_starts(slots, _GAS_DAY_STARTS)


def slots_within(grid: Grid, period: Period) -> range:
    """The slots that lie wholly inside a period: start at or after its start, end at or before its end (E3).

    Raises:
        ValueError: the period is open.
    """
    if period.end is None:
        raise ValueError("an open period has no last slot")
    first = _slot_of(grid, period.start)
    if _starts_us(grid, first) < epoch_microseconds(period.start):
        first += 1
    return range(first, max(first, _slot_of(grid, period.end)))


def _slot_of(grid: Grid, instant: datetime) -> int:
    """The slot in which an instant lies."""
    seconds = epoch_microseconds(instant) // 1_000_000
    match grid:
        case Grid.QUARTER_HOUR:
            return seconds // _QUARTER_HOUR_SECONDS
        case Grid.HOUR:
            return seconds // _HOUR_SECONDS
        case Grid.DAY:
            return _wall_seconds(seconds) // _DAY_SECONDS
        case Grid.GAS_DAY:
            return (_wall_seconds(seconds) - _GAS_DAY_STARTS * _HOUR_SECONDS) // _DAY_SECONDS


def _wall_seconds(seconds: int) -> int:
    """What the clocks of Brussels show, as if it were UTC."""
    return seconds + int(wall_offsets(np.array([seconds], np.int64))[0])


def _starts_us(grid: Grid, slot: int) -> int:
    return int(slot_starts(grid, np.array([slot], np.int64))[0]) * 1_000_000


def quarter_hours_of(days: range) -> NDArray[np.int64]:
    """The borders of Brussels days in quarter-hours, shape (len(days) + 1,).

    Day i has the quarter-hours from item i up to item i + 1: 92, 96 or 100 of them.
    """
    return _local_day_starts(np.arange(days.start, days.stop + 1, dtype=np.int64), 0) // _QUARTER_HOUR_SECONDS


def tariff_is_day(quarter_hours: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which quarter-hours are on the day tariff: 07:00-22:00 local, Monday to Friday, holidays like other days."""
    if quarter_hours.size == 0:
        return np.zeros(quarter_hours.shape, np.bool_)
    first, last = (int(end) * _QUARTER_HOUR_SECONDS for end in (quarter_hours.min(), quarter_hours.max()))
    days = range(_wall_seconds(first) // _DAY_SECONDS, _wall_seconds(last) // _DAY_SECONDS + 1)
    borders = quarter_hours_of(days)
    weekdays = (np.arange(days.start, days.stop) + 3) % 7  # 1970-01-01 was a Thursday
    # Counted back from midnight, for no clock changes after seven in the morning.
    midnights = borders[1:][weekdays < 5] - borders[0]
    changes = np.zeros(int(borders[-1] - borders[0]) + 1, np.int8)
    changes[midnights - 17 * _QUARTER_HOURS_OF_HOUR] = 1
    changes[midnights - 2 * _QUARTER_HOURS_OF_HOUR] = -1
    on_day_tariff = np.cumsum(changes, dtype=np.int8).astype(np.bool_)
    chosen: NDArray[np.bool_] = on_day_tariff[quarter_hours - borders[0]]
    return chosen


def day_of(instant: datetime) -> int:
    """The Brussels day in which an instant lies, as a slot of `Grid.DAY`."""
    return _slot_of(Grid.DAY, instant)


def midnight(day: int) -> datetime:
    """The instant at which a Brussels day begins."""
    return EPOCH + timedelta(microseconds=_starts_us(Grid.DAY, day))


def first_midnight(instant: datetime) -> datetime:
    """The Brussels midnight at which the day of the instant began."""
    return midnight(day_of(instant))


def next_midnight(instant: datetime) -> datetime:
    """The first Brussels midnight at or after the instant (M3)."""
    begun = first_midnight(instant)
    return begun if begun == instant else midnight(day_of(instant) + 1)


def wall_time_between(start: datetime, end: datetime) -> timedelta:
    """How far apart two instants are on Brussels clocks: from noon to noon it is always whole days."""
    offsets = wall_offsets(
        np.array([epoch_microseconds(start), epoch_microseconds(end)], np.int64) // 1_000_000
    )
    return end - start + timedelta(seconds=int(offsets[1] - offsets[0]))


def add_months(instant: datetime, months: int) -> datetime:
    """The instant some months later (or earlier) in Brussels wall time, clamped at the end of the month (SPEC §1).

    What would lie outside the years of the calendar is clamped to its first or last instant.
    """
    local = min(instant, _LAST_WITH_WALL_TIME).astimezone(BRUSSELS)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    if year <= MINYEAR:
        return datetime.min.replace(tzinfo=UTC)
    if year > MAXYEAR:
        return datetime.max.replace(tzinfo=UTC)
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day, fold=0).astimezone(UTC)
