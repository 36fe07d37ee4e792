import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwartier.domain.days import Grid, quarter_hours_of, slot_starts, tariff_is_day
from kwartier.domain.ean import Ean
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Headpoint,
    MeterType,
    PhysicalMeter,
    RegisterKind,
    State,
)
from kwartier.domain.period import epoch_microseconds
from kwartier.domain.resolve import Inserted, resolve
from kwartier.domain.series import Series, Versions
from kwartier.sandbox.eans import SandboxMeter, sandbox_meter
from kwartier.sandbox.generator import FIRST_DAY, headpoint, versions
from kwartier.sandbox.special import FIRST_SPECIAL

EVER: Final = Inserted(end_us=2**60)
DAY_US: Final = 86_400_000_000
OFFTAKE_ONLY, BOTH = "541440010", "541440110"


def _meter(prefix: str, number: int) -> SandboxMeter:
    return sandbox_meter(Ean(f"{prefix}000000{number:03d}"))


def _day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def _quarters(days: range) -> range:
    borders = quarter_hours_of(days)
    return range(int(borders[0]), int(borders[-1]))


def _came_in(which: SandboxMeter, grid: Grid, slots: range, inserted: Inserted = EVER) -> Versions:
    (found,) = versions(which, grid, slots, inserted)
    return found.versions


def _answer(which: SandboxMeter, grid: Grid, slots: range, inserted: Inserted = EVER) -> Series:
    return resolve(_came_in(which, grid, slots, inserted), [slots], inserted)


def told(series: Series) -> list[tuple[int, int, int, int]]:
    """Register, slot, state and value of every reading."""
    return [
        (row, series.first_slot + column, int(series.states[row, column]), int(series.values[row, column]))
        for row, column in np.argwhere(series.present).tolist()
    ]


def rows_about(found: Versions, slots: range) -> list[tuple[int, ...]]:
    """Slot, moment, values and states of every version about some slots, in order."""
    inside = np.flatnonzero((found.slots >= slots.start) & (found.slots < slots.stop))
    inside = inside[np.lexsort((found.inserted_us[inside], found.slots[inside]))]
    columns = np.vstack([found.slots, found.inserted_us, found.values, found.states])[:, inside]
    return [tuple(column) for column in columns.T.tolist()]


ordinary = st.integers(0, 999).filter(lambda number: number % 100 < FIRST_SPECIAL)
meters = st.builds(_meter, st.sampled_from([OFFTAKE_ONLY, BOTH]), ordinary)
first_days = st.one_of(
    st.integers(_day("2016-01-01"), _day("2032-01-01")),
    # Around changes of clock, New Year and the seams of blocks of weather.
    st.sampled_from(["2024-03-30", "2024-10-26", "2023-12-31", "2025-03-29", "2025-10-25"]).map(_day),
)


@given(meters, first_days, st.integers(1, 40), st.data())
def test_a_window_gives_the_same_however_it_is_split(
    which: SandboxMeter, first: int, count: int, data: st.DataObject
) -> None:
    """S4: readings and the versions in which they come in are the same in whatever window one asks."""
    slots = _quarters(range(first, first + count))
    cut = data.draw(st.integers(slots.start, slots.stop))
    whole = _came_in(which, Grid.QUARTER_HOUR, slots)
    parts = (range(slots.start, cut), range(cut, slots.stop))
    pieces = [rows_about(_came_in(which, Grid.QUARTER_HOUR, part), part) for part in parts]
    assert pieces[0] + pieces[1] == rows_about(whole, slots)
    assert len(pieces[0] + pieces[1]) >= len(slots)


@given(meters, first_days, st.integers(1, 10))
def test_no_more_days_are_made_than_are_asked(which: SandboxMeter, first: int, count: int) -> None:
    """S4: whole days that are asked are answered by those days alone, by winter and by summer time."""
    slots = _quarters(range(first, first + count))
    assert set(_came_in(which, Grid.QUARTER_HOUR, slots).slots.tolist()) == set(slots)
    night = range(slots.start - 1, slots.start + 1)
    around = _quarters(range(first - 1, first + 1))
    assert set(_came_in(which, Grid.QUARTER_HOUR, night).slots.tolist()) == set(around)


@given(meters, first_days, st.integers(1, 60))
def test_rows_of_a_slot_stand_in_order_of_insertion(which: SandboxMeter, first: int, count: int) -> None:
    """S4, R1: of each slot there is a version, and later rows came in later."""
    slots = _quarters(range(first, first + count))
    found = _came_in(which, Grid.QUARTER_HOUR, slots)
    newest: dict[int, int] = {}
    for slot, moment in zip(found.slots.tolist(), found.inserted_us.tolist(), strict=True):
        assert newest.get(slot, 0) < moment
        newest[slot] = moment
    assert set(slots) <= newest.keys()
    assert int(found.values.min()) >= 0
    assert set(np.unique(found.states).tolist()) <= {State.READ, State.EST}


@given(meters, st.sampled_from(["2024-03-25", "2024-10-21", "2024-07-18", "2023-12-28"]))
def test_a_day_is_the_sum_of_its_quarter_hours(which: SandboxMeter, monday: str) -> None:
    """S4, E8: day and night of a day are the sums of its quarter-hours by the tariff hours, also of 92 or 100."""
    days = range(_day(monday), _day(monday) + 7)
    by_day = _answer(which, Grid.DAY, days)
    by_quarter = _answer(which, Grid.QUARTER_HOUR, _quarters(days))
    borders = quarter_hours_of(days)
    on_day_tariff = tariff_is_day(np.arange(borders[0], borders[-1], dtype=np.int64))
    assert len(by_day) == 7
    assert len(by_quarter) == int(borders[-1] - borders[0])
    for row, register in enumerate(by_day.registers):
        source = next(
            place for place, one in enumerate(by_quarter.registers) if one.direction is register.direction
        )
        counted = on_day_tariff if register.kind is RegisterKind.DAY else ~on_day_tariff
        for place in range(7):
            part = slice(int(borders[place] - borders[0]), int(borders[place + 1] - borders[0]))
            assert by_day.values[row, place] == by_quarter.values[source, part][counted[part]].sum()


@pytest.mark.parametrize("digits", ["5414400.0", "5414401.0"])
def test_eans_that_differ_in_granularity_are_one_meter(digits: str) -> None:
    """S4: the granularity in the EAN changes neither the readings nor the physical meter."""
    slots = _quarters(range(_day("2024-05-01"), _day("2024-05-03")))
    daily, quarterly = (_meter(digits.replace(".", digit), 7) for digit in "01")
    (first,), (second,) = (versions(one, Grid.QUARTER_HOUR, slots, EVER) for one in (daily, quarterly))
    assert first.meter == second.meter
    assert isinstance(first.meter, PhysicalMeter)
    assert first.meter.meter_id.startswith("1SAG")
    assert rows_about(first.versions, slots) == rows_about(second.versions, slots)


def test_meters_differ() -> None:
    """S4: another number, or another kind, is another meter with other readings."""
    slots = _quarters(range(_day("2024-05-01"), _day("2024-05-02")))
    found = [versions(_meter(prefix, number), Grid.QUARTER_HOUR, slots, EVER)[0]
             for prefix in (OFFTAKE_ONLY, BOTH) for number in range(FIRST_SPECIAL)]  # fmt: skip
    assert len({one.meter for one in found}) == 160
    assert len({one.versions.values[0].tobytes() for one in found}) == 160


def test_which_registers_a_meter_has() -> None:
    """S3, E8: a meter of offtake has no register of injection; days have day and night of each direction."""
    days = range(_day("2024-06-01"), _day("2024-06-02"))
    seen = {}
    for prefix in (OFFTAKE_ONLY, BOTH):
        seen[prefix] = [
            (register.direction, register.kind)
            for grid, slots in ((Grid.QUARTER_HOUR, _quarters(days)), (Grid.DAY, days))
            for register in _came_in(_meter(prefix, 3), grid, slots).registers
        ]
    total, by_day, night = RegisterKind.TOTAL, RegisterKind.DAY, RegisterKind.NIGHT
    out, into = Direction.OFFTAKE, Direction.INJECTION
    assert seen[OFFTAKE_ONLY] == [(out, total), (out, by_day), (out, night)]
    assert seen[BOTH] == [
        (out, total), (into, total), (out, by_day), (out, night), (into, by_day), (into, night),
    ]  # fmt: skip


def test_a_meter_has_nothing_on_the_grids_of_gas() -> None:
    """E8: electricity comes in quarter-hours and days; there are no hours and no gas days of it."""
    assert versions(_meter(BOTH, 1), Grid.HOUR, range(400_000, 400_010), EVER) == ()
    assert versions(_meter(BOTH, 1), Grid.GAS_DAY, range(19_000, 19_010), EVER) == ()


def test_the_headpoint_of_a_meter() -> None:
    """E8: it is a digital meter of electricity, under the EAN that was asked."""
    assert headpoint(_meter(BOTH, 5)) == Headpoint(
        Ean("541440110000000005"), EnergyType.ELECTRICITY, MeterType.DIGITAL
    )


@given(meters, first_days, st.sampled_from([Grid.QUARTER_HOUR, Grid.DAY]))
def test_windows_of_insertion_laid_end_to_end_give_everything(
    which: SandboxMeter, first: int, grid: Grid
) -> None:
    """E4, S4: answers to consecutive windows of insertion, laid over each other, are what is known at the end."""
    days = range(first, first + 12)
    slots = _quarters(days) if grid is Grid.QUARTER_HOUR else days
    start = (first - 2) * DAY_US
    laid: dict[tuple[int, int], tuple[int, int]] = {}
    for step in range(30):
        window = Inserted(start + (step + 1) * DAY_US, start + step * DAY_US)
        laid.update(
            {
                (row, slot): (state, value)
                for row, slot, state, value in told(_answer(which, grid, slots, window))
            }
        )
    at_the_end = told(_answer(which, grid, slots))
    assert len(at_the_end) == len(slots) * len(_came_in(which, grid, slots).registers)
    assert laid == {(row, slot): (state, value) for row, slot, state, value in at_the_end}


@given(meters, first_days, st.integers(0, 16 * 86400), st.integers(1, 5 * 86400))
def test_pruning_loses_nothing(which: SandboxMeter, first: int, after: int, length: int) -> None:
    """E4, S4: under a window of insertion every row that counts is there, as in the answer to everything."""
    slots = _quarters(range(first, first + 10))
    start = first * DAY_US + after * 1_000_000
    window = Inserted(start + length * 1_000_000, start)
    counting = [
        row
        for row in rows_about(_came_in(which, Grid.QUARTER_HOUR, slots), slots)
        if start <= row[1] < window.end_us
    ]
    pruned = rows_about(_came_in(which, Grid.QUARTER_HOUR, slots, window), slots)
    assert [row for row in pruned if start <= row[1] < window.end_us] == counting


def test_a_window_of_insertion_makes_few_days() -> None:
    """E4, S4: what came in within one day is found without making the three years that are asked."""
    slots = _quarters(range(_day("2021-06-01"), _day("2024-06-01")))
    start = epoch_microseconds(datetime(2023, 2, 1, tzinfo=UTC))
    found = _came_in(_meter(BOTH, 1), Grid.QUARTER_HOUR, slots, Inserted(start + DAY_US, start))
    assert 96 <= found.slots.size < 16 * 96
    assert Inserted(start + DAY_US, start).counts(found.inserted_us).any()


def test_the_future_costs_nothing() -> None:
    """S4: nothing is made that had not come in, nor before the meters began; a hull to the year 9999 is small."""
    now = epoch_microseconds(datetime(2024, 5, 10, 12, tzinfo=UTC))
    slots = _quarters(range(_day("2024-05-01"), _day("2024-05-02")))
    forever = range(slots.start, 253_402_300_800 // 900)
    found = _came_in(_meter(BOTH, 1), Grid.QUARTER_HOUR, forever, Inserted(now))
    assert 8 * 96 <= found.slots.size <= 11 * 96
    days = _came_in(_meter(BOTH, 1), Grid.DAY, range(_day("2024-05-01"), 2_932_000), Inserted(now))
    assert 8 <= days.slots.size <= 14
    first = _came_in(_meter(BOTH, 1), Grid.DAY, range(-700_000, FIRST_DAY + 1), Inserted(now))
    assert set(first.slots.tolist()) == {FIRST_DAY}
    for nothing in (range(5, 5), _quarters(range(_day("2030-01-01"), _day("2030-01-02")))):
        for grid in (Grid.QUARTER_HOUR, Grid.DAY):
            assert _came_in(_meter(BOTH, 1), grid, nothing, Inserted(now)).slots.size == 0


def digest(which: SandboxMeter, days: range) -> str:
    """A fingerprint of all versions, the same on every machine."""
    found = _came_in(which, Grid.QUARTER_HOUR, _quarters(days))
    columns = [
        found.slots,
        found.inserted_us,
        found.values,
        found.states.astype(np.int64),
    ]
    told = hashlib.sha256()
    for column in columns:
        told.update(np.ascontiguousarray(column, dtype="<i8").tobytes())
    return told.hexdigest()[:32]


@pytest.mark.parametrize(
    ("prefix", "number", "expected"),
    [
        (OFFTAKE_ONLY, 0, "627c000c9de5f7142d3f3539712ec4f5"),
        (OFFTAKE_ONLY, 24, "6b67b98528820837c44adeddb303db1e"),
        (OFFTAKE_ONLY, 47, "7416572ee44bccaf3f6cde432a99588a"),
        (OFFTAKE_ONLY, 9, "1d5f436285761192786a544d8a3a1da0"),
        (BOTH, 4, "2c7c8221e4b7b6ba858e68876ba9aeef"),
        (BOTH, 6, "23d3a6ba1ba11cf039f12d866b9d8c00"),
        (BOTH, 148, "6dc32cccce55221b7e13a3038089c98c"),
    ],
)
def test_arithmetic_is_the_same_on_every_machine(prefix: str, number: int, expected: str) -> None:
    """S4: a year of two households, a car, an office, panels, a heat pump, a shop, to the last digit."""
    assert digest(_meter(prefix, number), range(_day("2023-09-01"), _day("2024-09-01"))) == expected


def test_quarter_hours_follow_each_other_over_a_change_of_clock() -> None:
    """S4: days of 92 and 100 quarter-hours are whole; the hour that comes twice is not twice the same."""
    for text, count in (("2024-03-31", 92), ("2024-10-27", 100)):
        slots = _quarters(range(_day(text), _day(text) + 1))
        series = _answer(_meter(OFFTAKE_ONLY, 2), Grid.QUARTER_HOUR, slots)
        assert len(series) == count == len(slots)
        assert series.present.all()
        starts = slot_starts(Grid.QUARTER_HOUR, series.first_slot + np.arange(len(series)))
        assert timedelta(seconds=int(starts[-1] - starts[0])) == timedelta(minutes=15 * (count - 1))
    autumn = _quarters(range(_day("2024-10-27"), _day("2024-10-28")))
    repeated = _answer(_meter(OFFTAKE_ONLY, 2), Grid.QUARTER_HOUR, autumn).values[0, 8:16]
    assert repeated[:4].tolist() != repeated[4:].tolist()
    assert repeated[:4].tolist() == repeated[:3:-1].tolist()
