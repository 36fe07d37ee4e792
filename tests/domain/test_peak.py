"""The monthly peak against a naive loop."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwartier.domain.days import Grid
from kwartier.domain.metering import Direction, Register, RegisterKind, State
from kwartier.domain.peak import OFFTAKE, HungPart, Peak, Untold, find_peak, quarter_hours_of_month
from kwartier.domain.series import Series

INJECTION = Register(Direction.INJECTION, RegisterKind.TOTAL)
SLOTS = range(100, 112)
SURE = st.sampled_from([State.READ, State.VAL])
ANY = st.sampled_from(list(State))


def part(first: int, values: list[int], states: list[int], register: Register = OFFTAKE) -> Series:
    """The series of a meter."""
    return Series(
        Grid.QUARTER_HOUR, first, (register,), np.array([values], np.int32), np.array([states], np.uint8)
    )


@st.composite
def parts(draw: st.DrawFn, states: st.SearchStrategy[State]) -> Series:
    """A meter over part of the month, and over some of what lies around it."""
    first = draw(st.integers(95, 114))
    length = draw(st.integers(0, 18))
    values = draw(st.lists(st.integers(0, 5), min_size=length, max_size=length))
    return part(first, values, draw(st.lists(states, min_size=length, max_size=length)))


@st.composite
def full(draw: st.DrawFn) -> Series:
    """A meter over the whole month."""
    values = draw(st.lists(st.integers(0, 5), min_size=12, max_size=12))
    return part(100, values, draw(st.lists(SURE, min_size=12, max_size=12)))


@st.composite
def hung_parts(draw: st.DrawFn) -> HungPart:
    """A meter of which is known when it hung there, and that may have values of other times too."""
    counts = range(draw(st.integers(95, 108)), draw(st.integers(108, 116)))
    return HungPart(draw(st.none() | parts(ANY)), counts, counts[draw(st.integers(0, 1)) :])


def said_of(one: Series | None, slot: int) -> list[tuple[int, State]]:
    """What a meter says of a slot, if anything."""
    if one is None or not one.first_slot <= slot < one.first_slot + len(one):
        return []
    return [(int(one.values[0, slot - one.first_slot]), State(one.states[0, slot - one.first_slot]))]


def naive(
    meters: list[Series], over_before: int, hung: Sequence[HungPart] = ()
) -> Peak | tuple[set[int], set[int], int]:
    """Slot by slot: the peak, or the slots that are missing and unsure and how many are to come."""
    best, missing, unsure, to_come = Peak(-1, 0), set(), set(), 0
    for slot in SLOTS:
        counting = [*meters, *(one.series for one in hung if slot in one.counts)]
        valued = [
            (value, state) for one in counting for value, state in said_of(one, slot) if state >= State.READ
        ]
        complete = bool(valued) and all(
            any(state >= State.READ for _, state in said_of(one.series, slot))
            for one in hung
            if slot in one.expected
        )
        if not complete and slot < over_before:
            missing.add(slot)
        elif not complete:
            to_come += 1
        if any(state in {State.EST, State.NVAL} for _, state in valued):
            unsure.add(slot)
        power_w = 4 * sum(value for value, _ in valued)
        if power_w > best.power_w:
            best = Peak(power_w, slot)
    return (missing, unsure, to_come) if missing or unsure or to_come else best


def same(told: Peak | Untold) -> Peak | tuple[set[int], set[int], int]:
    """What is told, in the form of the naive loop."""
    if isinstance(told, Peak):
        return told
    missing, unsure = ({slot for one in ranges for slot in one} for ranges in (told.missing, told.unsure))
    return missing, unsure, told.to_come


@given(st.lists(parts(ANY), max_size=3), st.integers(95, 115))
def test_what_is_missing_is_that_of_a_naive_loop(meters: list[Series], over_before: int) -> None:
    """P1: whatever meters have values, missing, unsure and coming quarter-hours are told apart."""
    assert same(find_peak(meters, SLOTS, over_before)) == naive(meters, over_before)


@given(full(), st.lists(parts(SURE), max_size=2))
def test_the_peak_is_that_of_a_naive_loop(whole: Series, others: list[Series]) -> None:
    """P1: of a complete month the peak is the highest sum over the meters, and the earliest of several."""
    told = find_peak([whole, *others], SLOTS, 200)
    assert isinstance(told, Peak)
    assert told == naive([whole, *others], 200)


def test_each_meter_has_its_part() -> None:
    """P1: after an exchange the meters make one month, and share the quarter-hour in which it was."""
    old = part(100, [1, 1, 1, 1, 2, 1], [2] * 6)
    new = part(105, [2, 1, 1, 1, 1, 1, 1], [2] * 7)
    assert find_peak([old, new], SLOTS, 200) == Peak(12, 105)
    assert find_peak([old], SLOTS, 200) == Untold((range(106, 112),), (), 0)


@given(st.lists(parts(ANY), max_size=2), st.lists(hung_parts(), max_size=2), st.integers(95, 115))
def test_known_periods_are_those_of_a_naive_loop(
    meters: list[Series], hung: list[HungPart], over_before: int
) -> None:
    """P1: a meter counts while it is known to have hung there, and each that did must have a value."""
    assert same(find_peak(meters, SLOTS, over_before, hung)) == naive(meters, over_before, hung)


def test_meters_that_never_hung_together_make_no_peak() -> None:
    """P1: what the old meter has of after its end is no part of the sum; the quarter-hour of the exchange is of both."""
    old = HungPart(part(100, [3] * 12, [2] * 12), range(90, 106), range(90, 106))
    new = HungPart(part(104, [1, 1, 9, 1, 1, 1, 1, 1], [2] * 8), range(105, 120), range(106, 120))
    assert find_peak([], SLOTS, 200, [old, new]) == Peak(36, 106)
    shared = HungPart(part(105, [2] * 7, [2] * 7), range(105, 120), range(106, 120))
    assert find_peak([], SLOTS, 200, [old, shared]) == Peak(20, 105)


def test_estimates_keep_a_peak_from_being_told() -> None:
    """P1: a complete month with a value that is not read or validated has no peak, and says which."""
    states: list[int] = [State.READ, State.EST, State.EST, *[State.VAL] * 8, State.NVAL]
    assert find_peak([part(100, [9] * 12, states)], SLOTS, 200) == Untold(
        (), (range(101, 103), range(111, 112)), 0
    )


def test_injection_is_no_offtake() -> None:
    """P1: only offtake counts."""
    assert find_peak([part(100, [9] * 12, [2] * 12, INJECTION)], SLOTS, 200) == Untold((SLOTS,), (), 0)


@pytest.mark.parametrize(
    ("year", "month", "quarter_hours", "starts"),
    [
        (2025, 3, 31 * 96 - 4, datetime(2025, 2, 28, 23, tzinfo=UTC)),
        (2025, 10, 31 * 96 + 4, datetime(2025, 9, 30, 22, tzinfo=UTC)),
        (2024, 2, 29 * 96, datetime(2024, 1, 31, 23, tzinfo=UTC)),
        (2025, 12, 31 * 96, datetime(2025, 11, 30, 23, tzinfo=UTC)),
    ],
)
def test_months_are_those_of_brussels(year: int, month: int, quarter_hours: int, starts: datetime) -> None:
    """P1: a month begins at midnight in Brussels; days of 23 and 25 hours are as long as they are."""
    slots = quarter_hours_of_month(year, month)
    assert len(slots) == quarter_hours
    assert slots.start * 900 == starts.timestamp()
    assert slots.stop == quarter_hours_of_month(year + month // 12, month % 12 + 1).start
