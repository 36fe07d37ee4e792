"""What the log of a serving process says, and what it never says."""

import asyncio
import logging
import re
import warnings
from contextvars import copy_context
from http import HTTPStatus
from typing import Any, Final

import pytest
import uvicorn
from anyio import to_thread
from anyio.from_thread import BlockingPortal
from sqlalchemy import text

from kwartier.telemetry.events import Event, Log, correlate, is_fit_for_log
from kwartier.telemetry.masking import mask
from kwartier.telemetry.requests import Watching, watched
from kwartier.wire import paths
from support.platform import BASE, Client, Platform, assert_refused
from telemetry.counting import Counted, counting
from telemetry.logged import Logging

EAN: Final = "541440110000000007"
DAY: Final = ("2025-09-01T22:00:00Z", "2025-09-02T22:00:00Z")
REFERENCE: Final = "REF-123456"


def test_a_request_is_one_event(client: Client, logging_as_served: Logging) -> None:
    """C6: what was asked, answered and by whom is one event, which the correlation id of the answer finds."""
    client.mock(EAN)
    logged = logging_as_served()
    answer = client.ask_energy(EAN, *DAY)
    [event] = logged.events("request")
    assert event.pop("ms") > 0
    assert 0 < event.pop("bytes") < len(answer.content)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", event.pop("timestamp"))
    assert event == {
        "level": "info",
        "logger": "kwartier.access",
        "event": "request",
        "correlation_id": answer.headers["x-correlation-id"],
        "method": "GET",
        "path": BASE + paths.ENERGY,
        "status": 200,
        "environment": "sandbox",
        "client_id": client.issued.credentials.client_id,
    }


def test_a_refusal_says_why(client: Client, logging_as_served: Logging) -> None:
    """C6, A2: a refused request has a reason, one of few words, and nothing of what was asked."""
    logged = logging_as_served()
    assert_refused(client.ask_energy(EAN + "9", *DAY), HTTPStatus.BAD_REQUEST)
    assert_refused(client.ask("DELETE", paths.MANDATE), HTTPStatus.METHOD_NOT_ALLOWED)
    assert_refused(client.get(f"/{EAN}"), HTTPStatus.NOT_FOUND)
    told = [(event["path"], event["status"], event["reason"]) for event in logged.events("request")]
    assert told == [
        (BASE + paths.ENERGY, 400, "bad_request"),
        (BASE + paths.MANDATE, 405, "method_not_allowed"),
        ("(no such path)", 404, "not_found"),
    ]
    assert EAN not in logged.text


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_whole_flow_at_debug_tells_nothing_secret(
    counted: Counted, logging_as_served: Logging, log_format: str
) -> None:
    """A2: from token to energy, renewal and refusals, no secret, token, key, EAN or address is logged or counted."""
    platform = counted.platform
    logged = logging_as_served("debug", log_format)
    client = platform.client()
    secrets = [*_secrets(client), EAN, REFERENCE, "wrong-secret", "127.0.0.1"]
    client.mock(EAN, referenceNumber=REFERENCE)
    client.mandates({"ean": EAN, "referenceNumber": REFERENCE})
    client.slots(EAN, *DAY)
    for wrong in ("541440110000000008", "x" + EAN, EAN + EAN):
        client.ask_energy(wrong, *DAY)
    client.get(f"{paths.MANDATE}/{EAN}")
    client.ask("GET", paths.MANDATE, headers={"Subscription-Key": "0" * 64})
    client.ask(
        "GET", paths.MANDATE, headers={"Authorization": f"Bearer x{client.headers['Authorization'][7:]}"}
    )
    client.ask("GET", f"{paths.MANDATE}?subscription-key={client.issued.subscription_key}")
    client.ask("GET", paths.MANDATE, headers={"X-Correlation-Id": EAN})
    client.ask("GET", paths.MANDATE, headers={"X-Correlation-Id": str(client.issued.client_secret)})
    platform.ask_token(client.issued, client_secret="wrong-secret")
    platform.ask_token(client.issued, scope=EAN)
    client.ask("GET", "/faults", base=paths.CONTROL)
    client.sign_in(platform.renew(client.issued))
    platform.revoke(client.issued)
    client.get(paths.MANDATE)
    secrets += [*_secrets(client), platform.settings.pepper.get_secret_value()]
    assert BASE + paths.ENERGY in logged.text
    assert client.issued.credentials.client_id in logged.text
    shown = logged.text + str(counted.samples())
    assert not [secret for secret in secrets if secret in shown]


def _secrets(client: Client) -> list[str]:
    """What opens anything for a client."""
    token = client.headers["Authorization"].removeprefix("Bearer ")
    secrets = [client.issued.client_secret, client.issued.subscription_key, token, token.rpartition(".")[2]]
    assert all(secrets)
    return [secret for secret in secrets if secret]


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_crash_is_told_without_values(
    fresh_platform: Platform, logging_as_served: Logging, log_format: str
) -> None:
    """A2, C6: what crashed is in the log with its correlation id, and with no value of any variable."""
    client = fresh_platform.client()
    with fresh_platform.database.writing() as connection:
        connection.execute(text("drop table mandate_phase"))
    logged = logging_as_served("debug", log_format)
    answer = client.get(paths.MANDATE, {"ean": EAN, "referenceNumber": REFERENCE})
    assert_refused(answer, HTTPStatus.INTERNAL_SERVER_ERROR)
    assert "request_failed" in logged.text
    assert "mandate_phase" in logged.text
    assert logged.text.count(answer.headers["x-correlation-id"]) >= 2
    for secret in (*_secrets(client), EAN, REFERENCE):
        assert secret not in logged.text


def test_an_exception_that_quotes_a_secret_is_masked(logging_as_served: Logging) -> None:
    """A2: also what an exception says, or the one that caused it, goes through the mask."""
    logged = logging_as_served()
    log = Log("kwartier.test")
    try:
        _fail()
    except ValueError:
        log.exception("request_failed")
    [event] = logged.events()
    assert "KeyError" in event["exception"]
    assert "ValueError" in event["exception"]
    assert EAN not in logged.text
    assert "abab" not in logged.text


def _fail() -> None:
    try:
        dict[str, str]()[EAN]
    except KeyError as error:
        raise ValueError(f"client_secret={'ab' * 32}") from error


_PARTS: Final = "receiving", "waiting", "entrance", "work", "journal", "sending"


def test_a_slow_request_tells_where_its_time_went(
    portal: BlockingPortal, fresh_platform: Platform, logging_as_served: Logging
) -> None:
    """C6: a request above the threshold is warned of, with entrance, work and sending apart."""
    client = fresh_platform.client()
    client.mock(EAN)
    logged = logging_as_served("warning")
    client.ask_energy(EAN, *DAY)
    assert logged.text == ""
    fresh_platform.settings = fresh_platform.settings.model_copy(update={"slow_request_ms": 1})
    with counting(fresh_platform, portal):
        answer = client.ask_energy(EAN, *DAY)
    [event] = logged.events()
    assert (event["event"], event["level"], event["path"]) == ("slow_request", "warning", BASE + paths.ENERGY)
    assert event["correlation_id"] == answer.headers["x-correlation-id"]
    parts = [event[f"{part}_ms"] for part in _PARTS]
    assert min(parts) >= 0
    assert sum(parts) == pytest.approx(event["ms"], abs=0.05 * (len(parts) + 1))
    assert event["work_ms"] > 0
    assert event["sending_ms"] > 0


def test_all_that_is_logged_within_a_request_has_its_id(logging_as_served: Logging) -> None:
    """C6: a library, or a thread that works for the request, is found by the same correlation id; the next is not."""

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        watched(scope).named("request-7")
        await to_thread.run_sync(logging.getLogger("library").warning, "looked")
        await send({"type": "http.response.start", "status": 200})
        for part in (b"one", b"seven"):
            await send({"type": "http.response.body", "body": part, "more_body": True})

    async def ignore(*_: object) -> Any:
        """Take whatever is sent."""

    logged = logging_as_served()
    asyncio.run(Watching(app, None, slow_ms=0)({"type": "http", "method": "GET"}, ignore, ignore))
    logging.getLogger("library").warning("looked again")
    within, request, after = logged.events()
    assert within["correlation_id"] == request["correlation_id"] == "request-7"
    assert request["bytes"] == len("oneseven")
    assert "correlation_id" not in after


def test_nothing_is_told_below_the_level(client: Client, logging_as_served: Logging) -> None:
    """C6: at `warning`, requests that go well are not logged."""
    logged = logging_as_served("warning")
    client.mandates()
    assert logged.text == ""


def test_libraries_go_the_same_road(logging_as_served: Logging) -> None:
    """C6: what a library logs within a request is one event on one line, with the request's correlation id."""
    logged = logging_as_served()

    def serve() -> None:
        correlate("request-1")
        logging.getLogger("uvicorn.error").warning("first\nGET /forged 200 \x1b[2J%s", {"token": "abc"})

    copy_context().run(serve)
    logging.getLogger("alembic.runtime").info("running")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    first, second, third = logged.events()
    assert first["event"] == "first\\nGET /forged 200 \\x1b[2J{'token': ***}"
    assert (first["logger"], first["level"], first["correlation_id"]) == (
        "uvicorn.error",
        "warning",
        "request-1",
    )
    assert second["event"] == "running"
    assert "correlation_id" not in second
    assert "old" in third["event"]


def test_libraries_tell_no_rows(fresh_platform: Platform, logging_as_served: Logging) -> None:
    """A2: at `debug` the platform says more; libraries, which would show rows and headers, do not."""
    client = fresh_platform.client()
    logged = logging_as_served("debug")
    client.mandates()
    for name in ("sqlalchemy.engine.Engine", "asyncio", "httpcore.connection", "anything"):
        logging.getLogger(name).debug("row of %s", name)
    logging.getLogger("sqlalchemy.engine.Engine").info("select")
    Log("kwartier.test").debug("looked", count=1)
    assert {event["logger"] for event in logged.events()} == {"kwartier.access", "kwartier.test"}


def test_the_console_can_not_be_forged(logging_as_served: Logging) -> None:
    """C6: nothing in a line for a terminal begins another, or moves its cursor, also where a server had its own road."""
    uvicorn.Config("kwartier.app:worker")
    logged = logging_as_served("info", "console")
    logging.getLogger("uvicorn.error").warning("a\r\n\x1b[2Jb")
    Log("kwartier.test").info("looked", what="x\ny", why="\x1b[2J")
    assert len(logged.text.splitlines()) == 2
    assert "\x1b" not in logged.text


def test_auto_is_json_away_from_a_terminal(logging_as_served: Logging) -> None:
    """C6: without a terminal, `auto` writes lines that a machine reads."""
    logged = logging_as_served("info", "auto")
    Log("kwartier.test").info("looked", count=2, missing=None)
    [event] = logged.events("looked")
    assert event["count"] == 2
    assert "missing" not in event


def test_an_event_reads_as_a_line_in_other_logging() -> None:
    """C6, A2: who embeds the platform reads name and fields, on one line and masked."""
    told = str(Event("looked", {"path": "/a", "why": "x\ny", "ean": EAN, "token": "abc", "none": None}))
    assert told == "looked path=/a why=x\\ny ean=*** token=***"


def test_an_event_says_where_it_was_told(caplog: pytest.LogCaptureFixture) -> None:
    """C6: in other logging, an event points to the line of code that tells it."""
    with caplog.at_level(logging.INFO):
        Log("kwartier.test").info("looked")
    [record] = caplog.records
    assert record.filename == "test_logs.py"
    assert record.getMessage() == "looked"


@pytest.mark.parametrize(
    "given",
    [
        "my-id.42",
        "x" * 64,
        "order-123456789012345",
        "6f1c0b5e-0d7e-4a43-a4d8-a2f2b7d0c911",
        "6F1C0B5E-0D7E-4A43-A4D8-A2F2B7D0C911",
        "12345678-1234-1234-1234-123456789012",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ],
)
def test_an_id_of_a_client_that_is_taken_is_logged_as_it_is(given: str) -> None:
    """C6: short and plain ids, UUIDs and trace ids are taken, and the log does not mask them."""
    assert is_fit_for_log(given)
    assert mask(given) == given


@pytest.mark.parametrize(
    "given",
    [
        "",
        "x" * 65,
        "a b",
        "a\n",
        "a=b",
        "541440110000000000",
        "ean-541440110000000000",
        "54144011000.0000000",
        "5-4-1-4-4-0-1-1-0-0-0-0-0-0-0-0-0-0",
        "x_1234567890_123456",
        "541440110000000000abcdefabcdefab",
        "ab" * 20,
        "eyJhbGciOiJFUzI1NiJ9",
        "6f1c0b5e-0d7e-4a43-a4d8-a2f2b7d0c911-541440110000000000",
    ],
)
def test_an_id_of_a_client_that_may_hold_an_ean_is_not_taken(given: str) -> None:
    """A2, C6: what has as many digits as an EAN, however they are parted, or would be masked in the log, is no id for it."""
    assert not is_fit_for_log(given)
