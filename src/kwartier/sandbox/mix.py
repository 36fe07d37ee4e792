"""Chance that can be asked again: 64-bit mixing of whole numbers (S4, DESIGN 6).

What is fictitious is drawn by hashing (seed, what it is for, which slot), never from a generator with a state, so that
any window gives the same. The finaliser is that of splitmix64; everything wraps around at 64 bits, which all machines do
alike.

References:
    Steele, Lea, Flood: Fast splittable pseudorandom number generators (OOPSLA 2014).
"""

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["SEED", "Purpose", "bits", "draw", "mix", "quarter_words"]

SEED: Final = 0x4B77_6172_7469_6572
"""The one seed of all that is fictitious."""

_MASK: Final = (1 << 64) - 1
_STEP: Final = 0x9E37_79B9_7F4A_7C15
_FIRST: Final = 0xBF58_476D_1CE4_E5B9
_SECOND: Final = 0x94D0_49BB_1331_11EB


class Purpose(IntEnum):
    """What a hash is for. A number, once given, stays: another one makes another world."""

    SITE = 1
    NOISE = 2
    DAYS = 3
    AWAY = 4
    APPLIANCES = 5
    PANELS = 6
    BUNDLES = 7
    ARRIVALS = 8
    ESTIMATES = 9
    TEMPERATURE = 10
    COLD_SPELLS = 11
    CLOUD_FRONTS = 12
    CLOUD_DAYS = 13
    CLOUD_HOURS = 14
    CLOUD_QUARTERS = 15
    WIND_FRONTS = 40
    WIND_DAYS = 41
    WIND_HOURS = 42
    WIND_QUARTERS = 43
    RAIN = 44
    BUSY_DAYS = 45
    BUSY_QUARTERS = 46
    PLANT_DAYS = 47
    PLANT_QUARTERS = 48
    AUXILIARY = 49
    SUBMETERS = 50
    REACTIVE = 51
    GAS_HOURS = 80
    GAS_DAYS = 81
    GAS_FACTORS = 82
    GAS_OUTAGES = 83


def mix(number: int) -> int:
    """The hash of one whole number, 0 up to 2^64."""
    number = (number * _STEP) & _MASK
    number = ((number ^ (number >> 30)) * _FIRST) & _MASK
    number = ((number ^ (number >> 27)) * _SECOND) & _MASK
    return number ^ (number >> 31)


def draw(seed: int, what: int, low: int, high: int) -> int:
    """One number for the purpose `what` of a seed, from `low` up to and with `high`."""
    return low + (((mix(seed + what * _STEP) >> 32) * (high - low + 1)) >> 32)


def bits(seed: int, purpose: Purpose, days: range, lanes: int = 1) -> NDArray[np.uint64]:
    """The hashes of some lanes of each day, shape (len(days), lanes); days are not negative."""
    hashes = np.arange(days.start * lanes, days.stop * lanes, dtype=np.uint64)
    hashes += np.uint64(mix(seed + purpose * _STEP))
    hashes *= np.uint64(_STEP)
    for shift, factor in ((30, _FIRST), (27, _SECOND)):
        hashes ^= hashes >> np.uint64(shift)
        hashes *= np.uint64(factor)
    hashes ^= hashes >> np.uint64(31)
    return hashes.reshape(len(days), lanes)


def quarter_words(seed: int, purpose: Purpose, days: range) -> NDArray[np.uint16]:
    """Sixteen bits for each quarter-hour on the clock, shape (len(days), 96).

    One hash serves the four quarter-hours of an hour; its words are taken lowest first on every machine.
    """
    return bits(seed, purpose, days, 24).astype("<u8", copy=False).view("<u2")
