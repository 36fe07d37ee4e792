from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwartier.domain.days import (
    Grid,
    add_months,
    day_of,
    first_midnight,
    midnight,
    next_midnight,
    quarter_hours_of,
    slot_starts,
    slots_within,
    tariff_is_day,
)
from kwartier.domain.period import EPOCH, Period
from support.domain import BRUSSELS, brussels, moments, utc

_FIRST, _LAST = date(1996, 1, 1), date(2090, 12, 31)


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _start(grid: Grid, slot: int) -> datetime:
    """When a slot begins, by datetime and zoneinfo alone."""
    match grid:
        case Grid.QUARTER_HOUR:
            return EPOCH + slot * timedelta(minutes=15)
        case Grid.HOUR:
            return EPOCH + slot * timedelta(hours=1)
        case Grid.DAY | Grid.GAS_DAY:
            clock = time(0 if grid is Grid.DAY else 6)
            local = datetime.combine(date(1970, 1, 1) + timedelta(days=slot), clock, BRUSSELS)
            return local.astimezone(UTC)


def _starts(grid: Grid, slots: range) -> list[datetime]:
    return [EPOCH + timedelta(seconds=int(start)) for start in slot_starts(grid, np.array(slots, np.int64))]


@pytest.mark.parametrize("grid", Grid)
def test_slots_begin_when_the_clocks_of_brussels_say(grid: Grid) -> None:
    """E3: each day and gas day from 1996 to 2090 begins at 00:00 and 06:00 local time, as zoneinfo tells it."""
    per_day = {Grid.QUARTER_HOUR: 96, Grid.HOUR: 24}.get(grid, 1)
    slots = range(_number(_FIRST) * per_day, _number(_LAST) * per_day, 53 if per_day > 1 else 1)
    assert _starts(grid, slots) == [_start(grid, slot) for slot in slots]


@pytest.mark.parametrize(
    ("day", "quarter_hours"),
    [
        ("2024-03-30", 96),
        ("2024-03-31", 92),
        ("2024-04-01", 96),
        ("2024-10-26", 96),
        ("2024-10-27", 100),
        ("2024-10-28", 96),
        ("2024-02-29", 96),
        ("2025-03-30", 92),
        ("2025-10-26", 100),
        ("2026-03-29", 92),
        ("1996-10-27", 100),
        ("2050-03-27", 92),
        ("2089-10-30", 100),
    ],
)
def test_a_day_has_its_quarter_hours(day: str, quarter_hours: int) -> None:
    """SPEC §1: a Brussels day has 96 quarter-hours, 92 when the clocks go forward, 100 when they go back."""
    number = _number(date.fromisoformat(day))
    first, after_last = quarter_hours_of(range(number, number + 1))
    assert after_last - first == quarter_hours
    whole_day = Period(midnight(number), midnight(number + 1))
    assert slots_within(Grid.QUARTER_HOUR, whole_day) == range(first, after_last)


def test_days_lie_side_by_side_in_quarter_hours() -> None:
    """R2: the borders of days tile the quarter-hours of a year without gap: 35 136 of them in a leap year."""
    days = range(_number(date(2024, 1, 1)), _number(date(2025, 1, 1)))
    borders = quarter_hours_of(days)
    assert borders.shape == (367,)
    assert set(np.diff(borders)) == {92, 96, 100}
    assert borders[-1] - borders[0] == 366 * 96


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        ("2024-03-29", 24),
        ("2024-03-30", 23),
        ("2024-03-31", 24),
        ("2024-10-25", 24),
        ("2024-10-26", 25),
        ("2024-10-27", 24),
        ("2024-02-29", 24),
    ],
)
def test_a_gas_day_runs_from_six_to_six(day: str, hours: int) -> None:
    """SPEC §1: a gas day runs from 06:00 to 06:00 local time, 23 or 25 hours when the clocks change in its night."""
    number = _number(date.fromisoformat(day))
    start, end = _starts(Grid.GAS_DAY, range(number, number + 2))
    assert start == brussels(f"{day}T06:00")
    assert end - start == timedelta(hours=hours)
    assert len(slots_within(Grid.HOUR, Period(start, end))) == hours


@pytest.mark.parametrize("grid", Grid)
@given(start=moments, length=st.timedeltas(timedelta(), timedelta(days=5)))
def test_slots_within_a_period_are_those_wholly_inside(
    grid: Grid, start: datetime, length: timedelta
) -> None:
    """E3: an interval belongs to a period when it starts at or after its start and ends at or before its end."""
    _assert_wholly_inside(grid, Period(start, start + length))


@pytest.mark.parametrize("grid", [Grid.DAY, Grid.GAS_DAY])
@given(start=moments, end=moments)
def test_long_periods_hold_whole_days(grid: Grid, start: datetime, end: datetime) -> None:
    """E3: of a long period the first and the last day are those wholly inside, whatever lies between."""
    start, end = min(start, end), max(start, end)
    slots = slots_within(grid, Period(start, end))
    assert _start(grid, slots.start) >= start > _start(grid, slots.start - 1)
    if slots:
        assert _start(grid, slots.stop) <= end < _start(grid, slots.stop + 1)
    else:
        assert end < _start(grid, slots.start + 1)


def _assert_wholly_inside(grid: Grid, period: Period) -> None:
    assert period.end is not None
    seconds = {Grid.QUARTER_HOUR: 900, Grid.HOUR: 3600}.get(grid, 86400)
    around = range(int(period.start.timestamp()) // seconds - 3, int(period.end.timestamp()) // seconds + 3)
    inside = [
        slot for slot in around if _start(grid, slot) >= period.start and _start(grid, slot + 1) <= period.end
    ]
    assert list(slots_within(grid, period)) == inside


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("2024-09-18T22:00:00", "2024-09-19T22:00:00", 96),
        ("2024-09-18T22:00:00", "2024-09-19T21:59:59.999999", 95),
        ("2024-09-18T22:00:00.000001", "2024-09-19T22:00:00", 95),
        ("2024-09-18T21:59:59.999999", "2024-09-19T22:00:00.000001", 96),
        ("2024-09-18T22:00:00", "2024-09-18T22:00:00", 0),
        ("2024-09-18T22:01:00", "2024-09-18T22:14:00", 0),
    ],
)
def test_intervals_partly_inside_are_left_out(start: str, end: str, found: int) -> None:
    """E3: a microsecond decides at either border."""
    assert len(slots_within(Grid.QUARTER_HOUR, Period(utc(start), utc(end)))) == found


def test_an_open_period_has_no_last_slot() -> None:
    """E3: what may be asked has an end; slots of an open period are an error."""
    with pytest.raises(ValueError, match="open"):
        slots_within(Grid.DAY, Period(utc("2024-01-01T00:00:00")))


@pytest.mark.parametrize("grid", Grid)
def test_no_end_written_as_the_end_of_the_calendar(grid: Grid) -> None:
    """S2: a period up to the last second of the year 9999 has slots like any other."""
    slots = slots_within(grid, Period(utc("2024-01-01T05:00:00"), utc("9999-12-31T23:59:59")))
    assert (
        slots.start
        == slots_within(grid, Period(utc("2024-01-01T05:00:00"), utc("2025-01-01T00:00:00"))).start
    )
    assert len(slots) > 2_900_000


def test_the_tariff_hours_of_an_ordinary_week() -> None:
    """E8: the day tariff runs from 07:00 to 22:00 on Monday to Friday, the night tariff the rest of the week."""
    monday = _number(date(2024, 5, 6))
    first, *_, after_last = quarter_hours_of(range(monday, monday + 7))
    on_day_tariff = tariff_is_day(np.arange(first, after_last)).reshape(7, 96)
    assert on_day_tariff.sum(axis=1).tolist() == [60, 60, 60, 60, 60, 0, 0]
    assert on_day_tariff[0].tolist() == [False] * 28 + [True] * 60 + [False] * 8


def test_a_holiday_is_a_day_like_others() -> None:
    """E8: Christmas on a Wednesday has fifteen hours of day tariff."""
    first, after_last = quarter_hours_of(range(_number(date(2024, 12, 25)), _number(date(2024, 12, 25)) + 1))
    assert tariff_is_day(np.arange(first, after_last)).sum() == 60


def _naive_tariff(quarter_hour: int) -> bool:
    local = _start(Grid.QUARTER_HOUR, quarter_hour).astimezone(BRUSSELS)
    return local.weekday() not in {5, 6} and time(7) <= local.time() < time(22)


@given(moments)
def test_the_tariff_follows_the_clocks_of_brussels(moment: datetime) -> None:
    """E8: summer and winter, the tariff hours are those that the clocks show."""
    first = int(moment.timestamp()) // 900
    around = range(first - 60, first + 60)
    assert tariff_is_day(np.array(around)).tolist() == [_naive_tariff(slot) for slot in around]


@pytest.mark.parametrize("year", range(1996, 2091, 7))
def test_the_tariff_is_right_all_year(year: int) -> None:
    """E8: every quarter-hour of a year is on the tariff that datetime and zoneinfo tell."""
    quarter_hours = range(
        int(brussels(f"{year}-01-01T00:00").timestamp()) // 900,
        int(brussels(f"{year + 1}-01-01T00:00").timestamp()) // 900,
        7,  # of every quarter-hour of the week some, in the course of a year
    )
    assert tariff_is_day(np.array(quarter_hours)).tolist() == [_naive_tariff(slot) for slot in quarter_hours]


@given(moments)
def test_a_moment_lies_in_its_day(moment: datetime) -> None:
    """M3: the day of a moment is the date that the calendar in Brussels shows, and begins at its midnight."""
    today = moment.astimezone(BRUSSELS).date()
    assert day_of(moment) == _number(today)
    assert first_midnight(moment) == datetime.combine(today, time(), BRUSSELS)
    assert midnight(day_of(moment)) == first_midnight(moment)


@given(moments)
def test_the_next_midnight_is_the_first_at_or_after(moment: datetime) -> None:
    """M3: a term runs to the first local midnight at or after its moment."""
    following = next_midnight(moment)
    local = following.astimezone(BRUSSELS)
    assert local.time() == time()
    day_before = datetime.combine(local.date() - timedelta(days=1), time(), BRUSSELS)
    assert day_before.astimezone(UTC) < moment <= following


@pytest.mark.parametrize(
    ("moment", "months", "then"),
    [
        ("2024-01-15T10:00", 1, "2024-02-15T10:00"),
        ("2024-01-31T10:00", 1, "2024-02-29T10:00"),
        ("2023-01-31T10:00", 1, "2023-02-28T10:00"),
        ("2024-02-29T10:00", 36, "2027-02-28T10:00"),
        ("2024-02-29T10:00", 48, "2028-02-29T10:00"),
        ("2024-05-31T00:00", -3, "2024-02-29T00:00"),
        ("2024-12-31T23:59:59", 2, "2025-02-28T23:59:59"),
        ("2024-03-15T00:00", -36, "2021-03-15T00:00"),
        ("2024-01-01T00:00", -1, "2023-12-01T00:00"),
        ("2024-12-01T00:00", 1, "2025-01-01T00:00"),
        ("2024-12-01T00:00", 12, "2025-12-01T00:00"),
        ("2024-11-30T00:00", 1, "2024-12-30T00:00"),
        ("2024-02-29T12:00", 1, "2024-03-29T12:00"),
        ("2024-02-28T12:00", 0, "2024-02-28T12:00"),
    ],
)
def test_months_are_counted_on_the_calendar(moment: str, months: int, then: str) -> None:
    """M3: months later it is the same day and hour in Brussels, or the last day of a shorter month."""
    assert add_months(brussels(moment), months) == brussels(then)


@pytest.mark.parametrize(
    ("moment", "months", "then"),
    [
        ("2024-03-01T12:00", 1, "2024-04-01T11:00"),  # in UTC: an hour less, for summer has begun
        ("2024-10-01T11:00", 1, "2024-11-01T12:00"),
        ("2024-02-29T01:30", 13, "2025-03-29T01:30"),
        ("2023-12-31T01:30", 3, "2024-03-31T01:30"),  # 02:30 does not exist that day: 03:30 it is
        ("2024-09-27T00:30", 1, "2024-10-27T00:30"),  # 02:30 comes twice that day: the first
        ("2024-10-27T01:30", 1, "2024-11-27T01:30"),  # from the second 02:30
        ("2024-12-31T23:30", 2, "2025-02-28T23:30"),  # 1 January in Brussels: 1 March
    ],
)
def test_months_are_counted_in_wall_time(moment: str, months: int, then: str) -> None:
    """M3: over a change of clock the hour of the wall stays, and the instant moves."""
    assert add_months(utc(moment), months) == utc(then)


@given(moments, st.integers(-40, 40))
def test_months_later_it_is_the_same_day_and_hour(moment: datetime, months: int) -> None:
    """M3: whatever the moment, months on the calendar shows the same day, or the last of a shorter month, and the same hour."""
    local = moment.astimezone(BRUSSELS)
    then = add_months(moment, months).astimezone(BRUSSELS)
    assert (then.year - local.year) * 12 + then.month - local.month == months
    assert then.day == min(local.day, monthrange(then.year, then.month)[1])
    assert then.hour == 3 if local.hour == 2 and then.hour != 2 else then.time() == local.time()


@pytest.mark.parametrize(
    ("change", "moment", "then"),
    [
        (add_months, "9999-12-31T23:59:59", "9999-12-31T23:59:59.999999"),
        (lambda moment, months: add_months(moment, -months), "0001-01-31T00:00:00", "0001-01-01T00:00:00"),
    ],
)
def test_months_end_with_the_calendar(
    change: Callable[[datetime, int], datetime], moment: str, then: str
) -> None:
    """S2: the expiration of a mock mandate may be any that can be written; counting from it never fails."""
    assert change(utc(moment), 3) == utc(then)


def test_three_months_before_the_end_of_the_calendar() -> None:
    """S2: a mock mandate that expires with the year 9999 is to be renewed in its September."""
    before = add_months(utc("9999-12-31T23:59:59"), -3)
    assert utc("9999-09-30T21:00:00") <= before <= utc("9999-09-30T22:00:00")
