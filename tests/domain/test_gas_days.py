from datetime import date
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.domain.days import Grid, slot_starts
from kwartier.domain.derive import gas_days_from_hours
from kwartier.domain.gas import FactorVersion, with_energy
from kwartier.domain.metering import (
    FACTOR_SHIFT,
    STATE_BITS,
    Direction,
    GasFactor,
    Register,
    RegisterKind,
    State,
    Unit,
    state_code,
)
from kwartier.domain.period import epoch_microseconds
from kwartier.domain.resolve import Inserted, resolve
from kwartier.domain.series import Versions
from support.domain import OFFTAKE, Row, brussels, versions_of
from support.examples import examples

VOLUME: Final = Register(Direction.OFFTAKE, RegisterKind.TOTAL, Unit.M3)
BACK: Final = Register(Direction.INJECTION, RegisterKind.TOTAL, Unit.M3)
P, D = GasFactor.PROVISIONAL, GasFactor.DEFINITIVE

Said = tuple[State, GasFactor, int]
NO: Final = (State.SILENT, GasFactor.NONE, 0)
GONE: Final = (State.WITHDRAWN, GasFactor.NONE, 0)


def _number(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days


def _hours(days: range) -> range:
    borders = slot_starts(Grid.GAS_DAY, np.array([days.start, days.stop])) // 3600
    return range(int(borders[0]), int(borders[1]))


MONDAY = _number("2024-05-06")
SPRING, AUTUMN = _number("2024-03-30"), _number("2024-10-26")  # the gas days in which the clocks change
LAST_OF_MAY = _number("2024-05-31")


def _delivery(day: int, inserted_us: int, state: State = State.READ, value: int = 1) -> list[Row]:
    return [Row(slot, inserted_us, ((state, value),)) for slot in _hours(range(day, day + 1))]


def _told(versions: Versions) -> list[tuple[int, int, tuple[Said, ...]]]:
    """Each version: gas day, moment, and what it says of each register."""
    found = []
    for column in range(versions.slots.size):
        said: list[Said] = []
        for register in range(len(versions.registers)):
            code, value = int(versions.states[register, column]), int(versions.values[register, column])
            state = State(code & STATE_BITS)
            said.append((state, GasFactor(code >> FACTOR_SHIFT), value if state >= State.READ else 0))
        found.append((int(versions.slots[column]), int(versions.inserted_us[column]), tuple(said)))
    return found


def _derived(
    rows: list[Row], day: int, registers: tuple[Register, ...] = (VOLUME,)
) -> list[tuple[int, int, tuple[Said, ...]]]:
    found = gas_days_from_hours(versions_of(Grid.HOUR, registers, rows), range(day, day + 1))
    assert found.grid is Grid.GAS_DAY
    assert found.registers == registers
    return _told(found)


@pytest.mark.parametrize(("day", "hours"), [(MONDAY, 24), (SPRING, 23), (AUTUMN, 25)])
def test_a_gas_day_is_the_sum_of_its_hours(day: int, hours: int) -> None:
    """E8: a gas day has 24 hours, or 23 or 25 when the clocks change in its night; nothing is split by tariff."""
    assert _derived(_delivery(day, 7), day) == [(day, 7, ((State.READ, GasFactor.NONE, hours),))]


def test_a_gas_day_runs_from_six_to_six() -> None:
    """E8: the hour at 06:00 local is the first of the day of its date, that at 05:00 the last of the day before."""
    start = epoch_microseconds(brussels("2024-05-06T06:00")) // 3_600_000_000
    assert _hours(range(MONDAY, MONDAY + 1)) == range(start, start + 24)
    both = range(MONDAY - 1, MONDAY + 1)
    rows = [
        Row(slot, 7, ((State.READ, 100 if slot == start else 10 if slot == start - 1 else 0),))
        for slot in _hours(both)
    ]
    found = gas_days_from_hours(versions_of(Grid.HOUR, (VOLUME,), rows), both)
    assert found.values[0].tolist() == [10, 100]


@pytest.mark.parametrize("missing", [0, 12, 23])
def test_only_a_complete_gas_day_has_a_value(missing: int) -> None:
    """R2: as long as one hour is missing there is no gas day; it comes in when the last hour does."""
    rows = _delivery(MONDAY, 7)
    late = Row(rows.pop(missing).slot, 9, ((State.READ, 5),))
    assert _derived(rows, MONDAY) == [(MONDAY, 7, (NO,))]
    assert _derived([*rows, late], MONDAY)[1] == (MONDAY, 9, ((State.READ, GasFactor.NONE, 28),))


def test_a_gas_day_with_an_estimate_is_an_estimate() -> None:
    """R2: one interpolated hour makes the day EST, one not yet valid makes it NVAL, until it is put right."""
    for sure, unsure in ((State.READ, State.EST), (State.VAL, State.NVAL)):
        hour = _hours(range(MONDAY, MONDAY + 1))[5]
        rows = [*_delivery(MONDAY, 7, sure), Row(hour, 8, ((unsure, 3),)), Row(hour, 9, ((sure, 4),))]
        none = GasFactor.NONE
        assert _derived(rows, MONDAY) == [
            (MONDAY, 7, ((sure, none, 24),)),
            (MONDAY, 8, ((unsure, none, 26),)),
            (MONDAY, 9, ((sure, none, 27),)),
        ]


def test_the_energy_of_a_gas_day_is_the_sum_of_rounded_hours() -> None:
    """R2: 24 hours of 0.001 m3 at 11.45 make 24 times 0.011 kWh, not 0.275."""
    hours = with_energy(
        versions_of(Grid.HOUR, (VOLUME,), _delivery(MONDAY, 7)), {652: [FactorVersion(0, 114_500, P)]}
    )
    found = gas_days_from_hours(hours, range(MONDAY, MONDAY + 1))
    assert found.registers == (VOLUME, OFFTAKE)
    assert _told(found) == [(MONDAY, 7, ((State.READ, GasFactor.NONE, 24), (State.READ, P, 264)))]


def test_a_factor_that_becomes_known_brings_in_energy_alone() -> None:
    """E12, E4: when D becomes known the day's energy comes in again, with D; its volume does not."""
    factors = {652: [FactorVersion(0, 114_000, P), FactorVersion(50, 116_000, D)]}
    hours = with_energy(versions_of(Grid.HOUR, (VOLUME,), _delivery(MONDAY, 7, value=1000)), factors)
    found = gas_days_from_hours(hours, range(MONDAY, MONDAY + 1))
    assert _told(found) == [
        (MONDAY, 7, ((State.READ, GasFactor.NONE, 24_000), (State.READ, P, 273_600))),
        (MONDAY, 50, (NO, (State.READ, D, 278_400))),
    ]
    known = resolve(found, [range(MONDAY, MONDAY + 1)], Inserted(51))
    assert known.values[:, 0].tolist() == [24_000, 278_400]
    assert known.states[:, 0].tolist() == [State.READ, state_code(State.READ, D)]


def test_one_provisional_hour_makes_the_day_provisional() -> None:
    """E12: a day of hours with D and one hour with P has P."""
    codes = [state_code(State.READ, D)] * 24
    codes[9] = state_code(State.READ, P)
    slots = np.array(_hours(range(MONDAY, MONDAY + 1)))
    for states, kind in ((codes, P), ([codes[0]] * 24, D)):
        hours = Versions(
            Grid.HOUR,
            (OFFTAKE,),
            slots,
            np.full(24, 7),
            np.ones((1, 24), np.int64),
            np.array([states], np.uint8),
        )
        assert _told(gas_days_from_hours(hours, range(MONDAY, MONDAY + 1))) == [
            (MONDAY, 7, ((State.READ, kind, 24),))
        ]


def test_a_withdrawn_hour_withdraws_the_gas_day() -> None:
    """R2: when an hour is taken back its day goes, in m3 and kWh, and comes again when the hour does."""
    hour = _hours(range(MONDAY, MONDAY + 1))[3]
    rows = [*_delivery(MONDAY, 7), Row(hour, 8, ((State.WITHDRAWN, 0),)), Row(hour, 9, ((State.READ, 2),))]
    hours = with_energy(versions_of(Grid.HOUR, (VOLUME,), rows), {652: [FactorVersion(0, 110_000, P)]})
    none = GasFactor.NONE
    assert _told(gas_days_from_hours(hours, range(MONDAY, MONDAY + 1))) == [
        (MONDAY, 7, ((State.READ, none, 24), (State.READ, P, 264))),
        (MONDAY, 8, (GONE, GONE)),
        (MONDAY, 9, ((State.READ, none, 25), (State.READ, P, 275))),
    ]


def test_the_part_of_one_meter_comes_in_when_the_other_completes_the_day() -> None:
    """R2, E8: on the day of an exchange the first meter's part comes in with the last hour, though that is the second's."""
    silent, none = (State.SILENT, 0), GasFactor.NONE
    hours = _hours(range(MONDAY, MONDAY + 1))
    rows = [Row(slot, 7, ((State.READ, 2), silent)) for slot in hours[:10]]
    rows += [Row(slot, 9, (silent, (State.READ, 1))) for slot in hours[10:]]
    rows += [Row(hours[23], 11, (silent, (State.READ, 5)))]
    assert _derived(rows, MONDAY, (VOLUME, VOLUME)) == [
        (MONDAY, 7, (NO, NO)),
        (MONDAY, 9, ((State.READ, none, 20), (State.READ, none, 14))),
        (MONDAY, 11, (NO, (State.READ, none, 18))),
    ]


def test_no_hours_no_gas_days() -> None:
    """R2: where nothing came in nothing follows."""
    found = gas_days_from_hours(versions_of(Grid.HOUR, (VOLUME, OFFTAKE), []), range(MONDAY, MONDAY + 3))
    assert found.registers == (VOLUME, OFFTAKE)
    assert found.values.shape == found.states.shape == (2, 0)


REGISTERS: Final = (VOLUME, BACK)


@st.composite
def _histories(draw: st.DrawFn) -> tuple[range, list[Row], dict[int, list[FactorVersion]]]:
    """Some gas days, mostly whole ones, what came in about them, and the factors of their months."""
    first = draw(st.sampled_from([SPRING - 1, AUTUMN - 1, MONDAY, LAST_OF_MAY]))
    days = range(first, first + draw(st.integers(1, 3)))
    hours = _hours(days)
    rows: list[Row] = []
    for day in days:
        arrived, state = draw(st.integers(0, 3)), draw(st.sampled_from([State.READ] * 5 + [State.SILENT]))
        rows += [Row(slot, arrived, tuple((state, slot % 89 + 10 * row) for row in range(len(REGISTERS))))
                 for slot in _hours(range(day, day + 1))]  # fmt: skip
    a_state = st.sampled_from([State.READ, State.EST, State.SILENT, State.WITHDRAWN])
    for _ in range(draw(st.integers(0, 5))):
        start, length = draw(st.sampled_from(hours)), draw(st.sampled_from([1, 1, 2, 30]))
        inserted, states = draw(st.integers(0, 6)), draw(st.tuples(*[a_state for _ in REGISTERS]))
        rows += [Row(slot, inserted, tuple((state, slot % 7 + 50) for state in states))
                 for slot in range(start, min(start + length, hours.stop))]  # fmt: skip
    factors = {}
    for month in {int(np.datetime64(day, "D").astype("M8[M]").astype(int)) for day in days}:
        known = draw(st.lists(st.integers(0, 7), min_size=0, max_size=2, unique=True))
        factors[month] = [FactorVersion(moment, 110_000 + 999 * moment, kind)
                          for moment, kind in zip(sorted(known), (P, D), strict=False)]  # fmt: skip
    return days, sorted(rows, key=lambda row: row.inserted_us), factors


def _naive_day(hours: Versions, day: int, moment: int) -> list[Said]:
    """The day as known at a moment, register by register: add up its hours one by one; NO where it is incomplete."""
    slots, found = _hours(range(day, day + 1)), []
    for register in range(len(hours.registers)):
        known: dict[int, tuple[int, int]] = {}
        for column in range(hours.slots.size):
            code = int(hours.states[register, column])
            if int(hours.inserted_us[column]) <= moment and code:
                known[int(hours.slots[column])] = (code, int(hours.values[register, column]))
        inputs = [known.get(slot, (0, 0)) for slot in slots]
        if any(code < State.READ for code, _ in inputs):
            found.append(NO)
            continue
        state = State(max(code & STATE_BITS for code, _ in inputs))
        found.append(
            (
                state,
                GasFactor(max(code >> FACTOR_SHIFT for code, _ in inputs)),
                sum(value for _, value in inputs),
            )
        )
    return found


def _speaking(hours: Versions, day: int, moment: int) -> list[bool]:
    """About which registers something came in on a day at a moment."""
    slots = _hours(range(day, day + 1))
    at = (hours.inserted_us == moment) & (hours.slots >= slots.start) & (hours.slots < slots.stop)
    return [bool(row[at].any()) for row in hours.states]


@settings(max_examples=examples(150))
@given(_histories())
def test_gas_days_come_in_when_something_about_them_does(
    history: tuple[range, list[Row], dict[int, list[FactorVersion]]],
) -> None:
    """R2, E12: at each moment at which hours came in, the registers that they speak of are what was known then."""
    days, rows, factors = history
    hours = with_energy(versions_of(Grid.HOUR, REGISTERS, rows), factors)
    told = _told(gas_days_from_hours(hours, days))
    for day in days:
        inside = np.isin(hours.slots, np.array(_hours(range(day, day + 1))))
        expected, ever = [], [False] * len(hours.registers)
        for moment in sorted({int(one) for one in hours.inserted_us[inside]}):
            known = _naive_day(hours, day, moment)
            said = [GONE if been and one == NO else one if spoken else NO
                    for one, been, spoken in zip(known, ever, _speaking(hours, day, moment), strict=True)]  # fmt: skip
            ever = [been or one != NO for been, one in zip(ever, known, strict=True)]
            expected.append((day, moment, tuple(said)))
        assert [one for one in told if one[0] == day] == expected


@settings(max_examples=examples(100))
@given(_histories(), st.integers(0, 8))
def test_gas_days_as_known_are_those_of_the_hours_as_known(
    history: tuple[range, list[Row], dict[int, list[FactorVersion]]], moment: int
) -> None:
    """R2, S4: at every moment the known day is the sum of the known hours."""
    days, rows, factors = history
    hours = with_energy(versions_of(Grid.HOUR, REGISTERS, rows), factors)
    series = resolve(gas_days_from_hours(hours, days), [days], Inserted(moment + 1))
    for day in days:
        known = _naive_day(hours, day, moment)
        for register, said in enumerate(known):
            column = day - series.first_slot
            code = int(series.states[register, column]) if 0 <= column < len(series) else 0
            if code < State.READ:
                assert said == NO
            else:
                told = (
                    State(code & STATE_BITS),
                    GasFactor(code >> FACTOR_SHIFT),
                    int(series.values[register, column]),
                )
                assert told == said
