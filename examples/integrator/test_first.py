"""The first tests: does my client get quarter-hours, and does it try again?"""

from datetime import UTC, datetime

import pytest

from kwartier.testing import SandboxClient
from metering import MeteringClient

EAN = "541440110000000007"
DAY = datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 2, 23, tzinfo=UTC)


@pytest.fixture
def client(kwartier_sandbox: SandboxClient) -> MeteringClient:
    """My client, with a mandate, on 1 April 2026."""
    sandbox = kwartier_sandbox
    sandbox.control.clock.set(datetime(2026, 4, 1, tzinfo=UTC))
    sandbox.control.mandate(EAN)
    return MeteringClient(sandbox.base_url, sandbox.token_endpoint, sandbox.credentials.as_environment())


def test_a_day_has_96_quarter_hours(client: MeteringClient) -> None:
    """Token and energy."""
    assert len(client.quarter_hours(EAN, *DAY)) == 96


def test_it_fails_twice_and_then_succeeds(client: MeteringClient, kwartier_sandbox: SandboxClient) -> None:
    """A server that is down for a moment is asked again; it says that one need not wait."""
    kwartier_sandbox.control.fail(503, times=2, endpoint="energy", retry_after=0)
    assert len(client.quarter_hours(EAN, *DAY)) == 96
