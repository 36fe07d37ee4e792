"""Special models whose readings change, are odd, or lie on two meters, with dates as a reader would write them."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from kwartier.domain.days import Grid
from kwartier.domain.metering import Direction, State
from support.told import (
    BOTH,
    LATER,
    OFFTAKE_ONLY,
    counted_on,
    dates_of,
    offtake_of,
    told_by_meter,
    what_is_told,
)


@pytest.mark.parametrize("month", ["2024-12", "2025-06"])
def test_estimates_that_are_put_right(month: str) -> None:
    """E8, R1: the 16th to the 18th come in EST the next day, and five days later READ, as the meter counted."""
    of_days = (f"{month}-15T00:00", f"{month}-20T00:00")
    first = offtake_of(what_is_told(88, of_days, (None, f"{month}-21T06:00Z"), prefix=OFFTAKE_ONLY))
    estimated = {begin[:10] for begin, (state, _) in first.items() if state is State.EST}
    assert estimated == {f"{month}-{day}" for day in (16, 17, 18)}
    assert {begin[:10] for begin, (state, _) in first.items() if state is State.READ} == {
        f"{month}-15",
        f"{month}-19",
    }
    again = offtake_of(
        what_is_told(88, of_days, (f"{month}-22T06:00Z", f"{month}-22T06:01Z"), prefix=OFFTAKE_ONLY)
    )
    assert {begin[:10] for begin in again} == {f"{month}-16"}
    assert {state for state, _ in again.values()} == {State.READ}
    at_last = offtake_of(what_is_told(88, of_days, prefix=OFFTAKE_ONLY))
    assert {state for state, _ in at_last.values()} == {State.READ}
    assert [value for begin, (_, value) in at_last.items() if begin.startswith(f"{month}-16")] == counted_on(
        88, f"{month}-16", OFFTAKE_ONLY
    )
    assert first != at_last
    by_day = what_is_told(88, of_days, (None, f"{month}-21T06:00Z"), grid=Grid.DAY)
    assert by_day["offtake night", f"{month}-16"][0] is State.EST


@pytest.mark.parametrize("month", ["2024-12", "2025-06"])
def test_estimates_that_stay(month: str) -> None:
    """E8: the 20th and the 21st are EST for ever."""
    of_days = (f"{month}-19T00:00", f"{month}-23T00:00")
    told = what_is_told(89, of_days)
    assert {begin[:10] for (_, begin), (state, _) in told.items() if state is State.EST} == {
        f"{month}-20",
        f"{month}-21",
    }
    assert len(offtake_of(told)) == 4 * 96
    assert {begin[:10] for (_, begin), (state, _) in told.items() if state is State.READ} == {
        f"{month}-19",
        f"{month}-22",
    }


@pytest.mark.parametrize("prefix", [OFFTAKE_ONLY, BOTH])
def test_a_wrong_value_that_is_put_right(prefix: str) -> None:
    """R1: the hour after noon of the 8th comes in a hundred times too large, as a reading, and right a week later."""
    hour = ("2025-10-08T12:00", "2025-10-08T13:00")
    right = what_is_told(90, hour, prefix=prefix)
    wrong = what_is_told(90, hour, (None, "2025-10-16T06:00Z"), prefix=prefix)
    assert sum(value for _, value in right.values()) == sum(counted_on(90, "2025-10-08", prefix)[48:52]) > 0
    assert wrong == {key: (State.READ, value * 100) for key, (_, value) in right.items()}
    assert what_is_told(90, hour, ("2025-10-16T06:00Z", "2025-10-16T06:01Z"), prefix=prefix) == right
    day = ("2025-10-08T00:00", "2025-10-09T00:00")
    around = [what_is_told(90, day, (None, until), prefix=prefix) for until in ("2025-10-16T06:00Z", LATER)]
    assert around[0].keys() == around[1].keys()
    assert {key for key in around[0] if around[0][key] != around[1][key]} <= right.keys()


@pytest.mark.parametrize("grid", [Grid.QUARTER_HOUR, Grid.DAY])
def test_a_withdrawn_day(grid: Grid) -> None:
    """R1: the 23rd comes in on the 24th and is withdrawn on the 29th: it beats the older values, and is never told."""
    of_days = ("2025-06-22T00:00", "2025-06-25T00:00")
    before = what_is_told(91, of_days, (None, "2025-06-29T06:00Z"), grid=grid)
    assert dates_of(before) == ["2025-06-22", "2025-06-23", "2025-06-24"]
    after = what_is_told(91, of_days, (None, "2025-06-29T06:01Z"), grid=grid)
    assert dates_of(after) == ["2025-06-22", "2025-06-24"]
    assert after == {key: said for key, said in before.items() if not key[1].startswith("2025-06-23")}
    assert what_is_told(91, of_days, ("2025-06-29T06:00Z", LATER), grid=grid) == {}
    assert dates_of(what_is_told(91, of_days, ("2025-06-24T06:00Z", "2025-06-24T06:01Z"), grid=grid)) == [
        "2025-06-23"
    ]


def test_a_register_without_value() -> None:
    """E10: on the 25th from 10:00 to 16:00 offtake is told and injection is not; that day has no injection."""
    of_day = ("2025-06-25T00:00", "2025-06-26T00:00")
    told = what_is_told(92, of_day)
    injection = {begin[11:] for what, begin in told if what == "injection"}
    assert len(offtake_of(told)) == 96
    assert len(injection) == 72
    assert not [begin for begin in injection if "10:00" <= begin < "16:00"]
    assert {what for what, _ in what_is_told(92, of_day, grid=Grid.DAY)} == {"offtake day", "offtake night"}
    assert len(offtake_of(what_is_told(92, of_day, prefix=OFFTAKE_ONLY))) == 96


@pytest.mark.parametrize(
    ("number", "date", "old", "new"),
    [
        (93, "2025-03-15", ("11", "24"), ("12", "25")),
        (193, "2026-03-15", ("12", "25"), ("13", "26")),
        (94, "2025-09-15", ("11", "24"), ("12", "25")),
        (94, "2024-09-15", ("10", "23"), ("11", "24")),
    ],
)
def test_a_meter_exchange(number: int, date: str, old: tuple[str, str], new: tuple[str, str]) -> None:
    """E8: on 15 March, or September, at 11:00 one meter ends and the next begins; the counts go on."""
    day_after = str(np.datetime64(date, "D") + 1)
    parts = told_by_meter(number, (f"{date}T00:00", f"{day_after}T00:00"))
    assert [(seq, meter_id[:6]) for seq, meter_id in parts] == [
        (old[0], f"1SAG{old[1]}"),
        (new[0], f"1SAG{new[1]}"),
    ]
    first, second = (offtake_of(told) for told in parts.values())
    assert (min(first), max(first)) == (f"{date}T00:00", f"{date}T10:45")
    assert (min(second), max(second)) == (f"{date}T11:00", f"{date}T23:45")
    assert len(first) + len(second) == 96
    whole = dict.fromkeys([*first, *second], 0)
    for told in parts.values():
        for (_, begin), (_, value) in told.items():
            whole[begin] += value
    assert list(whole.values()) == counted_on(number, date)


def test_the_day_of_a_meter_exchange() -> None:
    """E8, R2: that day has a daily value on both meters, each of its part; other days have one on their own meter."""
    days = ("2025-09-14T00:00", "2025-09-17T00:00")
    by_day, by_quarter = told_by_meter(94, days, grid=Grid.DAY), told_by_meter(94, days)
    assert by_day.keys() == by_quarter.keys()
    assert [dates_of(told) for told in by_day.values()] == [
        ["2025-09-14", "2025-09-15"],
        ["2025-09-15", "2025-09-16"],
    ]
    for meter, told in by_day.items():
        for date in dates_of(told):
            for direction in (Direction.OFFTAKE.value, Direction.INJECTION.value):
                parts = [told[f"{direction} {tariff}", date] for tariff in ("day", "night")]
                quarters = [
                    value
                    for (what, begin), (_, value) in by_quarter[meter].items()
                    if what == direction and begin.startswith(date)
                ]
                assert sum(value for _, value in parts) == sum(quarters)
                assert {state for state, _ in parts} == {State.READ}


def test_three_years_of_a_meter_that_is_exchanged() -> None:
    """E8: each year has a meter of its own, also in the answer to what came in within a month around the exchange."""
    parts = told_by_meter(93, ("2023-06-01T00:00", "2026-06-01T00:00"))
    assert [(seq, meter_id[4:6]) for seq, meter_id in parts] == [
        ("10", "23"),
        ("11", "24"),
        ("12", "25"),
        ("13", "26"),
    ]
    assert len({meter_id[6:] for _, meter_id in parts}) == 1
    begins = [set(offtake_of(told)) for told in parts.values()]
    assert sum(map(len, begins)) == len(set().union(*begins)) == 1096 * 96 - 3 * 4  # hours skipped
    ever = ("2023-06-01T00:00", "2026-06-01T00:00")
    assert list(told_by_meter(93, ever, ("2025-03-01T00:00", "2025-04-01T00:00"))) == list(parts)[1:3]
    assert list(told_by_meter(93, ever, ("2025-06-01T00:00", "2025-07-01T00:00"))) == list(parts)[2:3]


def test_any_half_year_shows_an_exchange() -> None:
    """E2, E8: in whichever window of 185 days one asks, one of the two models has two meters, never more."""
    for step in range(0, 365, 5):
        begin = datetime(2024, 6, 1, tzinfo=UTC) + timedelta(days=step)
        window = (f"{begin:%Y-%m-%dT%H:%MZ}", f"{begin + timedelta(days=185):%Y-%m-%dT%H:%MZ}")
        counts = sorted(len(told_by_meter(number, window, grid=Grid.DAY)) for number in (93, 94))
        assert counts in ([1, 2], [2, 2])


def test_all_zero() -> None:
    """E10: 0.000 is a reading in every quarter-hour, not a gap."""
    told = what_is_told(95, ("2025-06-01T00:00", "2025-06-03T00:00"))
    assert len(told) == 2 * 2 * 96
    assert set(told.values()) == {(State.READ, 0)}
    assert set(what_is_told(95, ("2025-06-01T00:00", "2025-06-03T00:00"), grid=Grid.DAY).values()) == {
        (State.READ, 0)
    }


def test_very_large() -> None:
    """E10: values have ten digits and more, and days are still their exact sums."""
    of_day = ("2025-06-02T00:00", "2025-06-03T00:00")
    told = what_is_told(96, of_day)
    ordinary = counted_on(96, "2025-06-02")
    by_clock = [told["offtake", begin][1] + told["injection", begin][1] for begin in sorted(offtake_of(told))]
    assert by_clock == [value * 1_234_567 for value in ordinary]
    of_days = sum(value for _, value in what_is_told(96, of_day, grid=Grid.DAY).values())
    assert of_days == sum(ordinary) * 1_234_567 > 10**10
