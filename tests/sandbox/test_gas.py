import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.metering import (
    FACTOR_SHIFT,
    STATE_BITS,
    Direction,
    EnergyType,
    GasFactor,
    Headpoint,
    MeterType,
    PhysicalMeter,
    Register,
    RegisterKind,
    State,
)
from kwartier.domain.resolve import Inserted
from kwartier.domain.series import MeterVersions
from kwartier.sandbox.eans import SandboxMeter
from kwartier.sandbox.gas import gas
from kwartier.sandbox.gas_factors import factors_of
from kwartier.sandbox.gas_load import gas_borders, gas_day_of
from kwartier.sandbox.gas_sites import gas_seed, gas_zone
from kwartier.sandbox.generator import headpoint, versions
from support.examples import examples
from support.gas import (
    AMR,
    DAY_US,
    DIGITAL,
    ENERGY,
    EVER,
    INJECTION,
    PARTS,
    VOLUME,
    day_of,
    first_days,
    hours_of,
    known,
    meter_of,
    meters,
    rows_of_meters,
    told,
)


@settings(max_examples=examples(60))
@given(meters, first_days, st.integers(1, 35), st.integers(0, 60))
def test_a_gas_day_is_the_sum_of_its_hours_at_every_moment(
    which: SandboxMeter, first: int, count: int, after: int
) -> None:
    """S4, E8: whatever is known at a moment of a gas day is what is known then of its hours, added up."""
    days, moment = range(first, first + count), Inserted((first + after) * DAY_US)
    borders = gas_borders(days)
    by_day = {str(one.meter): one.versions for one in versions(which, Grid.GAS_DAY, days, EVER)}
    for one in versions(which, Grid.HOUR, hours_of(days), EVER):
        hours, of_days = (
            known(one.versions, hours_of(days), moment),
            known(by_day[str(one.meter)], days, moment),
        )
        assert hours.registers == of_days.registers
        if which.kind.meter_type is MeterType.DIGITAL and which.number % 100 in {93, 94}:
            continue  # a meter exchange: see below
        for day in days:
            start = int(borders[day - first]) - hours.first_slot
            end = start + int(borders[day - first + 1] - borders[day - first])
            for row in range(len(hours.registers)):
                codes = hours.states[row, max(start, 0) : max(end, 0)]
                complete = (
                    start >= 0 and end <= len(hours) and bool((codes >= State.READ).all()) and codes.size > 0
                )
                place = day - of_days.first_slot
                has = 0 <= place < len(of_days) and bool(of_days.present[row, place])
                assert has == complete
                if has:
                    code = int(of_days.states[row, place])
                    assert of_days.values[row, place] == hours.values[row, start:end].sum()
                    assert code & STATE_BITS == int((codes & STATE_BITS).max())
                    assert code >> FACTOR_SHIFT == int((codes >> FACTOR_SHIFT).max())


@settings(max_examples=examples(80))
@given(
    st.builds(meter_of, st.just(DIGITAL), st.integers(0, 999)),
    first_days,
    st.integers(1, 40),
    st.integers(0, 80),
)
def test_energy_is_volume_times_factor_at_every_moment(
    which: SandboxMeter, first: int, count: int, after: int
) -> None:
    """S4, E12, R2: known kWh are known m3 times the factor known, rounded half up; P before, D after, or C for ever."""
    days, moment = range(first, first + count), (first + after) * DAY_US
    factors = factors_of(gas_zone(gas_seed(which), which.number), range(552, 780))
    for one in gas(which, days):
        series = known(one.versions, hours_of(days), Inserted(moment + 1))
        assert series.registers == (VOLUME, ENERGY)
        assert (series.present[0] == series.present[1]).all()
        for column in np.flatnonzero(series.present[0]).tolist():
            day = gas_day_of(series.first_slot + column)
            month = int(np.datetime64(day, "D").astype("M8[M]").astype(int))
            factor = next(each for each in reversed(factors[month]) if each.inserted_us <= moment)
            volume, energy = series.values[:, column].tolist()
            assert energy == (volume * factor.factor * 2 + 10_000) // 20_000
            codes = series.states[:, column].tolist()
            assert codes[0] in {State.READ, State.EST}
            assert codes[1] == codes[0] | factor.kind << FACTOR_SHIFT


@pytest.mark.parametrize("prefix", [DIGITAL, AMR, INJECTION, PARTS])
def test_gas_has_no_quarter_hours(prefix: str) -> None:
    """E8: gas comes in hours and gas days; there are no quarter-hours or Brussels days of it."""
    days = range(day_of("2024-05-01"), day_of("2024-05-03"))
    for grid in (Grid.QUARTER_HOUR, Grid.DAY):
        assert versions(meter_of(prefix, 1), grid, days, EVER) == ()


@settings(max_examples=examples(40))
@given(meters, first_days)
def test_nothing_comes_in_before_the_day_after_or_later_than_72_hours(
    which: SandboxMeter, first: int
) -> None:
    """E11: a gas day comes in some hours after its end at 06:00, and within 72 hours of it, but for special models."""
    days = range(first, first + 20)
    ends_us = dict(zip(days, (gas_borders(days)[1:] * 3_600_000_000).tolist(), strict=True))
    for one in versions(which, Grid.GAS_DAY, days, EVER):
        newest: dict[int, int] = {}
        for day, moment in zip(one.versions.slots.tolist(), one.versions.inserted_us.tolist(), strict=True):
            after_us = moment - ends_us[day]
            assert after_us > 0
            if day not in newest and which.number % 100 < 80:
                assert after_us <= 3 * DAY_US
            newest[day] = moment


@pytest.mark.parametrize("digits", ["5414410.0", "5414510.0", "5414512.0", "5414510.2"])
def test_eans_that_differ_in_granularity_are_one_meter(digits: str) -> None:
    """S4: the granularity in the EAN changes neither the readings nor the meter."""
    slots = hours_of(range(day_of("2024-05-01"), day_of("2024-05-03")))
    daily, hourly = (meter_of(digits.replace(".", digit), 7) for digit in "01")
    assert rows_of_meters(versions(daily, Grid.HOUR, slots, EVER), slots) == rows_of_meters(
        versions(hourly, Grid.HOUR, slots, EVER), slots
    )


def test_a_digital_meter_counts_m3_and_kwh() -> None:
    """E8: one physical meter, offtake in m3 and in kWh with its factor; the thousand have ids of their own."""
    days = range(day_of("2024-01-10"), day_of("2024-01-11"))
    ids = set()
    for number in range(1000):
        (one,) = gas(meter_of(DIGITAL, number), days)
        assert one.versions.registers == (VOLUME, ENERGY)
        assert isinstance(one.meter, PhysicalMeter)
        assert one.meter.meter_id.startswith("7FLO2")
        assert len(one.meter.meter_id) == 14
        ids.add(one.meter.meter_id)
    assert len(ids) == 1000
    assert headpoint(meter_of(DIGITAL, 5)) == Headpoint(
        Ean("541441010000000005"), EnergyType.GAS, MeterType.DIGITAL
    )


def test_a_few_meters_have_the_constant_factor() -> None:
    """E12: ten of the thousand have C, 11; theirs never come in again for a factor."""
    days = range(day_of("2024-01-10"), day_of("2024-01-12"))
    kinds = {
        number: set((gas(meter_of(DIGITAL, number), days)[0].versions.states[1] >> FACTOR_SHIFT).tolist())
        - {0}
        for number in range(1000)
        if number % 100 < 80
    }
    constant = [number for number, some in kinds.items() if some == {GasFactor.CONSTANT}]
    assert constant == list(range(50, 1000, 100))
    assert all(GasFactor.DEFINITIVE in some for number, some in kinds.items() if number not in constant)


def test_amr_gas_lies_on_the_headpoint_without_a_factor() -> None:
    """E8: AMR gas is offtake or injection in kWh on the headpoint itself, VAL or NVAL, and nothing more."""
    days = range(day_of("2024-01-01"), day_of("2024-06-01"))
    seen = set()
    for prefix, direction in ((AMR, Direction.OFFTAKE), (INJECTION, Direction.INJECTION)):
        for number in range(20):
            (one,) = gas(meter_of(prefix, number), days)
            assert one.meter is None
            assert one.versions.registers == (Register(direction, RegisterKind.TOTAL),)
            seen |= set(np.unique(one.versions.states).tolist())
    assert seen == {State.VAL, State.NVAL}


def test_offtake_and_injection_of_a_number_are_one_site() -> None:
    """S4: AMR offtake and injection of one number come in together, as the meters of one site do."""
    days = range(day_of("2024-01-01"), day_of("2024-03-01"))
    for number in (0, 17, 499):
        (taken,), (given_,) = (gas(meter_of(prefix, number), days) for prefix in (AMR, INJECTION))
        assert (taken.versions.inserted_us == given_.versions.inserted_us).all()
        assert (taken.versions.states == given_.versions.states).all()
    assert gas_seed(meter_of(AMR, 3)) != gas_seed(meter_of(PARTS, 3))


@pytest.mark.parametrize(("text", "count"), [("2024-03-30", 23), ("2024-10-26", 25), ("2024-10-27", 24)])
def test_gas_days_of_23_and_25_hours_are_whole(text: str, count: int) -> None:
    """S4: the night of a change of clock has its hours, and the one that comes twice is not twice the same."""
    days = range(day_of(text), day_of(text) + 1)
    for prefix in (DIGITAL, AMR, INJECTION, PARTS):
        for one in gas(meter_of(prefix, 4), days):
            series = known(one.versions, hours_of(days))
            assert len(series) == count
            assert series.present.all()
    if count == 25:
        (one,) = gas(meter_of(AMR, 4), days)
        (values,) = known(one.versions, hours_of(days)).values
        assert values[20] != values[21] == (values[20] + values[22]) // 2  # 02:00 twice, then 03:00


def test_a_change_of_clock_moves_no_other_hour() -> None:
    """S4: hours on the clock stay where they are, also in windows that begin or end in the night of a change."""
    for text in ("2024-03-31", "2024-10-27"):
        around = range(day_of(text) - 3, day_of(text) + 3)
        (whole,) = gas(meter_of(DIGITAL, 12), around)
        expected = told(known(whole.versions, hours_of(around)))
        for day in around:
            alone = range(day, day + 1)
            (one,) = gas(meter_of(DIGITAL, 12), alone)
            assert told(known(one.versions, hours_of(alone))).items() <= expected.items()


def test_the_day_of_an_exchange_is_shared() -> None:
    """E8, S4: on the day of a meter exchange both meters have a part of the gas day, in m3 and kWh, each its own."""
    day = range(day_of("2024-03-15"), day_of("2024-03-16"))
    which = meter_of(DIGITAL, 93)
    hours = versions(which, Grid.HOUR, hours_of(day), EVER)
    of_day = {str(one.meter): known(one.versions, day) for one in versions(which, Grid.GAS_DAY, day, EVER)}
    assert len(hours) == len(of_day) == 2
    for one in hours:
        series = known(one.versions, hours_of(day))
        assert 0 < len(series) < 24
        assert of_day[str(one.meter)].values[:, 0].tolist() == series.values.sum(axis=1).tolist()
        assert of_day[str(one.meter)].states[:, 0].tolist() == [
            State.READ,
            State.READ | GasFactor.DEFINITIVE << FACTOR_SHIFT,
        ]


def _digest(found: tuple[MeterVersions, ...]) -> str:
    """A fingerprint of all versions, the same on every machine."""
    told = hashlib.sha256()
    for one in found:
        for column in (
            one.versions.slots,
            one.versions.inserted_us,
            one.versions.values,
            one.versions.states,
        ):
            told.update(np.ascontiguousarray(column, dtype="<i8").tobytes())
    return told.hexdigest()[:32]


@pytest.mark.parametrize(
    ("prefix", "number", "expected"),
    [
        (DIGITAL, 0, "9c75f07863ac79de3781c13a3ab19f70"),
        (DIGITAL, 50, "0fa63993db22a7756a7bdbc7856112b8"),
        (DIGITAL, 8, "3cac075e8bc741d08934ca550ccc6924"),
        (DIGITAL, 9, "eee49b7c85606936c9edbfcf483fbbb5"),
        (AMR, 2, "4ea27bc4df0e88baad95104f4c0c647c"),
        (AMR, 6, "70b1041f85281cdac18b425f4def3c49"),
        (INJECTION, 1, "05289517146d431a4e334b5c6a0522c0"),
        (PARTS, 3, "c4cdde7b90816e435a309170dca1ac1f"),
    ],
)
def test_arithmetic_is_the_same_on_every_machine(prefix: str, number: int, expected: str) -> None:
    """S4: a year of each kind of meter, to the last digit."""
    assert (
        _digest(gas(meter_of(prefix, number), range(day_of("2023-09-01"), day_of("2024-09-01")))) == expected
    )
