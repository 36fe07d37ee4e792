"""The platform while its PostgreSQL is away: who asks is told to come back, and need not be told twice."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

import httpx
import pytest
from anyio.from_thread import BlockingPortal

from kwartier.db.engine import Database, UnavailableError
from kwartier.domain.credentials import EnvironmentName
from kwartier.services.readiness import database_fault
from kwartier.wire import paths
from support.outage import FailingServer, failing_server
from support.platform import Client, Platform, assert_refused, portal

__all__ = ["failing_server", "portal"]

ENERGY: Final = ("541448800000000007", "2025-09-01T22:00:00Z", "2025-09-02T22:00:00Z")


@pytest.fixture
def platform(failing_server: FailingServer, portal: BlockingPortal) -> Iterator[Platform]:
    """A platform that counts in the database, as one of several machines does."""
    platform = Platform(failing_server.url, portal, rate_limit_store="database")
    yield platform
    platform.http.close()
    platform.close()


@pytest.fixture
def clients(platform: Platform) -> tuple[Client, Client]:
    """Somebody in the sandbox, and somebody live; both have asked before."""
    both = platform.client(), platform.client(EnvironmentName.LIVE)
    for one in both:
        assert one.get(paths.MANDATE).status_code == HTTPStatus.OK
    return both


def assert_unavailable(answer: httpx.Response) -> None:
    """C6: 503 in the one form, with the time after which to ask again."""
    assert_refused(answer, HTTPStatus.SERVICE_UNAVAILABLE, "can't be reached")
    assert int(answer.headers["retry-after"]) > 0


def test_who_asks_while_the_server_is_away_is_told_to_come_back(
    failing_server: FailingServer, platform: Platform, clients: tuple[Client, Client]
) -> None:
    """C6: each request that needs the database gets 503, as often as it is asked, and is served when it is back."""
    sandboxed, live = clients
    failing_server.stop()
    for _ in range(4):
        for one in clients:
            assert_unavailable(one.get(paths.MANDATE))
            assert_unavailable(one.ask("GET", paths.MANDATE, headers={"Subscription-Key": "unknown"}))
        assert_unavailable(live.ask_energy(*ENERGY))
        assert_unavailable(platform.ask_token(sandboxed.issued))
    # Who shows no key is refused as ever: failures are counted here alone meanwhile (C4).
    assert_refused(platform.http.get(live.base + paths.MANDATE), HTTPStatus.UNAUTHORIZED)
    assert "connection" in (database_fault(platform.database) or "")
    failing_server.start()
    for one in clients:
        assert one.get(paths.MANDATE).status_code == HTTPStatus.OK
    assert_refused(live.ask_energy(*ENERGY), HTTPStatus.NOT_FOUND)
    assert database_fault(platform.database) is None


def test_every_way_to_use_a_database_tells_that_it_is_away(failing_server: FailingServer) -> None:
    """C6: a database that never was reached is told as one that may be reached later, by each way."""
    failing_server.stop()
    database = Database(failing_server.url)
    for way in (database.reading, database.glancing, database.writing, database.noting):
        with pytest.raises(UnavailableError), way():
            pass
    database.close()
