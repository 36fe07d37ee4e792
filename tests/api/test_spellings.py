"""How names and values may be spelled."""

from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import pytest

from kwartier.wire import paths
from support.platform import BASE, Client, Platform, assert_refused

QUARTERS: Final = "541440110000000007"
DAYS: Final = "541440100000000007"
ASKED: Final = f"ean={QUARTERS}&periodType=readTime&from=2025-09-01T22:00:00Z&to=2025-09-02T22:00:00Z"


@pytest.fixture
def client(client: Client) -> Client:
    """Somebody with a mandate of each granularity."""
    client.mock(QUARTERS)
    client.mock(DAYS)
    return client


def found(client: Client, query: str) -> set[str]:
    """The EANs of the mandates that a query string finds."""
    answer = client.ask("GET", f"{paths.MANDATE}?{query}")
    assert answer.status_code == HTTPStatus.OK, answer.text
    return {one["ean"] for one in answer.json()["data"]["mandates"]}


@pytest.mark.parametrize(
    ("query", "eans"),
    [
        ("dataServiceTypes=VH_dag&dataServiceTypes=VH_kwartier_uur", {QUARTERS, DAYS}),
        ("dataServiceTypes=VH_dag,VH_kwartier_uur", {QUARTERS, DAYS}),
        ("dataServiceTypes=VH_dag%2CVH_kwartier_uur", {QUARTERS, DAYS}),
        ("dataServiceTypes=%20VH_dag%20,%20,VH_kwartier_uur,", {QUARTERS, DAYS}),
        ("dataServiceTypes=VH_dag&dataServiceTypes=VH_dag,vh_DAG", {DAYS}),
        ("dataServiceTypes=VH_dag&DATASERVICETYPES=VH_dag", {DAYS}),
        ("dataServiceTypes=", {QUARTERS, DAYS}),
        ("dataServiceTypes=%20", {QUARTERS, DAYS}),
        ("dataServiceType=VH_dag", {DAYS}),
        ("dataServiceType=VH_dag&dataServiceTypes=VH_kwartier_uur", {QUARTERS, DAYS}),
        ("dataservicetypes=vh_kwartier_uur", {QUARTERS}),
        ("DataServiceTypes=VH_KWARTIER", {QUARTERS}),
        ("EAN=" + DAYS, {DAYS}),
        ("eAn=%20" + DAYS + "%20", {DAYS}),
        ("STATUS=approved&EnergyType=e", {QUARTERS, DAYS}),
        ("status=REJECTED", set()),
        ("unknown=1&also=2&also=3&&=", {QUARTERS, DAYS}),
        ("limit=1", {QUARTERS, DAYS}),
    ],
)
def test_lists_names_and_values_are_read_generously(client: Client, query: str, eans: set[str]) -> None:
    """C7: lists repeat or have commas, blanks and doubles are ignored, case is disregarded, the unknown passed over."""
    assert found(client, query) == eans


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("status=Approved,Requested", "status"),
        ("status=Approved&status=Requested", "status"),
        ("Status=Approved&STATUS=Approved", "status"),
        (f"ean={QUARTERS},{DAYS}", "ean"),
        (f"ean={QUARTERS}&ean={DAYS}", "ean"),
        ("energyType=E,G", "energyType"),
        ("renewalStatus=Expired,ToBeRenewed", "renewalStatus"),
        ("lastUpdatedFrom=2025-01-01T00:00:00Z&lastUpdatedFrom=2025-01-02T00:00:00Z", "lastUpdatedFrom"),
        ("dataServiceTypes=VH_dag,VH_week", "dataServiceTypes"),
    ],
)
def test_a_list_where_one_value_is_meant_is_refused(client: Client, query: str, name: str) -> None:
    """C7: several values where one is meant are 400, and so is a list with one wrong value."""
    body = assert_refused(client.ask("GET", f"{paths.MANDATE}?{query}"), HTTPStatus.BAD_REQUEST)
    assert [fault.partition(":")[0] for fault in body["ValidationErrorMessages"]] == [name]


@pytest.mark.parametrize("path", ["/api/Mandate", "/API/MANDATE", "/api/mandatE"])
@pytest.mark.parametrize("base", [BASE, BASE.upper(), "/esco-sbx/v3", "/Esco-Sbx/V3"])
def test_paths_are_matched_in_any_case(client: Client, base: str, path: str) -> None:
    """C7: base path and path are matched without regard to case."""
    answer = client.ask("GET", path, base=base)
    assert answer.status_code == HTTPStatus.OK
    assert len(answer.json()["data"]["mandates"]) == 2


@pytest.mark.parametrize(
    "path", ["/api/health", "/swagger/index.html", "/swagger/v1/swagger.json", "/swagger/swagger-ui.css"]
)
def test_other_paths_are_matched_in_any_case_too(platform: Platform, path: str) -> None:
    """C7: what needs no credentials is found in any case too."""
    assert platform.http.get(BASE + path.upper()).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("", "quarterHourlyEnergy"),
        ("&granularity=hourly_quarterhourly", "quarterHourlyEnergy"),
        ("&Granularity=HOURLY_QUARTERHOURLY,daily", "quarterHourlyEnergy"),
        ("&granularity=daily&granularity=hourly_quarterhourly", "quarterHourlyEnergy"),
        ("&granularity=", "quarterHourlyEnergy"),
        ("&dataServiceType=VH_kwartier_uur", "quarterHourlyEnergy"),
        ("&DataServiceType=VH_kwartier", "quarterHourlyEnergy"),
        ("&dataServiceTypes=vh_dag,vh_kwartier_uur", "quarterHourlyEnergy"),
        ("&granularity=VH_kwartier_uur", "quarterHourlyEnergy"),
        ("&complexEnergyTypes=active,%20reactive", "quarterHourlyEnergy"),
        ("&ComplexEnergyTypes=ACTIVE&complexEnergyTypes=active", "quarterHourlyEnergy"),
    ],
)
def test_the_spellings_of_energy(client: Client, query: str, key: str) -> None:
    """C7, E1: granularity is read under both its names, in both vocabularies, repeated or with commas."""
    answer = client.ask("GET", f"{paths.ENERGY}?{ASKED}{query}")
    assert answer.status_code == HTTPStatus.OK, answer.text
    [meter] = answer.json()["data"]["headpoint"]["physicalMeters"]
    assert len(meter[key]) == 96


def test_names_and_values_of_energy_in_any_case(client: Client) -> None:
    """C7: energy in capitals is the same energy."""
    plain = client.ask("GET", f"{paths.ENERGY}?{ASKED}").json()["data"]
    loud = f"EAN={QUARTERS}&PERIODTYPE=READTIME&FROM=2025-09-01t22:00:00z&To=2025-09-02T22:00:00Z"
    assert client.ask("GET", f"{paths.ENERGY.upper()}?{loud}").json()["data"] == plain
    assert plain["headpoint"]["physicalMeters"][0]["quarterHourlyEnergy"]


@pytest.mark.parametrize(
    "moment",
    [
        "2025-09-01T22:00:00Z",
        "2025-09-01T22:00:00.000Z",
        "2025-09-01T22:00:00.0000000Z",
        "2025-09-02T00:00:00+02:00",
        "2025-09-01T22:00:00+00:00",
        "2025-09-01T17:00:00-05:00",
        "2025-09-01T21:59:59.999999999Z",
    ],
)
@pytest.mark.parametrize("escaped", [True, False])
def test_a_fraction_and_an_offset_are_read(client: Client, moment: str, escaped: bool) -> None:  # noqa: FBT001 - a case of the table
    """C7: a moment with a fraction of a second or a numeric offset is read too, a plus sign left unescaped included."""
    text = quote(moment, safe="") if escaped else moment
    query = f"ean={QUARTERS}&periodType=readTime&from={text}&to=2025-09-02T22:00:00Z"
    answer = client.ask("GET", f"{paths.ENERGY}?{query}")
    assert answer.status_code == HTTPStatus.OK, answer.text
    assert len(answer.json()["data"]["headpoint"]["physicalMeters"][0]["quarterHourlyEnergy"]) == 96


@pytest.mark.parametrize(
    "moment",
    [
        "2025-09-01",
        "2025-09-01T22:00Z",
        "2025-09-01T22:00:00",
        "2025-09-01 22:00:00Z",
        "20250901T220000Z",
        "2025-09-01T22:00:00:00Z",
        "2025-09-31T22:00:00Z",
        "2025-09-01T25:00:00Z",
        "2025-09-01T22:00:60Z",
        "2025-W36-1T22:00:00Z",
        "1756764000",
        "٢٠٢٥-09-01T22:00:00Z",
        "2025-09-01T22:00:00+0200",
        "",
    ],
)
def test_any_other_form_of_a_moment_is_refused(client: Client, moment: str) -> None:
    """C6: a moment in another form is 400, which says the form that is meant."""
    answer = client.ask_energy(QUARTERS, moment, "2025-09-02T22:00:00Z")
    body = assert_refused(answer, HTTPStatus.BAD_REQUEST)
    [fault] = body["ValidationErrorMessages"]
    assert fault.startswith("from: ")
    assert "YYYY-MM-DDTHH:MM:SSZ" in fault


def test_fields_of_a_mock_in_any_case(client: Client) -> None:
    """C7: the fields and values of a mock mandate are matched in any case, as the guide's own example needs."""
    body = {"STATUS": "approved", "Ean": DAYS, "renewalstatus": "toBeRenewed", "DataServiceType": "vh_DAG"}
    answer = client.ask("POST", "/API/Mandate/Mock", json=body)
    assert answer.json()["data"] == {"status": "Approved"}
    [one] = client.mandates({"ean": DAYS})
    assert (one["renewalStatus"], one["dataServiceType"]) == ("ToBeRenewed", "VH_dag")
