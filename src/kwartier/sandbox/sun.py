"""The sun over Flanders, in whole numbers: sine, declination, equation of time, light on a tilted plane (DESIGN 6).

Sines are integers of which `ONE` is 1.0. They come from a Taylor series in Python's own unbounded integers, so that they
are the same on every processor, which the mathematical library does not promise.
"""

from functools import cache
from math import isqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["ONE", "light", "season", "sine", "sun_height"]

ONE: Final = 1 << 16

_PI: Final = 3141592653589793238462643383279502884197
_PI_SCALE: Final = 10**39
_WORKING_BITS: Final = 96
_MINUTES: Final = 1440
_YEAR_DAYS: Final = 366  # of the tables; day 366 is day 365 once more

# Latitude 51.0° N, the axis of the earth 23.44°, panels at 35°: sine and cosine, in `ONE`.
_LATITUDE: Final = (50931, 41243)
_SINE_OF_AXIS: Final = 26070
_TILT: Final = (37590, 53684)
_HIGHEST_MINUTE: Final = 720

# The direct beam in W/m2 on a plane that faces the sun, by the sine of the sun's height in steps of 1/32:
# 1353 x 0.7^(AM^0.678), AM the air mass of Kasten and Young. Meinel & Meinel, Applied solar energy (1976).
_BEAM_W_M2: Final = (
    0, 84, 171, 256, 332, 398, 455, 504, 548, 586, 620, 651, 678, 703, 726, 746, 766,
    783, 799, 815, 829, 842, 855, 866, 877, 888, 898, 907, 916, 924, 932, 940, 947,
)  # fmt: skip


def sine(numerator: int, denominator: int) -> int:
    """The sine of `numerator / denominator` turns, in `ONE`, rounded."""
    quarters, rest = divmod((numerator % denominator) * 4, denominator)
    if quarters % 2:
        rest = denominator - rest
    angle = (rest * _PI << _WORKING_BITS) // (2 * denominator * _PI_SCALE)  # at most a quarter of a turn
    term = total = angle
    squared = angle * angle >> _WORKING_BITS
    n = 1
    while term:
        term = -(term * squared >> _WORKING_BITS) // ((n + 1) * (n + 2))
        total += term
        n += 2
        if abs(term) <= 1:
            break
    rounded = (total * ONE + (1 << (_WORKING_BITS - 1))) >> _WORKING_BITS
    return -rounded if quarters >= 2 else rounded


@cache
def _sines_by_minute() -> NDArray[np.int64]:
    """The sine of each minute of the day, as an angle, in `ONE`, shape (1440,)."""
    return np.array([sine(minute, _MINUTES) for minute in range(_MINUTES)], np.int64)


@cache
def _declination() -> NDArray[np.int64]:
    """Sine and cosine of the sun's declination on each day of the year, in `ONE`, shape (2, 366)."""
    table = np.zeros((2, _YEAR_DAYS), np.int64)
    for day in range(_YEAR_DAYS):
        # From the spring equinox on, with the ellipse of the orbit as a swing of 1.9 days.
        swing = 19 * sine(day - 2, 365)
        sin = _SINE_OF_AXIS * sine((day - 80) * 10 * ONE + swing, 3652 * ONE) >> 16
        table[:, day] = sin, isqrt(ONE * ONE - sin * sin)
    return table


@cache
def _equation_of_time() -> NDArray[np.int64]:
    """What a sundial is ahead of the clock on each day of the year, in whole minutes, shape (366,)."""
    return np.array(
        [
            (
                987 * sine(2 * (day - 80), 365)
                - 753 * sine(4 * (day - 80) + 365, 1460)
                - 150 * sine(day - 80, 365)
            )
            // (100 * ONE)
            for day in range(_YEAR_DAYS)
        ],
        np.int64,
    )


@cache
def _season() -> NDArray[np.int64]:
    return np.array([sine(4 * (day - 201) + 365, 1460) for day in range(_YEAR_DAYS)], np.int64)


def season(days_of_year: NDArray[np.int64]) -> NDArray[np.int64]:
    """From -`ONE` in the coldest days (around 20 January) to `ONE` in the warmest (around 20 July).

    Args:
        days_of_year: from 0 on 1 January.
    """
    return _season()[days_of_year]


def _hour_angle(
    days_of_year: NDArray[np.int64], offset_minutes: NDArray[np.int64], east_minutes: int
) -> NDArray[np.int64]:
    """The sun's hour angle in the middle of each quarter-hour on the clock, in minutes since solar midnight."""
    clock = np.arange(96, dtype=np.int64) * 15 + 7
    ahead = east_minutes - offset_minutes + _equation_of_time()[days_of_year]
    return (clock[None, :] + ahead[:, None]) % _MINUTES


def sun_height(
    days_of_year: NDArray[np.int64], offset_minutes: NDArray[np.int64], east_minutes: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How high the sun stands and how squarely its beam falls on panels, by quarter-hour on the clock.

    Args:
        days_of_year: d days, from 0 on 1 January.
        offset_minutes: what the clocks are ahead of UTC on those days.
        east_minutes: the longitude, 4 minutes a degree.

    Returns:
        The sine of the sun's height, shape (d, 96), and the cosine between the beam and panels of 35° that face
        east, south and west, shape (3, d, 96); all in `ONE`.
    """
    hour = _hour_angle(days_of_year, offset_minutes, east_minutes)
    sines = _sines_by_minute()
    # At solar noon the hour angle is zero; minutes count from midnight, half a turn away.
    sin_hour, cos_hour = -sines[hour], -sines[(hour + _MINUTES // 4) % _MINUTES]
    sin_declination, cos_declination = _declination()[:, days_of_year][:, :, None]
    sin_latitude, cos_latitude = _LATITUDE
    up = (sin_latitude * sin_declination + cos_latitude * (cos_declination * cos_hour >> 16)) >> 16
    south = (sin_latitude * (cos_declination * cos_hour >> 16) - cos_latitude * sin_declination) >> 16
    west = cos_declination * sin_hour >> 16
    sin_tilt, cos_tilt = _TILT
    facing = np.stack([-west, south, west])
    return up, (sin_tilt * facing + cos_tilt * up[None]) >> 16


@cache
def _beam() -> NDArray[np.int64]:
    """The direct beam by the sine of the sun's height in steps of 1/256, W/m2, shape (257,)."""
    fine = [
        (_BEAM_W_M2[i // 8] * (8 - i % 8) + _BEAM_W_M2[min(i // 8 + 1, 32)] * (i % 8)) // 8
        for i in range(257)
    ]
    return np.array(fine, np.int64)


def light(
    up: NDArray[np.int64],
    squarely: NDArray[np.int64],
    clouds: NDArray[np.int64],
    thickness: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The light on panels that face east, south and west, in W/m2.

    Args:
        up: the sine of the sun's height, as `sun_height` gives it, shape (d, 96).
        squarely: how squarely the beam falls on the panels, likewise, shape (3, d, 96).
        clouds: from 0 (none) to 255 (the sky is grey), shape (d, 96).
        thickness: how much of the light a grey sky lets through, of 256, shape (d, 1).

    Returns:
        Shape (3, d, 96).
    """
    height = np.maximum(up, 0)
    beam = _beam()[height >> 8]
    blue_sky = height * 100 >> 16
    whole = (beam * height >> 16) + blue_sky
    clear = 256 - clouds
    through = beam * (clear * clear >> 8) >> 8
    # Thin clouds scatter: half-covered skies are the brightest away from the sun.
    scattered = (
        clear * blue_sky + clouds * (whole * thickness >> 8) + (clear * clouds >> 8) * (whole >> 2)
    ) >> 8
    panel: NDArray[np.int64] = through[None] * np.maximum(squarely, 0) >> 16
    panel += (scattered * 233 >> 8)[None]
    return panel
