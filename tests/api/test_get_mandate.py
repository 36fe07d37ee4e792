"""GET mandate."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import pytest

from kwartier.domain.ean import Ean
from kwartier.domain.mandate import Asked, Consented, Ended, Fact, Mandate, Refused, Removed
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import Period
from kwartier.wire import paths
from support.platform import NOW, Client, assert_refused

QUARTERS: Final = "541440110000000007"
DAYS: Final = "541440100000000007"
OFFTAKE: Final = "541440010000000001"


def references(client: Client, **filters: str) -> str:
    """The reference numbers of the mandates that filters find, in their order."""
    return "".join(one["referenceNumber"] for one in client.mandates(filters))


@pytest.fixture
def four(client: Client) -> Client:
    """Somebody with four mandates, made a day apart from 17 September on."""
    client.at("2025-09-17T10:00:00Z")
    mocks = [
        {"ean": QUARTERS, "referenceNumber": "A", "mandateExpirationDate": "2028-01-01T00:00:00Z"},
        {"ean": DAYS, "referenceNumber": "B", "renewalStatus": "ToBeRenewed"},
        {"ean": OFFTAKE, "referenceNumber": "C", "status": "Finished"},
        {"ean": DAYS, "referenceNumber": "D", "status": "Requested"},
    ]
    for mock in mocks:
        client.mock(mock.pop("ean"), **mock)
        client.platform.clock.move(days=1)
        client.sign_in()
    return client


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, "ABCD"),
        ({"referenceNumber": "B"}, "B"),
        ({"referenceNumber": "b"}, ""),
        ({"status": "Approved"}, "AB"),
        ({"status": "Finished"}, "C"),
        ({"status": "Requested"}, "D"),
        ({"status": "Rejected"}, ""),
        ({"ean": QUARTERS}, "A"),
        ({"ean": DAYS}, "BD"),
        ({"ean": "541440110000000999"}, ""),
        ({"ean": "000000000000000000"}, ""),
        ({"energyType": "E"}, "ABCD"),
        ({"energyType": "G"}, ""),
        ({"dataServiceTypes": "VH_dag"}, "BD"),
        ({"dataServiceTypes": "VH_kwartier_uur"}, "AC"),
        ({"dataServiceTypes": "VH_dag,VH_kwartier_uur"}, "ABCD"),
        ({"renewalStatus": "ToBeRenewed"}, "B"),
        ({"renewalStatus": "Expired"}, ""),
        ({"mandateExpirationDate": "2028-01-01T00:00:00Z"}, ""),
        ({"mandateExpirationDate": "2028-01-01T00:00:01Z"}, "A"),
        ({"lastUpdatedFrom": "2025-09-18T10:00:00Z"}, "BCD"),
        ({"lastUpdatedFrom": "2025-09-18T10:00:01Z"}, "CD"),
        ({"lastUpdatedTo": "2025-09-18T10:00:00Z"}, "A"),
        ({"lastUpdatedTo": "2025-09-18T10:00:01Z"}, "AB"),
        ({"lastUpdatedFrom": "2025-09-18T10:00:00Z", "lastUpdatedTo": "2025-09-20T10:00:00Z"}, "BC"),
        ({"lastUpdatedFrom": "2025-09-20T10:00:00Z", "lastUpdatedTo": "2025-09-18T10:00:00Z"}, ""),
        ({"status": "Approved", "dataServiceTypes": "VH_dag"}, "B"),
        ({"status": "Requested", "ean": DAYS, "energyType": "E", "dataServiceTypes": "VH_dag"}, "D"),
        ({"status": "Approved", "ean": OFFTAKE}, ""),
    ],
)
def test_filters_are_combined_with_and(four: Client, filters: dict[str, str], expected: str) -> None:
    """M9: each filter narrows what is found, and all of them together."""
    assert references(four, **filters) == expected


def test_what_an_answer_tells_of_each_status(four: Client) -> None:
    """M10, M11: term and renewal are shown of Approved mandates, EAN and energy of Approved and Finished ones."""
    approved, renewable, finished, requested = four.mandates()
    assert approved == {
        "referenceNumber": "A",
        "status": "Approved",
        "ean": QUARTERS,
        "energyType": "E",
        "dataPeriodFrom": "2022-09-16T22:00:00Z",
        "dataServiceType": "VH_kwartier_uur",
        "mandateExpirationDate": "2028-01-01T00:00:00Z",
    }
    assert renewable["renewalStatus"] == "ToBeRenewed"
    names = {"referenceNumber", "status", "dataPeriodFrom", "dataServiceType"}
    assert finished.keys() == names | {"ean", "energyType"}
    assert requested.keys() == names


def test_an_end_of_the_data_period_is_shown(client: Client) -> None:
    """M10: `dataPeriodTo` is there when the data period has an end."""
    client.mock(DAYS, dataPeriodFrom="2024-02-01T23:00:00Z", dataPeriodTo="2027-02-01T23:00:00Z")
    [one] = client.mandates()
    assert (one["dataPeriodFrom"], one["dataPeriodTo"]) == ("2024-02-01T23:00:00Z", "2027-02-01T23:00:00Z")
    assert "referenceNumber" not in one


def test_no_match_is_an_empty_list(client: Client) -> None:
    """M10: when nothing is found the answer is a success with an empty list."""
    answer = client.get(paths.MANDATE)
    assert (answer.status_code, answer.json()["data"]) == (HTTPStatus.OK, {"mandates": []})


@pytest.mark.parametrize(
    "ean", ["5414", "54144011000000000", "5414401100000000071", "54144011000000000x", ""]
)
def test_an_ean_has_18_digits(client: Client, ean: str) -> None:
    """M9: a filter on anything but 18 digits is 400."""
    assert_refused(client.get(paths.MANDATE, {"ean": ean}), HTTPStatus.BAD_REQUEST, "ean: ")


def test_the_guides_own_ean_may_be_asked_for(client: Client) -> None:
    """M9: the EAN of the guide's example is a filter like any other, though its check digit fails."""
    assert client.mandates({"ean": "541441234567891234", "energyType": "E"}) == []


@pytest.mark.parametrize("status", ["Removed", "Geweigerd", ""])
def test_removed_is_no_filter(client: Client, status: str) -> None:
    """M2: Removed is no value of the `status` filter."""
    answer = client.get(paths.MANDATE, {"status": status})
    assert_refused(answer, HTTPStatus.BAD_REQUEST, "Requested, Approved, Rejected, Finished")


def test_renewal_status_follows_the_clock(client: Client) -> None:
    """M3: an Approved mandate is ToBeRenewed from three months before it expires, and Expired from then on."""
    client.mock(QUARTERS, mandateExpirationDate="2025-12-31T23:00:00Z")
    seen = []
    for moment in (
        "2025-09-30T21:59:59",
        "2025-09-30T22:00:00",
        "2025-12-31T22:59:59",
        "2025-12-31T23:00:00",
    ):
        client.at(moment + "Z")
        [one] = client.mandates()
        seen.append(one.get("renewalStatus"))
        assert one["status"] == "Approved"
        for status in ("ToBeRenewed", "Expired"):
            assert len(client.mandates({"renewalStatus": status})) == (status == seen[-1])
    assert seen == [None, "ToBeRenewed", "ToBeRenewed", "Expired"]


def test_last_updated_when_time_alone_made_the_change(client: Client) -> None:
    """M6: when time makes a mandate ToBeRenewed, that moment is when it was last updated."""
    client.mock(QUARTERS, mandateExpirationDate="2025-12-31T23:00:00Z")
    since = {"lastUpdatedFrom": "2025-09-30T22:00:00Z", "lastUpdatedTo": "2025-09-30T22:00:01Z"}
    assert client.mandates(since) == []
    client.at("2025-10-05T00:00:00Z")
    assert [one["renewalStatus"] for one in client.mandates(since)] == ["ToBeRenewed"]
    assert client.mandates({"lastUpdatedTo": "2025-09-30T22:00:00Z"}) == []


def test_another_client_never_finds_them(four: Client) -> None:
    """M12, S1: mandates are found by the client that made them, and by no other, whatever the filter."""
    other = four.platform.client()
    other.mock(OFFTAKE, referenceNumber="A")
    for filters in ({}, {"referenceNumber": "A"}, {"ean": OFFTAKE}, {"status": "Approved"}):
        assert references(other, **filters) == "A"
    assert references(four, ean=OFFTAKE) == "C"
    assert other.mandates({"ean": QUARTERS}) == []


def test_facts_later_than_the_clock_are_hidden(client: Client) -> None:
    """A3: when the clock is set back, a mandate that was made later is not there."""
    client.mock(QUARTERS)
    assert len(client.mandates()) == 1
    client.platform.clock.move(seconds=-1)
    client.sign_in()
    assert client.mandates() == []


def write(client: Client, history: list[Fact], *, named_by_grid_user: bool = False) -> None:
    """Write a mandate R of quarter-hours by its facts."""
    mandate = Mandate(
        "R",
        Ean(QUARTERS),
        EnergyType.ELECTRICITY,
        Granularity.QUARTER_HOURLY,
        ean_named_by_grid_user=named_by_grid_user,
    )
    client.write(mandate, history)


ASKED: Final = Asked(datetime(2025, 9, 1, tzinfo=UTC), Period(datetime(2022, 9, 1, tzinfo=UTC)))
LATER: Final = datetime(2025, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer", "shown"),
    [(None, False), (Refused(LATER), False), (Consented(LATER), True)],
    ids=["Requested", "Rejected", "Approved"],
)
@pytest.mark.parametrize("named_by_grid_user", [False, True])
def test_filters_never_tell_what_the_answer_hides(
    client: Client,
    answer: Fact | None,
    shown: bool,  # noqa: FBT001 - a case of the table
    named_by_grid_user: bool,  # noqa: FBT001 - as above
) -> None:
    """M11: where the grid user chose the EAN, filters on it and its energy match only where it is shown."""
    history: list[Fact] = [ASKED, answer] if answer else [ASKED]
    write(client, history, named_by_grid_user=named_by_grid_user)
    [one] = client.mandates()
    assert ("ean" in one, "energyType" in one) == (shown, shown)
    matches = shown or not named_by_grid_user
    assert len(client.mandates({"ean": QUARTERS})) == matches
    assert len(client.mandates({"energyType": "E"})) == matches
    assert len(client.mandates({"referenceNumber": "R", "dataServiceTypes": "VH_kwartier_uur"})) == 1


def test_a_refusal_of_energy_does_not_tell_a_hidden_ean(client: Client) -> None:
    """M11: energy of an EAN that the grid user chose is refused as if there were no mandate, until he consents."""
    write(client, [ASKED], named_by_grid_user=True)
    day = ("2025-09-01T22:00:00Z", "2025-09-02T22:00:00Z")
    hidden = client.ask_energy(QUARTERS, *day)
    nothing = client.ask_energy(OFFTAKE, *day)
    assert_refused(hidden, HTTPStatus.NOT_FOUND)
    assert hidden.json()["Message"].replace(QUARTERS, OFFTAKE) == nothing.json()["Message"]


def test_a_removed_mandate_is_gone(client: Client) -> None:
    """M2: what a portal user removed is neither listed nor found, and gives no energy."""
    write(client, [ASKED, Consented(LATER), Removed(LATER)])
    assert client.mandates() == []
    assert client.mandates({"ean": QUARTERS}) == []
    answer = client.ask_energy(QUARTERS, "2025-09-01T22:00:00Z", "2025-09-02T22:00:00Z")
    assert_refused(answer, HTTPStatus.NOT_FOUND, "no mandate")


def test_a_request_without_an_answer_is_rejected_by_time(client: Client) -> None:
    """M2, M6: a month without an answer rejects a mandate, and that is when it was last updated."""
    write(client, [ASKED])
    assert [one["status"] for one in client.mandates()] == ["Requested"]
    client.at("2025-10-01T00:00:00Z")
    since = {"lastUpdatedFrom": "2025-10-01T00:00:00Z"}
    assert [one["status"] for one in client.mandates(since)] == ["Rejected"]


def test_a_finished_mandate_shows_its_ean_still(client: Client) -> None:
    """M11: a mandate that the grid user ended shows its EAN, and neither term nor renewal."""
    write(client, [ASKED, Consented(LATER), Ended(NOW)], named_by_grid_user=True)
    [one] = client.mandates({"ean": QUARTERS})
    assert one["status"] == "Finished"
    assert "mandateExpirationDate" not in one
    assert "renewalStatus" not in one
