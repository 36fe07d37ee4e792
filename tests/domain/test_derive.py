from collections.abc import Callable
from datetime import date
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.domain.days import Grid, quarter_hours_of, tariff_is_day
from kwartier.domain.derive import days_from_quarter_hours
from kwartier.domain.metering import Direction, Register, RegisterKind, State, Unit
from kwartier.domain.resolve import Inserted, resolve
from kwartier.domain.series import Versions
from support.domain import INDUCTIVE, INJECTION, OFFTAKE, Readings, Row, readings_of, spoken_of, versions_of
from support.examples import examples

DAY: Final = Register(Direction.OFFTAKE, RegisterKind.DAY)
NIGHT: Final = Register(Direction.OFFTAKE, RegisterKind.NIGHT)


def _number(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days


def _quarters(days: range) -> range:
    borders = quarter_hours_of(days)
    return range(int(borders[0]), int(borders[-1]))


SATURDAY = _number("2024-05-04")
MONDAY = _number("2024-05-06")
SPRING, AUTUMN = _number("2024-03-31"), _number("2024-10-27")


def _delivery(day: int, inserted_us: int, state: State = State.READ, value: int = 1) -> list[Row]:
    return [Row(slot, inserted_us, ((state, value),)) for slot in _quarters(range(day, day + 1))]


def _at(day: int, hour: float) -> int:
    """The quarter-hour that begins so many hours after the midnight of a day."""
    return _quarters(range(day, day + 1))[int(hour * 4)]


def _derived(rows: list[Row], day: int, register: Register = OFFTAKE) -> list[tuple[int, Readings]]:
    """What is told of a day, and when: its versions, one after the other, without their silence."""
    versions = days_from_quarter_hours(versions_of(Grid.QUARTER_HOUR, (register,), rows), range(day, day + 1))
    assert versions.grid is Grid.DAY
    assert set(versions.slots.tolist()) <= {day}
    return [
        (int(versions.inserted_us[column]), _said(versions, column)) for column in range(versions.slots.size)
    ]


def _said(versions: Versions, column: int) -> Readings:
    """State and value of what a version says, with 0 for the value of what is withdrawn."""
    said: Readings = {}
    for row, register in enumerate(versions.registers):
        state = State(versions.states[row, column])
        value = int(versions.values[row, column]) if state >= State.READ else 0
        if state is not State.SILENT:
            said[register, int(versions.slots[column])] = (state, value)
    return said


def test_a_working_day_is_split_by_the_tariff_hours() -> None:
    """E8: on a Monday the fifteen hours from 07:00 are the day's, the other nine the night's."""
    ((moment, said),) = _derived(_delivery(MONDAY, 7), MONDAY)
    assert moment == 7
    assert said == {(DAY, MONDAY): (State.READ, 60), (NIGHT, MONDAY): (State.READ, 36)}


def test_a_day_of_rest_is_all_night() -> None:
    """E8: on a Saturday there is nothing on the day tariff, which is a reading of zero, and all on the night's."""
    ((_, said),) = _derived(_delivery(SATURDAY, 7), SATURDAY)
    assert said == {(DAY, SATURDAY): (State.READ, 0), (NIGHT, SATURDAY): (State.READ, 96)}


@pytest.mark.parametrize(("day", "quarter_hours"), [(SPRING, 92), (AUTUMN, 100)])
def test_a_day_on_which_the_clocks_change(day: int, quarter_hours: int) -> None:
    """R2: a day of 23 or 25 hours is the sum of its 92 or 100 quarter-hours."""
    ((_, said),) = _derived(_delivery(day, 7), day)
    assert said[NIGHT, day] == (State.READ, quarter_hours)
    assert said[DAY, day] == (State.READ, 0)


@pytest.mark.parametrize("hour", [0, 12, 22.75, 23.75])
def test_only_a_complete_day_has_values(hour: float) -> None:
    """R2: as long as one quarter-hour is missing there is no day; it comes in when the last one does."""
    rows = [row for row in _delivery(MONDAY, 7) if row.slot != _at(MONDAY, hour)]
    late = Row(_at(MONDAY, hour), 9, ((State.READ, 5),))
    assert _derived(rows, MONDAY) == [(7, {})]
    told = _derived([*rows, late], MONDAY)
    assert told[0] == (7, {})
    assert told[1][0] == 9
    assert sum(value for _, value in told[1][1].values()) == 95 + 5


def test_an_estimate_marks_its_own_tariff_alone() -> None:
    """R2: an interpolated quarter-hour of the night makes the night EST and leaves the day READ."""
    rows = [*_delivery(MONDAY, 7), Row(_at(MONDAY, 3), 8, ((State.EST, 11),))]
    assert _derived(rows, MONDAY)[-1] == (
        8,
        {(DAY, MONDAY): (State.READ, 60), (NIGHT, MONDAY): (State.EST, 46)},
    )
    rows = [*_delivery(MONDAY, 7, State.VAL), Row(_at(MONDAY, 7), 8, ((State.NVAL, 11),))]
    assert _derived(rows, MONDAY)[-1] == (
        8,
        {(DAY, MONDAY): (State.NVAL, 70), (NIGHT, MONDAY): (State.VAL, 36)},
    )


def test_reactive_energy_stays_unsplit() -> None:
    """E8: inductive energy of a day is one sum in kVArh, whatever the hour."""
    ((_, said),) = _derived(_delivery(MONDAY, 7, State.NVAL), MONDAY, INDUCTIVE)
    assert said == {(INDUCTIVE, MONDAY): (State.NVAL, 96)}
    assert INDUCTIVE.unit is Unit.KVARH


def test_a_withdrawn_quarter_hour_withdraws_the_day() -> None:
    """R2: when a quarter-hour is taken back the day goes too, and comes again when it does."""
    slot = _at(MONDAY, 12)
    rows = [
        *_delivery(MONDAY, 7),
        Row(slot, 8, ((State.WITHDRAWN, 0),)),
        Row(slot, 9, ((State.READ, 3),)),
    ]
    assert _derived(rows, MONDAY) == [
        (7, {(DAY, MONDAY): (State.READ, 60), (NIGHT, MONDAY): (State.READ, 36)}),
        (8, {(DAY, MONDAY): (State.WITHDRAWN, 0), (NIGHT, MONDAY): (State.WITHDRAWN, 0)}),
        (9, {(DAY, MONDAY): (State.READ, 62), (NIGHT, MONDAY): (State.READ, 36)}),
    ]


def test_silence_about_a_day_takes_nothing_from_it() -> None:
    """R1: a delivery that is silent about all quarter-hours of a day leaves the day as it was."""
    rows = [*_delivery(MONDAY, 7), *_delivery(MONDAY, 8, State.SILENT)]
    days = range(MONDAY, MONDAY + 1)
    derived = days_from_quarter_hours(versions_of(Grid.QUARTER_HOUR, (OFFTAKE,), rows), days)
    assert readings_of(resolve(derived, [days], Inserted(100))) == {
        (DAY, MONDAY): (State.READ, 60),
        (NIGHT, MONDAY): (State.READ, 36),
    }


def test_no_quarter_hours_no_days() -> None:
    """R2: where nothing came in nothing follows, under the registers that days would have."""
    nothing = days_from_quarter_hours(
        versions_of(Grid.QUARTER_HOUR, (OFFTAKE, INDUCTIVE), []), range(MONDAY, MONDAY + 3)
    )
    assert nothing.registers == (DAY, NIGHT, INDUCTIVE)
    assert nothing.slots.size == 0
    assert nothing.values.shape == nothing.states.shape == (3, 0)


REGISTERS: Final = (OFFTAKE, INJECTION, INDUCTIVE)

# Rows of one slot stand in order of insertion; how those of different slots stand is free.
_ORDERS: Final[list[Callable[[Row], tuple[int, ...]]]] = [
    lambda row: (row.inserted_us,),
    lambda row: (row.slot, row.inserted_us),
    lambda row: (-row.slot, row.inserted_us),
    lambda row: (row.inserted_us, row.slot),
    lambda row: (row.slot % 5, row.inserted_us, row.slot),
]


@st.composite
def _histories(draw: st.DrawFn) -> tuple[range, list[Row]]:
    """Some days, mostly whole ones, and what came in about them."""
    first = draw(st.sampled_from([SPRING - 1, AUTUMN - 1, SATURDAY, MONDAY]))
    days = range(first, first + draw(st.integers(1, 3)))
    quarters = _quarters(days)
    sure, unsure = draw(st.sampled_from([(State.READ, State.EST), (State.VAL, State.NVAL)]))
    rows: list[Row] = []
    for day in days:  # arrivals: a day at once, one after the other or together
        arrived = draw(st.integers(0, 3))
        state = draw(st.sampled_from([sure, sure, sure, State.SILENT]))
        rows += [
            Row(slot, arrived, tuple((state, slot % 89 + 100 * index) for index in range(len(REGISTERS))))
            for slot in _quarters(range(day, day + 1))
        ]
    a_state = st.sampled_from([sure, unsure, State.SILENT, State.WITHDRAWN])
    for _ in range(draw(st.integers(0, 6))):  # corrections: some quarter-hours, each register in its own way
        start = draw(st.sampled_from([quarters.start, *quarters]))
        length = draw(st.sampled_from([1, 1, 2, 100, 400]))
        inserted, states = draw(st.integers(0, 6)), draw(st.tuples(*[a_state for _ in REGISTERS]))
        rows += [
            Row(slot, inserted, tuple((state, slot % 7 + 1000) for state in states))
            for slot in range(start, min(start + length, quarters.stop))
        ]
    return days, sorted(rows, key=draw(st.sampled_from(_ORDERS)))


def _known(rows: list[Row], moment: int) -> dict[tuple[Register, int], tuple[State, int]]:
    known: dict[tuple[Register, int], tuple[State, int]] = {}
    for row in rows:
        for register, said in zip(REGISTERS, row.said, strict=True):
            if row.inserted_us <= moment and said[0] is not State.SILENT:
                known[register, row.slot] = said
    return known


def _naive_day(rows: list[Row], day: int, moment: int) -> Readings:
    """The day as far as it is known at a moment: add up its quarter-hours one by one."""
    known, quarters = _known(rows, moment), _quarters(range(day, day + 1))
    on_day_tariff = dict(zip(quarters, tariff_is_day(np.array(quarters)), strict=True))
    found: Readings = {}
    for register in REGISTERS:
        said = {slot: known.get((register, slot), (State.SILENT, 0)) for slot in quarters}
        if any(state < State.READ for state, _ in said.values()):
            continue
        parts = {register: list(quarters)}
        if register.kind is RegisterKind.TOTAL:
            parts = {
                Register(register.direction, RegisterKind.DAY): [s for s in quarters if on_day_tariff[s]],
                Register(register.direction, RegisterKind.NIGHT): [
                    s for s in quarters if not on_day_tariff[s]
                ],
            }
        certain, uncertain = (
            (State.READ, State.EST)
            if said[quarters[0]][0] in {State.READ, State.EST}
            else (State.VAL, State.NVAL)
        )
        for part, slots in parts.items():
            state = uncertain if any(said[slot][0] is uncertain for slot in slots) else certain
            found[part, day] = (state, sum(said[slot][1] for slot in slots))
    return found


def _spoken(rows: list[Row], day: int, moment: int) -> set[tuple[Register, int]]:
    """The registers of a day about whose quarter-hours something came in at a moment."""
    return {
        (Register(source.direction, kind, source.unit), day)
        for source in spoken_of(REGISTERS, rows, _quarters(range(day, day + 1)), moment)
        for kind in (
            (RegisterKind.DAY, RegisterKind.NIGHT) if source.kind is RegisterKind.TOTAL else (source.kind,)
        )
    }


@settings(max_examples=examples(200))
@given(_histories())
def test_days_come_in_when_something_about_them_does(history: tuple[range, list[Row]]) -> None:
    """R2: when something of a register came in about a day, that is what was known then; gone if it was there."""
    days, rows = history
    versions = days_from_quarter_hours(versions_of(Grid.QUARTER_HOUR, REGISTERS, rows), days)
    for day in days:
        told = [
            (int(versions.inserted_us[column]), _said(versions, column))
            for column in map(int, np.flatnonzero(versions.slots == day))
        ]
        moments = sorted({row.inserted_us for row in rows if row.slot in _quarters(range(day, day + 1))})
        expected: list[tuple[int, Readings]] = []
        ever: set[tuple[Register, int]] = set()
        for moment in moments:
            found = _naive_day(rows, day, moment)
            ever |= found.keys()
            gone: Readings = dict.fromkeys(ever - found.keys(), (State.WITHDRAWN, 0))
            spoken = _spoken(rows, day, moment)
            expected.append((moment, {key: said for key, said in found.items() if key in spoken} | gone))
        assert told == expected


def test_what_came_in_of_one_register_does_not_bring_another_in_again() -> None:
    """R2 (DESIGN 5): the insertion time of a day is that of its inputs: injection that is corrected says nothing of offtake."""
    silent, read = (State.SILENT, 0), State.READ
    quarters = _quarters(range(MONDAY, MONDAY + 1))
    rows = [Row(slot, 7, ((read, 1), (read, 2), silent)) for slot in quarters]
    rows.append(Row(quarters[0], 9, (silent, (read, 5), silent)))
    versions = days_from_quarter_hours(
        versions_of(Grid.QUARTER_HOUR, REGISTERS, rows), range(MONDAY, MONDAY + 1)
    )
    assert versions.inserted_us.tolist() == [7, 9]
    assert {register.direction for register, _ in _said(versions, 0)} == {
        Direction.OFFTAKE,
        Direction.INJECTION,
    }
    assert {register.direction for register, _ in _said(versions, 1)} == {Direction.INJECTION}


@settings(max_examples=examples(200))
@given(_histories(), st.integers(0, 6))
def test_deriving_and_resolving_may_change_places(history: tuple[range, list[Row]], moment: int) -> None:
    """R2: days as known at a moment are the days that follow from the quarter-hours as known at that moment."""
    days, rows = history
    quarters = versions_of(Grid.QUARTER_HOUR, REGISTERS, rows)
    then = Inserted(moment + 1)
    derived_first = resolve(days_from_quarter_hours(quarters, days), [days], then)
    known = resolve(quarters, [_quarters(days)], then)
    as_known = Versions(
        Grid.QUARTER_HOUR,
        known.registers,
        np.arange(known.first_slot, known.first_slot + len(known), dtype=np.int64),
        np.zeros(len(known), np.int64),
        known.values.astype(np.int64),
        known.states,
    )
    resolved_first = resolve(days_from_quarter_hours(as_known, days), [days], then)
    assert readings_of(derived_first) == readings_of(resolved_first)
