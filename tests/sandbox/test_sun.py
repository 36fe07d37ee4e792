import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwartier.sandbox.mix import SEED, Purpose, bits, draw, mix, quarter_words
from kwartier.sandbox.sun import ONE, sine, sun_height


@given(st.integers(-5000, 5000), st.integers(1, 4000))
def test_a_sine_of_whole_numbers(numerator: int, denominator: int) -> None:
    """S4: the sine by whole numbers is the sine, to its last digit."""
    exact = math.sin(2 * math.pi * (numerator % denominator) / denominator) * ONE
    assert sine(numerator, denominator) == pytest.approx(exact, abs=0.51)


@pytest.mark.parametrize(
    ("day_of_year", "offset_minutes", "height_degrees", "rises", "sets"),
    [
        (171, 120, 62.4, 5.5, 22.0),  # 20 June
        (355, 60, 15.6, 8.7, 16.7),  # 21 December
        (79, 60, 39.0, 6.7, 18.8),  # 20 March
    ],
)
def test_where_the_sun_stands(
    day_of_year: int, offset_minutes: int, height_degrees: float, rises: float, sets: float
) -> None:
    """S4: over Ghent the sun stands as high, rises and sets as almanacs say (clock hours)."""
    up, _ = sun_height(np.array([day_of_year]), np.array([offset_minutes]), 15)
    highest = math.degrees(math.asin(int(up.max()) / ONE))
    day = np.flatnonzero(up[0] > 0)
    assert highest == pytest.approx(height_degrees, abs=0.5)
    assert day[0] / 4 == pytest.approx(rises, abs=0.4)
    assert (day[-1] + 1) / 4 == pytest.approx(sets, abs=0.4)


def test_panels_see_the_sun_from_their_side() -> None:
    """S4: those that face east have their best hour in the morning, west in the evening, south in between."""
    _, squarely = sun_height(np.array([171]), np.array([120]), 15)
    east, south, west = squarely[:, 0].argmax(axis=1).tolist()
    assert east / 4 < 12 < south / 4 < 15 < west / 4


def test_bits_are_those_of_splitmix64() -> None:
    """S4: hashes of arrays are those of single numbers, wrapped around at 64 bits."""
    offset = mix(SEED + Purpose.NOISE * 0x9E3779B97F4A7C15)
    hashes = bits(SEED, Purpose.NOISE, range(19_000, 19_003), 5)
    expected = [[mix(offset + one * 5 + lane) for lane in range(5)] for one in range(19_000, 19_003)]
    assert hashes.tolist() == expected
    # The first outputs of splitmix64 from the state 0, from its authors' program.
    assert [mix(1), mix(2)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]


def test_words_are_evenly_spread() -> None:
    """S4: the sixteen bits of each quarter-hour are as chance would have them, and independent of the window."""
    words = quarter_words(7, Purpose.NOISE, range(19_000, 19_200))
    assert words.shape == (200, 96)
    assert abs(float(words.mean()) - 32767.5) < 600
    assert (quarter_words(7, Purpose.NOISE, range(19_100, 19_101))[0] == words[100]).all()


@given(st.integers(0, 2**64 - 1), st.integers(-50, 50), st.integers(0, 1000))
def test_a_draw_lies_within_its_bounds(seed: int, low: int, span: int) -> None:
    """S4: a drawn number lies from the lowest up to and with the highest."""
    assert low <= draw(seed, 1, low, low + span) <= low + span
