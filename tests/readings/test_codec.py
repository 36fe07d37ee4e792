"""Runs as bytes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kwartier.domain.metering import State
from kwartier.readings.codec import MAX_SLOTS, CorruptRunError, decode, encode

_EDGES = st.sampled_from([0, 1, -1, 255, 256, 65_535, 65_536, 2**31, 2**62, -(2**62), 2**63 - 1, 1_000_000])
_VALUES = st.one_of(st.integers(0, 3000), st.integers(0, 30).map(lambda n: n * 1000), _EDGES)
_STATES = st.one_of(st.just(2), st.integers(0, 5), st.sampled_from([2 | 3 << 3, 5 | 1 << 3]))


@st.composite
def _arrays(draw: st.DrawFn) -> tuple[list[int], NDArray[np.int64], NDArray[np.uint8]]:
    runs, series, slots = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 6))
    size = runs * series * slots
    values = draw(st.lists(_VALUES, min_size=size, max_size=size))
    states = draw(st.one_of(st.lists(_STATES, min_size=size, max_size=size), st.just([2] * size)))
    numbers = draw(st.lists(st.integers(1, 60_000), min_size=series, max_size=series, unique=True))
    shape = (runs, series, slots)
    return numbers, np.array(values, np.int64).reshape(shape), np.array(states, np.uint8).reshape(shape)


@given(_arrays())
def test_what_is_written_is_read(
    given_arrays: tuple[list[int], NDArray[np.int64], NDArray[np.uint8]],
) -> None:
    """R1: no value or state is changed by being kept, however large, small, even or uneven."""
    numbers, values, states = given_arrays
    found = 0
    for group in decode(encode(numbers, values, states)):
        places = list(group.places)
        found += len(places)
        assert list(group.numbers) == numbers
        assert (group.states == states[places]).all()
        valued = group.states >= State.READ
        assert (group.values[valued] == values[places][valued]).all()
    assert found == len(values)


def test_a_day_of_a_household_is_small() -> None:
    """R1: a digital meter's day of quarter-hours takes less than a byte and a half a value, injection and all."""
    offtake = np.random.default_rng(7).gamma(1.5, 90, (30, 96)).astype(np.int64)
    values = np.stack([offtake, np.zeros_like(offtake)], axis=1)
    blobs = encode([1, 2], values, np.full(values.shape, State.READ, np.uint8))
    assert sum(map(len, blobs)) < 1.0 * values.size


def test_runs_of_many_shapes_are_read_together() -> None:
    """R1: days of a change of clock, several sets of series and corrections may stand side by side."""
    blobs, expected = [], []
    for slots, numbers in ((96, [1, 2]), (92, [1, 2]), (100, [2]), (96, [1, 2])):
        values = np.arange(len(numbers) * slots, dtype=np.int64).reshape(1, len(numbers), slots)
        blobs += encode(numbers, values, np.full(values.shape, State.READ, np.uint8))
        expected.append((tuple(numbers), values[0]))
    seen = 0
    for group in decode(blobs):
        for place, values in zip(group.places, group.values, strict=True):
            numbers_of, wanted = expected[place]
            assert group.numbers == numbers_of
            assert (values == wanted).all()
            seen += 1
    assert seen == 4


@pytest.mark.parametrize("slots", [0, MAX_SLOTS + 1])
def test_a_run_has_its_bounds(slots: int) -> None:
    """R1: a run that readers would not find by its start is refused."""
    with pytest.raises(ValueError, match="at most"):
        encode([1], np.zeros((1, 1, slots), np.int64), np.full((1, 1, slots), 2, np.uint8))


def test_what_is_no_run_is_told() -> None:
    """R1: content that was damaged, or is of a later version, is an error and never a wrong value."""
    [blob] = encode([1], np.arange(96, dtype=np.int64).reshape(1, 1, 96), np.full((1, 1, 96), 2, np.uint8))
    for damaged in (b"", b"\x02" + blob[1:], blob[:-3], blob[:1], b"\x01" + bytes(40)):
        with pytest.raises(CorruptRunError):
            list(decode([damaged]))
