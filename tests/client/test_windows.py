"""K2: periods of any length, cut into windows without losing an interval."""

from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwartier.client.windows import split
from kwartier.domain.days import Grid, slot_starts, slots_within
from kwartier.domain.period import Period, epoch_microseconds
from kwartier.domain.question import PeriodType, end_fault

_moments = st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - aware
    lambda moment: moment.replace(microsecond=0)
)
_lengths = st.timedeltas(timedelta(seconds=1), timedelta(days=1200)).map(
    lambda length: timedelta(seconds=int(length.total_seconds()) or 1)
)
_READ: Final = PeriodType.READ_TIME


@pytest.mark.parametrize("grid", Grid)
@given(_moments, _lengths)
def test_every_interval_comes_once(grid: Grid, start: datetime, length: timedelta) -> None:
    """K2: what the windows give together is what the whole period would: quarter-hours, hours, days and gas days."""
    end = start + length
    found: list[int] = []
    for window in split(start, end, _READ):
        slots = slots_within(grid, window.period)
        begins = slot_starts(grid, np.arange(slots.start, slots.stop, dtype=np.int64)) * 1_000_000
        until = epoch_microseconds(window.until) if window.until is not None else None
        found += [
            slot for slot, begun in zip(slots, begins.tolist(), strict=True) if until is None or begun < until
        ]
    assert found == list(slots_within(grid, Period(start, end)))


@given(_moments, _lengths, st.sampled_from(PeriodType))
def test_every_window_is_allowed(start: datetime, length: timedelta, period_type: PeriodType) -> None:
    """E2: no window is longer than 185 days, by the clock or in Brussels days."""
    windows = split(start, start + length, period_type)
    assert windows[0].period.start == start
    assert windows[-1].period.end == start + length
    for window in windows:
        assert window.period.end is not None
        assert end_fault(window.period.start, window.period.end) is None
        assert window.period.end - window.period.start <= timedelta(days=185)


@given(_moments, _lengths)
def test_windows_of_insertion_touch(start: datetime, length: timedelta) -> None:
    """E4: a moment of insertion lies in one window."""
    windows = split(start, start + length, PeriodType.INSERT_TIME)
    assert [one.period.end for one in windows[:-1]] == [one.period.start for one in windows[1:]]


def test_three_years_are_six_windows() -> None:
    """K2: no more requests than it takes."""
    assert len(split(datetime(2023, 11, 28, tzinfo=UTC), datetime(2026, 11, 28, tzinfo=UTC), _READ)) == 6
    assert len(split(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 4, 23, tzinfo=UTC), _READ)) == 1
