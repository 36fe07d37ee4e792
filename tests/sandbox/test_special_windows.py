"""Special models of every kind of meter, asked in any window of reading and of insertion."""

from datetime import date
from typing import Final

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kwartier.domain.days import Grid, quarter_hours_of, slot_starts
from kwartier.domain.ean import Ean
from kwartier.domain.metering import EnergyType, State
from kwartier.domain.resolve import Inserted
from kwartier.sandbox.eans import PREFIXES, SandboxMeter
from kwartier.sandbox.generator import versions
from kwartier.sandbox.special import SPECIALS

EVER: Final = Inserted(end_us=2**60)
DAY_US: Final = 86_400_000_000


def _number(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days


Row = tuple[int, int, int, tuple[int, ...], tuple[int, ...]]


def _grid(which: SandboxMeter, *, of_days: bool) -> Grid:
    if which.kind.energy_type is EnergyType.GAS:
        return Grid.GAS_DAY if of_days else Grid.HOUR
    return Grid.DAY if of_days else Grid.QUARTER_HOUR


def _slots(grid: Grid, days: range) -> range:
    """The slots of some days of the grid's own."""
    if grid in {Grid.DAY, Grid.GAS_DAY}:
        return days
    if grid is Grid.QUARTER_HOUR:
        borders = quarter_hours_of(days)
        return range(int(borders[0]), int(borders[-1]))
    starts = slot_starts(Grid.GAS_DAY, np.array([days.start, days.stop], np.int64)) // 3600
    return range(int(starts[0]), int(starts[1]))


def _rows(which: SandboxMeter, grid: Grid, slots: range, inserted: Inserted) -> list[Row]:
    """Every version that counts of some slots, with the meter that it lies on."""
    rows: list[Row] = []
    for part in versions(which, grid, slots, inserted):
        found = part.versions
        counts = inserted.counts(found.inserted_us)
        counts &= (found.slots >= slots.start) & (found.slots < slots.stop)
        values = np.where(found.states >= State.READ, found.values, 0)
        rows += [
            (
                int(found.slots[column]),
                int(found.inserted_us[column]),
                hash(part.meter),
                tuple(values[:, column].tolist()),
                tuple(found.states[:, column].tolist()),
            )
            for column in np.flatnonzero(counts).tolist()
        ]
    return sorted(rows)


special_meters = st.builds(
    lambda prefix, hundred, special: SandboxMeter(
        Ean(f"{prefix}000000{hundred}{special.number}"), *PREFIXES[prefix], 100 * hundred + special.number
    ),
    st.sampled_from(sorted(PREFIXES)),
    st.integers(0, 9),
    st.sampled_from(SPECIALS),
)
first_days = st.integers(_number("2016-01-01"), _number("2032-01-01")) | st.sampled_from(
    ["2024-03-12", "2024-03-29", "2024-09-13", "2024-10-25", "2023-12-30", "2024-05-30", "2024-11-01"]
).map(_number)


@given(
    which=special_meters, first=first_days, count=st.integers(1, 40), of_days=st.booleans(), data=st.data()
)
def test_a_window_gives_the_same_however_it_is_split(
    *,
    which: SandboxMeter,
    first: int,
    count: int,
    of_days: bool,
    data: st.DataObject,
) -> None:
    """S4: what special models show does not depend on the window, nor on which meter hangs there at its ends."""
    grid = _grid(which, of_days=of_days)
    slots = _slots(grid, range(first, first + count))
    cut = data.draw(st.integers(slots.start, slots.stop))
    parts = (range(slots.start, cut), range(cut, slots.stop))
    assert [row for part in parts for row in _rows(which, grid, part, EVER)] == _rows(
        which, grid, slots, EVER
    )


@given(
    which=special_meters,
    first=first_days,
    after=st.integers(0, 50 * 86400),
    length=st.integers(1, 9 * 86400),
    of_days=st.booleans(),
)
def test_pruning_loses_nothing(
    *,
    which: SandboxMeter,
    first: int,
    after: int,
    length: int,
    of_days: bool,
) -> None:
    """E4, S4: under a window of insertion every version is there that comes in within it, also a month late."""
    grid = _grid(which, of_days=of_days)
    slots = _slots(grid, range(first, first + 10))
    start = first * DAY_US + after * 1_000_000
    window = Inserted(start + length * 1_000_000, start)
    counting = [row for row in _rows(which, grid, slots, EVER) if start <= row[1] < window.end_us]
    assert _rows(which, grid, slots, window) == counting


def test_estimates_of_hours_are_the_same_after_a_change_of_clock() -> None:
    """S4: an estimate of hours is made within its own gas day, though one of 23 or 25 hours came before it."""
    slots = _slots(Grid.HOUR, range(_number("2024-03-04"), _number("2024-11-30")))
    later = _slots(Grid.HOUR, range(_number("2024-04-10"), _number("2024-11-30")))
    for number in range(70, 80):
        prefix = "541451010"
        which = SandboxMeter(Ean(f"{prefix}000000{number:03}"), *PREFIXES[prefix], number)
        whole = _rows(which, Grid.HOUR, slots, EVER)
        assert any(State.NVAL in row[4] for row in whole)
        assert [row for row in whole if row[0] >= later.start] == _rows(which, Grid.HOUR, later, EVER)
