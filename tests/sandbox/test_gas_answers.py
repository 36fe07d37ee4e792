"""What the API shows of gas (E8, E9, E12): the sandbox's readings as bytes."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from kwartier.api.render import energy_answer
from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.resolve import Inserted, resolve
from kwartier.domain.series import MeterSeries
from kwartier.sandbox.eans import sandbox_meter
from kwartier.sandbox.gas_factors import factors_of
from kwartier.sandbox.gas_load import gas_borders
from kwartier.sandbox.gas_sites import gas_seed, gas_zone
from kwartier.sandbox.generator import headpoint, versions

Json = dict[str, Any]
EVER: Final = Inserted(end_us=2**60)
DAY: Final = 19_738  # 16 January 2024


def _answer(ean: str, grid: Grid, days: range, inserted: Inserted = EVER) -> Json:
    which = sandbox_meter(Ean(ean))
    borders = gas_borders(days)
    slots = days if grid is Grid.GAS_DAY else range(int(borders[0]), int(borders[-1]))
    meters = [
        MeterSeries(one.meter, (resolve(one.versions, [slots], inserted),))
        for one in versions(which, grid, slots, inserted)
    ]
    text = b"".join(energy_answer(headpoint(which), meters, datetime(2024, 6, 1, tzinfo=UTC)))
    found: Json = json.loads(text)["data"]["headpoint"]
    return found


def test_an_hour_of_a_digital_meter_has_m3_and_kwh() -> None:
    """E8, E12: as in the guide's example, two items of measurements: m3, and kWh with the factor that it has."""
    answer = _answer("541441010000000003", Grid.HOUR, range(DAY, DAY + 1))
    assert (answer["$type"], answer["energyType"]) == ("metering-on-meter", "G")
    ((meter),) = answer["physicalMeters"]
    assert set(meter) == {"seqNumber", "meterID", "hourlyEnergy"}
    assert len(meter["hourlyEnergy"]) == 24
    first = meter["hourlyEnergy"][0]
    assert (first["start"], first["end"]) == ("2024-01-16T05:00:00Z", "2024-01-16T06:00:00Z")
    volume, energy = (item["offtake"]["total"] for item in first["measurements"])
    assert set(volume) == {"value", "unit", "validationState"}
    assert (volume["unit"], energy["unit"], energy["gasConversionFactor"]) == ("m3", "kWh", "D")
    assert 11 < energy["value"] / volume["value"] < 12


def test_a_gas_day_runs_from_six_to_six() -> None:
    """E8: a daily value is from 06:00 to 06:00 local, in m3 and kWh."""
    answer = _answer("541441000000000003", Grid.GAS_DAY, range(DAY, DAY + 2))
    days = answer["physicalMeters"][0]["dailyEnergy"]
    assert [one["start"] for one in days] == ["2024-01-16T05:00:00Z", "2024-01-17T05:00:00Z"]
    assert [len(one["measurements"]) for one in days] == [2, 2]


def test_when_d_becomes_known_kwh_come_in_alone() -> None:
    """E4, E12: asked by insertTime for the moment of D, hours and days show kWh with D, and no m3."""
    which = sandbox_meter(Ean("541441010000000003"))
    zone = gas_zone(gas_seed(which), which.number)
    ((_, definitive),) = factors_of(zone, range(648, 649)).values()
    moment = Inserted(definitive.inserted_us + 1, definitive.inserted_us)
    for ean, grid, key in (
        ("541441010000000003", Grid.HOUR, "hourlyEnergy"),
        ("541441000000000003", Grid.GAS_DAY, "dailyEnergy"),
    ):
        slots = _answer(ean, grid, range(DAY - 3, DAY), moment)["physicalMeters"][0][key]
        assert len(slots) == (72 if grid is Grid.HOUR else 3)
        for slot in slots:
            ((item),) = slot["measurements"]
            assert item["offtake"]["total"]["gasConversionFactor"] == "D"
            assert item["offtake"]["total"]["unit"] == "kWh"


def test_amr_gas_is_kwh_without_a_factor() -> None:
    """E8: AMR gas lies on the headpoint itself, one item in kWh, offtake or injection, VAL or NVAL."""
    for ean, direction in (("541451010000000003", "offtake"), ("541451210000000003", "injection")):
        answer = _answer(ean, Grid.HOUR, range(DAY, DAY + 1))
        assert answer["$type"] == "metering-on-headpoint"
        assert len(answer["hourlyEnergy"]) == 24
        for slot in answer["hourlyEnergy"]:
            ((item),) = slot["measurements"]
            total = item[direction]["total"]
            assert set(total) == {"value", "unit", "validationState"}
            assert total["unit"] == "kWh"
            assert total["validationState"] in {"VAL", "NVAL"}


def test_submeters_of_gas_stand_below_their_headpoint() -> None:
    """E9: submeters of gas come with the headpoint, as submetering-offtake, on the same grid."""
    for ean, grid, key, count in (
        ("541451012000000003", Grid.HOUR, "hourlyEnergy", 24),
        ("541451002000000003", Grid.GAS_DAY, "dailyEnergy", 1),
    ):
        answer = _answer(ean, grid, range(DAY, DAY + 1))
        assert len(answer[key]) == count
        for below in answer["subHeadpoints"]:
            assert below["$type"] == "submetering-offtake"
            assert below["ean"].startswith("541498")
            assert len(below[key]) == count
            assert "vregId" not in below
        assert answer["subHeadpoints"]
