"""What all models of a gas load have in common: their form, cold by the hour, chance by the hour, time on the grid (S4).

A load is reckoned by hour on the clock: in thousandths of m3 behind a digital meter, in Wh behind an AMR meter.
"""

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid, quarter_hours_of, slot_starts
from kwartier.sandbox.mix import Purpose, quarter_words
from kwartier.sandbox.profiles import daily_swing_dc
from kwartier.sandbox.weather import Climate, Region

__all__ = [
    "MEAN_COLD_DC",
    "GasLoad",
    "by_hour",
    "chance",
    "cold_dc",
    "gas_borders",
    "gas_day_of",
    "on_the_hours",
]

MEAN_COLD_DC: Final = {
    155: (76, 80, 82, 85, 87, 88, 87, 81, 73, 63, 52, 43, 38, 34, 31, 31, 32, 35, 41, 48, 55, 61, 67, 72),
    190: (108, 112, 115, 118, 120, 121, 120, 114, 104, 93, 81, 70, 63, 58, 55, 54, 56, 60, 67, 75, 84, 91, 98, 104),
}  # fmt: skip
"""By how much each hour on the clock is colder than 15.5 and 19 °C, tenths of a degree: the mean of many years."""

_HOUR_THAT_CHANGES: Final = 2  # 02:00 local
_HOUR_SECONDS: Final = 3600
_STARTS: Final = 6  # of a gas day, o'clock
_EARLIEST_START: Final = 4  # the same in summer, UTC


class GasLoad(Protocol):
    """What burns gas at a site (or makes it)."""

    def __call__(self, region: Region, climate: Climate) -> NDArray[np.int64]:
        """What each part of it takes, by day and hour on the clock, shape (parts, len(climate.days), 24)."""
        ...


def by_hour(*rows: tuple[int, ...]) -> NDArray[np.int64]:
    """Curves given hour by hour, shape (len(rows), 24)."""
    return np.array(rows, np.int64)


def cold_dc(climate: Climate, below_dc: int) -> NDArray[np.int64]:
    """How much colder it is than some temperature, in tenths of a degree, shape (len(climate.days), 24)."""
    cold: NDArray[np.int64] = (
        below_dc - climate.temperature_dc.astype(np.int64)[:, None] - daily_swing_dc()[::4]
    )
    return np.maximum(cold, 0, out=cold)


def chance(seed: int, days: range) -> NDArray[np.int64]:
    """Four draws of 0 to 65535 for each hour on the clock, shape (4, len(days), 24)."""
    words = quarter_words(seed, Purpose.GAS_HOURS, days).reshape(len(days), 24, 4)
    return np.moveaxis(words, 2, 0).astype(np.int64)


def gas_borders(days: range) -> NDArray[np.int64]:
    """Where gas days begin and the last ends, in hours, shape (len(days) + 1,)."""
    return slot_starts(Grid.GAS_DAY, np.arange(days.start, days.stop + 1, dtype=np.int64)) // _HOUR_SECONDS


def gas_day_of(hour: int) -> int:
    """The gas day in which an hour lies, also in years that a datetime does not reach."""
    day = (hour - _EARLIEST_START) // 24
    return day if gas_borders(range(day, day))[0] <= hour else day - 1


def on_the_hours(by_clock: NDArray[np.int64], days: range) -> NDArray[np.int64]:
    """The hours of some gas days, out of those on the clock of the days on which they begin and end.

    The hour that is skipped in spring is left out; that which comes twice in autumn comes the second time as the mean of
    itself and the next one.

    Args:
        by_clock: of the Brussels days `range(days.start, days.stop + 1)`, shape (parts, len(days) + 1, 24).
        days: the gas days.

    Returns:
        Shape (parts, all hours of the gas days).
    """
    dates = range(days.start, days.stop + 1)
    lengths = np.diff(quarter_hours_of(dates)) // 4
    flat = by_clock.reshape(by_clock.shape[0], -1)
    changes = np.flatnonzero(lengths != 24)
    start, end = _STARTS, flat.shape[1] - 24 + _STARTS
    # What lies before 06:00 of the first date, and after 06:00 of the last, is in no gas day that is asked.
    for day in changes[(changes > 0)][::-1].tolist():
        hour = day * 24 + _HOUR_THAT_CHANGES
        if lengths[day] < 24:
            flat = np.delete(flat, hour, axis=1)
            end -= 1
        else:
            again = flat[:, hour : hour + 2].sum(axis=1) >> 1
            flat = np.insert(flat, hour + 1, again, axis=1)
            end += 1
    return flat[:, start:end]
