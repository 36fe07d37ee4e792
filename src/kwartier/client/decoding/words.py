"""Eight bytes at once: numbers, texts and clock times out of columns of 64-bit words.

A word holds the bytes from some place of the content on, the first in its lowest bits. What is read of it ends at a
byte that is looked for; what lies behind is masked away. All arithmetic is modulo 2**64.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Words",
    "clock_seconds",
    "digits",
    "long_digits",
    "until",
    "words_at",
]

Words: TypeAlias = NDArray[np.uint64]

_ONES: Final = np.uint64(0x0101010101010101)
_HIGH_BITS: Final = np.uint64(0x8080808080808080)
_ALL_BITS: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
_ZEROS: Final = np.uint64(0x3030303030303030)
_HIGH_HALVES: Final = np.uint64(0xF0F0F0F0F0F0F0F0)
_SIXES: Final = np.uint64(0x0606060606060606)
_THREES: Final = np.uint64(0x3333333333333333)
_PAIRS: Final = np.uint64(0x000000FF000000FF)
_HUNDREDS: Final = np.uint64(0x000F424000000064)
_UNITS: Final = np.uint64(0x0000271000000001)
_COLONS: Final = np.uint64(0x0000FF0000FF0000)
_COLON_TEXT: Final = np.uint64(0x00003A00003A0000)
_FULL: Final = np.uint64(64)
_TENS: Final = 10.0 ** np.arange(9)


def words_at(content: bytes, positions: NDArray[np.int64]) -> Words:
    """The eight bytes at each position; as many lie behind it."""
    every = np.ndarray((len(content) - 7,), "V8", content, strides=(1,))
    found: Words = every[positions].view("<u8")
    return found


def until(words: Words, byte: int) -> tuple[NDArray[np.int64], Words]:
    """How many bytes lie before the first that is `byte` (8: it is not there), and these bytes alone."""
    differing = words ^ (_ONES * np.uint64(byte))
    zero = (differing - _ONES) & ~differing & _HIGH_BITS  # the lowest bit of these is exact
    below = (zero & (~zero + np.uint64(1))) - np.uint64(1)
    mask = np.where(zero == 0, below, below >> np.uint64(7))
    return (np.bitwise_count(below) >> 3).astype(np.int64), words & mask


def digits(words: Words, lengths: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Decimal numbers of 1 to 8 bytes, and which are such: digits, perhaps with a point between.

    Args:
        words: the bytes of the numbers alone, zeros behind them.
        lengths: how many.
    """
    whole, lower = until(words, ord("."))
    has_point = whole < lengths
    bits = np.minimum(whole << 3, 56).astype(np.uint64)
    above = (words >> bits) >> np.uint64(8)
    value, right = _whole_numbers(np.where(has_point, lower | (above << bits), words), lengths - has_point)
    right &= (whole > 0) & (whole != lengths - 1) & _begins_well(words, np.minimum(whole, lengths))
    decimals = np.where(has_point, lengths - whole - 1, 0)
    # Both are exact, so that the quotient is the number nearest to the decimal one.
    return value.astype(np.float64) / _TENS.take(decimals, mode="clip"), right


def long_digits(
    content: bytes, positions: NDArray[np.int64], terminator: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]]:
    """Decimal numbers with up to seven digits on each side of a point, and as many bytes behind them.

    Returns:
        The numbers, how many bytes each has up to the terminator, and which are such.
    """
    last = len(content) - 2 * 8 - 1
    places = np.minimum(positions, last)
    lengths, words = until(words_at(content, places), ord("."))
    whole, right = _whole_numbers(words, lengths)
    right &= _begins_well(words, lengths)
    decimals, words = until(words_at(content, places + lengths + 1), terminator)
    fraction, are_digits = _whole_numbers(words, decimals)
    right &= are_digits & (lengths < 8) & (decimals < 8) & (positions <= last)
    tens = _TENS.take(decimals)
    # As above: 14 digits are exact in a double.
    return (whole * tens + fraction) / tens, lengths + 1 + decimals, right


def _begins_well(words: Words, whole: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which numbers have no zero before other digits: 025 is none."""
    found: NDArray[np.bool_] = ((words & np.uint64(0xFF)) != ord("0")) | (whole == 1)
    return found


def _whole_numbers(words: Words, counts: NDArray[np.int64]) -> tuple[Words, NDArray[np.bool_]]:
    """Numbers of 1 to 8 digits, the bytes of which are alone in their words; and which are such."""
    shift = (_FULL - (counts << 3).astype(np.uint64)) & np.uint64(63)
    right_aligned = (words << shift) | (~(_ALL_BITS << shift) & _ZEROS)
    value = _pairs(right_aligned)
    value = ((value & _PAIRS) * _HUNDREDS + ((value >> np.uint64(16)) & _PAIRS) * _UNITS) >> np.uint64(32)
    return value, _are_digits(right_aligned) & (counts > 0)


def clock_seconds(words: Words) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The seconds of the day of `HH:MM:SS`, and which are such a time."""
    text = (words & ~_COLONS) | (_ZEROS & _COLONS)
    right = ((words & _COLONS) == _COLON_TEXT) & _are_digits(text)
    pairs = _pairs(text)
    hours, minutes, seconds = (
        ((pairs >> np.uint64(bits)) & np.uint64(0xFF)).astype(np.int64) for bits in (0, 24, 48)
    )
    right &= (hours < 24) & (minutes < 60) & (seconds < 60)
    return hours * 3600 + minutes * 60 + seconds, right


def _are_digits(text: Words) -> NDArray[np.bool_]:
    """Which words are eight digits."""
    right: NDArray[np.bool_] = (
        (text & _HIGH_HALVES) | (((text + _SIXES) & _HIGH_HALVES) >> np.uint64(4))
    ) == _THREES
    return right


def _pairs(text: Words) -> Words:
    """At each byte of eight digits ten times that digit and the next one."""
    value = text - _ZEROS
    return value * np.uint64(10) + (value >> np.uint64(8))
