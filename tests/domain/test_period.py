from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwartier.domain.period import EPOCH, Period, epoch_microseconds, merge
from support.domain import SECOND, moments, utc

HORIZON = 40  # seconds that are looked at; an open period reaches it


def _at(second: int) -> datetime:
    return EPOCH + second * SECOND


def _seconds(period: Period) -> set[int]:
    return {second for second in range(HORIZON) if _at(second) in period}


periods = st.builds(
    lambda start, end: Period(_at(start), None if end is None else _at(end)),
    st.integers(0, HORIZON - 1),
    st.one_of(st.none(), st.integers(0, HORIZON - 1)),
)


@given(st.integers(0, HORIZON - 1), st.one_of(st.none(), st.integers(0, HORIZON - 1)))
def test_a_period_is_half_open(start: int, end: int | None) -> None:
    """SPEC §1: a period holds its start, never its end; without an end it goes on."""
    stop = HORIZON if end is None else end
    assert _seconds(Period(_at(start), None if end is None else _at(end))) == set(range(start, stop))


@given(periods)
def test_empty_means_that_nothing_is_in_it(period: Period) -> None:
    """E5: a period is empty when no instant lies in it."""
    assert period.is_empty == (not _seconds(period))


@given(st.lists(periods, max_size=8))
def test_a_union_holds_what_its_parts_hold(parts: list[Period]) -> None:
    """E5: merged periods hold exactly the seconds of their parts, in order, with a gap between each two."""
    merged = merge(parts)
    assert set().union(*map(_seconds, merged)) == set().union(*map(_seconds, parts))
    assert all(not period.is_empty for period in merged)
    for before, after in pairwise(merged):
        assert before.end is not None
        assert before.end < after.start


def test_periods_that_touch_become_one() -> None:
    """E5: an interval across the border of two periods that touch lies inside their union."""
    assert merge([Period(_at(5), _at(9)), Period(_at(1), _at(5))]) == (Period(_at(1), _at(9)),)


def test_an_open_period_swallows_what_follows() -> None:
    """E5: what begins within an open period is part of it."""
    assert merge([Period(_at(1)), Period(_at(5), _at(9)), Period(_at(7))]) == (Period(_at(1)),)


@given(periods, periods)
def test_an_intersection_holds_what_both_hold(one: Period, other: Period) -> None:
    """E5: what is asked and what is granted meet in the seconds that lie in both."""
    assert _seconds(one.intersection(other)) == _seconds(one) & _seconds(other)


@given(periods, st.one_of(st.none(), st.integers(0, HORIZON - 1)))
def test_a_cut_keeps_what_lies_before(period: Period, end: int | None) -> None:
    """M4: a period that is cut keeps the seconds before the cut, and all of them where nothing cuts."""
    kept = {second for second in _seconds(period) if end is None or second < end}
    assert _seconds(period.cut(None if end is None else _at(end))) == kept


@pytest.mark.parametrize("end", [None, utc("2024-01-02T00:00:00")])
def test_a_naive_datetime_is_an_error(end: datetime | None) -> None:
    """SPEC §1: a period without a time zone says nothing, and is refused at either border."""
    naive = datetime(2024, 1, 1)  # noqa: DTZ001 - the error that is tested
    with pytest.raises(ValueError, match="aware"):
        Period(naive, end)
    with pytest.raises(ValueError, match="aware"):
        Period(utc("2023-01-01T00:00:00"), naive)


@given(moments)
def test_an_instant_is_its_microseconds(instant: datetime) -> None:
    """R1: whole microseconds since the epoch tell an instant exactly."""
    assert EPOCH + timedelta(microseconds=epoch_microseconds(instant)) == instant


def test_before_the_epoch_microseconds_are_negative() -> None:
    """R1: an instant before 1970 has negative microseconds."""
    assert epoch_microseconds(utc("1969-12-31T23:59:59.500000")) == -500_000
