"""Two clients in the two spellings of the sister API's clients: both get through, and agree."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
import pytest

from kwartier.domain.credentials import EnvironmentName
from kwartier.sandbox.eans import PREFIXES
from kwartier.services.tokens import scope_of
from support.clients import CamelClient, CapitalsClient, Credentials, MeteringClient, readings
from support.platform import BASE, ESCO_BASE, NOW, Platform
from support.running import running

QUARTERS: Final = "541440110000000007"
DAYS: Final = "541440100000000007"


def assert_agree(first: MeteringClient, second: MeteringClient, end: datetime) -> None:
    """Both clients get through the main job, and read the same values.

    Args:
        first: a client with credentials of its own.
        second: another.
        end: until when energy is asked; some days before now.
    """
    start = end - timedelta(days=10)
    told = []
    for client in (first, second):
        client.sign_in()
        assert client.mock(QUARTERS, "REF-1") == client.mock(DAYS, "REF-2") == "Approved"
        found = client.mandates("Approved", ["VH_dag", "VH_kwartier_uur"])
        assert {one["ean"]: one["dataServiceType"] for one in found} == {
            QUARTERS: "VH_kwartier_uur",
            DAYS: "VH_dag",
        }
        quarters = readings(client.energy(QUARTERS, start, end, ["hourly_quarterhourly"]))
        days = readings(client.energy(DAYS, start, end, ["daily", "hourly_quarterhourly"]))
        told.append((quarters, days))
    assert len(told[0][0]) == 10 * 96 * 2
    assert len(told[0][1]) >= 9 * 4
    assert told[0] == told[1]


@pytest.mark.parametrize(("first_base", "second_base"), [(BASE, ESCO_BASE), ("/ESCO-SBX/v3", BASE)])
def test_two_clients_get_through_and_agree(platform: Platform, first_base: str, second_base: str) -> None:
    """C7, C9: a client of either spelling gets from credentials to energy by changing the host, and both agree."""
    capitals = CapitalsClient(platform.http, first_base, _known(platform))
    camel = CamelClient(platform.http, second_base, _known(platform))
    assert_agree(capitals, camel, NOW - timedelta(days=5))


def _known(platform: Platform) -> Credentials:
    issued = platform.issue()
    return Credentials(
        str(platform.http.base_url.join(platform.token_path)),
        scope_of(EnvironmentName.SANDBOX),
        issued.credentials.client_id,
        issued.client_secret,
        issued.subscription_key or "",
    )


def test_two_clients_get_through_a_running_platform(tmp_path: Path) -> None:
    """C7, C9: the same two clients against a process, by its two base paths."""
    with running(tmp_path) as platform, httpx.Client(base_url=platform.address, timeout=60) as http:
        known = []
        for _ in range(2):
            issued = platform.credentials()
            names = ("token_endpoint", "scope", "client_id", "client_secret", "subscription_key")
            known.append(Credentials(**{name: issued[name] for name in names}))
        end = datetime.now(UTC).replace(hour=22, minute=0, second=0, microsecond=0) - timedelta(days=5)
        assert_agree(CapitalsClient(http, BASE, known[0]), CamelClient(http, ESCO_BASE, known[1]), end)


@pytest.fixture(scope="module")
def two_clients(shared_platform: Platform) -> tuple[MeteringClient, MeteringClient]:
    """A client of either spelling, signed in."""
    shared_platform.clock.now = NOW
    clients = (
        CapitalsClient(shared_platform.http, BASE, _known(shared_platform)),
        CamelClient(shared_platform.http, ESCO_BASE, _known(shared_platform)),
    )
    for client in clients:
        client.sign_in()
    return clients


# When a model that does not show itself in the middle of every month does.
_SEEN: Final = {
    83: datetime(2025, 4, 4, 4, tzinfo=UTC),
    91: datetime(2025, 7, 27, 4, tzinfo=UTC),
    92: datetime(2025, 7, 30, 4, tzinfo=UTC),
    93: datetime(2025, 3, 21, 5, tzinfo=UTC),
    97: datetime(2025, 4, 8, 4, tzinfo=UTC),
    98: datetime(2024, 10, 4, 4, tzinfo=UTC),
}


@pytest.mark.slow
@pytest.mark.parametrize("number", range(80, 100))
def test_two_clients_take_every_special_model(
    two_clients: tuple[MeteringClient, MeteringClient], platform: Platform, number: int
) -> None:
    """S4: of every special model of every prefix, clients of both spellings read the same values."""
    assert platform.clock.now == NOW
    end = _SEEN.get(number, datetime(2025, 7, 19, 4, tzinfo=UTC))
    for prefix in sorted(PREFIXES):
        ean = f"{prefix}0000004{number}"
        told = []
        for client in two_clients:
            assert client.mock(ean, "REF-1") == "Approved"
            told.append(readings(client.energy(ean, end - timedelta(days=12), end, [])))
        assert told[0] == told[1]
        assert told[0]
