"""HEAD, OPTIONS, and pages of other origins."""

from http import HTTPStatus
from typing import Final

import pytest
from anyio.from_thread import BlockingPortal
from starlette.types import Message

from kwartier.gateway.http_rules import HeadSentError, bodiless
from kwartier.wire import paths
from support.engines import Template
from support.platform import BASE, Client, Json, Platform, assert_refused, new_platform

EAN: Final = "541440110000000007"
DAY: Final = {
    "ean": EAN,
    "periodType": "readTime",
    "from": "2025-09-01T22:00:00Z",
    "to": "2025-09-02T22:00:00Z",
}
GETS: Final = [
    (paths.MANDATE, {}),
    (paths.ENERGY, DAY),
    (paths.HEALTH, {}),
    (paths.SWAGGER, {}),
    (paths.OPENAPI, {}),
]
# Of one answer alone, not of what is asked.
_ITS_OWN: Final = {"x-correlation-id", "ratelimit-remaining", "ratelimit-reset", "date"}


@pytest.mark.parametrize(("path", "params"), GETS, ids=[path for path, _ in GETS])
@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
def test_head_is_get_without_a_body(client: Client, path: str, params: dict[str, str], coding: str) -> None:
    """C6, C11: HEAD has the status and the headers of GET, its length included where that is known, and no body."""
    client.mock(EAN)
    how: Json = {"params": params, "headers": {"Accept-Encoding": coding}}
    got, head = client.ask("GET", path, **how), client.ask("HEAD", path, **how)
    assert got.status_code == head.status_code == HTTPStatus.OK
    assert len(got.content) > 0
    assert head.content == b""
    told = [
        {name: text for name, text in answer.headers.items() if name not in _ITS_OWN}
        for answer in (got, head)
    ]
    assert told[0] == told[1]
    assert ("content-length" in head.headers) == (path != paths.ENERGY)


def test_what_answers_head_may_send_a_body_in_vain(portal: BlockingPortal) -> None:
    """C6: of an answer to HEAD the head goes out alone, and once; what would follow need not be made."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def answer(*parts: bytes) -> None:
        sending = bodiless(send)
        await sending({"type": "http.response.start", "status": 200, "headers": []})
        for number, part in enumerate(parts, start=1):
            await sending({"type": "http.response.body", "body": part, "more_body": number < len(parts)})

    portal.call(answer, b"whole")
    with pytest.raises(HeadSentError):
        portal.call(answer, b"a", b"part")
    once = [
        {"type": "http.response.start", "status": 200, "headers": []},
        {"type": "http.response.body", "body": b"", "more_body": False},
    ]
    assert sent == once * 2


def test_head_is_refused_as_get_is(client: Client) -> None:
    """C5: HEAD needs credentials and a mandate like GET."""
    nobody = {"Subscription-Key": "", "Authorization": ""}
    for how, status in (
        ({"headers": nobody}, HTTPStatus.UNAUTHORIZED),
        ({"params": {}}, HTTPStatus.BAD_REQUEST),
        ({"params": DAY}, HTTPStatus.NOT_FOUND),
    ):
        answer = client.ask("HEAD", paths.ENERGY, **how)
        assert (answer.status_code, answer.content) == (status, b"")


def test_head_counts_as_a_request(template: Template, portal: BlockingPortal) -> None:
    """C4: who asks HEAD uses his limit."""
    with new_platform(template, portal, rate_limit=2) as strict:
        client = strict.client()
        left = [client.ask("HEAD", paths.MANDATE).headers["ratelimit-remaining"] for _ in range(2)]
        assert left == ["1", "0"]
        assert client.ask("HEAD", paths.MANDATE).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_head_makes_nothing(client: Client) -> None:
    """S2: HEAD where only POST is taken changes nothing."""
    asked = client.ask("HEAD", paths.MOCK_MANDATE, json={"status": "Approved", "ean": EAN})
    assert asked.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert client.mandates() == []


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        (BASE + paths.MANDATE, "GET, HEAD, OPTIONS"),
        (BASE + paths.MOCK_MANDATE.upper() + "/", "POST, OPTIONS"),
        (paths.CONTROL + "/clock", "GET, HEAD, PUT, DELETE, OPTIONS"),
    ],
)
def test_options_tells_what_is_allowed(platform: Platform, path: str, allow: str) -> None:
    """C5: OPTIONS needs no credentials, and says in `Allow` what a path takes."""
    answer = platform.http.options(path)
    assert (answer.status_code, answer.content) == (HTTPStatus.NO_CONTENT, b"")
    assert answer.headers["allow"] == allow
    assert answer.headers["x-correlation-id"]


def test_options_of_nothing_is_404(platform: Platform) -> None:
    """C6: a path that leads nowhere takes nothing."""
    assert_refused(platform.http.options(BASE + "/nowhere"), HTTPStatus.NOT_FOUND)


@pytest.mark.parametrize("method", ["OPTIONS", "GET", "POST"])
def test_pages_of_other_origins_get_no_leave(client: Client, method: str) -> None:
    """C5: no answer lets a page of another origin in, also not one that asks before."""
    asking = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    for path in (paths.MANDATE, paths.HEALTH, paths.SWAGGER, "/nowhere"):
        answer = client.ask(method, path, headers=asking)
        assert answer.status_code in {200, 204, 404, 405}
        assert not [name for name in answer.headers if name.startswith("access-control")]
