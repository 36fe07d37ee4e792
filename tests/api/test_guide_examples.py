"""The guide's own examples, asked over HTTP; its typing slips put right, as SPEC says."""

from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPStatus

import jsonschema
import pytest

from kwartier.wire import paths
from support.platform import Client, Json

DAY = ("2024-09-18T22:00:00Z", "2024-09-19T22:00:00Z")


def _first_slot(series: list[Json]) -> Json:
    assert series[0]["start"] == DAY[0]
    return series[0]


def _units_and_states(registers: Json) -> dict[str, tuple[str, str]]:
    return {name: (reading["unit"], reading["validationState"]) for name, reading in registers.items()}


def test_the_request_for_a_mock_mandate_and_its_mandate(client: Client) -> None:
    """S2, M10: the guide's mandate is made as asked, and found with every field that it was given."""
    asked = {
        "referenceNumber": "REF-123456",
        "status": "Approved",
        "ean": "541440000000000001",
        "energyType": "E",
        "dataServiceType": "VH_dag",
        "dataPeriodFrom": "2024-02-01T23:00:00Z",
        "dataPeriodTo": "2025-02-01T23:00:00Z",
        "mandateExpirationDate": "2028-02-01T23:00:00Z",
        "renewalStatus": "toBeRenewed",
    }
    answer = client.post_mock(**asked)
    assert answer.status_code == HTTPStatus.OK
    assert answer.json()["data"] == {"status": "Approved"}
    query = {"ean": asked["ean"], "energyType": "E", "dataServiceTypes": "VH_dag"}
    assert client.mandates(query) == [asked | {"renewalStatus": "ToBeRenewed"}]


def test_daily_values_of_a_digital_meter(client: Client) -> None:
    """E8: days of a digital meter lie on the physical meter, with day and night of offtake and of injection in kWh."""
    client.mock("541440100000000001")
    headpoint = client.headpoint("541440100000000001", *DAY)
    assert headpoint["$type"] == "metering-on-meter"
    assert headpoint["energyType"] == "E"
    [meter] = headpoint["physicalMeters"]
    assert meter["seqNumber"] == "1"
    assert meter["meterID"]
    [day] = meter["dailyEnergy"]
    assert (day["start"], day["end"]) == DAY
    [measured] = day["measurements"]
    assert list(measured) == ["offtake", "injection"]
    for direction in ("offtake", "injection"):
        assert _units_and_states(measured[direction]) == {"day": ("kWh", "READ"), "night": ("kWh", "READ")}


def test_hours_of_a_digital_gas_meter(client: Client) -> None:
    """E8, E12: an hour of gas has two measurements, in m3 and in kWh with its conversion factor."""
    client.mock("541441010000000001")
    headpoint = client.headpoint("541441010000000001", *DAY)
    assert (headpoint["$type"], headpoint["energyType"]) == ("metering-on-meter", "G")
    [meter] = headpoint["physicalMeters"]
    hour = _first_slot(meter["hourlyEnergy"])
    assert hour["end"] == "2024-09-18T23:00:00Z"
    volume, energy = (one["offtake"]["total"] for one in hour["measurements"])
    assert (volume["unit"], energy["unit"]) == ("m3", "kWh")
    assert energy["gasConversionFactor"] in {"P", "D", "C"}
    assert "gasConversionFactor" not in volume
    assert Decimal(str(energy["value"])) >= 10 * Decimal(str(volume["value"]))


@pytest.mark.parametrize("number", ["001", "101"])
def test_quarter_hours_of_an_amr_meter_with_production(client: Client, number: str) -> None:
    """E8, E9: injection of an AMR meter lies on the headpoint, and its production follows as sub-headpoints."""
    ean = f"541450211000000{number}"
    client.mock(ean)
    headpoint = client.headpoint(ean, *DAY)
    assert headpoint["$type"] == "metering-on-headpoint"
    assert list(headpoint) == ["$type", "ean", "energyType", "quarterHourlyEnergy", "subHeadpoints"]
    slot = _first_slot(headpoint["quarterHourlyEnergy"])
    assert slot["end"] == "2024-09-18T22:15:00Z"
    [measured] = slot["measurements"]
    assert list(measured) == ["injection"]
    registers = _units_and_states(measured["injection"])
    assert {name: unit for name, (unit, _) in registers.items()} == {
        "total": "kWh",
        "inductive": "kVArh",
        "capacitive": "kVArh",
    }
    assert {state for _, state in registers.values()} <= {"VAL", "NVAL"}
    production, *others = headpoint["subHeadpoints"]
    assert production["$type"] == "submetering-production"
    assert (production["seqNumber"], production["type"]) == ("1", "PV")
    [below] = _first_slot(production["quarterHourlyEnergy"])["measurements"]
    assert list(below["production"]) == ["total", "inductive", "capacitive"]
    kinds = [one["$type"] for one in others if one["seqNumber"] == "1"]
    assert kinds == (["submetering-auxiliary"] if number == "001" else [])


def test_active_and_reactive_energy_of_an_amr_meter(client: Client) -> None:
    """E7: complexEnergyTypes tells the registers of AMR electricity apart, submeters too, and those of no other meter."""
    amr, digital = "541450211000000001", "541440110000000001"
    client.mock(amr)
    client.mock(digital)
    for asked, kinds in (
        ("active", {"total"}),
        ("reactive", {"inductive", "capacitive"}),
        ("active, reactive", {"total", "inductive", "capacitive"}),
    ):
        headpoint = client.headpoint(amr, *DAY, complexEnergyTypes=asked)
        assert set(headpoint["quarterHourlyEnergy"][0]["measurements"][0]["injection"]) == kinds
        below = headpoint["subHeadpoints"][0]["quarterHourlyEnergy"][0]["measurements"][0]
        assert set(below["production"]) == kinds
    slots = client.slots(digital, *DAY, complexEnergyTypes="reactive")
    assert set(slots[0]["measurements"][0]["offtake"]) == {"total"}


@pytest.mark.parametrize(
    ("inserted", "read"),
    [
        ("2024-12-02", [1]),
        ("2024-12-03", []),
        ("2024-12-04", []),
        ("2024-12-05", [2, 3, 4]),
        ("2024-12-06", [5]),
    ],
)
@pytest.mark.parametrize("prefix", ["541440010", "541440110", "541450010", "541450211"])
def test_the_table_of_insert_time(client: Client, prefix: str, inserted: str, read: list[int]) -> None:
    """E4: read on 2, 3 and 4 December and inserted on the 5th, they come with insertTime of the 5th; and so on."""
    ean = f"{prefix}000000085"
    client.at("2025-02-01T00:00:00Z")
    client.mock(ean)
    start = datetime.fromisoformat(f"{inserted}T00:00:00Z")
    end = start + timedelta(days=1)
    window = (f"{start:%Y-%m-%dT%H:%M:%SZ}", f"{end:%Y-%m-%dT%H:%M:%SZ}")
    headpoint = client.headpoint(ean, *window, periodType="insertTime")
    meters = headpoint.get("physicalMeters", [headpoint])
    slots = meters[0].get("quarterHourlyEnergy", []) if meters else []
    days = {datetime.fromisoformat(slot["start"]) + timedelta(hours=1) for slot in slots}
    assert sorted({day.day for day in days}) == read
    assert len(slots) == 96 * len(read)


def test_a_submeter_is_asked_for_through_its_headpoint(client: Client) -> None:
    """E6, M8: the EAN of a submeter is 404, and who has a mandate on its headpoint is told to ask for that one."""
    headpoint = "541450211000000001"
    client.mock(headpoint)
    submeter = client.headpoint(headpoint, *DAY)["subHeadpoints"][0]["ean"]
    answer = client.ask_energy(submeter, *DAY)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert headpoint in answer.json()["Message"]
    stranger = client.platform.client()
    refused = stranger.ask_energy(submeter, *DAY)
    assert refused.status_code == HTTPStatus.NOT_FOUND
    assert headpoint not in refused.text
    assert stranger.post_mock(ean=submeter).status_code == HTTPStatus.BAD_REQUEST


def test_one_mandate_of_a_digital_meter_gives_both_directions(client: Client) -> None:
    """M7: a digital meter's EAN covers offtake and injection; on AMR each direction needs its own."""
    client.mock("541440110000000001")
    assert set(client.slots("541440110000000001", *DAY)[0]["measurements"][0]) == {"offtake", "injection"}
    for ean, direction in (("541450010000000001", "offtake"), ("541450210000000001", "injection")):
        assert client.ask_energy(ean, *DAY).status_code == HTTPStatus.NOT_FOUND
        client.mock(ean)
        slot = client.headpoint(ean, *DAY)["quarterHourlyEnergy"][0]
        assert set(slot["measurements"][0]) == {direction}


def test_gas_days_begin_at_six(client: Client) -> None:
    """E8: a gas day runs from 06:00 to 06:00 local time."""
    client.mock("541441000000000001")
    [day] = client.slots("541441000000000001", "2024-09-18T04:00:00Z", "2024-09-19T04:00:00Z")
    assert (day["start"], day["end"]) == ("2024-09-18T04:00:00Z", "2024-09-19T04:00:00Z")
    assert client.slots("541441000000000001", "2024-09-18T05:00:00Z", "2024-09-19T04:00:00Z") == []


def test_answers_fit_the_document(client: Client) -> None:
    """C8: what is answered of each kind of meter fits the schema of the OpenAPI document."""
    document = client.platform.http.get(
        f"{paths.BASE_PATHS[client.issued.credentials.environment][0]}{paths.OPENAPI}"
    )
    schemas = document.json()
    schema = {"$ref": "#/components/schemas/EnergyModel", "components": schemas["components"]}
    for ean in ("541440110000000001", "541441010000000001", "541450211000000001", "541450012000000001"):
        client.mock(ean)
        answer = client.ask_energy(ean, *DAY)
        assert answer.status_code == HTTPStatus.OK
        jsonschema.validate(answer.json(), schema)
