"""What comes off a connection that is no request, or half of one; and what goes back."""

import json
import logging
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from time import monotonic
from typing import Any, Final
from uuid import UUID

import httpx
import pytest

from kwartier.api import energy
from kwartier.gateway import lingering, protocol
from kwartier.gateway.context import MAX_BODY
from kwartier.gateway.http_rules import MAX_HEADERS, MAX_TARGET
from kwartier.telemetry.events import Event
from kwartier.testing import Sandbox
from kwartier.wire import paths
from kwartier.wire.errors import CODES
from support.raw import PATIENCE, RawAnswer, connect, read_all, read_answer, send_raw
from support.running import lately
from support.serving import until

_HOST: Final = b"Host: kwartier.test\r\n"
_JSON: Final = b"Content-Type: application/json\r\n"
EAN: Final = "541440010000000007"


@pytest.fixture(autouse=True)
def waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time is over, but where a test says so: a connection that is closed was closed for what came over it."""
    for name in ("_HEAD_SECONDS", "_BODY_SECONDS", "_WRITE_SECONDS"):
        monkeypatch.setattr(protocol, name, 2 * PATIENCE)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox on a port."""
    with Sandbox(rate_limit=100_000) as sandbox:
        yield sandbox


@pytest.fixture
def address(sandbox: Sandbox) -> str:
    """Its address."""
    return sandbox.base_url


@pytest.fixture
def mock(sandbox: Sandbox) -> bytes:
    """The path of POST mandate/mock."""
    return httpx.URL(sandbox.base_url + paths.MOCK_MANDATE).raw_path


@pytest.fixture
def health(sandbox: Sandbox) -> bytes:
    """The path of GET health."""
    return httpx.URL(sandbox.base_url + paths.HEALTH).raw_path


def _headers(sandbox: Sandbox) -> dict[str, str]:
    known = sandbox.credentials
    form = {name: getattr(known, name) for name in ("grant_type", "scope", "client_id", "client_secret")}
    token = httpx.post(known.token_endpoint, data=form, timeout=60).json()["access_token"]
    return {"Authorization": f"Bearer {token}", "Subscription-Key": known.subscription_key}


def _as_bytes(headers: dict[str, str]) -> bytes:
    return "".join(f"{name}: {text}\r\n" for name, text in headers.items()).encode()


def assert_refused(answer: RawAnswer, status: HTTPStatus) -> None:
    """The one error body, at the level of bytes."""
    assert answer.status == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert str(UUID(answer.headers["x-correlation-id"])) == answer.headers["x-correlation-id"]
    body = answer.json()
    assert body["Type"] == "ClientError"
    assert body["Code"] == CODES[status]
    assert body["Message"].endswith(".")
    assert ("ValidationErrorMessages" in body) == (status is HTTPStatus.BAD_REQUEST)


NOT_REQUESTS: Final = {
    "no HTTP": b"hello\r\n\r\n",
    "TLS": bytes.fromhex("16030100c2010000be0303") + b"\x00" * 60,
    "a method that is no token": b"FET{CH / HTTP/1.1\r\n" + _HOST + b"\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a version that does not exist": b"GET / HTTP/1.7\r\n" + _HOST + b"\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\n" + _HOST + _HOST + b"\r\n",
    "bytes in the path": b"GET /\xff\xfe HTTP/1.1\r\n" + _HOST + b"\r\n",
    "a blank in the path": b"GET /a b HTTP/1.1\r\n" + _HOST + b"\r\n",
    "no target": b"GET  HTTP/1.1\r\n" + _HOST + b"\r\n",
    "lines without returns": b"GET / HTTP/1.1\n" + _HOST + b"\n",
    "a blank before a colon": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\n" + _HOST + b"A: b\r\n c\r\n\r\n",
    "a null in a header": b"GET / HTTP/1.1\r\n" + _HOST + b"A: \x00\r\n\r\n",
    "length and chunks": b"POST / HTTP/1.1\r\n"
    + _HOST
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\n" + _HOST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n1234",
    "a length that is none": b"POST / HTTP/1.1\r\n" + _HOST + b"Content-Length: -1\r\n\r\n",
    "a length beyond all": b"POST / HTTP/1.1\r\n"
    + _HOST
    + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "chunks that are not the last coding": b"POST / HTTP/1.1\r\n"
    + _HOST
    + b"Transfer-Encoding: chunked, gzip\r\n\r\n",
    "a body that is packed on the way": b"POST / HTTP/1.1\r\n"
    + _HOST
    + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "a coding on a line of its own": b"POST / HTTP/1.1\r\n"
    + _HOST
    + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks twice": b"POST / HTTP/1.1\r\n"
    + _HOST
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("data", NOT_REQUESTS.values(), ids=NOT_REQUESTS)
def test_what_is_no_request_is_refused_like_all_else(address: str, data: bytes) -> None:
    """C6: what can't be read as a request, or proxies read differently, gets one refusal, and the connection closes."""
    answer, rest = send_raw(address, data)
    assert_refused(answer, HTTPStatus.BAD_REQUEST)
    assert answer.headers["connection"] == "close"
    assert parsedate_to_datetime(answer.headers["date"]).tzinfo is UTC
    assert rest == b""


@pytest.mark.parametrize("method", [b"FOO", b"get", b"M-SEARCH", b"PLAY", b"x!#$%&'*+.^_`|~-9", b"PUTT"])
def test_a_method_that_nobody_knows_is_not_taken(address: str, health: bytes, method: bytes) -> None:
    """C6: a method that is well written and not known is 405 where a path is, 404 where none is; and the connection goes on."""
    for path, status in ((health, HTTPStatus.METHOD_NOT_ALLOWED), (b"/nowhere", HTTPStatus.NOT_FOUND)):
        request = method + b" " + path + b" HTTP/1.1\r\n" + _HOST
        answer, rest = send_raw(
            address,
            request
            + b"Content-Length: 4\r\n\r\nbodyGET "
            + health
            + b" HTTP/1.1\r\n"
            + _HOST
            + b"Connection: close\r\n\r\n",
        )
        assert_refused(answer, status)
        assert answer.headers.get("allow") == ("GET, HEAD, OPTIONS" if status == 405 else None)
        assert rest.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("chunks", [b"zz\r\n", b"-1\r\n", b"1\r\nab\r\n", b"5 \r\nabcde\r\n", b"\r\n"])
def test_a_body_in_bad_chunks_is_refused(address: str, mock: bytes, chunks: bytes) -> None:
    """C6: chunks that are none are refused, and the endpoint never sees half a body."""
    head = b"POST " + mock + b" HTTP/1.1\r\n" + _HOST + _JSON + b"Transfer-Encoding: chunked\r\n\r\n"
    answer, rest = send_raw(address, head + chunks)
    assert_refused(answer, HTTPStatus.BAD_REQUEST)
    assert rest == b""


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /" + b"x" * (MAX_TARGET + 100), HTTPStatus.REQUEST_URI_TOO_LONG),
        (b"GET /" + b"x" * 600_000, HTTPStatus.REQUEST_URI_TOO_LONG),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * (MAX_HEADERS + 100), HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 600_000, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
        # Whole, and yet in the same read beyond all that may stand around a body.
        (
            b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 120_000 + b"\r\n\r\n",
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        ),
    ],
)
def test_a_head_that_is_too_large_is_refused(address: str, data: bytes, status: HTTPStatus) -> None:
    """C5: 414 and 431 come as refusals, however much is sent; one that never ends is not waited for."""
    end = b" HTTP/1.1\r\n" if data.startswith(b"GET /x") else b"\r\n"
    with connect(address) as connection:
        connection.sendall(data)
        if len(data) < 600_000:
            connection.sendall(end + _HOST + b"Connection: close\r\n\r\n")
        assert_refused(read_answer(connection), status)
        read_all(connection)


def test_headers_without_end_are_not_kept(address: str) -> None:
    """C5: many small headers are refused too, before they are all there."""
    with connect(address) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 50_000)
        assert_refused(read_answer(connection), HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)


def test_chunks_without_content_are_not_read_for_ever(address: str, mock: bytes) -> None:
    """C5: a body whose chunks carry more around them than in them is refused."""
    head = b"POST " + mock + b" HTTP/1.1\r\n" + _HOST + _JSON + b"Transfer-Encoding: chunked\r\n\r\n"
    with connect(address) as connection:
        connection.sendall(head + (b"1;" + b"x" * 5000 + b"\r\na\r\n") * 120)
        assert_refused(read_answer(connection), HTTPStatus.BAD_REQUEST)


@pytest.mark.parametrize("told", [True, False])
def test_a_client_that_still_sends_reads_why_it_is_refused(address: str, mock: bytes, told: bool) -> None:  # noqa: FBT001 - a case
    """C5, C6: 413 reaches a client that is in the middle of its body, whether it told the length or not."""
    length = b"Content-Length: 3000000\r\n" if told else b"Transfer-Encoding: chunked\r\n"
    body = b"x" * 3_000_000 if told else b"2dc6c0\r\n" + b"x" * 3_000_000 + b"\r\n0\r\n\r\n"
    with connect(address) as connection:
        connection.sendall(b"POST " + mock + b" HTTP/1.1\r\n" + _HOST + _JSON + length + b"\r\n" + body)
        assert_refused(read_answer(connection, "POST"), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        assert read_all(connection) == b""


def test_what_follows_an_answer_to_half_a_request_is_not_served(
    address: str, mock: bytes, health: bytes
) -> None:
    """C6: where a body was refused unread, its bytes are never taken for a next request."""
    inside = b"GET " + health + b" HTTP/1.1\r\n" + _HOST + b"\r\n"
    head = (
        b"POST "
        + mock
        + b" HTTP/1.1\r\n"
        + _HOST
        + b"Content-Type: text/plain\r\nContent-Length: 100000\r\n\r\n"
    )
    with connect(address) as connection:
        connection.sendall(head)
        assert_refused(read_answer(connection, "POST"), HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        connection.sendall(inside)
        assert read_all(connection) == b""


def test_a_trailer_is_no_header(sandbox: Sandbox, mock: bytes) -> None:
    """C2: credentials behind a body are no credentials."""
    head = (
        b"POST "
        + mock
        + b" HTTP/1.1\r\n"
        + _HOST
        + _JSON
        + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    answer, _ = send_raw(
        sandbox.base_url, head + b"2\r\n{}\r\n0\r\n" + _as_bytes(_headers(sandbox)) + b"\r\n", "POST"
    )
    assert_refused(answer, HTTPStatus.UNAUTHORIZED)


def test_a_body_is_asked_for_only_when_it_is_wanted(sandbox: Sandbox, mock: bytes) -> None:
    """C5: a client that waits for leave gets `100 Continue`, or the refusal of a body that is not wanted."""
    start = b"POST " + mock + b" HTTP/1.1\r\n" + _HOST + b"Expect: 100-continue\r\n"
    with connect(sandbox.base_url) as connection:
        connection.sendall(start + _JSON + f"Content-Length: {MAX_BODY + 1}\r\n\r\n".encode())
        assert_refused(read_answer(connection, "POST"), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    with connect(sandbox.base_url) as connection:
        body = json.dumps({"status": "Approved", "ean": EAN}).encode()
        length = f"Content-Length: {len(body)}\r\n".encode()
        connection.sendall(start + _JSON + length + _as_bytes(_headers(sandbox)) + b"\r\n")
        leave = b"HTTP/1.1 100 Continue\r\n\r\n"
        assert connection.recv(len(leave), socket.MSG_WAITALL) == leave
        connection.sendall(body)
        assert read_answer(connection, "POST").status == HTTPStatus.OK


@pytest.mark.parametrize(
    ("target", "method", "status"),
    [
        (b"http://elsewhere.example", b"GET", HTTPStatus.OK),
        (b"http://elsewhere.example/nowhere?x=y", b"GET", HTTPStatus.NOT_FOUND),
        (b"*", b"OPTIONS", HTTPStatus.NO_CONTENT),
        (b"*", b"GET", HTTPStatus.NOT_FOUND),
        (b"elsewhere.example:443", b"CONNECT", HTTPStatus.METHOD_NOT_ALLOWED),
        (b"/", b"TRACE", HTTPStatus.METHOD_NOT_ALLOWED),
    ],
)
def test_every_form_of_target_is_answered(
    address: str, target: bytes, method: bytes, status: HTTPStatus
) -> None:
    """C6: a whole address, the server itself and a tunnel are targets too; none of them leads elsewhere."""
    answer, rest = send_raw(
        address, method + b" " + target + b" HTTP/1.1\r\n" + _HOST + b"Connection: close\r\n\r\n"
    )
    assert answer.status == status
    assert rest == b""
    assert ("allow" in answer.headers) == (status in {204, 405})


def test_another_protocol_is_not_spoken(address: str, health: bytes) -> None:
    """C6: a request to change to another protocol is answered as it stands, and nothing after it."""
    asked = b"GET " + health + b" HTTP/1.1\r\n" + _HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    with connect(address) as connection:
        connection.sendall(asked + b"\x81\x05hello")
        assert read_answer(connection).json() == {"status": "ok"}
        with suppress(ConnectionError):
            connection.sendall(asked)
            assert read_all(connection) == b""


def test_the_answer_before_a_fault_comes_whole(address: str, health: bytes) -> None:
    """C6: what is no request behind one that is does not spoil its answer."""
    good = b"GET " + health + b" HTTP/1.1\r\n" + _HOST + b"\r\n"
    with connect(address) as connection:
        connection.sendall(good + b"rubbish\r\n\r\n")
        assert read_answer(connection).json() == {"status": "ok"}
        assert read_all(connection) == b""


def test_a_connection_serves_one_request_after_another(address: str, health: bytes) -> None:
    """C9: requests on one connection, sent at once or one by one, are answered in order."""
    one = b"GET " + health + b" HTTP/1.1\r\n" + _HOST + b"\r\n"
    with connect(address) as connection:
        connection.sendall(one * 3)
        for _ in range(3):
            assert read_answer(connection).json() == {"status": "ok"}
        for part in (one[:10], one[10:30], one[30:]):
            connection.sendall(part)
        assert read_answer(connection).json() == {"status": "ok"}


@contextmanager
def _log(caplog: pytest.LogCaptureFixture) -> Iterator[list[logging.LogRecord]]:
    """What is logged meanwhile."""
    caplog.clear()
    with caplog.at_level(logging.INFO):
        yield caplog.records


def _hang_up(connection: socket.socket) -> None:
    """Go without a word: the connection is reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _lines(records: list[logging.LogRecord], path: str) -> list[logging.LogRecord]:
    """What the access log tells of a path, once it does; others' lines may come when their answers are long there."""

    def found() -> list[logging.LogRecord]:
        told = [(record, record.msg) for record in records if record.name == "kwartier.access"]
        return [
            record
            for record, event in told
            if isinstance(event, Event) and str(event.fields.get("path")).endswith(path)
        ]

    until(lambda: bool(found()))
    return found()


def test_a_client_that_hangs_up_within_its_body(
    sandbox: Sandbox, mock: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """C6: half a body is never served; the log has one line of it, without a traceback."""
    asked = b"POST " + mock + b" HTTP/1.1\r\n" + _HOST + _JSON + _as_bytes(_headers(sandbox))
    before = len(sandbox.control.journal())
    with _log(caplog) as records:
        connection = connect(sandbox.base_url)
        connection.sendall(asked + b'Content-Length: 100\r\n\r\n{"status":')
        _hang_up(connection)
        [line] = _lines(records, paths.MOCK_MANDATE)
    assert not line.exc_info
    assert not [record for record in records if record.levelno >= logging.WARNING]
    assert len(sandbox.control.journal()) == before


def test_a_client_that_hangs_up_within_its_answer(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    """C6: who goes away while his answer comes leaves no traceback, and the server goes on."""
    sandbox.control.mandate(EAN)
    path = httpx.URL(sandbox.base_url + paths.ENERGY, params={"ean": EAN} | lately()).raw_path
    headers = _as_bytes(_headers(sandbox))
    with _log(caplog) as records:
        connection = connect(sandbox.base_url)
        connection.sendall(b"GET " + path + b" HTTP/1.1\r\n" + _HOST + headers + b"\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        _hang_up(connection)
        [_] = _lines(records, paths.ENERGY)
    assert not [record for record in records if record.levelno >= logging.WARNING]
    assert httpx.get(sandbox.base_url + paths.HEALTH, timeout=60).status_code == HTTPStatus.OK


def test_a_crash_after_the_head_closes_the_connection(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """C6: an answer that fails in its middle is not ended as if it were whole, and tells nothing of the inside."""
    sandbox.control.mandate(EAN)

    def breaking(*_: Any) -> Iterator[bytes]:
        yield b'{"data":'
        raise RuntimeError("secret")

    monkeypatch.setattr(energy, "energy_answer", breaking)
    query = {"ean": EAN} | lately(1)
    with _log(caplog), pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
        httpx.get(sandbox.base_url + paths.ENERGY, params=query, headers=_headers(sandbox), timeout=60)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("_HEAD_SECONDS", b""),
        ("_HEAD_SECONDS", b"GET / HTTP/1.1\r\nHost:"),
        ("_BODY_SECONDS", b"POST {mock} HTTP/1.1\r\n" + _HOST + _JSON + b"Content-Length: 5\r\n\r\n123"),
    ],
)
def test_a_client_that_stops_sending_is_left(
    address: str, mock: bytes, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes
) -> None:
    """C6: a connection on which half a request stands still is closed."""
    monkeypatch.setattr(protocol, name, 0.2)
    with connect(address) as connection:
        connection.sendall(data.replace(b"{mock}", mock))
        with suppress(ConnectionResetError):
            assert read_all(connection) == b""


def test_a_client_that_stops_reading_is_left(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """C6: a connection on which an answer stands still is closed."""
    monkeypatch.setattr(protocol, "_WRITE_SECONDS", 0.3)
    sandbox.control.mandate(EAN)
    path = httpx.URL(sandbox.base_url + paths.ENERGY, params={"ean": EAN} | lately()).raw_path
    headers = _as_bytes(_headers(sandbox))
    with connect(sandbox.base_url) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall((b"GET " + path + b" HTTP/1.1\r\n" + _HOST + headers + b"\r\n") * 3)
        until(lambda: _is_reset(connection))


def _is_reset(connection: socket.socket) -> bool:
    """Whether the other side is gone, without reading anything."""
    return bool(
        struct.unpack("B", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1))[0] in {7, 8}
    )


def test_lingering_ends(address: str, mock: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """C6: a refused client that never stops sending is not listened to for ever."""
    monkeypatch.setattr(lingering, "_LINGER_SECONDS", 0.2)
    head = b"POST " + mock + b" HTTP/1.1\r\n" + _HOST + _JSON + b"Content-Length: 99999999\r\n\r\n"
    with connect(address) as connection:
        connection.sendall(head)
        assert_refused(read_answer(connection, "POST"), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        ends = monotonic() + PATIENCE
        gone = False
        while not gone and monotonic() < ends:
            try:
                connection.sendall(b"x" * 10_000)
            except (ConnectionResetError, BrokenPipeError):
                gone = True
        assert gone
