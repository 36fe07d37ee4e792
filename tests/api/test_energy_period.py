"""The bounds of a question for energy."""

from http import HTTPStatus
from typing import Final

import pytest

from kwartier.wire import paths
from support.platform import Client, assert_refused

EAN: Final = "541440110000000007"


@pytest.fixture
def client(client: Client) -> Client:
    """Somebody with a mandate over all time."""
    client.mock(
        EAN, dataPeriodFrom="0001-01-01T00:00:00Z", mandateExpirationDate="9999-12-31T23:59:59.999999Z"
    )
    return client


@pytest.mark.parametrize("missing", ["ean", "periodType", "from", "to"])
def test_what_is_required(client: Client, missing: str) -> None:
    """E1: EAN, kind of period and both its borders are required."""
    asked = {
        "ean": EAN,
        "periodType": "readTime",
        "from": "2025-09-01T00:00:00Z",
        "to": "2025-09-02T00:00:00Z",
    }
    assert client.get(paths.ENERGY, asked).status_code == HTTPStatus.OK
    del asked[missing]
    body = assert_refused(client.get(paths.ENERGY, asked), HTTPStatus.BAD_REQUEST)
    [fault] = body["ValidationErrorMessages"]
    assert fault.startswith(f"{missing}: is required")


@pytest.mark.parametrize(
    ("start", "end", "allowed"),
    [
        # Winter to summer: 185 Brussels days are an hour shorter than by the clock.
        ("2024-12-31T23:00:00Z", "2025-07-04T22:00:00Z", True),
        ("2024-12-31T23:00:00Z", "2025-07-04T23:00:00Z", True),
        ("2024-12-31T23:00:00Z", "2025-07-04T23:00:01Z", False),
        ("2024-12-31T23:00:00Z", "2025-07-05T22:00:00Z", False),
        # Summer to winter: they are an hour longer.
        ("2024-06-30T22:00:00Z", "2025-01-01T22:00:00Z", True),
        ("2024-06-30T22:00:00Z", "2025-01-01T23:00:00Z", True),
        ("2024-06-30T22:00:00Z", "2025-01-01T23:00:01Z", False),
        ("2024-06-30T22:00:00Z", "2025-01-02T23:00:00Z", False),
        # Within a season both are the same.
        ("2024-11-30T23:00:00Z", "2025-03-01T23:00:00Z", True),
        ("2025-03-30T22:00:00Z", "2025-10-01T22:00:00Z", True),
        ("2025-03-30T22:00:00Z", "2025-10-01T22:00:01Z", False),
        ("2025-03-30T22:00:00Z", "2025-10-02T22:00:00Z", False),
        # From any moment, by the clock.
        ("2025-03-05T10:20:30Z", "2025-09-06T10:20:30Z", True),
        ("2025-01-05T10:20:30Z", "2025-07-09T10:20:30.000001Z", False),
    ],
)
def test_at_most_185_days(client: Client, start: str, end: str, allowed: bool) -> None:  # noqa: FBT001 - a case of the table
    """E2: at most 185 days, by the clock or in Brussels days, whichever allows more."""
    answer = client.ask_energy(EAN, start, end)
    if allowed:
        assert answer.status_code == HTTPStatus.OK, answer.text
        return
    body = assert_refused(answer, HTTPStatus.BAD_REQUEST)
    assert body["ValidationErrorMessages"] == ["to: at most 185 days after from"]


@pytest.mark.parametrize("period_type", ["readTime", "insertTime"])
def test_186_days_by_insertion_are_refused_too(client: Client, period_type: str) -> None:
    """E2: the length is limited for both kinds of period, and only that is wrong."""
    answer = client.ask_energy(EAN, "2025-03-31T22:00:00Z", "2025-10-03T22:00:00Z", periodType=period_type)
    body = assert_refused(answer, HTTPStatus.BAD_REQUEST)
    assert body["ValidationErrorMessages"] == ["to: at most 185 days after from"]


@pytest.mark.parametrize(
    ("now", "period_type", "earliest", "just_before"),
    [
        ("2025-09-20T10:00:00Z", "readTime", "2022-09-19T22:00:00Z", "2022-09-19T21:59:59Z"),
        ("2025-09-20T10:00:00Z", "insertTime", "2025-03-19T23:00:00Z", "2025-03-19T22:59:59Z"),
        # After 22:00 UTC it is tomorrow in Brussels.
        ("2025-09-20T22:30:00Z", "readTime", "2022-09-20T22:00:00Z", "2022-09-20T21:59:59Z"),
        ("2025-09-20T22:30:00Z", "insertTime", "2025-03-20T23:00:00Z", "2025-03-20T22:59:59Z"),
        # The end of a month is clamped.
        ("2026-08-31T10:00:00Z", "insertTime", "2026-02-27T23:00:00Z", "2026-02-27T22:59:59Z"),
    ],
)
def test_how_far_back(client: Client, now: str, period_type: str, earliest: str, just_before: str) -> None:
    """E2: `from` lies at most three years back for readTime, six months for insertTime, from local midnight on."""
    client.at(now)
    end = earliest[:8] + "28T00:00:00Z"
    assert client.ask_energy(EAN, earliest, end, periodType=period_type).status_code == HTTPStatus.OK
    answer = client.ask_energy(EAN, just_before, end, periodType=period_type)
    [fault] = assert_refused(answer, HTTPStatus.BAD_REQUEST)["ValidationErrorMessages"]
    assert fault.startswith("from: at most")
    assert earliest in fault


def test_a_fraction_before_the_earliest_is_too_early(client: Client) -> None:
    """E2: the border is exact."""
    answer = client.ask_energy(EAN, "2022-09-19T21:59:59.999999Z", "2022-09-28T00:00:00Z")
    assert_refused(answer, HTTPStatus.BAD_REQUEST, "three years")


@pytest.mark.parametrize("end", ["2025-09-01T00:00:00Z", "2025-08-31T23:59:59Z", "2024-01-01T00:00:00Z"])
def test_to_is_after_from(client: Client, end: str) -> None:
    """E2: `to` at or before `from` is 400."""
    body = assert_refused(client.ask_energy(EAN, "2025-09-01T00:00:00Z", end), HTTPStatus.BAD_REQUEST)
    assert body["ValidationErrorMessages"] == ["to: must be after from"]


def test_a_future_to_is_allowed(client: Client) -> None:
    """E2: `to`, and `from` too, may lie in the future; then there is less, or nothing."""
    assert client.slots(EAN, "2025-09-10T00:00:00Z", "2026-01-01T00:00:00Z")
    assert client.slots(EAN, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z") == []


def test_a_younger_mandate_gives_fewer_slots(client: Client) -> None:
    """E2: that a mandate begins later than `from` is no error."""
    client.mock("541440110000000008", dataPeriodFrom="2025-09-05T22:00:00Z")
    slots = client.slots("541440110000000008", "2025-08-31T22:00:00Z", "2025-09-06T22:00:00Z")
    assert len(slots) == 96


FAR: Final = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T12:00:00Z",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00Z",
    "2105-03-27T01:00:00Z",
    "9999-12-31T22:30:00Z",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59.999999999Z",
    "9999-12-31T23:59:59-14:00",
]


@pytest.mark.parametrize("period_type", ["readTime", "insertTime"])
@pytest.mark.parametrize("start", [*FAR, "2025-09-01T00:00:00Z"])
@pytest.mark.parametrize("end", [*FAR, "2025-09-01T00:00:00Z"])
def test_far_years_are_refused_or_answered(client: Client, start: str, end: str, period_type: str) -> None:
    """E2: `from` and `to` in any year of the calendar are refused, or answered with nothing."""
    answer = client.ask_energy(EAN, start, end, periodType=period_type)
    if answer.status_code != HTTPStatus.OK:
        assert_refused(answer, HTTPStatus.BAD_REQUEST)
        return
    assert "physicalMeters" not in answer.json()["data"]["headpoint"]
