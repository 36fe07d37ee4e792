import json
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.api.render import CHUNK_BYTES, energy_answer
from kwartier.domain.days import Grid, day_of
from kwartier.domain.ean import Ean
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Headpoint,
    MeterType,
    PhysicalMeter,
    Register,
    RegisterKind,
    State,
    Unit,
)
from kwartier.domain.series import MeterSeries, Series
from kwartier.wire import energy
from kwartier.wire.vocabulary import Names
from support.examples import examples
from support.series import INT64, headpoints, meters, moments
from support.slow_render import slow_answer

NOW = datetime(2024, 9, 20, 10, tzinfo=UTC)
EVENING = datetime(2024, 9, 18, 22, tzinfo=UTC)
QUARTER_HOUR = int(EVENING.timestamp()) // 900
EAN = Ean("541441234567891234")
DIGITAL = Headpoint(EAN, EnergyType.ELECTRICITY, MeterType.DIGITAL)
AMR_HEADPOINT = Headpoint(EAN, EnergyType.ELECTRICITY, MeterType.AMR)
GAS = Headpoint(EAN, EnergyType.GAS, MeterType.DIGITAL)
METER = PhysicalMeter("1", "1SAG3105012345")
OFFTAKE = Register(Direction.OFFTAKE, RegisterKind.TOTAL)
INJECTION = Register(Direction.INJECTION, RegisterKind.TOTAL)


def series_of(
    values: Sequence[Sequence[int]],
    states: State | Sequence[Sequence[State]] = State.READ,
    registers: Sequence[Register] = (OFFTAKE, INJECTION),
    grid: Grid = Grid.QUARTER_HOUR,
    first_slot: int = QUARTER_HOUR,
) -> Series:
    """A small series; without `states`, everything was read."""
    array = np.array(values, np.int64)
    codes = (
        np.full(array.shape, states, np.uint8) if isinstance(states, State) else np.array(states, np.uint8)
    )
    return Series(grid, first_slot, tuple(registers[: len(values)]), array, codes)


def answer(headpoint: Headpoint, *series: Series, meter: PhysicalMeter | None = METER) -> bytes:
    """The whole answer with the series of one meter."""
    return b"".join(energy_answer(headpoint, [MeterSeries(meter, series)], NOW))


def headpoint_in(body: bytes) -> Any:
    """The headpoint as a client reads it."""
    return json.loads(body)["data"]["headpoint"]


def slots_in(body: bytes, key: str = "quarterHourlyEnergy") -> Any:
    """The slots of the first physical meter as a client reads them."""
    return headpoint_in(body)["physicalMeters"][0][key]


@settings(max_examples=examples(400), deadline=None)
@given(headpoints, meters(), moments, st.sampled_from([1, 400, 1500, CHUNK_BYTES]))
def test_any_mix_is_what_dicts_and_json_give(
    headpoint: Headpoint, measured: list[MeterSeries], fetched_at: datetime, chunk_bytes: int
) -> None:
    """E10: whatever registers, values, states, grids and chunks, the bytes are those of the plain renderer."""
    chunks = list(energy_answer(headpoint, measured, fetched_at, chunk_bytes=chunk_bytes))
    assert all(chunks)
    assert b"".join(chunks) == slow_answer(headpoint, measured, fetched_at)


def household(days: int, seed: int) -> Series:
    """Quarter-hours with a day of estimates, some large values, a day of silence and a register that falls silent."""
    random = np.random.default_rng(seed)
    values = random.integers(0, 9_999, (2, days * 96))
    values[random.random(values.shape) < 0.01] = 12_345
    states = np.full(values.shape, State.READ, np.uint8)
    states[:, 96:192] = State.EST
    states[:, 500:596] = State.SILENT
    states[1, 900:] = State.WITHDRAWN
    return Series(Grid.QUARTER_HOUR, QUARTER_HOUR, (OFFTAKE, INJECTION), values, states)


@pytest.mark.parametrize("chunk_bytes", [5_000, 50_000, CHUNK_BYTES])
def test_weeks_of_a_household_are_what_dicts_and_json_give(chunk_bytes: int) -> None:
    """E10: quarter-hours of weeks, over many chunks of their real size, are those of the plain renderer."""
    measured = [MeterSeries(METER, (household(days=30, seed=1),))]
    body = b"".join(energy_answer(DIGITAL, measured, NOW, chunk_bytes=chunk_bytes))
    assert body == slow_answer(DIGITAL, measured, NOW)


def test_the_guides_days_of_a_digital_meter() -> None:
    """E8: the guide's example of a digital meter's daily values, to the byte."""
    kinds = [
        Register(direction, kind)
        for direction in (Direction.OFFTAKE, Direction.INJECTION)
        for kind in (RegisterKind.DAY, RegisterKind.NIGHT)
    ]
    day = series_of([[0], [7876], [0], [3959]], registers=kinds, grid=Grid.DAY, first_slot=day_of(EVENING))
    assert answer(DIGITAL, day) == (
        b'{"data":{"headpoint":{"$type":"metering-on-meter","ean":"541441234567891234","energyType":"E",'
        b'"physicalMeters":[{"seqNumber":"1","meterID":"1SAG3105012345","dailyEnergy":['
        b'{"start":"2024-09-18T22:00:00Z","end":"2024-09-19T22:00:00Z","measurements":[{'
        b'"offtake":{"day":{"value":0.000,"unit":"kWh","validationState":"READ"},'
        b'"night":{"value":7.876,"unit":"kWh","validationState":"READ"}},'
        b'"injection":{"day":{"value":0.000,"unit":"kWh","validationState":"READ"},'
        b'"night":{"value":3.959,"unit":"kWh","validationState":"READ"}}}]}'
        b']}]}},"_meta":{"fetchTime":"2024-09-20T10:00:00Z"}}'
    )


def test_the_guides_quarter_hours_of_injection_on_amr() -> None:
    """E8: the guide's example of an AMR meter's injection lies in the headpoint itself, with reactive energy."""
    registers = [
        INJECTION,
        Register(Direction.INJECTION, RegisterKind.INDUCTIVE, Unit.KVARH),
        Register(Direction.INJECTION, RegisterKind.CAPACITIVE, Unit.KVARH),
    ]
    injected = series_of([[1_421_000], [0], [136_500]], State.VAL, registers)
    assert answer(AMR_HEADPOINT, injected, meter=None) == (
        b'{"data":{"headpoint":{"$type":"metering-on-headpoint","ean":"541441234567891234","energyType":"E",'
        b'"quarterHourlyEnergy":[{"start":"2024-09-18T22:00:00Z","end":"2024-09-18T22:15:00Z","measurements":[{'
        b'"injection":{"total":{"value":1421.000,"unit":"kWh","validationState":"VAL"},'
        b'"inductive":{"value":0.000,"unit":"kVArh","validationState":"VAL"},'
        b'"capacitive":{"value":136.500,"unit":"kVArh","validationState":"VAL"}}}]}'
        b']}},"_meta":{"fetchTime":"2024-09-20T10:00:00Z"}}'
    )


def test_days_come_before_quarter_hours() -> None:
    """E8: whatever the order of the series, a meter's days come before its quarter-hours."""
    day = series_of([[7876]], grid=Grid.DAY, first_slot=day_of(EVENING))
    keys = ["seqNumber", "meterID", "dailyEnergy", "quarterHourlyEnergy"]
    for series in ([day, series_of([[243]])], [series_of([[243]]), day]):
        assert list(headpoint_in(answer(DIGITAL, *series))["physicalMeters"][0]) == keys


def test_gas_in_two_units_is_two_items() -> None:
    """E8: a digital gas meter's m3 and kWh of an hour are two items of its measurements."""
    in_m3 = Register(Direction.OFFTAKE, RegisterKind.TOTAL, Unit.M3)
    hours = series_of(
        [[243], [2786]], registers=[in_m3, OFFTAKE], grid=Grid.HOUR, first_slot=QUARTER_HOUR // 4
    )
    (slot,) = slots_in(answer(GAS, hours), "hourlyEnergy")
    assert slot["measurements"] == [
        {"offtake": {"total": {"value": 0.243, "unit": "m3", "validationState": "READ"}}},
        {"offtake": {"total": {"value": 2.786, "unit": "kWh", "validationState": "READ"}}},
    ]


def test_slots_follow_each_other_through_a_change_of_clock() -> None:
    """E10: slots come in order of time without doubles, and a day of a change of clock is an hour shorter or longer."""
    eve = datetime(2024, 10, 25, 22, tzinfo=UTC)
    days = slots_in(
        answer(DIGITAL, series_of([[1, 2, 3]], grid=Grid.DAY, first_slot=day_of(eve))), "dailyEnergy"
    )
    hours = [datetime.fromisoformat(day["end"]) - datetime.fromisoformat(day["start"]) for day in days]
    assert hours == [timedelta(hours=24), timedelta(hours=25), timedelta(hours=24)]
    assert [day["start"] for day in days[1:]] == [day["end"] for day in days[:-1]]


def test_what_has_no_reading_is_left_out() -> None:
    """E10: a slot, a direction and a register without a reading are left out, and nothing is null or blank."""
    read, silent, withdrawn = State.READ, State.SILENT, State.WITHDRAWN
    states = [[silent, read, silent, withdrawn, read], [withdrawn, read, silent, read, silent]]
    body = answer(DIGITAL, series_of([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]], states))
    found = [(slot["start"][11:16], list(slot["measurements"][0])) for slot in slots_in(body)]
    assert found == [("22:15", ["offtake", "injection"]), ("22:45", ["injection"]), ("23:00", ["offtake"])]
    assert b"null" not in body
    assert not set(body) & set(b" \n\0")


@pytest.mark.parametrize(
    "measured", [[], [MeterSeries(METER, ())], [MeterSeries(METER, (series_of([[1]], State.SILENT),))]]
)
def test_granted_and_nothing_there(measured: list[MeterSeries]) -> None:
    """E6: when there are no readings, the answer has the headpoint, and no meters or series."""
    body = b"".join(energy_answer(DIGITAL, measured, NOW))
    assert headpoint_in(body) == {"$type": "metering-on-meter", "ean": EAN, "energyType": "E"}
    assert json.loads(body)["_meta"] == {"fetchTime": "2024-09-20T10:00:00Z"}


@pytest.mark.parametrize(
    ("thousandths", "written"),
    [
        (0, b"0.000"),
        (7, b"0.007"),
        (9_999, b"9.999"),
        (10_000, b"10.000"),
        (1_000_000, b"1000.000"),
        (1_000_001_000, b"1000001.000"),
        (INT64.max, b"9223372036854775.807"),
        (-1, b"-0.001"),
        (-12_345, b"-12.345"),
        (INT64.min, b"-9223372036854775.808"),
    ],
)
def test_values_have_three_decimals(thousandths: int, written: bytes) -> None:
    """E10: every value has three decimals, whatever its size, alone or beside a smaller one."""
    for values in ([thousandths], [thousandths, 243]):
        assert b'{"value":' + written + b',"unit"' in answer(DIGITAL, series_of([values]))


def test_chunks_are_moderate_and_made_when_asked_for() -> None:
    """E10: an answer comes in chunks, each made as it is asked for, so that a client that does not read costs little."""
    series = household(days=185, seed=2)
    whole = len(answer(DIGITAL, series))
    tracemalloc.start()
    try:
        chunks = energy_answer(DIGITAL, [MeterSeries(METER, (series,))], NOW)
        sizes = [len(next(chunks))]
        held, _ = tracemalloc.get_traced_memory()
        sizes += [len(chunk) for chunk in chunks]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert whole == sum(sizes) > 2_500_000
    assert max(sizes) <= 256_000
    assert held < 256_000
    assert peak < 1_500_000


@pytest.mark.parametrize(
    ("names", "members"),
    [
        (energy.METERING, MeterType),
        (energy.DIRECTION, Direction),
        (energy.REGISTER_KIND, RegisterKind),
        (energy.UNIT, Unit),
        (energy.VALIDATION_STATE, [state for state in State if state not in {State.SILENT, State.WITHDRAWN}]),
    ],
)
def test_the_wire_names_are_total(names: Names[Any], members: Sequence[Enum]) -> None:
    """E8: every member of an enumeration has a wire name of its own, and no other name is there."""
    written = [names.write(member) for member in members]
    assert written
    assert len(set(written)) == len(written) == len(names.names)
    assert [names.read(name) for name in written] == list(members)


def test_every_grid_has_its_key() -> None:
    """E8: every grid has its key in the answer."""
    assert set(energy.SERIES) == set(Grid)
