"""The listener for those who watch."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

import httpx
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text

from kwartier.db.engine import Database
from kwartier.services.readiness import database_fault
from kwartier.telemetry.listener import LIVE, METRICS, READY, Listener
from kwartier.telemetry.metrics import Metrics
from support.engines import Template
from support.platform import Platform
from telemetry.logged import Logging


@contextmanager
def listening(*checks: Callable[[], str | None], host: str = "127.0.0.1") -> Iterator[httpx.Client]:
    """A listener with these checks, and who asks it."""
    registry = CollectorRegistry()
    Metrics(registry).refused("sandbox", "not_found")
    with Listener(host, 0, registry, checks) as listener:
        address = f"http://[{host}]:{listener.port}" if ":" in host else f"http://{host}:{listener.port}"
        with httpx.Client(base_url=address, trust_env=False, timeout=60) as http:
            yield http


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_metrics_are_told(host: str) -> None:
    """C6: Prometheus finds what was counted, in its own format."""
    with listening(host=host) as http:
        answer = http.get(METRICS)
        newer = http.get(METRICS, headers={"Accept": "application/openmetrics-text;version=1.0.0"})
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'kwartier_refusals_total{environment="sandbox",reason="not_found"} 1.0' in answer.text.splitlines()
    assert newer.headers["content-type"].startswith("application/openmetrics-text")
    assert newer.text.endswith("# EOF\n")


def test_it_is_ready_when_every_check_says_so(logging_as_served: Logging) -> None:
    """C6: readiness asks anew each time, and names all that is wrong; liveness asks nothing."""
    logged = logging_as_served()
    faults: list[str | None] = [None, None]
    with listening(lambda: faults[0], lambda: faults[1]) as http:
        assert (http.get(READY).status_code, http.get(READY).text) == (200, "ready\n")
        assert logged.text == ""
        faults[:] = ["no database", "it is stopping"]
        unready = http.get(READY)
        assert http.get(LIVE).status_code == HTTPStatus.OK
        faults[:] = [None, None]
        assert http.get(READY).status_code == HTTPStatus.OK
    assert (unready.status_code, unready.text) == (503, "no database\nit is stopping\n")
    assert [event["fault"] for event in logged.events("not_ready")] == ["no database", "it is stopping"]


def test_a_check_that_fails_is_a_fault(logging_as_served: Logging) -> None:
    """C6: a check that crashes tells the log why, and who asks only that it did."""
    logged = logging_as_served()

    def crash() -> str | None:
        raise RuntimeError("inside")

    with listening(crash) as http:
        answer = http.get(READY)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "inside" not in answer.text
    [event] = logged.events("check_failed")
    assert "inside" in event["exception"]


def test_it_answers_nothing_else() -> None:
    """C6: other paths and methods are refused; a question without a body gets the head alone."""
    with listening() as http:
        assert http.get("/").status_code == HTTPStatus.NOT_FOUND
        assert http.post(METRICS).status_code == HTTPStatus.NOT_IMPLEMENTED
        head = http.head(f"{READY}?x=1")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == "6"


def test_it_ends() -> None:
    """C6: when it is closed, nobody listens any more, though somebody is connected."""
    with listening() as http:
        assert http.get(LIVE).status_code == HTTPStatus.OK
        port = http.base_url.port
        assert port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 5)


def test_a_database_that_is_in_order_has_no_fault(fresh_platform: Platform) -> None:
    """C6: the schema of this version is one to work with."""
    assert database_fault(fresh_platform.database) is None


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("update alembic_version set version_num = '0001'", "its schema is 0001"),
        ("delete from alembic_version", "its schema is None"),
        ("drop table alembic_version", "it has no schema of ours"),
    ],
)
def test_a_database_of_another_schema_is_a_fault(any_template: Template, statement: str, told: str) -> None:
    """C6: a database that is older, newer or somebody else's is not worked with, on either engine."""
    with any_template() as url:
        database = Database(url)
        with database.writing() as connection:
            connection.execute(text(statement))
        fault = database_fault(database)
        database.close()
    assert fault is not None
    assert told in fault


def test_a_database_that_is_not_reached_is_a_fault() -> None:
    """C6: a server that is not there is a fault, which does not tell the password."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    database = Database(f"postgresql://kwartier:hidden@127.0.0.1:{port}/kwartier")
    fault = database_fault(database)
    database.close()
    assert fault is not None
    assert "127.0.0.1" in fault
    assert "hidden" not in fault
