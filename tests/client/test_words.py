"""Numbers, texts and clock times out of columns of eight bytes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwartier.client.decoding.words import clock_seconds, digits, long_numbers, until, words_at


def _read(texts: list[str]) -> tuple[list[float], list[bool]]:
    """What `digits` and, for what it can't, `long_numbers` make of texts, each with a comma behind it."""
    content = "".join(f"{text}," for text in texts).encode() + b" " * 32
    lengths = [len(text) + 1 for text in texts]
    positions = np.cumsum([0, *lengths[:-1]]).astype(np.int64)
    found, words = until(words_at(content, positions), ord(","))
    numbers, right = digits(words, found)
    right &= found < 8
    others = np.flatnonzero(~right)
    numbers[others], _, right[others] = long_numbers(content, positions[others], ord(","))
    return numbers.tolist(), right.tolist()


@given(st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=3), min_size=1))
def test_decimals_are_read_exactly(decimals: list[object]) -> None:
    """E10: a value of three decimals, of any length and sign, is the double nearest to it."""
    texts = [str(decimal) for decimal in decimals]
    numbers, right = _read(texts)
    assert all(right)
    assert numbers == [float(text) for text in texts]


@given(st.lists(st.integers(min_value=0, max_value=10**15 - 1), min_size=1))
def test_whole_numbers_are_read_exactly(wholes: list[int]) -> None:
    """A value need not have a point."""
    assert _read([str(whole) for whole in wholes]) == (
        [float(whole) for whole in wholes],
        [True] * len(wholes),
    )


@pytest.mark.parametrize(
    "text", ["", ".", "1.", ".5", "-", "-.5", "1.2.3", "1e3", "x", "0.2x3", '"', "1234567890123456", "\u0661"]
)
def test_what_is_no_number_is_not_taken_for_one(text: str) -> None:
    """What is not digits with one point between, or more than a double holds exactly, is left to others."""
    assert _read([text])[1] == [False]


@pytest.mark.parametrize(
    ("text", "seconds"), [("00:00:00", 0), ("23:59:59", 86399), ("22:15:00", 80100), ("24:00:00", None)]
)
def test_clock_times(text: str, seconds: int | None) -> None:
    """A time of the day is read as seconds, and 24 o'clock is none."""
    found, right = clock_seconds(words_at(text.encode(), np.zeros(1, np.int64)))
    assert right.tolist() == [seconds is not None]
    assert seconds is None or found.tolist() == [seconds]


@pytest.mark.parametrize("text", ["1a:00:00", "10-00:00", "10:60:00", "10:00:60", "1:00:000"])
def test_what_is_no_clock_time(text: str) -> None:
    """Letters, other marks and minutes beyond the hour are seen."""
    assert not clock_seconds(words_at(text.encode(), np.zeros(1, np.int64)))[1].any()
