"""Numbers, texts and clock times out of columns of eight bytes."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwartier.client.decoding.tokens import numbers_at, texts_at
from kwartier.client.decoding.words import clock_seconds, digits, long_digits, until, words_at


def _read(texts: list[str]) -> tuple[list[float], list[bool]]:
    """What `digits` and, for what it can't, the other two make of texts, each with a comma behind it."""
    content = "".join(f"{text}," for text in texts).encode() + b" " * 32
    lengths = [len(text) + 1 for text in texts]
    positions = np.cumsum([0, *lengths[:-1]]).astype(np.int64)
    found, words = until(words_at(content, positions), ord(","))
    numbers, right = digits(words, found)
    right &= found < 8
    for read in (long_digits, numbers_at):
        others = np.flatnonzero(~right)
        numbers[others], found[others], right[others] = read(content, positions[others], ord(","))
    assert [length for length, is_right in zip(found, right, strict=True) if is_right] == [
        len(text) for text, is_right in zip(texts, right, strict=True) if is_right
    ]
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


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_doubles_are_read_exactly(doubles: list[float]) -> None:
    """Real answers hold doubles as a serialiser writes them: 17 digits, an exponent."""
    assert _read([json.dumps(double) for double in doubles]) == (doubles, [True] * len(doubles))


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "1.",
        ".5",
        "-",
        "-.5",
        "1.2.3",
        "1e",
        "x",
        "0.2x3",
        '"',
        "1e999",
        "01",
        "012345678.5",
        "+1",
        "NaN",
        "1234567.1234567x",
        "12345.x2345",
        "1234567 .12",
        "\u0661",
    ],
)
def test_what_is_no_number_is_not_taken_for_one(text: str) -> None:
    """What JSON does not know as a number, or no double can hold."""
    assert _read([text])[1] == [False]


@given(st.lists(st.text(), min_size=1))
def test_texts_are_read_up_to_their_closing_quote(texts: list[str]) -> None:
    """A quote in a text is an escape, and does not end it."""
    written = [json.dumps(text).encode() for text in texts]
    positions = np.cumsum([1, *(len(text) for text in written[:-1])])
    assert [b'"%b"' % found for found in texts_at(b"".join(written), positions)] == written


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
