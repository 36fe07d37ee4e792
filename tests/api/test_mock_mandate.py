"""POST mandate/mock."""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

import pytest

from kwartier.sandbox.eans import PREFIXES
from kwartier.wire import paths
from support.platform import Client, assert_refused

QUARTERS: Final = "541440110000000007"
DAYS: Final = "541440100000000007"
WEEK: Final = ("2025-08-31T22:00:00Z", "2025-09-07T22:00:00Z")
PERIOD: Final = ("2025-09-01T22:00:00Z", "2025-09-02T22:00:00Z")
JSON: Final = {"content-type": "application/json"}


@pytest.mark.parametrize("status", ["Requested", "Approved", "Rejected", "Finished"])
def test_a_mandate_is_made_as_asked(client: Client, status: str) -> None:
    """S2: the mandate gets the status that was asked for, and the answer says it."""
    answer = client.post_mock(ean=QUARTERS, status=status)
    assert answer.status_code == HTTPStatus.OK
    assert answer.json()["data"] == {"status": status}
    assert [one["status"] for one in client.mandates()] == [status]


def test_what_is_left_out_follows_from_ean_and_moment(client: Client) -> None:
    """S2: left out: types from the EAN, data period from three years ago and open, expiry in three years."""
    client.mock(DAYS)
    assert client.mandates() == [
        {
            "status": "Approved",
            "ean": DAYS,
            "energyType": "E",
            "dataPeriodFrom": "2022-09-19T22:00:00Z",
            "dataServiceType": "VH_dag",
            "mandateExpirationDate": "2028-09-20T22:00:00Z",
        }
    ]


def test_everything_may_be_said(client: Client) -> None:
    """S2: what is given is shown as it was given."""
    said = {
        "referenceNumber": "REF-123456",
        "status": "Approved",
        "ean": QUARTERS,
        "energyType": "E",
        "dataPeriodFrom": "2024-02-01T23:00:00Z",
        "dataPeriodTo": "2025-02-01T23:00:00Z",
        "dataServiceType": "VH_kwartier_uur",
        "mandateExpirationDate": "2028-02-01T23:00:00Z",
        "renewalStatus": "RenewalRequested",
    }
    assert client.post_mock(**said).status_code == HTTPStatus.OK
    assert client.mandates() == [said]


def test_the_guides_example_is_accepted(client: Client) -> None:
    """S2: the request that stands in the guide works."""
    said = {
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
    assert client.post_mock(**said).status_code == HTTPStatus.OK
    assert client.mandates() == [said | {"renewalStatus": "ToBeRenewed"}]


def test_the_older_name_of_quarter_hours_is_read(client: Client) -> None:
    """M1: `VH_kwartier`, as the guide has it for mocks, is read as `VH_kwartier_uur`."""
    client.mock(QUARTERS, dataServiceType="VH_kwartier")
    assert [one["dataServiceType"] for one in client.mandates()] == ["VH_kwartier_uur"]


@pytest.mark.parametrize("reference", [None, "REF-1"])
def test_the_same_again_replaces_it(client: Client, reference: str | None) -> None:
    """S2: a mandate of the same reference number, EAN and level of detail is replaced."""
    client.mock(QUARTERS, referenceNumber=reference)
    client.platform.clock.move(minutes=1)
    client.mock(QUARTERS, referenceNumber=reference, status="Finished")
    assert [one["status"] for one in client.mandates()] == ["Finished"]
    assert client.mandates({"lastUpdatedTo": "2025-09-20T10:01:00Z"}) == []


def test_another_reference_or_ean_stands_beside_it(client: Client) -> None:
    """S2: a mandate of another reference number, or none, or of another EAN, is another mandate."""
    for ean, reference in ((QUARTERS, "A"), (QUARTERS, "B"), (QUARTERS, None), (DAYS, "A")):
        client.mock(ean, referenceNumber=reference)
    assert len(client.mandates()) == 4


def test_another_client_is_not_replaced(client: Client) -> None:
    """S1: the same mandate of another client is another mandate."""
    other = client.platform.client()
    client.mock(QUARTERS, referenceNumber="A")
    other.mock(QUARTERS, referenceNumber="A", status="Rejected")
    assert [one["status"] for one in client.mandates()] == ["Approved"]
    assert_refused(other.ask_energy(QUARTERS, *PERIOD), HTTPStatus.NOT_FOUND)
    assert len(client.slots(QUARTERS, *PERIOD)) == 96


def test_the_clock_does_not_overrule_a_status(client: Client) -> None:
    """S2: a mock mandate that is Requested stays so, though a month goes by."""
    client.mock(QUARTERS, status="Requested")
    client.platform.clock.move(days=60)
    client.sign_in()
    assert [one["status"] for one in client.mandates()] == ["Requested"]


@pytest.mark.parametrize("renewal_status", ["ToBeRenewed", "RenewalRequested", "Expired"])
def test_a_given_renewal_status_is_shown_and_has_no_effect(client: Client, renewal_status: str) -> None:
    """S2: a given renewal status is shown as given, whatever the clock says, and does not affect data."""
    client.mock(QUARTERS, renewalStatus=renewal_status)
    client.platform.clock.move(days=30)
    client.sign_in()
    assert [one["renewalStatus"] for one in client.mandates()] == [renewal_status]
    assert len(client.slots(QUARTERS, *PERIOD)) == 96


def test_a_renewal_status_is_of_approved_mandates_only(client: Client) -> None:
    """M10: a renewal status given for a mandate that is not Approved is not shown."""
    client.mock(QUARTERS, status="Finished", renewalStatus="Expired")
    assert "renewalStatus" not in client.mandates()[0]
    assert client.mandates({"renewalStatus": "Expired"}) == []


@pytest.mark.parametrize(
    ("ean", "field", "value", "says"),
    [
        (QUARTERS, "energyType", "G", "the EAN says E"),
        (QUARTERS, "dataServiceType", "VH_dag", "the EAN says VH_kwartier_uur"),
        (DAYS, "dataServiceType", "VH_kwartier_uur", "the EAN says VH_dag"),
        (DAYS, "dataServiceType", "VH_kwartier", "the EAN says VH_dag"),
    ],
)
def test_what_contradicts_the_ean_is_refused(
    client: Client, ean: str, field: str, value: str, says: str
) -> None:
    """S2: what the EAN says otherwise is 400, and nothing is made."""
    body = assert_refused(client.post_mock(ean=ean, **{field: value}), HTTPStatus.BAD_REQUEST)
    assert body["ValidationErrorMessages"] == [f"{field}: {says}"]
    assert client.mandates() == []


def test_all_that_contradicts_the_ean_is_named(client: Client) -> None:
    """C6: both contradictions are named at once, beside a period that ends before it starts."""
    wrong = {
        "energyType": "G",
        "dataServiceType": "VH_dag",
        "dataPeriodFrom": "2025-01-01T00:00:00Z",
        "dataPeriodTo": "2025-01-01T00:00:00Z",
    }
    body = assert_refused(client.post_mock(ean=QUARTERS, **wrong), HTTPStatus.BAD_REQUEST)
    named = [fault.partition(":")[0] for fault in body["ValidationErrorMessages"]]
    assert sorted(named) == ["dataPeriodTo", "dataServiceType", "energyType"]


@pytest.mark.parametrize("data_to", ["2010-01-01T00:00:00Z", "2022-09-19T22:00:00Z"])
def test_a_period_never_ends_before_it_starts(client: Client, data_to: str) -> None:
    """S2: an end at or before the start that was left out is refused, or the start is put before it."""
    answer = client.post_mock(ean=QUARTERS, dataPeriodTo=data_to)
    if answer.status_code != HTTPStatus.OK:
        assert_refused(answer, HTTPStatus.BAD_REQUEST, "dataPeriodTo")
        return
    [one] = client.mandates()
    assert one["dataPeriodFrom"] < one["dataPeriodTo"] == data_to


OUTSIDE: Final = [
    "541441234567891234",
    "541440110000001000",
    "541440110000010007",
    "541440111000000007",
    "541440200000000007",
    "541440120000000007",
    "541451100000000007",
    "541460000000000007",
    "541441100000000007",
    "000000000000000000",
    "999999999999999999",
]


@pytest.mark.parametrize("ean", OUTSIDE)
def test_an_ean_outside_the_table_is_refused_with_the_grammar(client: Client, ean: str) -> None:
    """S3: an EAN that is none of the sandbox is 400 in POST mock and in GET energy, with the grammar."""
    for answer in (client.post_mock(ean=ean), client.ask_energy(ean, *PERIOD)):
        body = assert_refused(answer, HTTPStatus.BAD_REQUEST)
        [fault] = body["ValidationErrorMessages"]
        assert fault.startswith("ean: no such sandbox EAN: a sandbox EAN is 5414")
        assert all(prefix in fault for prefix in PREFIXES)


@pytest.mark.parametrize("prefix", sorted(PREFIXES))
def test_every_prefix_works(client: Client, prefix: str) -> None:
    """S3: each prefix takes a mock mandate and gives energy, at both ends of its thousand."""
    keys = {"0": {"dailyEnergy"}, "1": {"hourlyEnergy", "quarterHourlyEnergy"}}[prefix[7]]
    for meter in ("000000000", "000000999"):
        client.mock(prefix + meter)
        headpoint = client.headpoint(prefix + meter, *WEEK)
        found = {
            key
            for part in (headpoint, *headpoint.get("physicalMeters", []))
            for key, slots in part.items()
            if key.endswith("Energy") and slots
        }
        assert found
        assert found <= keys


def test_fields_that_are_null_count_as_left_out(client: Client) -> None:
    """S2: null is the same as leaving a field out, for optional fields and for required ones."""
    optional = [
        "referenceNumber",
        "energyType",
        "dataServiceType",
        "dataPeriodFrom",
        "dataPeriodTo",
        "mandateExpirationDate",
        "renewalStatus",
    ]
    client.mock(QUARTERS, **dict.fromkeys(optional))
    assert len(client.mandates()) == 1
    body = assert_refused(client.post_mock(status=None, ean=None), HTTPStatus.BAD_REQUEST)
    assert [fault.partition(":")[0] for fault in body["ValidationErrorMessages"]] == ["status", "ean"]


@pytest.mark.parametrize("value", [1, 1.5, True, [], ["Approved"], {}, {"a": "b"}, 10**30])
@pytest.mark.parametrize("name", ["status", "ean", "referenceNumber", "dataPeriodFrom"])
def test_fields_of_another_type_are_refused(client: Client, name: str, value: Any) -> None:
    """S2: a field that is no text is 400, and named once."""
    answer = client.post_mock(**({"ean": QUARTERS} | {name: value}))
    body = assert_refused(answer, HTTPStatus.BAD_REQUEST)
    assert body["ValidationErrorMessages"] == [f"{name}: must be a text"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"status=Approved",
        b"{",
        b"{}}",
        b"[]",
        b'[{"status":"Approved"}]',
        b'"text"',
        b"null",
        b"12",
        b"NaN",
        b"\xff\xfe",
        b"\x00",
        b'{"ean":' + b"1" * 5000 + b"}",
        b"[" * 30000,
        b'{"a":' * 10000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b'{"\\ud800":"x"}',
        b'{"status":"\\ud800","ean":"\\udfff"}',
        '{"stätus":"é"}'.encode("latin-1"),
    ],
    ids=lambda body: repr(body[:20]),
)
def test_a_body_that_is_no_object_is_refused(client: Client, body: bytes) -> None:
    """S2, C6: what is no JSON object, or one without the required fields, is 400."""
    answer = client.ask("POST", paths.MOCK_MANDATE, content=body, headers=JSON)
    assert_refused(answer, HTTPStatus.BAD_REQUEST)


@pytest.mark.parametrize("name", ["\ud800", "\ude00x", "a\ud800"])
def test_a_name_that_is_no_unicode_is_refused(client: Client, name: str) -> None:
    """C6: a field whose name has half a character is 400 like any other wrong field."""
    body = json.dumps({"status": "Approved", "ean": QUARTERS, name: 1}).encode()
    answer = client.ask("POST", paths.MOCK_MANDATE, content=body, headers=JSON)
    assert answer.status_code in {HTTPStatus.OK, HTTPStatus.BAD_REQUEST}, answer.text


@pytest.mark.parametrize("value", ["x", None])
def test_unknown_fields_are_ignored(client: Client, value: object) -> None:
    """C7: a field that the endpoint does not know is passed over."""
    client.mock(QUARTERS, comment=value)
    assert len(client.mandates()) == 1


@pytest.mark.parametrize(
    "media_type", ["application/json", "Application/JSON", "application/json; charset=utf-8"]
)
def test_json_under_any_spelling_of_its_name(client: Client, media_type: str) -> None:
    """C7: the media type is matched without regard to case, and may tell its charset."""
    body = json.dumps({"status": "Approved", "ean": QUARTERS}).encode()
    answer = client.ask("POST", paths.MOCK_MANDATE, content=body, headers={"content-type": media_type})
    assert answer.status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""]
)
def test_another_media_type_is_refused(client: Client, media_type: str) -> None:
    """C5: a body that does not say it is JSON is 415."""
    answer = client.ask("POST", paths.MOCK_MANDATE, content=b"{}", headers={"content-type": media_type})
    assert_refused(answer, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "application/json")


@pytest.mark.parametrize(
    ("reference", "accepted"),
    [
        ("REF-123456", True),
        ("é ☃ 'x' \"; drop table mandate --", True),
        ("x" * 255, True),
        ("x" * 256, False),
        ("", False),
        ("   ", False),
        ("a\nb", False),
        ("\x00", False),
        ("\ud800", False),
    ],
)
def test_reference_numbers(client: Client, reference: str, accepted: bool) -> None:  # noqa: FBT001 - a case of the table
    """S2: a reference number is any printable text of up to 255 characters, and comes back as it was given."""
    body = json.dumps({"status": "Approved", "ean": QUARTERS, "referenceNumber": reference}).encode()
    answer = client.ask("POST", paths.MOCK_MANDATE, content=body, headers=JSON)
    if not accepted:
        assert_refused(answer, HTTPStatus.BAD_REQUEST, "referenceNumber")
        return
    assert [one["referenceNumber"] for one in client.mandates({"referenceNumber": reference})] == [reference]


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:01Z", "0999-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
@pytest.mark.parametrize("name", ["dataPeriodFrom", "dataPeriodTo", "mandateExpirationDate"])
def test_far_years_come_back_as_they_were_given(client: Client, name: str, moment: str) -> None:
    """S2: a moment in any year of the calendar is kept, and written in four digits of a year."""
    beside = {"dataPeriodTo": {"dataPeriodFrom": "0001-01-01T00:00:00Z"}}.get(name, {})
    client.mock(QUARTERS, **(beside | {name: moment}))
    [one] = client.mandates()
    assert one[name] == moment


def test_the_clock_is_the_environments(client: Client) -> None:
    """A3: what is left out follows from the moment of the request."""
    client.platform.clock.now = datetime(2028, 2, 29, 12, 0, tzinfo=UTC)
    client.sign_in(client.platform.renew(client.issued))
    client.mock(QUARTERS)
    [one] = client.mandates()
    assert one["dataPeriodFrom"] == "2025-02-27T23:00:00Z"
    assert one["mandateExpirationDate"] == "2031-02-28T23:00:00Z"
