"""When the readings of a day come in, and which are estimated first (E4, E11, S4).

A day comes in as a whole, mostly the next morning; some days come late, some wait and come together with the next ones.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.sandbox.mix import Purpose, bits
from kwartier.sandbox.special import Effect, Special

__all__ = [
    "FIRST_ARRIVAL_SECONDS",
    "GAS_LATER_SECONDS",
    "LAST_ARRIVAL_SECONDS",
    "SPECIAL_LAST_ARRIVAL_SECONDS",
    "Estimates",
    "arrivals_s",
    "estimates",
    "special_arrivals_s",
]

_DAY: Final = 86400
_HOUR: Final = 3600

_MORNING: Final = (2 * _HOUR, 8 * _HOUR)  # from 02:00 UTC of the next day, over eight hours
_LATE: Final = (10 * _HOUR, 2 * _DAY + 11 * _HOUR)  # from 10:00 UTC of the next day to 21:00 two days later
_REPLACED: Final = (1 * _DAY, 5 * _DAY)  # after the arrival

FIRST_ARRIVAL_SECONDS: Final = _DAY + _MORNING[0]
"""No sooner than this after the start (00:00 UTC of its date) does anything come in about a day."""

GAS_LATER_SECONDS: Final = 6 * _HOUR
"""So much later all comes in of a gas day, which ends six hours after the Brussels day of its date."""

LAST_ARRIVAL_SECONDS: Final = _DAY + sum(_LATE) + sum(_REPLACED) + GAS_LATER_SECONDS
"""Before this, counted likewise, everything has come in: first arrivals within 72 hours of the day's end (E11), and
what replaces them within six days more."""

SPECIAL_LAST_ARRIVAL_SECONDS: Final = 42 * _DAY
"""The same for special models: a month that comes in together on the 10th of the next is the latest."""

_CALM: Final = 6 * _HOUR
_AT_THE_LATEST: Final = 3 * _DAY + 21 * _HOUR


def _span(chance: NDArray[np.int64], span: tuple[int, int]) -> NDArray[np.int64]:
    """Seconds within a span (from, how long) by 16 bits of chance and more."""
    return span[0] + ((chance & 0xFFFFFF) * span[1] >> 24)


def arrivals_s(seed: int, days: range) -> NDArray[np.int64]:
    """When each Brussels day of a site first comes in, in epoch seconds, shape (len(days),)."""
    each = np.arange(days.start, days.stop, dtype=np.int64)
    turn = each + (seed & 3)
    place = turn & 3
    groups = range(int(turn[0]) >> 2, (int(turn[-1]) >> 2) + 1)
    of_group = (bits(seed, Purpose.BUNDLES, groups)[:, 0] >> np.uint64(56)).astype(np.int64)[
        (turn >> 2) - groups.start
    ]
    # Of a group of four days, the first three may come together, or the second and third.
    waits = np.where(of_group < 9, place < 2, (of_group < 26) & (place == 1))
    last = each + np.where(waits, 2 - place, 0)
    bundled = waits | ((of_group < 26) & (place == 2))
    # Two days more, for those that wait for a day outside what is asked.
    of_day = bits(seed, Purpose.ARRIVALS, range(days.start, days.stop + 2))[:, 0].astype(np.int64)[
        last - days.start
    ]
    late = ((of_day & 255) < 10) & ~bundled
    within = np.where(late, _span(of_day >> 8 & 0xFFFFFF, _LATE), _span(of_day >> 8 & 0xFFFFFF, _MORNING))
    return (last + 1) * _DAY + within


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """What of some days is estimated first; one entry for each such day.

    Attributes:
        day: its place among the days.
        first: the first quarter-hour of the day that is estimated, counted from the day's start.
        count: how many are; a day may have fewer.
        factor: what the estimate is of the truth, of 256.
        replaced_s: when the readings themselves come in, epoch seconds; 0: never.
    """

    day: NDArray[np.int64]
    first: NDArray[np.int64]
    count: NDArray[np.int64]
    factor: NDArray[np.int64]
    replaced_s: NDArray[np.int64]


def estimates(seed: int, days: range, first_arrivals_s: NDArray[np.int64]) -> Estimates:
    """What of some days of a site is estimated, and when that is replaced.

    Args:
        seed: the site's.
        days: the Brussels days.
        first_arrivals_s: when they come in, as `arrivals_s` says.
    """
    of_day = bits(seed, Purpose.ESTIMATES, days)[:, 0].astype(np.int64)
    day = np.flatnonzero((of_day & 255) < 12)
    chance = of_day[day] >> 8
    whole = (chance & 3) == 0
    first = np.where(whole, 0, (chance >> 2 & 127) * 92 >> 7)
    count = np.where(whole, 100, 1 + (chance >> 9 & 15))
    factor = 232 + (chance >> 13 & 31) + (chance >> 18 & 15)
    moment = first_arrivals_s[day] + _span(chance >> 22 & 0xFFFFFF, _REPLACED)
    stays = (chance >> 46 & 7) == 0
    return Estimates(day, first, count, factor, np.where(stays, 0, moment))


def special_arrivals_s(special: Special, days: range) -> NDArray[np.int64]:
    """When each day of a special model first comes in, in epoch seconds, shape (len(days),).

    Args:
        special: the model.
        days: Brussels days or gas days.
    """
    each = np.arange(days.start, days.stop, dtype=np.int64)
    if special.effect is Effect.AT_THE_LATEST:
        return each * _DAY + _AT_THE_LATEST
    arrives = each + 1
    if special.effect is Effect.WEEKLY:
        arrives = each + 7 - (each + 3) % 7
    elif special.effect is Effect.HELD and special.span is not None and special.later_days is not None:
        arrives = np.where(special.span.has(each), special.span.end(each) + special.later_days, arrives)
    return arrives * _DAY + _CALM
