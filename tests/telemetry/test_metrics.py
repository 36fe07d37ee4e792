"""What is counted and measured."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import pytest
from anyio.from_thread import BlockingPortal
from prometheus_client import CollectorRegistry

from kwartier.telemetry.metrics import MEASURED, Metrics
from kwartier.telemetry.requests import NO_PATH, Watching
from kwartier.wire import paths
from support.platform import BASE, assert_refused, new_platform
from telemetry.counting import Counted, counting

EAN: Final = "541440110000000007"
DAY: Final = ("2025-09-01T22:00:00Z", "2025-09-02T22:00:00Z")
"""Of readings that came in."""


def test_answers_are_counted_where_they_were_given(counted: Counted) -> None:
    """C6: requests show by environment, endpoint, method and status; so does what they took and weighed."""
    client = counted.platform.client()
    client.mock(EAN)
    sizes = [len(client.ask_energy(EAN, *DAY).content) for _ in range(3)]
    where = {"environment": "sandbox", "endpoint": BASE + paths.ENERGY}
    assert counted.value("kwartier_requests_total", **where, method="GET", status="200") == 3
    assert counted.value("kwartier_request_seconds_count", **where) == 3
    assert 0 < counted.value("kwartier_request_seconds_sum", **where) < 30
    # As they were sent: compressed.
    assert 0 < counted.value("kwartier_answer_bytes_sum", **where) < sum(sizes)
    token = {"environment": "none", "endpoint": counted.platform.token_path}
    assert counted.value("kwartier_requests_total", **token, method="POST", status="200") == 1
    assert counted.value("kwartier_requests_in_flight") == 0


def test_refusals_are_counted_by_reason(counted: Counted) -> None:
    """C6: what was refused shows by reason, and nothing else does."""
    client = counted.platform.client()
    client.mandates()
    assert not [name for name, _, value in counted.samples() if name == "kwartier_refusals_total" and value]
    assert_refused(client.ask_energy("x", *DAY), HTTPStatus.BAD_REQUEST)
    assert_refused(client.ask_energy(EAN, *DAY), HTTPStatus.NOT_FOUND)
    for _ in range(2):
        answer = client.ask("GET", paths.MANDATE, headers={"Subscription-Key": "0" * 64})
        assert_refused(answer, HTTPStatus.UNAUTHORIZED)
    refused = {
        labels["reason"]: value
        for name, labels, value in counted.samples()
        if name == "kwartier_refusals_total"
    }
    assert refused == {"bad_request": 1, "not_found": 1, "unauthorized": 2}


def test_how_near_subscriptions_come_to_their_limit_shows(
    template: Callable[[], Any], portal: BlockingPortal
) -> None:
    """C4: each counted request tells the share that was used; what goes beyond shows as refused."""
    with new_platform(template, portal, rate_limit=4) as platform, counting(platform, portal) as counted:
        client = platform.client()
        statuses = [client.get(paths.MANDATE).status_code for _ in range(6)]
    assert statuses == [200] * 4 + [429] * 2
    assert counted.value("kwartier_limit_used_ratio_count", environment="sandbox") == 6
    assert counted.value("kwartier_limit_used_ratio_bucket", environment="sandbox", le="0.5") == 2
    assert counted.value("kwartier_limit_used_ratio_bucket", environment="sandbox", le="0.9") == 3
    assert counted.value("kwartier_limit_used_ratio_sum", environment="sandbox") == 0.25 + 0.5 + 0.75 + 3
    assert counted.value("kwartier_refusals_total", environment="sandbox", reason="subscription_limit") == 2


def test_no_label_is_chosen_by_a_client(counted: Counted) -> None:
    """A2: neither paths, methods nor ids of clients make new series."""
    client = counted.platform.client()
    client.mandates()
    client.ask("GET", paths.MANDATE.upper())
    for path in (f"/{EAN}", f"{paths.MANDATE}/{EAN}", "/x", "/y"):
        client.get(path)
    for method in ("BREW", "X" * 50):
        client.ask(method, paths.MANDATE)
    assert (
        counted.value(
            "kwartier_requests_total", environment="none", endpoint=NO_PATH, method="GET", status="404"
        )
        == 4
    )
    where = {"environment": "sandbox", "endpoint": BASE + paths.MANDATE}
    assert counted.value("kwartier_requests_total", **where, method="GET", status="200") == 2
    assert counted.value("kwartier_requests_total", **where, method="(other)", status="405") == 2
    shown = str(counted.samples())
    assert BASE + paths.MANDATE in shown
    for chosen in (EAN, "BREW", client.issued.credentials.client_id):
        assert chosen not in shown


def test_how_long_work_holds_the_database_shows(counted: Counted) -> None:
    """C6: each piece of work on the database is measured once, its connection given back."""
    client = counted.platform.client()
    before = sum(value for name, _, value in counted.samples() if name == "kwartier_database_seconds_count")
    client.mandates()
    samples = counted.samples()
    after = sum(value for name, _, value in samples if name == "kwartier_database_seconds_count")
    seconds = sum(value for name, _, value in samples if name == "kwartier_database_seconds_sum")
    assert after > before > 0
    assert 0 < seconds < 30


def test_rows_of_the_audit_are_counted_by_outcome() -> None:
    """C6: rows that were written and rows that could not be show apart, both from the beginning."""
    registry = CollectorRegistry()
    metrics = Metrics(registry)

    def value(outcome: str) -> float | None:
        return registry.get_sample_value("kwartier_audit_writes_total", {"outcome": outcome})

    assert (value("written"), value("failed")) == (0, 0)
    metrics.audited(3, written=True)
    metrics.audited(1, written=False)
    assert (value("written"), value("failed")) == (3, 1)


def test_an_answer_that_never_began_shows() -> None:
    """C6: a request whose connection was cut counts with status 0, and is not in flight for ever."""
    registry = CollectorRegistry()

    async def cut(*_: object) -> None:
        raise ConnectionResetError

    async def unused() -> Any:
        raise AssertionError

    async def send(_: Any) -> None:
        raise AssertionError

    app = Watching(cut, Metrics(registry), slow_ms=0)
    with pytest.raises(ConnectionResetError):
        asyncio.run(app({"type": "http", "method": "GET"}, unused, send))
    labels = {"environment": "none", "endpoint": NO_PATH, "method": "GET", "status": "0"}
    assert registry.get_sample_value("kwartier_requests_total", labels) == 1
    assert registry.get_sample_value("kwartier_requests_in_flight") == 0


def test_every_metric_is_made_as_it_is_described() -> None:
    """C6: what the platform registers is what the table of metrics says, with names that Prometheus likes."""
    registry = CollectorRegistry()
    Metrics(registry)
    made = {family.name: family for family in registry.collect()}
    described = {measured.name.removesuffix("_total"): measured for measured in MEASURED}
    assert made.keys() | {"kwartier_build_info"} == described.keys()
    for name, family in made.items():
        assert family.type == described[name].kind
        assert family.documentation == described[name].meaning
        assert (described[name].kind == "counter") == described[name].name.endswith("_total")
