"""My client against the sandbox, in bad weather too."""

from datetime import UTC, datetime
from http import HTTPStatus

import httpx
import pytest

from kwartier.testing import SandboxClient
from metering import MeteringClient

EAN = "541440110000000007"
DAY = datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 2, 23, tzinfo=UTC)


@pytest.fixture
def waits() -> list[float]:
    """For how long the client waited, in seconds: it notes that here, and goes on at once."""
    return []


@pytest.fixture
def client(kwartier_sandbox: SandboxClient, waits: list[float]) -> MeteringClient:
    """My client, with a mandate, on 1 April 2026."""
    sandbox = kwartier_sandbox
    sandbox.control.clock.set(datetime(2026, 4, 1, tzinfo=UTC))
    sandbox.control.mandate(EAN)
    return MeteringClient(
        sandbox.base_url, sandbox.token_endpoint, sandbox.credentials.as_environment(), waits.append
    )


def test_it_waits_longer_each_time(
    client: MeteringClient, kwartier_sandbox: SandboxClient, waits: list[float]
) -> None:
    """A server that is down for a moment is asked again, each time a little later."""
    kwartier_sandbox.control.fail(503, times=2, endpoint="energy")
    assert len(client.quarter_hours(EAN, *DAY)) == 96
    assert waits == [2, 4]


def test_it_gives_up_in_the_end(
    client: MeteringClient, kwartier_sandbox: SandboxClient, waits: list[float]
) -> None:
    """A server that stays down is an error, and not asked for ever."""
    kwartier_sandbox.control.fail(503, times=None, endpoint="energy")
    with pytest.raises(httpx.HTTPStatusError):
        client.quarter_hours(EAN, *DAY)
    assert waits == [2, 4, 8]


def test_it_waits_as_long_as_it_is_told(
    client: MeteringClient, kwartier_sandbox: SandboxClient, waits: list[float]
) -> None:
    """429 says with Retry-After when to come back."""
    kwartier_sandbox.control.fail(429, retry_after=17, endpoint="energy")
    assert len(client.quarter_hours(EAN, *DAY)) == 96
    assert waits == [17]


def test_it_asks_again_when_the_connection_breaks(
    client: MeteringClient, kwartier_sandbox: SandboxClient
) -> None:
    """An answer that ends in the middle is no answer."""
    kwartier_sandbox.control.cut(endpoint="energy")
    assert len(client.quarter_hours(EAN, *DAY)) == 96


def test_it_gets_a_new_token_when_one_expired(
    client: MeteringClient, kwartier_sandbox: SandboxClient
) -> None:
    """A token is used again, until it has expired; the journal tells what was asked."""
    client.mandates()
    kwartier_sandbox.control.expire_token(endpoint="energy")
    assert len(client.quarter_hours(EAN, *DAY)) == 96
    asked = [
        (entry.request.path.rpartition("/")[2], entry.answer.status)
        for entry in kwartier_sandbox.control.journal()
    ]
    assert asked == [
        ("mock", HTTPStatus.OK),
        ("token", HTTPStatus.OK),
        ("mandate", HTTPStatus.OK),
        ("energy", HTTPStatus.UNAUTHORIZED),
        ("token", HTTPStatus.OK),
        ("energy", HTTPStatus.OK),
    ]


def test_readings_arrive_days_later(client: MeteringClient, kwartier_sandbox: SandboxClient) -> None:
    """At the end of a day nothing of it has come in; four days later everything has."""
    control = kwartier_sandbox.control
    control.clock.set(DAY[1], running=False)
    control.mandate(EAN)  # that of April is not there yet
    assert client.quarter_hours(EAN, *DAY) == []
    control.clock.advance(days=4)
    assert len(client.quarter_hours(EAN, *DAY)) == 96


def test_a_mandate_is_renewed_or_expires(client: MeteringClient, kwartier_sandbox: SandboxClient) -> None:
    """Three months before its end a mandate is to be renewed; if nobody does, it gives nothing of later."""
    control = kwartier_sandbox.control
    control.mandate(EAN, mandateExpirationDate="2027-01-31T23:00:00Z")
    shown = []
    for year, month in ((2026, 10), (2026, 12), (2027, 3)):
        control.clock.set(datetime(year, month, 1, tzinfo=UTC))
        shown.append(client.mandates()[0].get("renewalStatus"))
    assert shown == [None, "ToBeRenewed", "Expired"]
    later = datetime(2027, 2, 10, 23, tzinfo=UTC), datetime(2027, 2, 11, 23, tzinfo=UTC)
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        client.quarter_hours(EAN, *later)
