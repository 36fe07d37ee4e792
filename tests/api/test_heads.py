"""Heads that say something twice, and bodies that come packed."""

import gzip
import json
from http import HTTPStatus
from typing import Final

import pytest

from kwartier.wire import paths
from support.platform import BASE, Client, Platform, assert_refused

_MOCK: Final = json.dumps({"status": "Approved", "ean": "541440110000000007"}).encode()
_SINGLE: Final = [
    "Authorization",
    "Ocp-Apim-Subscription-Key",
    "Subscription-Key",
    "Host",
    "Content-Type",
    "Content-Encoding",
]


@pytest.mark.parametrize("name", _SINGLE)
@pytest.mark.parametrize("same", [True, False], ids=["the same", "another"])
def test_a_header_that_stands_once_is_refused_twice(client: Client, name: str, *, same: bool) -> None:
    """C2, C5: where another program could take the second of two, neither counts: 400 names the header, on every path."""
    first = client.headers.get(name, "localhost")
    sent = [(one, text) for one, text in client.headers.items() if one != name]
    doubled = [*sent, (name, first), (name.lower(), first if same else "other")]
    for path in (BASE + paths.MANDATE, BASE + paths.HEALTH, client.platform.token_path):
        answer = client.platform.http.request("GET", path, headers=doubled)
        told = assert_refused(answer, HTTPStatus.BAD_REQUEST)["ValidationErrorMessages"]
        assert told == [f"{name.lower()}: given more than once"]


def test_two_subscription_keys_are_refused(client: Client) -> None:
    """C2, C5: a proxy might judge by the one name and we by the other, so both say the same, on every path."""
    key = client.headers["Subscription-Key"]
    both = client.headers | {"Ocp-Apim-Subscription-Key": key}
    assert client.platform.http.get(BASE + paths.MANDATE, headers=both).status_code == HTTPStatus.OK
    for first, second in ((key, "other"), ("other", key), ("", key)):
        two = client.headers | {"Ocp-Apim-Subscription-Key": first, "Subscription-Key": second}
        for path in (BASE + paths.MANDATE, BASE + paths.HEALTH):
            answer = client.platform.http.get(path, headers=two)
            assert_refused(answer, HTTPStatus.BAD_REQUEST, "subscription-key: another key")


def test_every_header_that_is_doubled_is_named(platform: Platform) -> None:
    """C6: all that stands twice is named at once; what may stand twice may."""
    headers = [("Authorization", "a"), ("Subscription-Key", "b"), ("Accept", "text/html")] * 2
    told = assert_refused(platform.http.get("/", headers=headers), HTTPStatus.BAD_REQUEST)
    assert [one.partition(":")[0] for one in told["ValidationErrorMessages"]] == [
        "authorization",
        "subscription-key",
    ]
    assert platform.http.get("/", headers=[("Accept", "a"), ("Accept", "b")]).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("coding", "body"),
    [("gzip", gzip.compress(_MOCK, mtime=0)), ("br", _MOCK), ("x, y", _MOCK)],
    ids=["gzip", "br", "two"],
)
def test_a_packed_body_is_refused(client: Client, coding: str, body: bytes) -> None:
    """C5, C6: where a body is read whole it comes as it is; any other coding is 415, and says what is taken."""
    for base, path, media_type in (
        (BASE, paths.MOCK_MANDATE, "application/json"),
        ("", client.platform.token_path, "application/x-www-form-urlencoded"),
        (paths.CONTROL, "/clock", "application/json"),
    ):
        method = "PUT" if path == "/clock" else "POST"
        headers = {"Content-Type": media_type, "Content-Encoding": coding}
        answer = client.platform.http.request(
            method, base + path, content=body, headers=client.headers | headers
        )
        assert_refused(answer, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "identity")
        assert answer.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("coding", ["identity", " Identity ", ""])
def test_a_body_may_say_that_it_is_not_packed(client: Client, coding: str) -> None:
    """C5: identity is no coding."""
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    answer = client.ask("POST", paths.MOCK_MANDATE, content=_MOCK, headers=headers)
    assert answer.status_code == HTTPStatus.OK, answer.text
