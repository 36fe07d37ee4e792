"""The live environment on its store: headpoints, deliveries, factors and mandates through services, read over HTTP."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

import pytest
from anyio.from_thread import BlockingPortal

from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import HungMeter, KnownHeadpoint
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    GasFactor,
    Granularity,
    Headpoint,
    InstallationType,
    MeterType,
    PhysicalMeter,
    Register,
    RegisterKind,
    State,
    SubHeadpoint,
    Unit,
)
from kwartier.formats.gas_factors import ZoneFactor
from kwartier.readings.catalogue import SeriesKey
from kwartier.services.audit import Audit, AuditFilter
from support.domain import brussels
from support.engines import Template
from support.live import Live
from support.platform import Json, assert_refused, new_platform

FROM, TO = "2025-09-01T22:00:00Z", "2025-09-02T22:00:00Z"  # a Tuesday
DAY: Final = brussels("2025-09-02T00:00")
METER: Final = PhysicalMeter("1", "1SAG0000000001")
OFFTAKE, INJECTION = (Register(way, RegisterKind.TOTAL) for way in (Direction.OFFTAKE, Direction.INJECTION))
DIGITAL: Final = Ean("541448800000000007")
AMR, PRODUCTION, AUXILIARY = (Ean(f"5414488000000000{end}") for end in ("14", "38", "45"))
GAS: Final = Ean("541448800000000021")
DAYS, QUARTERS = Granularity.DAILY, Granularity.QUARTER_HOURLY
AUGUST: Final = 55 * 12 + 7
MONTH: Final = ("2025-08-01T04:00:00Z", "2025-08-31T04:00:00Z")


@pytest.fixture
def live(template: Template, portal: BlockingPortal) -> Iterator[Live]:
    """A platform that serves its store."""
    with new_platform(template, portal) as platform:
        live = Live(platform)
        yield live
        live.close()


def digital(*meters: HungMeter) -> KnownHeadpoint:
    """A digital headpoint of electricity."""
    return KnownHeadpoint(
        Headpoint(DIGITAL, EnergyType.ELECTRICITY, MeterType.DIGITAL), meters=meters or (HungMeter(METER),)
    )


def gas() -> KnownHeadpoint:
    """A digital headpoint of gas."""
    return KnownHeadpoint(
        Headpoint(GAS, EnergyType.GAS, MeterType.DIGITAL), gas_zone="Z1", meters=(HungMeter(METER),)
    )


def site() -> KnownHeadpoint:
    """An AMR headpoint of injection, with an installation below it."""
    return KnownHeadpoint(
        Headpoint(AMR, EnergyType.ELECTRICITY, MeterType.AMR),
        Direction.INJECTION,
        submeters=(
            SubHeadpoint(PRODUCTION, "1", Direction.PRODUCTION, "VREG-1", InstallationType.PV),
            SubHeadpoint(AUXILIARY, "1", Direction.AUXILIARY, "VREG-1", InstallationType.PV),
        ),
    )


def said(series: Json, name: str) -> list[tuple[str, float, str, str]]:
    """What the slots of a series say: start, value, unit and state of each measurement."""
    return [
        (slot["start"], value["value"], value["unit"], value["validationState"])
        for slot in series[name]
        for measurement in slot["measurements"]
        for registers in measurement.values()
        for value in registers.values()
    ]


def test_quarter_hours_of_a_digital_meter(live: Live) -> None:
    """E8, E10: what was delivered comes under its meter, offtake and injection, value by value."""
    client = live.client(digital(), QUARTERS)
    offtake, injection = list(range(96)), [1000 - one for one in range(96)]
    live.deliver(
        "d1",
        DIGITAL,
        DAY,
        {
            SeriesKey(METER, OFFTAKE, Grid.QUARTER_HOUR): offtake,
            SeriesKey(METER, INJECTION, Grid.QUARTER_HOUR): injection,
        },
        State.READ,
    )
    headpoint = client.headpoint(DIGITAL, FROM, TO)
    assert headpoint["$type"] == "metering-on-meter"
    [meter] = headpoint["physicalMeters"]
    assert (meter["seqNumber"], meter["meterID"]) == ("1", "1SAG0000000001")
    slots = meter["quarterHourlyEnergy"]
    assert [slot["start"] for slot in slots[:2]] == [FROM, "2025-09-01T22:15:00Z"]
    for way, thousandths in (("offtake", offtake), ("injection", injection)):
        values = [one[way]["total"]["value"] for slot in slots for one in slot["measurements"] if way in one]
        assert values == [one / 1000 for one in thousandths]


def test_days_follow_from_quarter_hours(live: Live) -> None:
    """R2: days that nobody delivered are the sums by tariff: 60 quarter-hours of day, 36 of night."""
    client = live.client(digital(), DAYS)
    live.deliver("d1", DIGITAL, DAY, {SeriesKey(METER, OFFTAKE, Grid.QUARTER_HOUR): [250] * 96}, State.READ)
    [meter] = client.headpoint(DIGITAL, FROM, TO)["physicalMeters"]
    [slot] = meter["dailyEnergy"]
    registers = {
        name: value["value"] for one in slot["measurements"] for name, value in one["offtake"].items()
    }
    assert registers == {"day": 15.0, "night": 9.0}


def test_both_meters_of_an_exchange_have_their_part(live: Live) -> None:
    """E8: after an exchange that was registered late, each physical meter comes with what it counted."""
    client = live.client(digital(), QUARTERS)
    live.deliver("d1", DIGITAL, DAY, {SeriesKey(METER, OFFTAKE, Grid.QUARTER_HOUR): [100] * 40}, State.READ)
    other = PhysicalMeter("2", "1SAG0000000002")
    live.headpoints.exchange(DIGITAL, brussels("2025-09-02T10:00"), other)
    live.deliver(
        "d2",
        DIGITAL,
        brussels("2025-09-02T10:00"),
        {SeriesKey(other, OFFTAKE, Grid.QUARTER_HOUR): [300] * 56},
        State.READ,
    )
    meters = client.headpoint(DIGITAL, FROM, TO)["physicalMeters"]
    found = {meter["meterID"]: said(meter, "quarterHourlyEnergy") for meter in meters}
    assert {meter: len(slots) for meter, slots in found.items()} == {
        "1SAG0000000001": 40,
        "1SAG0000000002": 56,
    }
    assert found["1SAG0000000002"][0] == ("2025-09-02T08:00:00Z", 0.3, "kWh", "READ")
    assert {value for _, value, _, _ in found["1SAG0000000001"]} == {0.1}


def test_gas_comes_in_again_with_its_definitive_factor(live: Live) -> None:
    """E12, E4, R1: m3 at once, kWh with the provisional factor, and again by insertTime with the definitive one."""
    client = live.client(gas(), QUARTERS)
    volumes = SeriesKey(METER, Register(Direction.OFFTAKE, RegisterKind.TOTAL, Unit.M3), Grid.HOUR)
    live.deliver("d1", GAS, brussels("2025-08-02T06:00"), {volumes: [1000, 2001]}, State.READ)
    [meter] = client.headpoint(GAS, *MONTH)["physicalMeters"]
    assert {unit for _, _, unit, _ in said(meter, "hourlyEnergy")} == {"m3"}
    for kind, factor, kwh in (
        (GasFactor.PROVISIONAL, 11_1234, [11.123, 22.258]),
        (GasFactor.DEFINITIVE, 11_2000, [11.2, 22.411]),
    ):
        live.platform.clock.move(minutes=1)
        since = live.platform.clock.now
        live.factors.take(f"factor {kind}", "a test", [ZoneFactor("Z1", AUGUST, factor, kind)])
        live.platform.clock.move(minutes=1)
        window = (f"{since:%Y-%m-%dT%H:%M:%SZ}", f"{live.platform.clock.now:%Y-%m-%dT%H:%M:%SZ}")
        [meter] = client.headpoint(GAS, *window, periodType="insertTime")["physicalMeters"]
        cells = [one["offtake"]["total"] for slot in meter["hourlyEnergy"] for one in slot["measurements"]]
        assert [cell["value"] for cell in cells] == kwh
        assert {(cell["unit"], cell["gasConversionFactor"]) for cell in cells} == {
            ("kWh", "P" if kind is GasFactor.PROVISIONAL else "D")
        }
    [meter] = client.headpoint(GAS, *MONTH)["physicalMeters"]
    assert [value for _, value, unit, _ in said(meter, "hourlyEnergy") if unit == "kWh"] == [11.2, 22.411]
    assert [value for _, value, unit, _ in said(meter, "hourlyEnergy") if unit == "m3"] == [1.0, 2.001]


def test_submeters_come_with_their_headpoint(live: Live) -> None:
    """E9, M8: production and auxiliary of an AMR site come below it, under its mandate."""
    client = live.client(site(), QUARTERS)
    production, auxiliary = site().submeters
    series = {
        SeriesKey(None, INJECTION, Grid.QUARTER_HOUR): [400] * 96,
        SeriesKey(production, Register(Direction.PRODUCTION, RegisterKind.TOTAL), Grid.QUARTER_HOUR): [500]
        * 96,
        SeriesKey(auxiliary, Register(Direction.AUXILIARY, RegisterKind.TOTAL), Grid.QUARTER_HOUR): [7] * 96,
    }
    live.deliver("d1", AMR, DAY, series, State.VAL)
    headpoint = client.headpoint(AMR, FROM, TO)
    assert headpoint["$type"] == "metering-on-headpoint"
    assert said(headpoint, "quarterHourlyEnergy")[0] == (FROM, 0.4, "kWh", "VAL")
    below = {sub["$type"]: sub for sub in headpoint["subHeadpoints"]}
    assert below.keys() == {"submetering-production", "submetering-auxiliary"}
    for name, ean, value in (("production", PRODUCTION, 0.5), ("auxiliary", AUXILIARY, 0.007)):
        sub = below[f"submetering-{name}"]
        assert (sub["ean"], sub["seqNumber"], sub["vregId"], sub["type"]) == (ean, "1", "VREG-1", "PV")
        slots = said(sub, "quarterHourlyEnergy")
        assert len(slots) == 96
        assert {one[1] for one in slots} == {value}


def test_who_asks_for_a_submeter_is_told_of_its_headpoint(live: Live) -> None:
    """E6: a submeter's own EAN is 404; who has a mandate on its headpoint is told to ask for that."""
    client = live.client(site(), QUARTERS)
    body = assert_refused(client.ask_energy(PRODUCTION, FROM, TO), HTTPStatus.NOT_FOUND)
    assert f"ask for {AMR}" in body["Message"]


def test_what_the_store_gives_is_in_the_audit(live: Live) -> None:
    """A1: each access stands there with the mandates under which it was given."""
    client = live.client(digital(), QUARTERS)
    client.headpoint(DIGITAL, FROM, TO)
    live.platform.clock.move(seconds=1)
    client.ask_energy(GAS, FROM, TO)
    [granted] = live.grants.list_all()
    entries = Audit(live.platform.database).find(AuditFilter())
    assert [(one.ean, one.mandates) for one in entries] == [
        (GAS, ()),
        (DIGITAL, (granted.standing.mandate_id,)),
    ]


def test_an_ended_mandate_gives_nothing_more(live: Live) -> None:
    """M2, E5: a mandate that the grid user has ended is Finished, and readings are no longer given under it."""
    client = live.client(digital(), QUARTERS)
    assert client.ask_energy(DIGITAL, FROM, TO).status_code == HTTPStatus.OK
    [granted] = live.grants.list_all()
    live.platform.clock.move(seconds=1)
    live.grants.end(granted.standing.mandate_id)
    assert [one["status"] for one in client.mandates()] == ["Finished"]
    assert_refused(client.ask_energy(DIGITAL, FROM, TO), HTTPStatus.NOT_FOUND)
