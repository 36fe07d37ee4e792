from datetime import timedelta

import pytest

from kwartier.domain.question import PeriodType, end_fault, start_fault
from support.domain import SECOND, brussels

READ, INSERTED = PeriodType.READ_TIME, PeriodType.INSERT_TIME


@pytest.mark.parametrize(
    ("period_type", "now", "earliest"),
    [
        (READ, "2026-05-06T10:00", "2023-05-06T00:00"),
        (READ, "2026-05-06T00:00", "2023-05-06T00:00"),
        (READ, "2026-05-06T23:59:59", "2023-05-06T00:00"),
        (READ, "2024-02-29T10:00", "2021-02-28T00:00"),
        (READ, "2027-03-28T12:00", "2024-03-28T00:00"),  # summer has begun now, and had not then
        (INSERTED, "2026-05-06T10:00", "2025-11-06T00:00"),
        (INSERTED, "2026-08-31T10:00", "2026-02-28T00:00"),
        (INSERTED, "2024-08-30T10:00", "2024-02-29T00:00"),
        (INSERTED, "2026-06-15T00:30", "2025-12-15T00:00"),  # in UTC it is the day before
    ],
)
def test_how_far_back_a_question_reaches(period_type: PeriodType, now: str, earliest: str) -> None:
    """E2: three years back for readings, six months for insertions, from the midnight of that day in Brussels on."""
    moment, first = brussels(now), brussels(earliest)
    assert start_fault(period_type, first, moment) is None
    assert start_fault(period_type, first + SECOND, moment) is None
    fault = start_fault(period_type, first - SECOND, moment)
    assert fault is not None
    assert f"{first:%Y-%m-%dT%H:%M:%SZ}" in fault


@pytest.mark.parametrize("period_type", PeriodType)
def test_a_question_may_begin_in_the_future(period_type: PeriodType) -> None:
    """E2: what has not been measured yet may be asked for."""
    assert start_fault(period_type, brussels("2027-01-01T00:00"), brussels("2026-05-06T10:00")) is None


@pytest.mark.parametrize("length", [timedelta(), -SECOND, -timedelta(days=1)])
def test_a_period_ends_after_it_begins(length: timedelta) -> None:
    """E2: a period that ends where it begins, or earlier, is refused, and the text says why."""
    start = brussels("2026-05-06T00:00")
    assert end_fault(start, start + length) == "must be after from"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-04-01T00:00", "2026-10-03T00:00"),  # all summer: by the clock and on the calendar
        ("2026-04-01T10:30", "2026-10-03T10:30"),
        ("2026-06-01T00:00", "2026-12-03T00:00"),  # the clocks go back: an hour more by the clock
        ("2026-06-01T06:00", "2026-12-03T06:00"),  # as many gas days
        ("2026-01-01T00:00", "2026-07-05T01:00"),  # they go forward: an hour more on the calendar
        ("2023-10-01T12:00", "2024-04-03T12:00"),  # both, over a leap day: an hour each way
    ],
)
def test_at_most_185_days(start: str, end: str) -> None:
    """E2: 185 days fit into a question, by the clock or on the calendar, whichever is longer; a second more does not."""
    first, last = brussels(start), brussels(end)
    assert end_fault(first, last) is None
    assert end_fault(first, last - SECOND) is None
    fault = end_fault(first, last + SECOND)
    assert fault is not None
    assert "185 days" in fault


def test_a_moment_is_a_period() -> None:
    """E2: the shortest of periods is allowed; that it holds no interval is no fault of it."""
    start = brussels("2026-05-06T00:00")
    assert end_fault(start, start + SECOND) is None
