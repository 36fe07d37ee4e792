"""My client and somebody else's meter: consent is asked, given, forgotten, and ends with a move."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from kwartier.testing import RefusedError, SandboxClient
from metering import MeteringClient

EAN = "541440110000000007"
NOW = datetime(2026, 4, 1, 8, tzinfo=UTC)
DAY = datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 2, 23, tzinfo=UTC)


@pytest.fixture
def client(kwartier_sandbox: SandboxClient) -> MeteringClient:
    """My client, on 1 April 2026; the meter is a bakery's."""
    sandbox = kwartier_sandbox
    sandbox.control.clock.set(NOW, running=False)
    sandbox.control.portal.give(EAN, "Bakkerij De Smet")
    return MeteringClient(sandbox.base_url, sandbox.token_endpoint, sandbox.credentials.as_environment())


def test_nothing_comes_before_consent(client: MeteringClient, kwartier_sandbox: SandboxClient) -> None:
    """Requested is not Approved: the data is there once the grid user consents."""
    mandate = kwartier_sandbox.control.portal.ask(EAN)
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        client.quarter_hours(EAN, *DAY)
    kwartier_sandbox.control.portal.consent(mandate)
    assert len(client.quarter_hours(EAN, *DAY)) == 96


def test_a_month_of_silence_is_a_refusal(client: MeteringClient, kwartier_sandbox: SandboxClient) -> None:
    """Who does not answer within a month has not consented; then one asks again."""
    mandate = kwartier_sandbox.control.portal.ask(EAN)
    shown = []
    for moment in (mandate.next[0].since - timedelta(seconds=1), mandate.next[0].since):
        kwartier_sandbox.control.clock.set(moment, running=False)
        shown.append(client.mandates()[0]["status"])
    assert shown == ["Requested", "Rejected"]
    with pytest.raises(RefusedError, match="nothing to consent to"):
        kwartier_sandbox.control.portal.consent(mandate)


def test_a_renewal_needs_consent_again(client: MeteringClient, kwartier_sandbox: SandboxClient) -> None:
    """Three years on, consent is asked anew; until it comes the old term runs on."""
    portal, clock = kwartier_sandbox.control.portal, kwartier_sandbox.control.clock
    mandate = portal.consent(portal.ask(EAN))
    clock.set(mandate.next[0].since, running=False)
    shown = [client.mandates()[0]["renewalStatus"]]
    portal.renew(mandate)
    shown.append(client.mandates()[0]["renewalStatus"])
    portal.consent(mandate)
    assert shown == ["ToBeRenewed", "RenewalRequested"]
    assert "renewalStatus" not in client.mandates()[0]


def test_a_move_takes_back_what_came_after_it(
    client: MeteringClient, kwartier_sandbox: SandboxClient
) -> None:
    """The bakery moved a month ago, and the operator hears of it now: my copy of later values must go."""
    portal = kwartier_sandbox.control.portal
    portal.consent(portal.ask(EAN))
    assert len(client.quarter_hours(EAN, *DAY)) == 96
    noon = DAY[0] + timedelta(hours=12)
    portal.move(EAN, effective=noon, grid_user="Slagerij Claes")
    assert client.mandates()[0]["dataPeriodTo"] == f"{noon:%Y-%m-%dT%H:%M:%SZ}"
    assert len(client.quarter_hours(EAN, *DAY)) == 48


def test_a_contract_is_missing(client: MeteringClient, kwartier_sandbox: SandboxClient) -> None:
    """In the real world a meter that is not my own needs a data access contract, or there is 403."""
    portal = kwartier_sandbox.control.portal
    portal.consent(portal.ask(EAN))
    portal.contract("approved")  # but the credentials were not renewed since
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        client.quarter_hours(EAN, *DAY)
