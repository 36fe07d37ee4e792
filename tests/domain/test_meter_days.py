from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.domain.days import Grid, quarter_hours_of, slot_starts, tariff_is_day
from kwartier.domain.derive import days_from_quarter_hours
from kwartier.domain.ean import Ean
from kwartier.domain.meter_days import days_of_meters
from kwartier.domain.metering import (
    Direction,
    GasFactor,
    PhysicalMeter,
    Register,
    RegisterKind,
    State,
    SubHeadpoint,
    Unit,
    state_code,
)
from kwartier.domain.series import MeterVersions, Versions
from support.domain import INDUCTIVE, INJECTION, OFFTAKE, Readings, Row, spoken_of, versions_of
from support.examples import examples

DAY: Final = Register(Direction.OFFTAKE, RegisterKind.DAY)
NIGHT: Final = Register(Direction.OFFTAKE, RegisterKind.NIGHT)
VOLUME: Final = Register(Direction.OFFTAKE, RegisterKind.TOTAL, Unit.M3)
REGISTERS: Final = (OFFTAKE, INDUCTIVE)
OLD, NEW = PhysicalMeter("1", "1SAG2500000001"), PhysicalMeter("2", "1SAG2600000002")


def _number(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days


MONDAY, SPRING, AUTUMN = _number("2024-05-06"), _number("2024-03-31"), _number("2024-10-27")


def _quarters(days: range) -> range:
    borders = quarter_hours_of(days)
    return range(int(borders[0]), int(borders[-1]))


def _rows(slots: range, inserted_us: int, state: State = State.READ) -> list[Row]:
    return [Row(slot, inserted_us, ((state, 1),)) for slot in slots]


def _told(versions: Versions) -> list[tuple[int, Readings]]:
    """When, and what was said then, with 0 for what is withdrawn; without silence."""
    told: list[tuple[int, Readings]] = []
    for column, slot in enumerate(versions.slots.tolist()):
        said: Readings = {}
        for row, register in enumerate(versions.registers):
            state = State(versions.states[row, column])
            if state is not State.SILENT:
                said[register, slot] = (
                    state,
                    int(versions.values[row, column]) if state >= State.READ else 0,
                )
        told.append((int(versions.inserted_us[column]), said))
    return told


def _exchanged(old: list[Row], new: list[Row]) -> tuple[list[tuple[int, Readings]], ...]:
    parts = [
        MeterVersions(meter, versions_of(Grid.QUARTER_HOUR, (OFFTAKE,), rows))
        for meter, rows in ((OLD, old), (NEW, new))
    ]
    derived = days_of_meters(parts, range(MONDAY, MONDAY + 1))
    assert [one.meter for one in derived] == [OLD, NEW]
    return tuple(_told(one.versions) for one in derived)


def test_each_meter_has_its_part_of_the_day_of_an_exchange() -> None:
    """E8: exchanged at 11:00 on a Monday, the first has 7 hours of night and 4 of day, the second 11 and 2."""
    quarters = _quarters(range(MONDAY, MONDAY + 1))
    old, new = _exchanged(_rows(quarters[:44], 7), _rows(quarters[44:], 7))
    assert old == [(7, {(DAY, MONDAY): (State.READ, 16), (NIGHT, MONDAY): (State.READ, 28)})]
    assert new == [(7, {(DAY, MONDAY): (State.READ, 44), (NIGHT, MONDAY): (State.READ, 8)})]


def test_a_day_is_complete_over_both_meters() -> None:
    """R2: as long as the second meter's part is not known there is no day of the first either; then both come in."""
    quarters = _quarters(range(MONDAY, MONDAY + 1))
    old, new = _exchanged(_rows(quarters[:44], 7), _rows(quarters[44:], 9, State.EST))
    assert old == [(9, {(DAY, MONDAY): (State.READ, 16), (NIGHT, MONDAY): (State.READ, 28)})]
    assert new == [(9, {(DAY, MONDAY): (State.EST, 44), (NIGHT, MONDAY): (State.EST, 8)})]
    assert _exchanged(_rows(quarters[:44], 7), _rows(quarters[45:], 9)) == ([], [])


def test_an_exchange_that_becomes_known_late() -> None:
    """R1: what the old meter was thought to have measured after it had gone is withdrawn, and comes in on the new one."""
    quarters = _quarters(range(MONDAY, MONDAY + 1))
    taken_back = [Row(slot, 9, ((State.WITHDRAWN, 0),)) for slot in quarters[44:]]
    old, new = _exchanged([*_rows(quarters, 7), *taken_back], _rows(quarters[44:], 9))
    assert old == [
        (7, {(DAY, MONDAY): (State.READ, 60), (NIGHT, MONDAY): (State.READ, 36)}),
        (9, {(DAY, MONDAY): (State.READ, 16), (NIGHT, MONDAY): (State.READ, 28)}),
    ]
    assert new == [(9, {(DAY, MONDAY): (State.READ, 44), (NIGHT, MONDAY): (State.READ, 8)})]


def test_a_meter_without_a_reading_has_no_day() -> None:
    """R1: of a meter of which only a withdrawal is known, about a day that the other measured whole, nothing is said."""
    quarters = _quarters(range(MONDAY, MONDAY + 1))
    old, new = _exchanged(_rows(quarters, 7), [Row(quarters[50], 7, ((State.WITHDRAWN, 0),))])
    assert old == [(7, {(DAY, MONDAY): (State.READ, 60), (NIGHT, MONDAY): (State.READ, 36)})]
    assert new == []


def test_a_gas_day_is_complete_over_both_meters() -> None:
    """E8, E12: two gas meters share a gas day; each has its part in m3 and kWh, with the least certain factor."""
    volume, energy = Register(Direction.OFFTAKE, RegisterKind.TOTAL, Unit.M3), OFFTAKE
    starts = slot_starts(Grid.GAS_DAY, np.array([MONDAY, MONDAY + 1], np.int64)) // 3600
    hours = np.arange(starts[0], starts[1])
    assert hours.size == 24
    provisional = state_code(State.READ, GasFactor.PROVISIONAL)
    parts = [
        MeterVersions(
            meter,
            Versions(
                Grid.HOUR,
                (volume, energy),
                of_meter,
                np.full(of_meter.size, 7, np.int64),
                np.array([[1], [11]], np.int64).repeat(of_meter.size, axis=1),
                np.array([[State.READ], [provisional]], np.uint8).repeat(of_meter.size, axis=1),
            ),
        )
        for meter, of_meter in ((OLD, hours[:5]), (NEW, hours[5:]))
    ]
    old, new = (one.versions for one in days_of_meters(parts, range(MONDAY, MONDAY + 1)))
    assert old.grid is new.grid is Grid.GAS_DAY
    assert old.registers == new.registers == (volume, energy)
    assert (old.values.tolist(), new.values.tolist()) == ([[5], [55]], [[19], [209]])
    assert old.states.tolist() == new.states.tolist() == [[State.READ], [provisional]]


@pytest.mark.parametrize("number", [0, 1])
def test_submeters_stand_alone(number: int) -> None:
    """E9: production does not make the day of another meter complete, nor is its own waited for."""
    quarters = _quarters(range(MONDAY, MONDAY + 1))
    halves = [_rows(quarters[:44], 7), _rows(quarters[44:], 7)]
    below = SubHeadpoint(Ean("541453000000000001"), "1", Direction.PRODUCTION)
    parts = [
        MeterVersions(meter, versions_of(Grid.QUARTER_HOUR, (OFFTAKE,), rows))
        for meter, rows in zip((None, below), halves, strict=True)
    ]
    derived = days_of_meters(parts, range(MONDAY, MONDAY + 1))
    assert [one.meter for one in derived] == [None, below]
    assert _told(derived[number].versions) == [(7, {})]
    whole = [MeterVersions(None, versions_of(Grid.QUARTER_HOUR, (OFFTAKE,), _rows(quarters, 7))), parts[1]]
    assert _told(days_of_meters(whole, range(MONDAY, MONDAY + 1))[0].versions)[0][1] != {}


@st.composite
def _histories(draw: st.DrawFn) -> tuple[range, list[list[Row]]]:
    """Some days, and what came in about them by meter: mostly exchanged once, with corrections anywhere."""
    first = draw(st.sampled_from([SPRING - 1, AUTUMN, MONDAY]))
    days = range(first, first + draw(st.integers(1, 2)))
    quarters = _quarters(days)
    cut = draw(st.sampled_from([quarters.start, *quarters]))
    meters = []
    for own in (range(quarters.start, cut), range(cut, quarters.stop)):
        rows = []
        for day in days:
            arrived = draw(st.integers(0, 3))
            rows += [
                Row(slot, arrived, ((State.READ, slot % 89), (State.READ, 100 + slot % 7)))
                for slot in _quarters(range(day, day + 1))
                if slot in own
            ]
        a_state = st.sampled_from([State.READ, State.EST, State.SILENT, State.WITHDRAWN])
        for _ in range(draw(st.integers(0, 3))):
            start = draw(st.sampled_from(quarters))
            states = draw(st.tuples(a_state, a_state))
            rows += [
                Row(slot, 4 + draw(st.integers(0, 2)), tuple((state, 1000 + slot % 3) for state in states))
                for slot in range(start, min(start + draw(st.sampled_from([1, 2, 60])), quarters.stop))
            ]
        meters.append(sorted(rows, key=lambda row: row.inserted_us))
    return days, meters


@settings(max_examples=examples(60))
@given(_histories())
def test_those_in_step_have_the_days_that_each_has_alone(history: tuple[range, list[list[Row]]]) -> None:
    """E9: points of a site about which everything comes in together have days of their own, whatever the others say."""
    days, (rows, others) = history
    below = [SubHeadpoint(Ean(f"54145300000000000{end}"), "1", Direction.PRODUCTION) for end in (1, 2)]
    in_step = versions_of(Grid.QUARTER_HOUR, REGISTERS, rows)
    turned = replace(in_step, values=in_step.values[::-1], states=in_step.states[::-1])
    apart = versions_of(Grid.QUARTER_HOUR, REGISTERS, others)
    parts = [
        MeterVersions(meter, versions)
        for meter, versions in zip([None, *below], [in_step, apart, turned], strict=True)
    ]
    derived = days_of_meters(parts, days)
    assert [one.meter for one in derived] == [None, *below]
    for one, part in zip(derived, parts, strict=True):
        assert _columns(one.versions) == _columns(days_from_quarter_hours(part.versions, days))


def _columns(versions: Versions) -> tuple[object, ...]:
    """All that is in versions, to be compared."""
    arrays = (versions.slots, versions.inserted_us, versions.values, versions.states)
    return versions.grid, versions.registers, *(array.tolist() for array in arrays)


@pytest.mark.parametrize(("day", "moment"), [(MONDAY, 9), (MONDAY + 1, 7)])
def test_submeters_out_of_step_have_days_of_their_own(day: int, moment: int) -> None:
    """E9: what came in at another moment, or about another day, is of the submeter alone that it came in about."""
    below = SubHeadpoint(Ean("541453000000000001"), "1", Direction.PRODUCTION)
    parts = [
        MeterVersions(meter, versions_of(Grid.QUARTER_HOUR, (OFFTAKE,), _rows(_quarters(days), inserted_us)))
        for meter, days, inserted_us in (
            (None, range(MONDAY, MONDAY + 1), 7),
            (below, range(day, day + 1), moment),
        )
    ]
    told = [_told(one.versions) for one in days_of_meters(parts, range(MONDAY, MONDAY + 2))]
    assert told == [
        [(at, {(DAY, of): (State.READ, 60), (NIGHT, of): (State.READ, 36)})]
        for of, at in ((MONDAY, 7), (day, moment))
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_gas_submeters_in_step_stand_alone(number: int) -> None:
    """E9: an hour of gas that is withdrawn from one meter takes the day of that one, and not that of the other."""
    starts = slot_starts(Grid.GAS_DAY, np.array([MONDAY, MONDAY + 1], np.int64)) // 3600
    hours = np.arange(starts[0], starts[1])
    states = np.full((2, 1, hours.size), State.READ, np.uint8)
    states[number, 0, 5] = State.WITHDRAWN
    below = SubHeadpoint(Ean("541453000000000001"), "1", Direction.OFFTAKE)
    derived = days_of_meters(
        [
            MeterVersions(
                meter,
                Versions(
                    Grid.HOUR, (OFFTAKE,), hours, np.full(hours.size, 7), np.full((1, hours.size), 2), own
                ),
            )
            for meter, own in zip((None, below), states, strict=True)
        ],
        range(MONDAY, MONDAY + 1),
    )
    told = [_told(one.versions) for one in derived]
    assert told[number] == [(7, {})]
    assert told[1 - number] == [(7, {(OFFTAKE, MONDAY): (State.READ, 48)})]


def _known(rows: list[Row], moment: int) -> dict[tuple[Register, int], tuple[State, int]]:
    known: dict[tuple[Register, int], tuple[State, int]] = {}
    for row in rows:
        for register, said in zip(REGISTERS, row.said, strict=True):
            if row.inserted_us <= moment and said[0] is not State.SILENT:
                known[register, row.slot] = said
    return {key: said for key, said in known.items() if said[0] >= State.READ}


def _naive_day(meters: list[list[Row]], day: int, moment: int) -> list[Readings]:
    """The parts of a day as far as they are known at a moment: add up quarter-hours one by one."""
    known, quarters = [_known(rows, moment) for rows in meters], _quarters(range(day, day + 1))
    on_day_tariff = dict(zip(quarters, tariff_is_day(np.array(quarters)).tolist(), strict=True))
    found: list[Readings] = [{} for _ in meters]
    for register in REGISTERS:
        if not all(any((register, slot) in one for one in known) for slot in quarters):
            continue
        for one, said in zip(known, found, strict=True):
            own = {slot: one[register, slot] for slot in quarters if (register, slot) in one}
            parts: dict[Register, dict[int, tuple[State, int]]] = {register: own}
            if register is OFFTAKE:
                parts = {
                    DAY: {slot: it for slot, it in own.items() if on_day_tariff[slot]},
                    NIGHT: {slot: it for slot, it in own.items() if not on_day_tariff[slot]},
                }
            for part, readings in parts.items() if own else ():
                state = max((state for state, _ in readings.values()), default=State.READ)
                said[part, day] = (state, sum(value for _, value in readings.values()))
    return found


def _spoken(rows: list[Row], quarters: range, moment: int) -> set[Register]:
    """The registers of days about whose quarter-hours something came in at a moment."""
    sources = spoken_of(REGISTERS, rows, quarters, moment)
    return {of_day for source in sources for of_day in ((DAY, NIGHT) if source is OFFTAKE else (source,))}


def test_the_part_of_one_meter_comes_back_when_the_other_completes_the_gas_day_again() -> None:
    """R2, E8: an hour of the second meter that is withdrawn and comes again takes and gives the first one's part too."""
    borders = slot_starts(Grid.GAS_DAY, np.array([MONDAY, MONDAY + 1], np.int64)) // 3600
    hours = range(int(borders[0]), int(borders[1]))
    old = [Row(slot, 7, ((State.READ, 1),)) for slot in hours[:12]]
    new = [Row(slot, 7, ((State.READ, 1),)) for slot in hours[12:]]
    new += [Row(hours[20], 8, ((State.WITHDRAWN, 0),)), Row(hours[20], 9, ((State.READ, 5),))]
    derived = days_of_meters(
        [
            MeterVersions(meter, versions_of(Grid.HOUR, (VOLUME,), rows))
            for meter, rows in ((OLD, old), (NEW, new))
        ],
        range(MONDAY, MONDAY + 1),
    )
    key = VOLUME, MONDAY
    assert [_told(one.versions) for one in derived] == [
        [(7, {key: (State.READ, 12)}), (8, {key: (State.WITHDRAWN, 0)}), (9, {key: (State.READ, 12)})],
        [(7, {key: (State.READ, 12)}), (8, {key: (State.WITHDRAWN, 0)}), (9, {key: (State.READ, 16)})],
    ]


@settings(max_examples=examples(60))
@given(_histories())
def test_parts_of_days_come_in_when_something_about_them_does(
    history: tuple[range, list[list[Row]]],
) -> None:
    """R2, E8: when a meter speaks, or its part comes or goes, that is what was known of the whole day then."""
    days, meters = history
    derived = days_of_meters(
        [
            MeterVersions(meter, versions_of(Grid.QUARTER_HOUR, REGISTERS, rows))
            for meter, rows in zip((OLD, NEW), meters, strict=True)
        ],
        days,
    )
    for day in days:
        quarters = _quarters(range(day, day + 1))
        moments = sorted({row.inserted_us for rows in meters for row in rows if row.slot in quarters})
        ever: list[set[tuple[Register, int]]] = [set(), set()]
        stood: list[set[tuple[Register, int]]] = [set(), set()]
        expected: list[list[tuple[int, Readings]]] = [[], []]
        for moment in moments:
            for number, found in enumerate(_naive_day(meters, day, moment)):
                ever[number] |= found.keys()
                gone: Readings = dict.fromkeys(ever[number] - found.keys(), (State.WITHDRAWN, 0))
                spoken = _spoken(meters[number], quarters, moment)
                new = {
                    key: said for key, said in found.items() if key[0] in spoken or key not in stood[number]
                }
                stood[number] = set(found)
                if new or gone:
                    expected[number].append((moment, new | gone))
        for one, told in zip(derived, expected, strict=True):
            said = [
                (moment, what) for moment, what in _told(one.versions) if (any(s == day for _, s in what))
            ]
            assert said == told


@pytest.mark.parametrize("cut", [0, 1, 43, 44, 95, 96])
def test_the_parts_of_a_day_add_up_to_the_day(cut: int) -> None:
    """E8: wherever a day is cut between two meters, its parts are together what one meter would have had."""
    quarters = _quarters(range(MONDAY, MONDAY + 1))
    rows = [Row(slot, 7, ((State.READ, slot % 89), (State.READ, slot % 13))) for slot in quarters]
    registers = (OFFTAKE, INJECTION)
    days = range(MONDAY, MONDAY + 1)
    whole = days_from_quarter_hours(versions_of(Grid.QUARTER_HOUR, registers, rows), days)
    parts = days_of_meters(
        [
            MeterVersions(meter, versions_of(Grid.QUARTER_HOUR, registers, part))
            for meter, part in ((OLD, rows[:cut]), (NEW, rows[cut:]))
        ],
        days,
    )
    assert sum(one.versions.values.sum(axis=1) for one in parts).tolist() == whole.values[:, 0].tolist()
    assert [one.versions.slots.size for one in parts] == [int(cut > 0), int(cut < 96)]
