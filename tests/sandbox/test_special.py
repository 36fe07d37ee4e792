"""Special models that leave gaps or come in late, with dates as a reader of the guide would write them."""

from datetime import timedelta

import numpy as np
import pytest

from kwartier.domain.days import Grid, quarter_hours_of
from support.told import (
    BOTH,
    OFFTAKE_ONLY,
    dates_of,
    instant,
    offtake_of,
    what_is_told,
)


@pytest.mark.parametrize("prefix", ["541440000", OFFTAKE_ONLY, "541440100", BOTH])
@pytest.mark.parametrize("number", [85, 685])
@pytest.mark.parametrize("month", ["2023-12", "2024-12", "2025-12", "2026-03"])
@pytest.mark.parametrize("grid", [Grid.DAY, Grid.QUARTER_HOUR])
def test_the_guides_example_of_insert_time(prefix: str, number: int, month: str, grid: Grid) -> None:
    """E4: read on 2, 3 and 4 December and inserted on the 5th, they come with insertTime of the 5th; read on the 5th not."""
    ever = ("2023-09-01T00:00", "2026-09-01T00:00")

    def inserted_on(day: int) -> list[str]:
        window = (f"{month}-{day:02}T00:00", f"{month}-{day + 1:02}T00:00")
        return dates_of(what_is_told(number, ever, window, grid=grid, prefix=prefix))

    assert inserted_on(2) == [f"{month}-01"]
    assert inserted_on(3) == inserted_on(4) == []
    assert inserted_on(5) == [f"{month}-02", f"{month}-03", f"{month}-04"]
    assert inserted_on(6) == [f"{month}-05"]
    exactly = f"{month}-05T06:00Z", f"{month}-05T06:01Z"
    assert dates_of(what_is_told(number, ever, exactly, grid=grid, prefix=prefix)) == inserted_on(5)
    before = f"{month}-04T06:00Z", f"{month}-05T06:00Z"
    assert what_is_told(number, ever, before, grid=grid, prefix=prefix) == {}


def test_what_is_read_on_the_fifth_of_december() -> None:
    """E3: by readTime the 5th is that day's alone, from the 6th at 06:00 UTC on."""
    fifth = ("2025-12-05T00:00", "2025-12-06T00:00")
    assert what_is_told(85, fifth, (None, "2025-12-06T06:00Z")) == {}
    told = what_is_told(85, fifth, (None, "2025-12-06T06:01Z"))
    assert dates_of(told) == ["2025-12-05"]
    assert len(offtake_of(told)) == 96


@pytest.mark.parametrize("month", ["2024-02", "2025-07", "2026-10"])
def test_a_gap_of_hours(month: str) -> None:
    """E10, R2: on the 10th nothing from 09:00 to 15:00 is ever told, and no daily value of that day."""
    around = (f"{month}-09T00:00", f"{month}-12T00:00")
    told = offtake_of(what_is_told(80, around))
    assert len(told) == 3 * 96 - 24
    missing = {f"{month}-10T{hour:02}:{minute:02}" for hour in range(9, 15) for minute in (0, 15, 30, 45)}
    assert not missing & told.keys()
    assert {f"{month}-10T08:45", f"{month}-10T15:00"} <= told.keys()
    assert dates_of(what_is_told(80, around, grid=Grid.DAY)) == [f"{month}-09", f"{month}-11"]


@pytest.mark.parametrize("month", ["2024-02", "2025-07"])
def test_a_gap_of_days(month: str) -> None:
    """E10: from the 12th up to and with the 14th nothing is told."""
    around = (f"{month}-10T00:00", f"{month}-17T00:00")
    expected = [f"{month}-{day}" for day in (10, 11, 15, 16)]
    assert dates_of(what_is_told(81, around)) == expected
    assert dates_of(what_is_told(81, around, grid=Grid.DAY)) == expected
    assert len(offtake_of(what_is_told(81, around))) == 4 * 96


@pytest.mark.parametrize(
    ("first", "last"),
    [("2024-02-01", "2024-02-29"), ("2025-02-01", "2025-02-28"), ("2025-08-01", "2025-08-31")],
)
def test_a_gap_of_a_month(first: str, last: str) -> None:
    """E10: in February (also of a leap year) and August there is nothing, from the first midnight to the last."""
    begin, end = instant(f"{first}T00:00"), instant(f"{last}T00:00") + timedelta(hours=24)
    around = (f"{begin - timedelta(days=1):%Y-%m-%dT%H:%MZ}", f"{end + timedelta(days=1):%Y-%m-%dT%H:%MZ}")
    told = offtake_of(what_is_told(82, around))
    assert len(told) == 2 * 96
    assert not [begin for begin in told if first <= begin[:10] <= last]
    assert len(dates_of(what_is_told(82, around, grid=Grid.DAY))) == 2


@pytest.mark.parametrize(
    ("sunday", "quarter_hours"),
    [("2024-03-31", 92), ("2024-10-27", 100), ("2025-03-30", 92), ("2025-10-26", 100), ("2026-10-25", 100)],
)
def test_a_gap_around_the_change_of_clock(sunday: str, quarter_hours: int) -> None:
    """E10: from 01:00 to 06:00 nothing is told of the night in which the clocks change: four hours, or six."""
    before, after = (str(np.datetime64(sunday, "D") + step) for step in (-1, 1))
    around = (f"{before}T00:00", f"{np.datetime64(sunday, 'D') + 2!s}T00:00")
    told = what_is_told(83, around, prefix=OFFTAKE_ONLY)
    of_sunday = [begin[11:] for begin in offtake_of(told) if begin.startswith(sunday)]
    assert len(of_sunday) == 4 + 18 * 4
    assert [time for time in of_sunday if "01:00" <= time < "06:00"] == []
    borders = quarter_hours_of(
        range(int(np.datetime64(sunday, "D").astype(int)), int(np.datetime64(after, "D").astype(int)) + 1)
    )
    assert int(borders[1] - borders[0]) == quarter_hours
    assert dates_of(what_is_told(83, around, grid=Grid.DAY)) == [before, after]
    week_before = str(np.datetime64(sunday, "D") - 7)
    assert len(offtake_of(what_is_told(83, (f"{week_before}T00:00", f"{before}T00:00")))) == 6 * 96


def test_weeks_come_in_on_mondays() -> None:
    """E4: Monday 8 to Sunday 14 December 2025 come in together on Monday the 15th at 06:00 UTC."""
    year = ("2025-01-01T00:00", "2025-12-31T00:00")
    assert what_is_told(84, year, ("2025-12-08T06:01Z", "2025-12-15T06:00Z")) == {}
    told = what_is_told(84, year, ("2025-12-15T06:00Z", "2025-12-15T06:01Z"))
    assert dates_of(told) == [f"2025-12-{day:02}" for day in range(8, 15)]


def test_as_late_as_promised() -> None:
    """E11: the readings of a day come in at 21:00 UTC three days later, just within 72 hours of its end."""
    for day, arrives in (("2025-06-10", "2025-06-13"), ("2025-12-10", "2025-12-13")):
        of_day = (f"{day}T00:00", f"{day}T23:45")
        assert what_is_told(86, of_day, (None, f"{arrives}T21:00Z")) == {}
        assert len(offtake_of(what_is_told(86, of_day, (None, f"{arrives}T21:01Z")))) == 95


@pytest.mark.parametrize(
    ("month", "last", "arrives"), [("2025-05", 31, "2025-06-10"), ("2024-11", 30, "2024-12-10")]
)
def test_a_late_month(month: str, last: int, arrives: str) -> None:
    """E4: all of May, and of November, comes in on the 10th of the next month at 06:00 UTC."""
    year = (f"{month[:4]}-01-01T00:00", f"{month[:4]}-12-31T00:00")
    every_day = [f"{month}-{day:02}" for day in range(1, last + 1)]
    told = what_is_told(87, year, (f"{arrives}T06:00Z", f"{arrives}T06:01Z"))
    assert [date for date in dates_of(told) if date.startswith(month)] == every_day
    of_month = (f"{month}-01T00:00", f"{month}-{last}T00:00")
    assert what_is_told(87, of_month, (None, f"{arrives}T06:00Z")) == {}
    assert len(dates_of(what_is_told(87, of_month, grid=Grid.DAY))) == last - 1


@pytest.mark.parametrize("year", ["2023", "2024", "2026"])
def test_started_and_ended(year: str) -> None:
    """E2: one meter has nothing before 1 April, another nothing after 30 September; that is no error, only fewer slots."""
    of_year = (f"{year}-01-01T00:00", f"{int(year) + 1}-01-01T00:00")
    later = "2028-01-01T00:00Z"
    started, ended = (what_is_told(number, of_year, (None, later), grid=Grid.DAY) for number in (97, 98))
    assert (dates_of(started)[0], dates_of(started)[-1]) == (f"{year}-04-01", f"{year}-12-31")
    assert (dates_of(ended)[0], dates_of(ended)[-1]) == (f"{year}-01-01", f"{year}-09-30")
    assert len(dates_of(started)) == 275
    first = offtake_of(what_is_told(97, (f"{year}-03-31T12:00", f"{year}-04-01T12:00"), (None, later)))
    assert min(first) == f"{year}-04-01T00:00"
