"""The weather that all sites of a region share, with the calendar, by day and quarter-hour on the clock (S4).

It is made in blocks of days, which are kept for a while: whoever asks for any site of the region needs the same ones.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import quarter_hours_of
from kwartier.sandbox import sun
from kwartier.sandbox.mix import SEED, Purpose, bits, quarter_words
from kwartier.sandbox.workdays import day_kinds, days_of_year

__all__ = ["BLOCK_DAYS", "SUN_SCALE", "Climate", "Region", "block_parts", "climate", "regional", "sunshine"]

BLOCK_DAYS: Final = 64
"""Weather is made in blocks of so many days."""

_BLOCKS_KEPT: Final = 160  # four regions for more than seven years or so; 45 kB each

SUN_SCALE: Final = 6
"""Sunshine is kept in Wh per kWp and quarter-hour, shifted left by this."""

# Of the energy that the light promises, what is left behind glass, heat, cables and inverter, of 256.
_PERFORMANCE: Final = 222


class Region(IntEnum):
    """Where a site lies: weather differs a little from one to the next."""

    COAST = 0
    SCHELDT = 1
    CAMPINE = 2
    HASPENGOUW = 3


_EAST_MINUTES: Final = {Region.COAST: 12, Region.SCHELDT: 16, Region.CAMPINE: 20, Region.HASPENGOUW: 21}
_WARMER_DC: Final = {Region.COAST: 4, Region.SCHELDT: 3, Region.CAMPINE: -4, Region.HASPENGOUW: -2}
_LESS_CLOUD: Final = {Region.COAST: 10, Region.SCHELDT: 0, Region.CAMPINE: 2, Region.HASPENGOUW: 4}


@dataclass(frozen=True, slots=True, eq=False)
class Climate:
    """What a load feels of some days (d of them).

    Attributes:
        days: the Brussels days.
        kinds: `DayKind` of each, shape (d,).
        season: from -65536 (January) to 65536 (July), shape (d,).
        temperature_dc: mean of the day in tenths of a degree Celsius, shape (d,).
        dark: how much lamps are wanted in each quarter-hour, 0 to 255, shape (d, 96).
    """

    days: range
    kinds: NDArray[np.int64]
    season: NDArray[np.int64]
    temperature_dc: NDArray[np.int32]
    dark: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """A block of `BLOCK_DAYS` days: the climate, and the sunshine as `sunshine` gives it."""

    climate: Climate
    sunshine: NDArray[np.int16]


def climate(region: Region, days: range) -> Climate:
    """The weather and calendar of some days."""
    found = [(_block(region, number).climate, part) for number, part in block_parts(days)]
    return Climate(
        days,
        np.concatenate([one.kinds[part] for one, part in found]),
        np.concatenate([one.season[part] for one, part in found]),
        np.concatenate([one.temperature_dc[part] for one, part in found]),
        np.concatenate([one.dark[part] for one, part in found]),
    )


def sunshine(region: Region, days: range) -> NDArray[np.int16]:
    """What a kWp of panels of 35° makes that face east, south and west, shape (3, len(days), 96).

    By quarter-hour on the clock, in Wh shifted left by `SUN_SCALE`.
    """
    return np.concatenate(
        [_block(region, number).sunshine[:, part] for number, part in block_parts(days)], axis=1
    )


def block_parts(days: range) -> list[tuple[int, slice]]:
    """The blocks in which days lie, and where in each."""
    return [
        (
            number,
            slice(max(days.start - number * BLOCK_DAYS, 0), min(days.stop - number * BLOCK_DAYS, BLOCK_DAYS)),
        )
        for number in range(days.start // BLOCK_DAYS, (days.stop - 1) // BLOCK_DAYS + 1)
    ]


@lru_cache(maxsize=_BLOCKS_KEPT)
def _block(region: Region, number: int) -> _Block:
    days = range(number * BLOCK_DAYS, (number + 1) * BLOCK_DAYS)
    each = np.arange(days.start, days.stop, dtype=np.int64)
    in_year = days_of_year(each)
    season = sun.season(in_year)
    # What the clocks show from the change on, at night, is what they show all the time that the sun is up.
    offset_minutes = (each + 1) * _MINUTES_OF_DAY - quarter_hours_of(days)[1:] * 15
    up, squarely = sun.sun_height(in_year, offset_minutes, _EAST_MINUTES[region])
    cover = _cover(region, days, season)
    clouds = _clouds(region, days, cover)
    thickness = 40 + (bits(SEED + region, Purpose.CLOUD_DAYS, days) & np.uint64(63)).astype(np.int64)
    light_w_m2 = sun.light(up, squarely, clouds, thickness)
    made = (
        light_w_m2 * _PERFORMANCE * (1 << SUN_SCALE) // (256 * 4)
    )  # a quarter of an hour at 1 kWp per 1000 W/m2
    dark = np.clip((9000 - up + (cover[:, None] << 4)) // 52, 0, 255)
    shared = Climate(
        days,
        day_kinds(each),
        season,
        _temperature_dc(region, days, season, cover).astype(np.int32),
        dark.astype(np.uint8),
    )
    return _Block(shared, made.astype(np.int16))


_MINUTES_OF_DAY: Final = 1440


def _waves(seed: int, purpose: Purpose, days: range, step: int) -> NDArray[np.int64]:
    """A line that wanders from day to day, 0 to 65535: drawn every `step` days, straight in between."""
    knots = range(days.start // step, days.stop // step + 2)
    heights = (bits(seed, purpose, knots)[:, 0] >> np.uint64(48)).astype(np.int64)
    each = np.arange(days.start, days.stop, dtype=np.int64)
    knot, after = each // step - knots.start, each % step
    return (heights[knot] * (step - after) + heights[knot + 1] * after) // step


def regional(region: Region, purpose: Purpose, days: range, step: int) -> NDArray[np.int64]:
    """As `_waves`: three quarters of it the same in all regions."""
    own = _waves(SEED + 1 + region, purpose, days, step)
    return (3 * _waves(SEED, purpose, days, step) + own) >> 2


def _cover(region: Region, days: range, season: NDArray[np.int64]) -> NDArray[np.int64]:
    """How cloudy days are, 0 to 255: fronts of some days, and days of their own; more in winter."""
    front = regional(region, Purpose.CLOUD_FRONTS, days, 4)
    day = regional(region, Purpose.CLOUD_DAYS, days, 1)
    middle = ((front + day) >> 10) - 64  # -64 to 64, mostly near 0
    # Spread out: many days are quite clear or quite grey.
    cover: NDArray[np.int64] = 128 + middle * 6 - _LESS_CLOUD[region] - (season * 26 >> 16)
    return np.clip(cover, 0, 255, out=cover)


def _clouds(region: Region, days: range, cover: NDArray[np.int64]) -> NDArray[np.int64]:
    """The cloud of each quarter-hour, 0 to 255, shape (d, 96): it comes and goes on days that are neither clear nor grey."""
    hours = bits(SEED + 1 + region, Purpose.CLOUD_HOURS, range(days.start, days.stop + 1), 12).reshape(-1)
    knots = (hours[: len(days) * 12 + 1] >> np.uint64(56)).astype(np.int64)
    within = np.arange(8, dtype=np.int64)
    slow = (knots[:-1, None] * (8 - within) + knots[1:, None] * within) >> 3
    quick = (quarter_words(SEED + 1 + region, Purpose.CLOUD_QUARTERS, days) & np.uint16(255)).astype(np.int64)
    swing = (3 * slow.reshape(len(days), 96) + 2 * quick) // 5 - 128
    unsettled = np.minimum(cover, 255 - cover)[:, None] + 2
    clouds: NDArray[np.int64] = cover[:, None] + (swing * unsettled * 3 >> 7)
    return np.clip(clouds, 0, 255, out=clouds)


def _temperature_dc(
    region: Region, days: range, season: NDArray[np.int64], cover: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The mean temperature of days, tenths of a degree: the season, spells of a week, days of their own."""
    spell = (regional(region, Purpose.COLD_SPELLS, days, 6) >> 9) - 64
    day = (regional(region, Purpose.TEMPERATURE, days, 2) >> 9) - 64
    # A clear sky makes summers warm and winters cold.
    sky: NDArray[np.int64] = ((128 - cover) * season >> 16) * 3 >> 4
    mean: NDArray[np.int64] = (
        108 + _WARMER_DC[region] + (season * 72 >> 16) + (3 * spell >> 1) + (day >> 1) + sky
    )
    return mean
