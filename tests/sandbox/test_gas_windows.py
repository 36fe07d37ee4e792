"""Fictitious gas meters in whatever window one asks, of reading and of insertion."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.domain.days import Grid
from kwartier.domain.metering import (
    FACTOR_SHIFT,
    GasFactor,
)
from kwartier.domain.resolve import Inserted
from kwartier.sandbox.eans import SandboxMeter
from kwartier.sandbox.gas import gas
from kwartier.sandbox.gas_factors import LAST_FACTOR_SECONDS, factors_of
from kwartier.sandbox.gas_sites import gas_seed, gas_zone
from kwartier.sandbox.generator import FIRST_DAY, versions
from support.examples import examples
from support.gas import (
    AMR,
    DAY_US,
    DIGITAL,
    EVER,
    INJECTION,
    PARTS,
    day_of,
    first_days,
    grids,
    hours_of,
    known,
    meter_of,
    meters,
    ordinary,
    rows_of_meters,
    slots_of,
    told,
)


@settings(max_examples=examples(60))
@given(meters, grids, first_days, st.integers(1, 40), st.data())
def test_a_window_gives_the_same_however_it_is_split(
    which: SandboxMeter, grid: Grid, first: int, count: int, data: st.DataObject
) -> None:
    """S4: readings, their factors and when they come in are the same in whatever window one asks."""
    slots = slots_of(grid, range(first, first + count))
    cut = data.draw(st.integers(slots.start, slots.stop))
    whole = rows_of_meters(versions(which, grid, slots, EVER), slots)
    parts = [
        rows_of_meters(versions(which, grid, part, EVER), part)
        for part in (range(slots.start, cut), range(cut, slots.stop))
    ]
    for meter, rows in whole.items():
        assert parts[0].get(meter, []) + parts[1].get(meter, []) == rows
    assert parts[0].keys() | parts[1].keys() <= whole.keys()


@settings(max_examples=examples(60))
@given(meters, first_days, st.integers(1, 60))
def test_rows_of_a_slot_stand_in_order_of_insertion(which: SandboxMeter, first: int, count: int) -> None:
    """S4, R1: later rows of a slot came in later, all meters have the same hours, and nothing is less than zero."""
    for one in gas(which, range(first, first + count)):
        newest: dict[int, int] = {}
        found = one.versions
        for slot, moment in zip(found.slots.tolist(), found.inserted_us.tolist(), strict=True):
            assert newest.get(slot, 0) < moment
            newest[slot] = moment
        assert newest.keys() <= set(hours_of(range(first, first + count)))
        assert found.values.size == 0 or int(found.values.min()) >= 0


@settings(max_examples=examples(25))
@given(ordinary, st.sampled_from(["2024-01-20", "2024-03-20", "2024-10-20"]), grids)
def test_windows_of_insertion_laid_end_to_end_give_everything(
    which: SandboxMeter, first: str, grid: Grid
) -> None:
    """E4, E12: answers to consecutive windows of insertion, laid over each other, are what is known at the end."""
    start = day_of(first)
    slots = slots_of(grid, range(start, start + 16))
    laid: dict[tuple[int, int], tuple[int, int]] = {}
    for step in range(0, 70, 3):
        window = Inserted((start + step + 3) * DAY_US, (start + step) * DAY_US)
        for one in versions(which, grid, slots, window):
            laid |= told(known(one.versions, slots, window))
    (one,) = versions(which, grid, slots, EVER)
    at_the_end = told(known(one.versions, slots))
    assert laid == at_the_end
    assert len(at_the_end) == 2 * len(slots)
    assert {code >> FACTOR_SHIFT for (row, _), (code, _) in at_the_end.items() if row} == {
        GasFactor.CONSTANT if which.number % 100 == 50 else GasFactor.DEFINITIVE
    }


@settings(max_examples=examples(80))
@given(meters, grids, first_days, st.integers(0, 60 * 86400), st.integers(1, 5 * 86400))
def test_pruning_loses_nothing(which: SandboxMeter, grid: Grid, first: int, after: int, length: int) -> None:
    """E4, S4: under a window of insertion every row that counts is there, also those that D brings in again."""
    slots = slots_of(grid, range(first, first + 25))
    start = first * DAY_US + after * 1_000_000
    window = Inserted(start + length * 1_000_000, start)

    def counting(inserted: Inserted) -> dict[str, list[tuple[int, ...]]]:
        found = rows_of_meters(versions(which, grid, slots, inserted), slots)
        kept = {
            meter: [row for row in rows if start <= row[1] < window.end_us] for meter, rows in found.items()
        }
        return {meter: rows for meter, rows in kept.items() if rows}

    assert counting(window) == counting(EVER)


def test_a_definitive_factor_is_found_five_weeks_later() -> None:
    """E4, E12: in the day on which D becomes known all hours of its month come in again, in kWh alone."""
    which = meter_of(DIGITAL, 7)
    month = (2024 - 1970) * 12
    (_, definitive), *_ = factors_of(gas_zone(gas_seed(which), 7), range(month, month + 1)).values()
    days = range(day_of("2024-01-01"), day_of("2024-02-01"))
    second = Inserted(definitive.inserted_us + 1, definitive.inserted_us)
    years = range(hours_of(days).start - 10_000, hours_of(days).stop + 10_000)
    (hours,) = versions(which, Grid.HOUR, years, second)
    series = known(hours.versions, years, second)
    assert (series.first_slot, len(series)) == (hours_of(days).start, len(hours_of(days)))
    assert not series.present[0].any()
    assert series.present[1].all()
    assert set((series.states[1] >> FACTOR_SHIFT).tolist()) == {GasFactor.DEFINITIVE}
    (by_day,) = versions(which, Grid.GAS_DAY, range(days.start - 400, days.stop + 400), second)
    of_days = known(by_day.versions, range(days.start - 400, days.stop + 400), second)
    assert (of_days.first_slot, len(of_days)) == (days.start, 31)
    assert not of_days.present[0].any()
    assert of_days.present[1].all()
    assert of_days.values[1].sum() == series.values[1].sum()


def test_a_window_of_insertion_makes_few_days() -> None:
    """E4, S4: what came in within one day is found without making the three years that are asked."""
    slots = hours_of(range(day_of("2021-06-01"), day_of("2024-06-01")))
    start = day_of("2023-02-01") * DAY_US
    for prefix, most in ((DIGITAL, LAST_FACTOR_SECONDS // 86400 + 3), (AMR, 16)):
        (found,) = versions(meter_of(prefix, 1), Grid.HOUR, slots, Inserted(start + DAY_US, start))
        assert 24 <= np.unique(found.versions.slots).size < most * 24
        assert Inserted(start + DAY_US, start).counts(found.versions.inserted_us).any()


def test_the_future_costs_nothing() -> None:
    """S4: nothing is made that had not come in, nor before the meters began; a hull to the year 9999 is small."""
    now = Inserted(day_of("2024-05-10") * DAY_US + DAY_US // 2)
    first = hours_of(range(day_of("2024-05-01"), day_of("2024-05-02"))).start
    for prefix in (DIGITAL, AMR, INJECTION, PARTS):
        which = meter_of(prefix, 1)
        found = versions(which, Grid.HOUR, range(first, 253_402_300_800 // 3600), now)[0].versions
        assert 8 * 24 <= np.unique(found.slots).size <= 11 * 24
        begun = versions(which, Grid.GAS_DAY, range(-700_000, FIRST_DAY + 1), now)[0].versions
        assert set(begun.slots.tolist()) == {FIRST_DAY}
        for grid in (Grid.HOUR, Grid.GAS_DAY):
            for nothing in (range(5, 5), slots_of(grid, range(day_of("2030-01-01"), day_of("2030-01-02")))):
                assert all(one.versions.slots.size == 0 for one in versions(which, grid, nothing, now))
