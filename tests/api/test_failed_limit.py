"""How often authentications may fail that come from one address."""

import json
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, Final

import pytest
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response

from kwartier.app import assemble
from kwartier.domain.control import Endpoint
from kwartier.gateway.context import Declared, Permission
from kwartier.gateway.entrance import Entrance
from kwartier.gateway.geography import OpenGeography
from kwartier.gateway.limits import RateLimiter, peer_subject
from kwartier.gateway.peer import Proxies
from kwartier.gateway.refusal import RefusalError
from kwartier.gateway.targets import Target
from kwartier.services.authentication import Authenticator
from kwartier.services.environment import sandbox
from kwartier.services.limits import Allowance, MemoryLimiter
from support.engines import Template
from support.platform import NOW, Client, Platform, new_platform

LIMIT: Final = 3
PEER: Final = "192.0.2.1"
OTHER: Final = "192.0.2.2"


class Listening(MemoryLimiter):
    """Remembers whom it counted."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.subjects: list[str] = []

    def take(self, subject: str, now_seconds: float) -> Allowance:
        """Count."""
        self.subjects.append(subject)
        return super().take(subject, now_seconds)


class Door:
    """An entrance, and the ways to knock."""

    def __init__(self, platform: Platform) -> None:
        self.client: Client = platform.client()
        self.failures = Listening(LIMIT)
        limiter = RateLimiter(MemoryLimiter(1000), self.failures, platform.hasher)
        assembled = assemble(platform.settings, platform.clock)
        self.close = assembled.close
        authenticator = Authenticator(platform.database, platform.hasher, assembled.tokens)
        self.entrance = Entrance(authenticator, limiter, Proxies.parse(""), OpenGeography())
        self._environment = sandbox(platform.database)

    def knock(self, peer: str | None = PEER, after: float = 0, **headers: str) -> int:
        """The status with which a request is refused, 200 if it is let in."""
        refusal = self.refusal(peer, after, **headers)
        return 200 if refusal is None else refusal.status

    def refusal(self, peer: str | None = PEER, after: float = 0, **headers: str) -> RefusalError | None:
        """Why a request goes no further; without headers it is a good one."""
        sent = Headers(self.client.headers | {name.replace("_", "-"): text for name, text in headers.items()})
        target = Target(FastAPI(), _nothing, Declared(Permission.SUBSCRIPTION), self._environment)
        scope = {"type": "http", "client": peer and (peer, 50000), "headers": sent.raw}
        return self.entrance.enter(target, scope, sent, b"", NOW + timedelta(seconds=after)).refusal

    def ask_token(
        self, status: int, peer: str | None = PEER, struck_as: Endpoint | None = Endpoint.TOKEN
    ) -> Any:
        """What becomes of an answer of the token endpoint."""
        target = Target(FastAPI(), _nothing, Declared(Permission.NOTHING, struck_as=struck_as))
        address = None if peer is None else ip_address(peer)
        return self.entrance.leave(target, JSONResponse({"error": "x"}, status), NOW, address)


def _nothing(_request: object) -> Response:
    return Response()


@pytest.fixture
def door(template: Template, portal: BlockingPortal) -> Iterator[Door]:
    """An entrance that nobody knocked at yet."""
    with new_platform(template, portal) as platform:
        door = Door(platform)
        yield door
        door.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"Subscription_Key": "0" * 64},
        {"Subscription_Key": ""},
        {"Authorization": "Bearer x"},
        {"Authorization": ""},
    ],
    ids=["unknown key", "no key", "bad token", "no token"],
)
def test_beyond_the_limit_a_failure_is_429(door: Door, wrong: dict[str, Any]) -> None:
    """C4: what would be 401 is 429 once too many failed from that address, whatever was wrong, until the minute is over."""
    assert [door.knock(**wrong) for _ in range(LIMIT + 2)] == [401] * LIMIT + [429] * 2
    assert door.knock(OTHER, **wrong) == 401
    assert [door.knock(after=59.9, **wrong), door.knock(after=60, **wrong)] == [429, 401]


def test_good_credentials_pass(door: Door) -> None:
    """C4: good credentials pass from an address at its limit, and count for nothing."""
    assert [door.knock() for _ in range(LIMIT * 3)] == [200] * LIMIT * 3
    assert not door.failures.subjects
    for _ in range(LIMIT * 2):
        door.knock(Authorization="Bearer x")
    assert door.knock() == 200
    assert door.knock(Authorization="Bearer x") == 429


def test_it_says_when_to_go_on(door: Door) -> None:
    """C4, C6: the refusal has the one error body, `Retry-After`, and where the address stands: `RateLimit-*`."""
    for _ in range(LIMIT):
        door.knock(Authorization="")
    refusal = door.refusal(after=20, Authorization="")
    assert refusal is not None
    answer = refusal.response()
    assert answer.headers["retry-after"] == "40"
    told = {name: value for name, value in answer.headers.items() if name.startswith("ratelimit")}
    assert told == {"ratelimit-limit": str(LIMIT), "ratelimit-remaining": "0", "ratelimit-reset": "40"}
    assert "www-authenticate" not in answer.headers
    assert json.loads(bytes(answer.body)).keys() == {"Type", "Code", "Message"}
    assert "40 seconds" in refusal.message
    assert PEER not in refusal.message


def test_the_token_endpoint_counts_along(door: Door) -> None:
    """C4: what fails at the token endpoint and elsewhere is counted together, and refused in the form of each."""
    statuses = [
        door.ask_token(401).status_code,
        door.knock(Authorization=""),
        door.ask_token(401).status_code,
    ]
    assert statuses == [401] * LIMIT
    refusal = door.ask_token(401)
    assert refusal.reason == "address_limit"
    answer = refusal.response()
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert answer.headers["retry-after"] == "60"
    assert answer.headers["ratelimit-remaining"] == "0"
    assert answer.headers["cache-control"] == "no-store"
    assert json.loads(answer.body)["error"] == "temporarily_unavailable"
    assert door.knock(Authorization="") == 429
    assert door.ask_token(401, OTHER).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("status", [400, 401])
def test_whatever_gets_no_token_counts(door: Door, status: int) -> None:
    """C4: a token request that is wrong in any way counts for its address, and its answer says what is left."""
    answers = [door.ask_token(status) for _ in range(LIMIT)]
    assert [answer.status_code for answer in answers] == [status] * LIMIT
    left = [int(answer.headers["ratelimit-remaining"]) for answer in answers]
    assert left == list(reversed(range(LIMIT)))
    assert {answer.headers["ratelimit-limit"] for answer in answers} == {str(LIMIT)}
    assert door.ask_token(status).status == HTTPStatus.TOO_MANY_REQUESTS


@pytest.mark.parametrize("status", [200, 500, 503])
def test_tokens_and_faults_of_ours_count_for_nothing(door: Door, status: int) -> None:
    """C4: a token that is granted, or a fault that is ours, is nobody's failure."""
    answers = [door.ask_token(status).status_code for _ in range(LIMIT * 2)]
    assert answers == [status] * LIMIT * 2
    assert not door.failures.subjects
    assert [door.ask_token(401, struck_as=None).status_code for _ in range(LIMIT * 2)] == [401] * LIMIT * 2


def test_an_exception_of_the_endpoint_goes_on(door: Door) -> None:
    """C6: what the token endpoint raises is not answered here."""
    target = Target(FastAPI(), _nothing, Declared(Permission.NOTHING, struck_as=Endpoint.TOKEN))
    error = RuntimeError("broken")
    assert door.entrance.leave(target, error, NOW, ip_address(PEER)) is error


def test_an_address_is_kept_as_a_hash(door: Door) -> None:
    """A2: where failures are counted, nobody reads from which address they came."""
    door.knock(Authorization="")
    [subject] = door.failures.subjects
    assert PEER not in subject
    assert len(subject) == 64


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::", "192.0.2.1", False),
    ],
)
def test_whose_failures_count_together(one: str, other: str, *, together: bool) -> None:
    """C4: an address of IPv4 counts for itself, one of IPv6 with its network of 64 bits."""
    assert (peer_subject(ip_address(one)) == peer_subject(ip_address(other))) is together


def test_who_has_no_address_counts_with_all_who_have_none() -> None:
    """C4: failures from addresses that can't be told are counted, together."""
    assert peer_subject(None) == peer_subject(None)
    assert peer_subject(None) not in {peer_subject(ip_address(text)) for text in ("0.0.0.0", "::")}  # noqa: S104 - not listened on


def test_over_http(template: Template, portal: BlockingPortal) -> None:
    """C4: the gateway counts failures by the address of who asks, at both doors; good credentials pass."""
    with new_platform(template, portal, failed_limit=2) as platform:
        client = platform.client()
        wrong = [platform.ask_token(client.issued, client_secret="x").status_code for _ in range(3)]
        assert wrong == [401, 401, 429]
        assert platform.ask_token(client.issued, grant_type="password").status_code == 429
        assert client.ask("GET", "/api/mandate", headers={"Authorization": "Bearer x"}).status_code == 429
        assert client.get("/api/mandate").status_code == 200
        assert platform.ask_token(client.issued).status_code == 200
