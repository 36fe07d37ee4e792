from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from kwartier.domain.days import Grid
from kwartier.formats.portal.clock import read_day
from support.portal import (
    AUTUMN,
    DIGITAL,
    GAS,
    SPRING,
    Line,
    day_borders,
    digital_day,
    intervals,
    labels,
    read,
    report,
)


def slots_of(lines: Sequence[tuple[int, Line]], chunk_bytes: int = 10**6) -> list[int]:
    """The slots that a report of these lines is read into, in the order of the lines; none may be rejected."""
    batch = read(report([line for _, line in lines]), chunk_bytes=chunk_bytes)
    assert batch.rejected.rows() == []
    assert batch.rows["value"].to_list() == [slot * 1000 for slot, _ in lines]
    return batch.rows["slot"].to_list()


@pytest.mark.parametrize(("day", "quarter_hours"), [(AUTUMN, 100), (SPRING, 92), (date(2024, 10, 28), 96)])
@pytest.mark.parametrize("by_label", [True, False])
def test_days_of_a_change_of_clock(day: date, quarter_hours: int, *, by_label: bool) -> None:
    """R4: the day of a change of clock has 92 or 100 quarter-hours, each in its place."""
    lines = digital_day(day, by_label=by_label)
    assert len(lines) == 2 * quarter_hours
    assert slots_of(lines) == [slot for slot, _ in lines]


@pytest.mark.parametrize("chunk_bytes", [1, 150, 290, 700, 1500])
def test_borders_of_batches_in_the_night(chunk_bytes: int) -> None:
    """R4: a border between two batches in the hour that comes twice changes nothing."""
    night = [one for one in digital_day(AUTUMN) if one[1].start[1] < "04"]
    assert slots_of(night, chunk_bytes) == [slot for slot, _ in night]


def test_both_orders_look_as_they_should() -> None:
    """R4: under one label stands the first pass before the second, and 02:45-02:00 closes the first."""
    lines = [line for _, line in digital_day(AUTUMN, ["Afname Nacht"]) if line.start[1].startswith("02")]
    told = [(line.start[1][:5], line.end[1][:5]) for line in lines]
    assert told == [
        ("02:00", "02:15"),
        ("02:00", "02:15"),
        ("02:15", "02:30"),
        ("02:15", "02:30"),
        ("02:30", "02:45"),
        ("02:30", "02:45"),
        ("02:45", "02:00"),
        ("02:45", "03:00"),
    ]


@pytest.mark.parametrize("first", range(0, 12, 2))
def test_a_part_of_the_night(first: int) -> None:
    """R4: a file that begins in the hour that comes twice is read, where both passes of a label are there."""
    night = [one for one in digital_day(AUTUMN, ["Afname Nacht"]) if "01:30" <= one[1].start[1] < "03:30"]
    assert slots_of(night[first:]) == [slot for slot, _ in night[first:]]


def test_the_last_quarter_hour_alone() -> None:
    """R4: 02:45 needs no other row, for its end tells its pass."""
    night = [one for one in digital_day(AUTUMN, ["Afname Nacht"]) if one[1].start[1].startswith("02:45")]
    for one in night:
        assert slots_of([one]) == [one[0]]


def test_a_gap_in_a_file_sorted_by_time() -> None:
    """R4: where labels go back once, what stands before is of the first pass, and what stands after of the second."""
    night = [
        one for one in digital_day(AUTUMN, ["Afname Nacht"], by_label=False) if "02" <= one[1].start[1] < "03"
    ]
    for gap in range(len(night)):
        rest = night[:gap] + night[gap + 1 :]
        if rest[3][1].start > rest[4][1].start or gap != 4:
            assert slots_of(rest) == [slot for slot, _ in rest]


@pytest.mark.parametrize("missing", [0, 1])
def test_one_pass_alone_cannot_be_told(missing: int) -> None:
    """R3: of a quarter-hour that is there once nobody knows the pass: it is rejected, and the others are not."""
    night = [line for _, line in digital_day(AUTUMN, ["Afname Nacht"]) if line.start[1].startswith("02")]
    batch = read(report(night[:missing] + night[missing + 1 :]))
    assert batch.rows.height == 6
    (reason,) = batch.rejected["reason"]
    assert "'27-10-2024 02:00:00' comes twice" in reason
    assert "allowed: both" in reason


def test_a_rejected_row_keeps_its_place() -> None:
    """R3: a fault in the row of one pass does not make the other one untellable."""
    night = digital_day(AUTUMN, ["Afname Nacht"])
    lines = [line for _, line in night]
    place = next(place for place, line in enumerate(lines) if line.start[1] == "02:15:00")
    lines[place] = replace(lines[place], volume="1.5")
    batch = read(report(lines))
    assert batch.rows["slot"].to_list() == [slot for slot, _ in night[:place] + night[place + 1 :]]
    assert batch.rejected["line"].to_list() == [place + 2]


def test_three_of_one_label_cannot_be_told() -> None:
    """R3: more rows under one label than there are passes are rejected."""
    night = [line for _, line in digital_day(AUTUMN, ["Afname Nacht"]) if line.start[1] == "02:00:00"]
    batch = read(report([*night, night[0]]))
    assert batch.rows.height == 0
    assert batch.rejected.height == 3


def test_a_file_twice_over_is_not_taken_for_two_passes() -> None:
    """R3: two halves of a file that each have both passes are not taken for a pass each."""
    night = [line for _, line in digital_day(AUTUMN, ["Afname Nacht"]) if line.start[1].startswith("02")]
    batch = read(report([*night, *night]))
    told = batch.rows.select("slot", "value").rows()
    assert batch.rejected.height == 12
    assert len(told) == 4
    assert all(value == slot * 1000 for slot, value in told)


def test_nothing_tells_the_passes_of_a_part_twice_over() -> None:
    """R3: without the quarter-hour at which the pass changes, a part of the night twice over is rejected whole."""
    night = [line for _, line in digital_day(AUTUMN, ["Afname Nacht"]) if "02" <= line.start[1] < "02:45"]
    batch = read(report([*night, *night]))
    assert batch.rows.height == 0
    assert batch.rejected["line"].to_list() == list(range(2, 14))


def test_series_have_passes_of_their_own() -> None:
    """R4: two meters in one file do not count for each other."""
    night = [one for one in digital_day(AUTUMN) if one[1].start[1].startswith("02:00")]
    other = [(slot, replace(line, meter="1SAG0000000002")) for slot, line in night]
    assert slots_of([*night, *other]) == [slot for slot, _ in [*night, *other]]


@pytest.mark.parametrize(
    ("start", "end"),
    [("02:00:00", "02:15:00"), ("02:30:00", "02:45:00"), ("02:45:00", "03:00:00"), ("01:45:00", "02:00:00")],
)
def test_a_time_that_does_not_exist(start: str, end: str) -> None:
    """R3: in spring an hour is left out, and what claims to lie in it is rejected."""
    night = replace(DIGITAL, start=("31-03-2024", start), end=("31-03-2024", end))
    batch = read(report([DIGITAL, night]))
    assert batch.rows.height == 1
    (reason,) = batch.rejected["reason"]
    assert "does not exist" in reason
    assert "01:45 - 03:00" in reason


@pytest.mark.parametrize(("day", "hours"), [(AUTUMN, 25), (SPRING, 23), (date(2024, 6, 1), 24)])
@pytest.mark.parametrize("chunk_bytes", [100, 10**6])
def test_hours_of_gas(day: date, hours: int, chunk_bytes: int) -> None:
    """R4: hours of gas over a change of clock, each by its own labels."""
    begin, finish = day_borders(day - timedelta(days=1), 6)[0], day_borders(day, 6)[1]
    found = [(start, *labels(start, end)) for start, end in intervals(begin, finish, 60)]
    lines = [replace(GAS, start=start, end=end) for _, start, end in found]
    batch = read(report(lines, "1 gas"), chunk_bytes=chunk_bytes)
    assert len(lines) == 48 + hours - 24
    assert batch.rejected.rows() == []
    assert batch.rows["slot"].to_list() == [int(start.timestamp()) // 3600 for start, _, _ in found]


@pytest.mark.parametrize("day", [AUTUMN, SPRING, AUTUMN - timedelta(days=1), SPRING - timedelta(days=1)])
@pytest.mark.parametrize(("hour", "grid"), [(0, Grid.DAY), (6, Grid.GAS_DAY)])
def test_days_and_gas_days(day: date, hour: int, grid: Grid) -> None:
    """R4: days and gas days of 23 and 25 hours are days like others."""
    start, end = labels(*day_borders(day, hour))
    line = replace(GAS if hour else DIGITAL, start=start, end=end)
    batch = read(report([line], "1 gas" if hour else "3"))
    assert batch.rows.select("grid", "slot").rows() == [(grid, (day - date(1970, 1, 1)).days)]


def test_the_first_and_the_last_day_that_are_allowed() -> None:
    """R4: readings lie between 1990 and 2100, both among them; what is outside is a slip of the pen."""
    days = [read_day(text) for text in ("31-12-1989", "01-01-1990", "31-12-2100", "01-01-2101")]
    known = [(date(*day) - date(1970, 1, 1)).days for day in ((1990, 1, 1), (2100, 12, 31))]
    assert days == [None, *known, None]
