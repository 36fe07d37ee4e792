"""The table of special models: whole, the same every year, and bounded in when things come in."""

from datetime import date
from typing import Final

import numpy as np
import pytest

from kwartier.domain.days import Grid, quarter_hours_of, slot_starts
from kwartier.domain.ean import Ean
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Meter,
    PhysicalMeter,
    Register,
    RegisterKind,
    State,
    Unit,
)
from kwartier.domain.resolve import Inserted
from kwartier.domain.series import Versions
from kwartier.sandbox.arrivals import (
    FIRST_ARRIVAL_SECONDS,
    GAS_LATER_SECONDS,
    LAST_ARRIVAL_SECONDS,
    SPECIAL_LAST_ARRIVAL_SECONDS,
    arrivals_s,
    estimates,
)
from kwartier.sandbox.deliveries import Counted, delivered
from kwartier.sandbox.eans import PREFIXES, SandboxMeter, sandbox_meter
from kwartier.sandbox.exchange import hung
from kwartier.sandbox.generator import versions
from kwartier.sandbox.mix import mix
from kwartier.sandbox.special import FIRST_SPECIAL, SPECIALS, Special, Where, special_of, special_rows

EVER: Final = Inserted(end_us=2**60)
DAY_US: Final = 86_400_000_000
TOTAL: Final = Register(Direction.OFFTAKE, RegisterKind.TOTAL)
VOLUME: Final = Register(Direction.OFFTAKE, RegisterKind.TOTAL, Unit.M3)
BY_NUMBER: Final = pytest.mark.parametrize("special", SPECIALS, ids=[str(one.number) for one in SPECIALS])

WEEKS: Final = 84  # by weekday, not by date

# Which numbers are special on which prefixes (all their granularities), by hand.
ALL: Final = {80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 95, 96, 97, 98}
TABLE: Final = {
    "5414400.0": ALL | {93, 94},
    "5414401.0": ALL | {92, 93, 94},
    "5414410.0": ALL | {93, 94, 99},
    "5414500.0": ALL | {92},
    "5414502.0": ALL | {92},
    "5414510.0": ALL,
    "5414512.0": ALL,
    "5414502.1": ALL | {92},
    "5414500.1": ALL | {92},
    "5414500.2": ALL | {92},
    "5414510.2": ALL,
}


def _number(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days


def _quarters(days: range) -> range:
    borders = quarter_hours_of(days)
    return range(int(borders[0]), int(borders[-1]))


def _meter(number: int, prefix: str = "541440110") -> SandboxMeter:
    return sandbox_meter(Ean(f"{prefix}000000{number:03d}"))


def _delivered(special: Special | None, grid: Grid, days: range, seed: int = 1) -> tuple[Counted, Versions]:
    """What comes in of a meter that counts one thousandth in each slot."""
    if grid is Grid.QUARTER_HOUR:
        borders, register = quarter_hours_of(days), TOTAL
    else:
        starts = slot_starts(Grid.GAS_DAY, np.arange(days.start, days.stop + 1, dtype=np.int64))
        borders, register = starts // 3600, VOLUME
    values = np.ones((1, int(borders[-1] - borders[0])), np.int64)
    counted = Counted(grid, days, borders, (register,), values)
    return counted, delivered(seed, counted, special=special)


def test_the_table_is_whole() -> None:
    """S4: each of the last two digits 80 to 99 stands in the table once, with a name and a sentence of its own."""
    assert [one.number for one in SPECIALS] == list(range(FIRST_SPECIAL, 100))
    assert len({one.name for one in SPECIALS}) == 20
    assert all(one.shows for one in SPECIALS)


@pytest.mark.parametrize("prefix", sorted(PREFIXES))
def test_every_prefix_shows_what_the_table_says(prefix: str) -> None:
    """S3, S4: in each hundred of each prefix the same numbers are special, and all others are ordinary."""
    kind, granularity = PREFIXES[prefix]
    found = {
        number: special_of(SandboxMeter(Ean(f"{prefix}000000{number:03d}"), kind, granularity, number))
        for number in range(1000)
    }
    expected = TABLE[f"{prefix[:7]}.{prefix[8]}"]
    assert {number for number, one in found.items() if one is not None} == {
        hundred + number for hundred in range(0, 1000, 100) for number in expected
    }
    assert all(one is None or one.number == number % 100 for number, one in found.items())


def test_the_table_for_people() -> None:
    """S4: the documentation has a row of headings and one per model, with its dates in words."""
    headings, *rows = special_rows()
    assert len(rows) == 20
    assert {len(row) for row in (headings, *rows)} == {5}
    assert all(all(row) for row in rows)
    when = {row[0]: row[3] for row in rows}
    assert when["80"] == "the 10th of every month, 09:00 to 15:00"
    assert when["82"] == "February and August"
    assert when["83"] == "the last Sunday of March and October, 01:00 to 06:00"
    assert when["85"] == "the 2nd to the 4th of every month"
    assert when["93"] == "the 15th of March, 11:00"
    assert when["95"] == "always"
    assert {row[4] for row in rows} == {one.value for one in Where}


def _of_year(special: Special, grid: Grid, year: int) -> list[tuple[object, ...]]:
    """What comes in of each day of a year: which slots, how sure, how large, how long after."""
    days = range(_number(f"{year}-01-01"), _number(f"{year + 1}-01-01"))
    counted, found = _delivered(special, grid, days)
    day = np.searchsorted(counted.borders, found.slots, side="right") - 1
    rows = zip(
        [str(np.datetime64(days[place], "D"))[5:] for place in day.tolist()],
        (found.slots - counted.borders[day]).tolist(),
        (found.inserted_us // 1_000_000 - (day + days.start) * 86400).tolist(),
        found.values[0].tolist(),
        found.states[0].tolist(),
        strict=True,
    )
    # The nights in which the clocks change have other dates each year.
    return [row for row in rows if not ("03-24" <= row[0] <= "03-31" or "10-24" <= row[0] <= "10-31")]


@pytest.mark.parametrize("grid", [Grid.QUARTER_HOUR, Grid.HOUR])
@pytest.mark.parametrize("special", [one for one in SPECIALS if one.number != WEEKS])
def test_the_same_happens_every_year(special: Special, grid: Grid) -> None:
    """S4: in 2022, 2025 and 2034 the same comes in, at the same distance from the day it is about."""
    first = _of_year(special, grid, 2022)
    assert first
    assert first == _of_year(special, grid, 2025) == _of_year(special, grid, 2034)


@pytest.mark.parametrize("grid", [Grid.QUARTER_HOUR, Grid.HOUR])
@BY_NUMBER
def test_gas_shows_the_same_as_electricity(special: Special, grid: Grid) -> None:
    """S4, E8: of both something is out of the ordinary on as many days, of gas by gas days."""
    days = range(_number("2025-01-01"), _number("2026-01-01"))
    counted, found = _delivered(special, grid, days)
    day = np.searchsorted(counted.borders, found.slots, side="right") - 1
    whole = {80: 12, 81: 36, 82: 59, 83: 2, 88: 36, 89: 24, 90: 12, 91: 12, 97: 90, 98: 92}
    missing = np.bincount(day, minlength=365) != np.diff(counted.borders)
    odd = set(np.flatnonzero(missing).tolist())
    odd |= set(day[(found.states[0] != State.READ) | (found.values[0] != max(special.scale, 0))].tolist())
    assert len(odd) == whole.get(special.number, 0)


@pytest.mark.parametrize("grid", [Grid.QUARTER_HOUR, Grid.HOUR])
def test_nothing_comes_in_outside_the_bounds(grid: Grid) -> None:
    """E4, S4: each model comes in between the moments by which days are left out, and never before it was measured."""
    days = range(_number("2023-01-01"), _number("2026-01-01"))
    latest = []
    for special in SPECIALS:
        counted, found = _delivered(special, grid, days)
        day = np.searchsorted(counted.borders, found.slots, side="right") - 1
        after = found.inserted_us // 1_000_000 - (day + days.start) * 86400
        assert after.min() >= FIRST_ARRIVAL_SECONDS
        assert after.max() < SPECIAL_LAST_ARRIVAL_SECONDS
        latest.append(int(after.max()))
        assert (found.inserted_us // 1_000_000 >= slot_starts(grid, counted.borders[day + 1])).all()
    assert max(latest) > SPECIAL_LAST_ARRIVAL_SECONDS - 2 * 86400


def test_the_bounds_of_ordinary_meters_are_near() -> None:
    """E4, S4: of millions of days the latest, gas six hours later, comes in within hours of the bound, not after."""
    days = range(4_000_000)
    first = arrivals_s(1, days)
    found = estimates(1, days, first)
    latest = int((found.replaced_s - found.day * 86400).max()) + GAS_LATER_SECONDS
    assert LAST_ARRIVAL_SECONDS - 6 * 3600 < latest < LAST_ARRIVAL_SECONDS


def test_ordinary_gas_comes_in_after_its_day() -> None:
    """E11: a gas day comes in after it ended at 06:00, within 72 hours, and within the bounds."""
    days = range(_number("2023-01-01"), _number("2025-01-01"))
    for seed in range(20):
        counted, found = _delivered(None, Grid.HOUR, days, mix(seed))
        known = int(counted.borders[-1] - counted.borders[0])
        ends = slot_starts(Grid.HOUR, np.repeat(counted.borders[1:], np.diff(counted.borders)))
        after = found.inserted_us[:known] // 1_000_000 - ends
        assert 0 < after.min() <= after.max() <= 72 * 3600
        assert after.max() > 48 * 3600
        starts = np.repeat(np.arange(days.start, days.stop), np.diff(counted.borders)) * 86400
        since = found.inserted_us // 1_000_000 - starts[found.slots - counted.borders[0]]
        assert FIRST_ARRIVAL_SECONDS <= since.min() <= since.max() < LAST_ARRIVAL_SECONDS


@pytest.mark.parametrize("prefix", ["541450211", "541450012", "541451012"])
@BY_NUMBER
def test_submeters_show_the_same_as_their_headpoint(special: Special, prefix: str) -> None:
    """E9, S4: what hangs below a headpoint has its gaps, its states and its arrivals."""
    which = SandboxMeter(Ean(f"{prefix}000000{special.number:03d}"), *PREFIXES[prefix], special.number)
    if special_of(which) is None:
        assert special.where is not Where.EVERY
        return
    days = range(_number("2025-03-01"), _number("2025-04-02"))
    grid, slots = Grid.QUARTER_HOUR, _quarters(days)
    if which.kind.energy_type is EnergyType.GAS:
        grid, slots = Grid.HOUR, range(slots.start // 4, slots.stop // 4)
    headpoint, *below = (part.versions for part in versions(which, grid, slots, EVER))
    assert below
    for one in below:
        assert one.slots.tolist() == headpoint.slots.tolist()
        assert one.inserted_us.tolist() == headpoint.inserted_us.tolist()
        assert one.states[0].tolist() == headpoint.states[0].tolist()


@BY_NUMBER
def test_a_window_of_insertion_makes_few_days(special: Special) -> None:
    """E4, S4: what came in within one day is found without making the three years that are asked."""
    slots = _quarters(range(_number("2021-06-01"), _number("2024-06-01")))
    start = _number("2023-07-12") * DAY_US
    found = versions(_meter(special.number), Grid.QUARTER_HOUR, slots, Inserted(start + DAY_US, start))
    assert 0 < sum(part.versions.slots.size for part in found) <= 45 * 96


def test_meters_that_are_exchanged_are_all_different() -> None:
    """E8: no two physical meters of the sandbox have one number, whatever the year."""
    seen: list[Meter] = []
    nothing = _delivered(None, Grid.HOUR, range(_number("2015-01-01"), _number("2030-01-01")))[1]
    for prefix in ("541440010", "541440110"):
        for number in range(1000):
            which = _meter(number, prefix)
            special = special_of(which)
            (usual,) = versions(_meter(number, prefix), Grid.QUARTER_HOUR, range(0), EVER)
            assert isinstance(usual.meter, PhysicalMeter)
            seen += [part.meter for part in hung(usual.meter, nothing, special)]
    assert len(seen) == len(set(seen)) == 2 * (1000 + 20 * 15)
