"""The wind and the rain that all sites of a region share (S4), and the water that rain brings."""

from functools import cache, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.sandbox.mix import SEED, Purpose, bits, quarter_words
from kwartier.sandbox.sun import season
from kwartier.sandbox.weather import BLOCK_DAYS, Region, block_parts, regional
from kwartier.sandbox.workdays import days_of_year

__all__ = ["rain", "river", "turbine", "wind"]

_BLOCKS_KEPT: Final = 160

FULL: Final = 4096
"""What a turbine makes at full power, as `turbine` counts."""

# Metres a second at hub height, by how windy it is in steps of an eighth; in the middle of the year.
_SPEEDS_DM: Final = (2, 14, 26, 38, 50, 63, 80, 110, 185)
_WINDIER: Final = {
    Region.COAST: 257,
    Region.SCHELDT: 247,
    Region.CAMPINE: 240,
    Region.HASPENGOUW: 243,
}  # of 256

# Of a hundred, by metres a second: in between the cubic law and a modern turbine of 2 to 3 MW.
_CURVE: Final = (0, 0, 0, 2, 6, 13, 23, 37, 54, 72, 87, 96, 99, *(100,) * 12, 50, 0, 0)

# How much water a river carries of the rain of a day, the day itself first, of 256.
_RUNOFF: Final = (10, 20, 24, 23, 21, 19, 17, 15, 14, 13, 11, 10, 9, 8, 7, 6, 6, 5, 4, 4, 3, 3, 2, 2)


def wind(region: Region, days: range) -> NDArray[np.int16]:
    """The wind at the height of a turbine's hub, by quarter-hour on the clock, dm/s, shape (len(days), 96)."""
    return np.concatenate([_wind_block(region, number)[part] for number, part in block_parts(days)])


def turbine(speed_dm: NDArray[np.int16]) -> NDArray[np.int32]:
    """What a turbine makes of some wind (dm/s), of `FULL`; it stands still below 2.5 m/s and above 25."""
    return _power().take(speed_dm)


def rain(region: Region, days: range) -> NDArray[np.int64]:
    """The rain of days, tenths of a mm, shape (len(days),): from the same fronts as the clouds, about 800 mm a year."""
    front = regional(region, Purpose.CLOUD_FRONTS, days, 4)
    shower = regional(region, Purpose.RAIN, days, 1) >> 8
    wet = np.clip((front - 30000) >> 7, 0, 255)
    fallen: NDArray[np.int64] = wet * shower * shower * 3 >> 17
    return fallen


def river(region: Region, days: range) -> NDArray[np.int64]:
    """How much water a small river carries, shape (len(days),), of which 256 is the mean of a year or so.

    What rained in the weeks before, and groundwater, which is high in early spring.
    """
    fallen = rain(region, range(days.start - len(_RUNOFF) + 1, days.stop))
    carried = np.convolve(fallen, np.array(_RUNOFF, np.int64))[
        len(_RUNOFF) - 1 : len(_RUNOFF) - 1 + len(days)
    ]
    # Groundwater follows the season two months later; the sun that warms the land dries it too.
    warm = season(days_of_year(np.arange(days.start - 40, days.stop - 40, dtype=np.int64)))
    return (150 - (warm * 75 >> 16)) + (carried * (170 - (warm * 70 >> 16)) >> 14)


@lru_cache(maxsize=_BLOCKS_KEPT)
def _wind_block(region: Region, number: int) -> NDArray[np.int16]:
    days = range(number * BLOCK_DAYS, (number + 1) * BLOCK_DAYS)
    and_next = range(days.start, days.stop + 1)
    front = regional(region, Purpose.WIND_FRONTS, and_next, 3)
    day = regional(region, Purpose.WIND_DAYS, and_next, 1)
    hours = bits(SEED + 1 + region, Purpose.WIND_HOURS, and_next, 8).reshape(-1)
    knots = (hours[: len(days) * 8 + 1] >> np.uint64(48)).astype(np.int64)
    within = np.arange(12, dtype=np.int64)
    slow = ((knots[:-1, None] * (12 - within) + knots[1:, None] * within) // 12).reshape(len(days), 96)
    gust = (quarter_words(SEED + 1 + region, Purpose.WIND_QUARTERS, days) >> np.uint16(8)).astype(
        np.int64
    ) - 128
    mean = (front * 9 + day * 4) // 13
    clock = np.arange(96, dtype=np.int64)
    course = (mean[:-1, None] * (96 - clock) + mean[1:, None] * clock) // 96
    windy = 32768 + (course - 32768) * 13 // 8 + (slow - 32768) * 3 // 7
    speeds = _speeds()[np.clip(windy >> 6, 0, 1023)]
    warm = season(days_of_year(np.arange(days.start, days.stop, dtype=np.int64)))
    share = _WINDIER[region] - (warm * 44 >> 16)
    speed = speeds * share[:, None] >> 8
    speed += speed * gust >> 10
    bounded: NDArray[np.int16] = np.clip(speed, 0, 259).astype(np.int16)
    return bounded


@cache
def _speeds() -> NDArray[np.int64]:
    """How fast the wind is by how windy it is, dm/s, shape (1024,)."""
    return np.array(
        [
            (_SPEEDS_DM[i // 128] * (128 - i % 128) + _SPEEDS_DM[i // 128 + 1] * (i % 128)) // 128
            for i in range(1024)
        ],
        np.int64,
    )


@cache
def _power() -> NDArray[np.int32]:
    """What a turbine makes by the wind in dm/s, of `FULL`, shape (260,)."""
    return np.array(
        [
            (_CURVE[i // 10] * (10 - i % 10) + _CURVE[i // 10 + 1] * (i % 10)) * FULL // 1000
            for i in range(260)
        ],
        np.int32,
    )
