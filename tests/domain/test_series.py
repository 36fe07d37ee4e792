"""Series as they wait in memory: the same, in as few bytes as they fit."""

from typing import Final

import numpy as np
import pytest

from kwartier.domain.days import Grid
from kwartier.domain.metering import Direction, Register, RegisterKind, State
from kwartier.domain.series import Series

REGISTER: Final = Register(Direction.OFFTAKE, RegisterKind.TOTAL)


def series(*values: int, states: list[State] | None = None) -> Series:
    """A series of one register."""
    told = states or [State.READ] * len(values)
    return Series(Grid.QUARTER_HOUR, 0, (REGISTER,), np.array([values], np.int64), np.array([told], np.uint8))


@pytest.mark.parametrize(
    ("least", "most", "bytes_each"),
    [
        (0, 2**15 - 1, 2),
        (-(2**15), 0, 2),
        (0, 2**15, 4),
        (-(2**15) - 1, 0, 4),
        (-(2**31), 2**31 - 1, 4),
        (0, 2**31, 8),
        (-(2**31) - 1, 0, 8),
    ],
)
def test_values_take_as_few_bytes_as_they_fit(least: int, most: int, bytes_each: int) -> None:
    """DESIGN 9: one answer waits in memory for every client that does not read."""
    given = series(least, 5, most)
    compact = given.compact()
    assert compact.values.itemsize == bytes_each
    assert compact.values.tolist() == given.values.tolist()


def test_states_that_are_all_alike_are_kept_once() -> None:
    """Mostly all are read values; where one differs, each is kept."""
    alike, mixed = series(*range(1000)), series(1, 2, states=[State.READ, State.EST])
    assert alike.compact().states.base is not None
    assert alike.compact().states.strides == (0, 0)
    assert np.array_equal(alike.compact().states, alike.states)
    assert np.array_equal(mixed.compact().states, mixed.states)


def test_nothing_is_compact() -> None:
    """A series without a slot stays as it is."""
    assert len(series().compact()) == 0
