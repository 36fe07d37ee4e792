"""Gaps against a naive loop."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwartier.domain.days import Grid, slot_starts
from kwartier.domain.gaps import Gap, Missing, due_before, find_gaps
from kwartier.domain.metering import Direction, GasFactor, Register, RegisterKind, State, state_code
from kwartier.domain.series import Series
from kwartier.domain.stretches import laid_over, stretches
from support.domain import brussels

CODES = [*State, state_code(State.READ, GasFactor.PROVISIONAL), state_code(State.EST, GasFactor.CONSTANT)]
OFFTAKE = Register(Direction.OFFTAKE, RegisterKind.TOTAL)
INJECTION = Register(Direction.INJECTION, RegisterKind.TOTAL)


def naive(states: list[int], first: int, due_before: int) -> list[tuple[int, Missing]]:
    """Slot by slot."""
    found = []
    for slot, state in enumerate(states, first):
        if state == State.WITHDRAWN:
            found.append((slot, Missing.WITHDRAWN))
        elif state == State.SILENT:
            found.append((slot, Missing.NOT_DUE if slot >= due_before else Missing.NEVER))
    return found


@given(st.lists(st.sampled_from(CODES), max_size=40), st.integers(-5, 5), st.integers(-10, 50))
def test_gaps_are_those_of_a_naive_loop(states: list[int], first: int, due_before: int) -> None:
    """E11: each slot without a value lies in one gap, that says why, and no gap touches another of its kind."""
    found = find_gaps(np.array(states, np.uint8), first, due_before)
    assert [(slot, gap.why) for gap in found for slot in gap.slots] == naive(states, first, due_before)
    for one, other in pairwise(found):
        assert one.slots.stop < other.slots.start or one.why is not other.why


@pytest.mark.parametrize(
    ("grid", "moment", "ended"),
    [
        (Grid.QUARTER_HOUR, "2025-09-04T00:15", "2025-09-01T00:00"),
        (Grid.QUARTER_HOUR, "2025-09-04T00:29", "2025-09-01T00:00"),
        (Grid.DAY, "2025-09-04T00:00", "2025-08-31T00:00"),
        (Grid.DAY, "2025-09-03T23:59", "2025-08-30T00:00"),
        (Grid.GAS_DAY, "2025-09-04T05:59", "2025-08-30T06:00"),
        (Grid.GAS_DAY, "2025-09-04T06:00", "2025-08-31T06:00"),
    ],
)
def test_a_value_is_due_72_hours_after_its_slot_ended(grid: Grid, moment: str, ended: str) -> None:
    """E11: the last slot whose value is due began at a moment, and the next one is not due."""
    [start] = slot_starts(grid, np.array([due_before(grid, brussels(moment)) - 1], np.int64))
    assert start == brussels(ended).timestamp()


def test_reasons_are_told_apart() -> None:
    """E11, R1: what never came in, what was withdrawn and what may still come are different gaps."""
    states = np.array([2, 0, 0, 1, 0, 3, 0, 1], np.uint8)
    assert find_gaps(states, 100, 106) == (
        Gap(range(101, 103), Missing.NEVER),
        Gap(range(103, 104), Missing.WITHDRAWN),
        Gap(range(104, 105), Missing.NEVER),
        Gap(range(106, 107), Missing.NOT_DUE),
        Gap(range(107, 108), Missing.WITHDRAWN),
    )


@given(st.integers(-3, 12), st.integers(0, 8), st.integers(0, 8))
def test_a_series_is_laid_over_any_slots(first: int, length: int, asked: int) -> None:
    """E11: a series says in each slot what it has there, and nothing outside or of a register that it lacks."""
    values = np.arange(1, length + 1, dtype=np.int64)[None]
    series = Series(Grid.QUARTER_HOUR, first, (OFFTAKE,), values, np.full((1, length), 2, np.uint8))
    found, states = laid_over(series, OFFTAKE, range(4, 4 + asked))
    expected = [slot - first + 1 if first <= slot < first + length else 0 for slot in range(4, 4 + asked)]
    assert found.tolist() == expected
    assert states.tolist() == [2 * bool(value) for value in expected]
    for other in (laid_over(series, INJECTION, range(4, 9)), laid_over(None, OFFTAKE, range(4, 9))):
        assert [one.tolist() for one in other] == [[0] * 5] * 2


@given(st.lists(st.integers(0, 2), max_size=30))
def test_stretches_are_whole_and_longest(labels: list[int]) -> None:
    """E11: stretches cover the slots in order, and neighbours differ."""
    found = list(stretches(np.array(labels, np.uint8), 7))
    assert [label for slots, label in found for _ in slots] == labels
    assert [slot for slots, _ in found for slot in slots] == list(range(7, 7 + len(labels)))
    assert all(one[1] != other[1] for one, other in pairwise(found))
