"""The platform while its PostgreSQL is away: who asks is told to come back, and need not be told twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from time import monotonic
from typing import Final

import httpx
import pytest
from anyio.from_thread import BlockingPortal

from kwartier.db.engine import Database, UnavailableError
from kwartier.domain.credentials import EnvironmentName
from kwartier.patience import within
from kwartier.services.database_limiter import DatabaseLimiter
from kwartier.services.fallback_limiter import FallbackLimiter
from kwartier.services.limits import MemoryLimiter
from kwartier.services.readiness import database_fault
from kwartier.wire import paths
from support.outage import FailingServer, failing_server
from support.platform import Client, Platform, assert_refused, portal
from support.serving import until

__all__ = ["failing_server", "portal"]

pytestmark = pytest.mark.usefixtures("usual_bounds")

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


def test_who_asks_while_the_server_hangs_is_told_to_come_back(
    failing_server: FailingServer, platform: Platform, clients: tuple[Client, Client]
) -> None:
    """C4, C6: a server that gives no answer holds nobody up for long, needs no thread, and is used again when it goes on."""
    _, live = clients
    with failing_server.hanging():
        begun = monotonic()
        with ThreadPoolExecutor(24) as several:
            for answer in several.map(lambda _: live.get(paths.MANDATE), range(24)):
                assert_unavailable(answer)
        # Together they take five seconds; one after the other they would take two minutes.
        assert monotonic() - begun < 60
        # From here on it is known to be silent: of many requests hardly one tries it, for a second.
        begun = monotonic()
        for _ in range(150):
            assert_unavailable(live.get(paths.MANDATE))
            assert_refused(platform.http.get(live.base + paths.MANDATE), HTTPStatus.UNAUTHORIZED)
        assert monotonic() - begun < 75
        assert "answer" in (database_fault(platform.database) or "")
    until(lambda: live.get(paths.MANDATE).status_code == HTTPStatus.OK)
    assert_refused(live.ask_energy(*ENERGY), HTTPStatus.NOT_FOUND)


def test_pages_are_served_while_the_server_hangs(
    failing_server: FailingServer, platform: Platform, clients: tuple[Client, Client]
) -> None:
    """C6: what is open to anybody and asks the database is told to come back too, and all else is answered meanwhile."""
    asked = (paths.jwks_path(platform.settings.tenant_id), f"{paths.CONTROL}/ready")
    with failing_server.hanging(), ThreadPoolExecutor(2) as several:
        waiting = [several.submit(platform.http.get, path) for path in asked]
        assert platform.http.get(clients[1].base + paths.HEALTH).status_code == HTTPStatus.OK
        assert not any(one.done() for one in waiting)
        for one in waiting:
            assert_unavailable(one.result())


def test_a_limit_goes_on_while_its_server_hangs(
    failing_server: FailingServer, caplog: pytest.LogCaptureFixture
) -> None:
    """C4: what counts for all machines gives no answer: then each counts by itself, and the log says so."""
    database = Database(failing_server.url)
    shared = DatabaseLimiter(database, 5, "requests")
    limiter = FallbackLimiter(shared, MemoryLimiter(5), monotonic, "requests")
    assert limiter.take("one", 0).remaining == 4
    with failing_server.hanging():
        assert [limiter.take("one", 0).remaining for _ in range(3)] == [4, 3, 2]
    assert "limit_store_lost" in caplog.text
    database.close()


def test_a_command_waits_as_long_as_it_takes(failing_server: FailingServer) -> None:
    """C6: who serves has little time; an import, a backup or a migration has as much as it needs."""
    database = Database(failing_server.url)
    with database.glancing():
        pass  # it is connected
    with (
        within(0.5),
        pytest.raises(UnavailableError, match="answer in time"),
        database.glancing() as connection,
    ):
        connection.exec_driver_sql("select pg_sleep(60)")
    with database.glancing() as connection:
        assert connection.exec_driver_sql("select 1 from pg_sleep(1.5)").scalar() == 1
    database.close()


def test_what_another_keeps_locked_is_no_silence(failing_server: FailingServer) -> None:
    """C6: who waits for a lock in vain gives up; all others go on, and the server notices that he is gone."""
    database = Database(failing_server.url)
    with database.writing("something"), database.glancing() as watching:
        with within(1.5), pytest.raises(UnavailableError, match="in time"), database.writing("something"):
            pass
        until(lambda: _is_read(database))
        waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        until(lambda: watching.exec_driver_sql(waiting).scalar() == 0)
    database.close()


def _is_read(database: Database) -> bool:
    """Whether it is read from in a moment; on a busy machine that may take another one."""
    try:
        with within(1.5), database.glancing() as connection:
            return bool(connection.exec_driver_sql("select 1").scalar())
    except UnavailableError:
        return False
