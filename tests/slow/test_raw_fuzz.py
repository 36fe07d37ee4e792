"""Thousands of requests as bytes, most of them wrong: each is answered or its connection closed, and none hurts."""

import json
import re
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from random import Random
from time import monotonic
from typing import Final

import httpx
import psutil
import pytest

from kwartier.domain.credentials import EnvironmentName
from kwartier.wire import paths
from support.raw import connect
from support.running import Running, running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

_SEED: Final = 20250920
_REQUESTS: Final = 6000
_AT_ONCE: Final = 24
_ANSWER_SECONDS: Final = 2.0  # for the first byte of an answer, at least
_MORE_SECONDS: Final = 0.2  # for more of it, where the connection stays open
_PATIENCE: Final = 25.0  # for the server to close; it waits for 30 for a body
_BASE: Final = paths.BASE_PATHS[EnvironmentName.SANDBOX][0]
_PATHS: Final = [
    *(
        _BASE + path
        for path in (paths.MANDATE, paths.ENERGY, paths.MOCK_MANDATE, paths.HEALTH, paths.SWAGGER)
    ),
    *(paths.CONTROL + path for path in ("/clock", "/faults", "/journal", "/state", "/ready")),
    *(
        "/",
        "*",
        "/nowhere",
        "//",
        "/%00",
        "/..%2f..",
        "/\xe9",
        "http://elsewhere.example/",
        "elsewhere.example:1",
    ),
]
_METHODS: Final = [
    "GET",
    "POST",
    "HEAD",
    "OPTIONS",
    "PUT",
    "DELETE",
    "PATCH",
    "TRACE",
    "CONNECT",
    "FETCH",
    "get",
    "",
]
_QUERIES: Final = [
    "",
    "?ean=541440110000000007&periodType=readTime&from=2026-10-01T22:00:00Z&to=2026-10-02T22:00:00Z",
    "?" + "&" * 3000,
    "?ean=%ff%fe&status=%00",
    "?" + "x" * 9000,
    "?from=%F0%9F%98%80",
]
_BODIES: Final = [
    b"",
    b'{"status":"Approved","ean":"541440110000000007"}',
    b"{" * 2000,
    b"[" * 60_000,
    b"grant_type=client_credentials&scope=x",
    b"\x00\xff" * 500,
    b'{"status":"\\ud800"}',
    b"x" * 70_000,
]
_UNUSUAL: Final = [
    "Accept-Encoding: gzip, zstd;q=x, *;q=",
    "Accept-Encoding: " + "gzip;q=0.1," * 500,
    "Content-Type: application/x-www-form-urlencoded",
    "Content-Type: text/\xe9",
    "Expect: 100-continue",
    "Expect: everything",
    "Connection: Upgrade",
    "Upgrade: h2c",
    "Authorization: Basic !!!",
    "Authorization: Basic Og==",
    "Authorization: Bearer e30.e30.e30.",
    "Authorization:",
    "X-Correlation-Id: <script>",
    "X-Forwarded-For: 1.2.3.4, [::1]:99, unknown",
    'Forwarded: for="[::',
    "Range: bytes=0-0",
    "If-None-Match: *",
    "Origin: null",
    "X: " + "y" * 40_000,
]
_WRONG: Final = [
    "Host: a",
    "Host:",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: identity",
    "Transfer-Encoding: xchunked",
    "Content-Length: 5",
    "Content-Length: -5",
    "Content-Length: 0x10",
    "Content-Length: 99999999999999",
    "A: \x01",
    " folded: x",
    "no colon",
    ": empty name",
]


def _request(random: Random, credentials: list[str]) -> bytes:
    """Bytes that may be a request."""
    method = random.choice(_METHODS if random.random() < 0.4 else ["GET", "POST"])
    target = random.choice(_PATHS) + random.choice(_QUERIES if random.random() < 0.4 else [""])
    odd = ["HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "http/1.1", ""]
    version = random.choice(odd) if random.random() < 0.1 else "HTTP/1.1"
    body = random.choice(_BODIES) if random.random() < 0.5 else b""
    headers = random.sample(_UNUSUAL, random.choice([0, 0, 1, 1, 2, 4]))
    headers += random.sample(_WRONG, random.choice([1, 2])) if random.random() < 0.15 else []
    headers += ["Host: kwartier.test"] if random.random() < 0.95 else []
    headers += ["Connection: close"] if random.random() < 0.5 else []
    headers += credentials if random.random() < 0.6 else []
    headers += ["Content-Type: application/json"] if random.random() < 0.6 else []
    if body and random.random() < 0.6:
        headers.append(f"Content-Length: {len(body)}")
    elif body and random.random() < 0.8:
        headers.append("Transfer-Encoding: chunked")
        body = _chunked(random, body)
    random.shuffle(headers)
    head = "\r\n".join([f"{method} {target} {version}", *headers, "", ""]).encode("latin-1")
    return _damaged(random, head + body)


def _chunked(random: Random, body: bytes) -> bytes:
    size = random.choice([1, 7, 1000, 70_000])
    parts = [body[start : start + size] for start in range(0, min(len(body), size * 50), size)]
    extension = random.choice([b"", b"", b";a=b", b";" + b"x" * 3000, b" "])
    chunks = b"".join(b"%x%s\r\n%s\r\n" % (len(part), extension, part) for part in parts)
    return chunks + random.choice([b"0\r\n\r\n", b"0\r\nHost: b\r\n\r\n", b"", b"-1\r\n", b"0\r\n"])


def _damaged(random: Random, data: bytes) -> bytes:
    """The bytes, or something that happened to them."""
    changes: list[Callable[[], bytes]] = [
        lambda: data[: random.randrange(len(data) + 1)],
        lambda: data.replace(b"\r\n", b"\n"),
        lambda: data + random.randbytes(random.randrange(200)),
        lambda: random.randbytes(random.randrange(400)) + data,
        lambda: data * 3,
        lambda: bytes(byte ^ (random.random() < 0.01) * random.randrange(256) for byte in data[:3000]),
    ]
    return random.choice(changes)() if random.random() < 0.2 else data


def _statuses(address: str, data: bytes, parts: int, answer_seconds: float) -> list[int]:
    """Send, in so many parts; the statuses of what comes back, if it begins to in time.

    A client that gets no answer hangs up at last, and sees whether the server does too.

    Raises:
        TimeoutError: neither answered nor closed.
    """
    received = b""
    with connect(address) as connection, suppress(ConnectionError):
        step = max(1, len(data) // parts)
        for start in range(0, len(data), step):
            connection.sendall(data[start : start + step])
        connection.settimeout(answer_seconds)
        try:
            while part := connection.recv(65536):
                received += part
                connection.settimeout(_MORE_SECONDS)
        except TimeoutError:
            if not received:
                _leave(connection)
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


def _leave(connection: socket.socket) -> None:
    """Say that nothing more comes, and wait for the server to close."""
    with suppress(ConnectionError):
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(_PATIENCE)
        while connection.recv(65536):
            pass


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A platform that serves, with limits out of the way."""
    with running(tmp_path_factory.mktemp("served"), settings={"RATE_LIMIT": "1000000"}) as platform:
        yield platform


def _headers(platform: Running, issued: dict[str, str]) -> dict[str, str]:
    token = platform.token(issued).json()["access_token"]
    return {"Authorization": f"Bearer {token}", "Subscription-Key": issued["subscription_key"]}


def test_no_bytes_hurt(platform: Running) -> None:
    """C6, C5: whatever bytes come, no answer is 5xx, no connection hangs, and the server serves on, no larger than before."""
    issued = platform.credentials()
    credentials = [f"{name}: {text}" for name, text in _headers(platform, issued).items()]
    random = Random(_SEED)  # noqa: S311 - it makes requests, no secrets
    sent = [(_request(random, credentials), random.choice([1, 1, 1, 2, 5])) for _ in range(_REQUESTS)]
    for path in ("/clock", "/state"):
        _assert_serves(platform, path)
    before = psutil.Process(platform.pid).memory_info().rss
    told: Counter[int] = Counter()
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        health, begun = platform.address + _BASE + paths.HEALTH, monotonic()
        at_once = threads.map(lambda _: httpx.get(health, timeout=60).status_code, range(_AT_ONCE))
        assert set(at_once) == {HTTPStatus.OK}
        seconds = max(_ANSWER_SECONDS, monotonic() - begun)  # so many are answered in that on this machine
        for statuses in threads.map(lambda one: _statuses(platform.address, one[0], one[1], seconds), sent):
            told.update(statuses)
    assert not {status: count for status, count in told.items() if status >= HTTPStatus.INTERNAL_SERVER_ERROR}
    assert told.keys() >= {200, 204, 400, 401, 404, 405, 413, 414, 415, 431}, told
    assert sum(told.values()) > _REQUESTS / 2
    for path in ("/clock", "/state"):
        _assert_serves(platform, path)
    grown = psutil.Process(platform.pid).memory_info().rss - before
    assert grown < 64 * 1024 * 1024
    assert _settles(platform), "connections are left"


def _settles(platform: Running) -> bool:
    """Whether within seconds nothing but the listening socket is left."""
    process = psutil.Process(platform.pid)
    ends = monotonic() + _PATIENCE
    while monotonic() < ends:
        if all(one.status == psutil.CONN_LISTEN for one in process.net_connections("tcp")):
            return True
    return False


def _assert_serves(platform: Running, path: str) -> None:
    """Somebody new is served as ever."""
    headers = _headers(platform, platform.credentials())
    answer = httpx.get(platform.address + paths.CONTROL + path, headers=headers, timeout=60)
    assert answer.status_code == HTTPStatus.OK
    assert answer.json()


def test_the_generator_makes_all_kinds() -> None:
    """The bytes that are sent are of many kinds: whole requests, halves, and none."""
    random = Random(_SEED)  # noqa: S311 - it makes requests, no secrets
    made: list[bytes] = [_request(random, []) for _ in range(500)]
    assert len({json.dumps(one.decode("latin-1")) for one in made}) > 450
    assert {one.split(b" ")[0] for one in made} >= {b"GET", b"POST", b"CONNECT", b"FETCH"}
