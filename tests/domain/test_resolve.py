from typing import Final

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kwartier.domain.days import Grid, day_of
from kwartier.domain.metering import State
from kwartier.domain.period import Period, epoch_microseconds
from kwartier.domain.resolve import Inserted, resolve
from kwartier.domain.series import Series
from support.domain import (
    INJECTION,
    OFFTAKE,
    Readings,
    Row,
    brussels,
    histories,
    readings_of,
    versions_of,
)

BOTH: Final = (OFFTAKE, INJECTION)


def _naive(rows: list[Row], windows: list[range], inserted: Inserted) -> Readings:
    """For every register and slot: go through the rows and remember the last that said something."""
    last_said: Readings = {}
    for row in rows:
        from_us = -1 if inserted.start_us is None else inserted.start_us
        if from_us <= row.inserted_us < inserted.end_us and any(row.slot in window for window in windows):
            for register, said in zip(BOTH, row.said, strict=True):
                if said[0] is not State.SILENT:
                    last_said[register, row.slot] = said
    return {key: said for key, said in last_said.items() if said[0] is not State.WITHDRAWN}


windows_asked = st.sampled_from(
    [
        [range(100, 107)],
        [range(1000)],
        [range(102, 105)],
        [range(100, 102), range(104, 106)],
        [range(99, 101), range(103, 104), range(106, 300)],
        [range(90, 100)],
        [range(103, 103)],
        [],
    ]
)
insertions = st.builds(Inserted, st.integers(0, 8), st.one_of(st.none(), st.integers(0, 7)))


@given(histories(), windows_asked, insertions)
def test_the_newest_version_that_counts_answers(
    rows: list[Row], windows: list[range], inserted: Inserted
) -> None:
    """E3, E4: of each interval in the windows the newest counted value is given, register by register."""
    series = resolve(versions_of(Grid.QUARTER_HOUR, BOTH, rows), windows, inserted)
    assert readings_of(series) == _naive(rows, windows, inserted)


@given(histories(), windows_asked, insertions)
def test_a_series_lies_within_what_was_asked(
    rows: list[Row], windows: list[range], inserted: Inserted
) -> None:
    """E3: a series reaches from the first interval that has a counting version to the last, and no further."""
    series = resolve(versions_of(Grid.HOUR, BOTH, rows), windows, inserted)
    slots = [
        row.slot
        for row in rows
        if inserted.counts(np.array([row.inserted_us]))[0] and any(row.slot in window for window in windows)
    ]
    assert series.grid is Grid.HOUR
    assert series.registers == BOTH
    assert len(series) == (max(slots) - min(slots) + 1 if slots else 0)
    assert not slots or series.first_slot == min(slots)
    assert np.array_equal(series.present, series.states >= State.READ)


@given(histories(), st.integers(0, 7))
def test_as_known_at_is_what_a_reader_saw_then(rows: list[Row], moment: int) -> None:
    """R1, R2: what was known at a moment is what the rows that were visible then say; later ones change nothing."""
    everything = [range(1000)]
    known = resolve(versions_of(Grid.DAY, BOTH, rows), everything, Inserted(moment + 1))
    then_visible = [row for row in rows if row.inserted_us <= moment]
    assert readings_of(known) == _naive(then_visible, everything, Inserted(10**6))


@given(histories(), st.integers(0, 7), st.integers(0, 7))
def test_two_windows_of_insertion_lose_nothing(rows: list[Row], border: int, end: int) -> None:
    """E4: what neighbouring windows of insertion tell, laid over each other in order, is what one window tells."""
    border = min(border, end)
    versions, everything = versions_of(Grid.DAY, BOTH, rows), [range(1000)]
    earlier = resolve(versions, everything, Inserted(border))
    later = resolve(versions, everything, Inserted(end, border))
    whole = resolve(versions, everything, Inserted(end))
    taken_back = {
        (register, later.first_slot + int(column))
        for row, register in enumerate(later.registers)
        for column in np.flatnonzero(later.states[row] == State.WITHDRAWN)
    }
    kept = {key: said for key, said in readings_of(earlier).items() if key not in taken_back}
    assert readings_of(whole) == kept | readings_of(later)


def _resolved(rows: list[Row], inserted: Inserted) -> Series:
    return resolve(versions_of(Grid.DAY, (OFFTAKE,), rows), [range(10**6)], inserted)


def _day(december: int) -> int:
    return day_of(brussels(f"2025-12-{december:02}T12:00"))


def _inserted_on(december: int) -> Inserted:
    day = Period(brussels(f"2025-12-{december:02}T00:00"), brussels(f"2025-12-{december + 1:02}T00:00"))
    assert day.end is not None
    return Inserted(epoch_microseconds(day.end), epoch_microseconds(day.start))


def _days_found(series: Series) -> list[int]:
    return [slot for _, slot in readings_of(series)]


def test_the_guides_table_of_insertions() -> None:
    """E4: read on 2, 3 and 4 December and inserted on the 5th, days come with insertTime of the 5th; read on the 5th and inserted on the 6th, not."""
    table = [(1, 2), (2, 5), (3, 5), (4, 5), (5, 6)]
    rows = [
        Row(
            _day(read),
            epoch_microseconds(brussels(f"2025-12-{inserted:02}T09:00")),
            ((State.READ, 1000 * read),),
        )
        for read, inserted in table
    ]
    assert _days_found(_resolved(rows, _inserted_on(5))) == [_day(2), _day(3), _day(4)]
    assert _days_found(_resolved(rows, _inserted_on(6))) == [_day(5)]
    assert _days_found(_resolved(rows, _inserted_on(3))) == []


def test_insertion_at_the_borders_of_a_window() -> None:
    """E4: what came in at the start of a window counts, what came in at its end does not."""
    rows = [Row(1, 10, ((State.READ, 5),)), Row(2, 20, ((State.READ, 6),))]
    assert _days_found(_resolved(rows, Inserted(20, 10))) == [1]
    assert _days_found(_resolved(rows, Inserted(21, 11))) == [2]


def test_a_correction_is_the_newest_value() -> None:
    """E3: a corrected value takes the place of the one before it."""
    rows = [Row(1, 10, ((State.EST, 5),)), Row(1, 20, ((State.READ, 7),))]
    assert readings_of(_resolved(rows, Inserted(100))) == {(OFFTAKE, 1): (State.READ, 7)}


def test_a_withdrawn_value_is_gone() -> None:
    """R1: a version that withdraws beats the values before it, and a later value beats it."""
    rows = [
        Row(1, 10, ((State.READ, 5),)),
        Row(1, 20, ((State.WITHDRAWN, 0),)),
        Row(1, 30, ((State.READ, 6),)),
    ]
    assert readings_of(_resolved(rows, Inserted(11))) == {(OFFTAKE, 1): (State.READ, 5)}
    assert readings_of(_resolved(rows, Inserted(21))) == {}
    assert readings_of(_resolved(rows, Inserted(31))) == {(OFFTAKE, 1): (State.READ, 6)}


def test_silence_leaves_what_was_said() -> None:
    """R1: a version that is silent about an interval takes nothing away."""
    rows = [Row(1, 10, ((State.READ, 5),)), Row(1, 20, ((State.SILENT, 0),))]
    assert readings_of(_resolved(rows, Inserted(100))) == {(OFFTAKE, 1): (State.READ, 5)}


def test_zero_is_a_reading() -> None:
    """R1: a value of zero is a value; only what has none is left out."""
    rows = [Row(1, 10, ((State.READ, 0),)), Row(3, 10, ((State.READ, 0),))]
    assert readings_of(_resolved(rows, Inserted(100))) == {
        (OFFTAKE, 1): (State.READ, 0),
        (OFFTAKE, 3): (State.READ, 0),
    }


def test_a_series_knows_its_borders() -> None:
    """SPEC §1: the borders of a series are the starts of its slots and the end of the last: 23 hours on a day of 23."""
    day = _day(1)
    spring = day_of(brussels("2025-03-30T12:00"))
    rows = [Row(spring, 10, ((State.READ, 5),)), Row(spring + 1, 10, ((State.READ, 5),))]
    assert np.diff(_resolved(rows, Inserted(100)).borders()).tolist() == [23 * 3600, 24 * 3600]
    assert _resolved([Row(day, 10, ((State.READ, 5),))], Inserted(100)).borders().tolist() == [
        int(brussels("2025-12-01T00:00").timestamp()),
        int(brussels("2025-12-02T00:00").timestamp()),
    ]
