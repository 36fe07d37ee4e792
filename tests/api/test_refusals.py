"""Refusals: their order, and the one error body."""

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from anyio.from_thread import BlockingPortal

from kwartier.api import energy, mandates, mock
from kwartier.gateway.context import MAX_BODY
from kwartier.gateway.http_rules import MAX_HEADERS, MAX_TARGET
from kwartier.registry import credentials as registry
from kwartier.services.tokens import Tokens
from kwartier.wire import paths
from support.engines import Template
from support.platform import (
    BASE,
    Client,
    Json,
    Platform,
    assert_refused,
    new_platform,
)

EAN: Final = "541440110000000007"
TOO_LONG: Final = {"referenceNumber": "x" * MAX_TARGET}
TOO_MUCH: Final = b" " * (MAX_BODY + 1)
TOO_MANY: Final = {"x-much": "x" * MAX_HEADERS}
JSON: Final = {"content-type": "application/json"}
TEXT: Final = {"content-type": "text/plain"}
NO_KEY: Final = {"Subscription-Key": ""}
NO_TOKEN: Final = {"Authorization": ""}


@dataclass(frozen=True)
class Wrong:
    """A request that is wrong in several ways, and the refusal that wins."""

    what: str
    status: HTTPStatus
    method: str = "GET"
    path: str = paths.ENERGY
    params: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    words: str = ""

    def ask(self, client: Client) -> httpx.Response:
        """The answer to it."""
        how: dict[str, Any] = {"params": self.params, "headers": self.headers}
        if self.content is not None:
            how["content"] = self.content
        return client.ask(self.method, self.path, **how)


NOBODY: Final = NO_KEY | NO_TOKEN
UNGRANTED: Final = {
    "ean": EAN,
    "periodType": "readTime",
    "from": "2025-09-01T00:00:00Z",
    "to": "2025-09-02T00:00:00Z",
}

BEFORE_CREDENTIALS: Final = [
    Wrong("no path, no credentials", HTTPStatus.NOT_FOUND, path="/api/nothing", headers=NOBODY, words="path"),
    Wrong("no path, wrong method", HTTPStatus.NOT_FOUND, "DELETE", "/api/nothing", words="path"),
    Wrong("no endpoint of the sandbox", HTTPStatus.NOT_FOUND, path="/api/mandate/energy/x", headers=NOBODY),
    Wrong("wrong method, no credentials", HTTPStatus.METHOD_NOT_ALLOWED, "DELETE", headers=NOBODY),
    Wrong(
        "wrong method, wrong body", HTTPStatus.METHOD_NOT_ALLOWED, "PUT", paths.MOCK_MANDATE, content=TOO_MUCH
    ),
    Wrong(
        "body too large, no credentials",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "POST",
        paths.MOCK_MANDATE,
        headers=JSON | NOBODY,
        content=TOO_MUCH,
    ),
    Wrong(
        "other media type, no credentials",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "POST",
        paths.MOCK_MANDATE,
        headers=TEXT | NOBODY,
        content=b"{}",
    ),
    Wrong(
        "target too long, no credentials", HTTPStatus.REQUEST_URI_TOO_LONG, params=TOO_LONG, headers=NOBODY
    ),
    Wrong(
        "headers too large, no credentials",
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        headers=TOO_MANY | NOBODY,
    ),
]
IN_ORDER: Final = [
    Wrong("key and token", HTTPStatus.UNAUTHORIZED, headers=NOBODY, words="subscription key"),
    Wrong("token and parameters", HTTPStatus.UNAUTHORIZED, headers=NO_TOKEN, words="token"),
    Wrong("key and parameters", HTTPStatus.UNAUTHORIZED, headers=NO_KEY, words="subscription key"),
    Wrong("parameters, nothing granted", HTTPStatus.BAD_REQUEST, params=UNGRANTED | {"periodType": "x"}),
    Wrong("nothing granted", HTTPStatus.NOT_FOUND, params=UNGRANTED, words="granted"),
]


@pytest.mark.parametrize("wrong", [*BEFORE_CREDENTIALS, *IN_ORDER], ids=lambda wrong: wrong.what)
def test_the_first_refusal_wins(client: Client, wrong: Wrong) -> None:
    """C5: of several refusals the one that stands first in the order is given."""
    assert_refused(wrong.ask(client), wrong.status, wrong.words)


@pytest.mark.parametrize("wrong", [*BEFORE_CREDENTIALS, *IN_ORDER[:3]], ids=lambda wrong: wrong.what)
def test_what_comes_before_the_rate_limit(template: Template, portal: BlockingPortal, wrong: Wrong) -> None:
    """C5: what HTTP refuses and missing credentials come before 429."""
    with new_platform(template, portal, rate_limit=1) as strict:
        client = strict.client()
        client.get(paths.MANDATE)
        assert_refused(wrong.ask(client), wrong.status)


@pytest.mark.parametrize("wrong", IN_ORDER[3:], ids=lambda wrong: wrong.what)
def test_what_comes_after_the_rate_limit(template: Template, portal: BlockingPortal, wrong: Wrong) -> None:
    """C5: 429 comes before wrong parameters and before what is not granted."""
    with new_platform(template, portal, rate_limit=1) as strict:
        client = strict.client()
        client.get(paths.MANDATE)
        assert_refused(wrong.ask(client), HTTPStatus.TOO_MANY_REQUESTS)


_READ: Final = "GET, HEAD, OPTIONS"
_WRITE: Final = "POST, OPTIONS"


@pytest.mark.parametrize(
    ("path", "method", "allow"),
    [
        (paths.MANDATE, "POST", _READ),
        (paths.ENERGY, "DELETE", _READ),
        (paths.MOCK_MANDATE, "GET", _WRITE),
        (paths.MOCK_MANDATE, "HEAD", _WRITE),
        (paths.MOCK_MANDATE, "PATCH", _WRITE),
        (paths.HEALTH, "POST", _READ),
        (paths.HEALTH, "TRACE", _READ),
        (paths.SWAGGER, "PUT", _READ),
    ],
)
def test_405_tells_what_is_allowed(platform: Platform, path: str, method: str, allow: str) -> None:
    """C5, C6: another method than the path takes is 405, with `Allow`."""
    answer = platform.http.request(method, BASE + path)
    assert answer.headers["allow"] == allow
    if method == "HEAD":
        assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert not answer.content
    else:
        assert_refused(answer, HTTPStatus.METHOD_NOT_ALLOWED, allow)


def test_405_at_the_token_endpoint(platform: Platform) -> None:
    """C5, C6: the token endpoint takes POST alone."""
    answer = platform.http.get(platform.token_path)
    assert_refused(answer, HTTPStatus.METHOD_NOT_ALLOWED)
    assert answer.headers["allow"] == _WRITE


def test_the_root_leads_to_the_pages(platform: Platform) -> None:
    """C8: who opens the bare address finds the pages, without credentials."""
    here = {"Host": "127.0.0.1:8484"}  # messages are shown to this machine alone
    page = platform.http.get("/", headers=here)
    assert page.status_code == HTTPStatus.OK
    for link in re.findall('href="(/[^"]+)"', page.text):
        assert platform.http.get(link, headers=here).status_code == HTTPStatus.OK
    assert BASE + paths.SWAGGER in page.text


def test_a_slash_at_the_end_counts_for_nothing(client: Client) -> None:
    """C7: a path with a slash at its end is the same path."""
    assert client.get(paths.MANDATE + "/").status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "path",
    ["/elsewhere", BASE, BASE + "/", BASE + "/api", "/esco/v3/api/mandate", BASE + paths.MANDATE + "/x"],
)
def test_elsewhere_there_is_nothing(platform: Platform, path: str) -> None:
    """C6: a path that leads nowhere is 404, with the one error body."""
    assert_refused(platform.http.get(path), HTTPStatus.NOT_FOUND)


def test_a_long_target_and_large_headers_are_let_in_up_to_the_limit(client: Client) -> None:
    """C5: 414 and 431 begin where they say, and not before."""
    room = MAX_TARGET - len(BASE + paths.MANDATE) - len("x=")
    assert client.get(paths.MANDATE, {"x": "x" * room}).status_code == HTTPStatus.OK
    assert_refused(client.get(paths.MANDATE, {"x": "x" * (room + 1)}), HTTPStatus.REQUEST_URI_TOO_LONG)
    answer = client.ask("GET", paths.MANDATE, headers={"x-much": "x" * (MAX_HEADERS - 2000)})
    assert answer.status_code == HTTPStatus.OK


def test_a_large_body_is_let_in_up_to_the_limit(client: Client) -> None:
    """C5: 413 begins where it says, for a body whose length is told and for one that streams in."""
    for body in (b" " * MAX_BODY, iter([b" " * (MAX_BODY - 1), b" "])):
        answer = client.ask("POST", paths.MOCK_MANDATE, content=body, headers=JSON)
        assert_refused(answer, HTTPStatus.BAD_REQUEST, "JSON object")
    for body in (TOO_MUCH, iter([b" " * MAX_BODY, b" "])):
        answer = client.ask("POST", paths.MOCK_MANDATE, content=body, headers=JSON)
        assert_refused(answer, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(MAX_BODY))


def test_a_large_form_is_refused_too(platform: Platform) -> None:
    """C5: the token endpoint takes no large body either."""
    answer = platform.http.post(
        platform.token_path, content=TOO_MUCH, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert_refused(answer, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def test_every_wrong_parameter_of_energy_is_named_at_once(client: Client) -> None:
    """C6: every wrong parameter is named at once, with what is allowed."""
    wrong = {
        "ean": "123",
        "periodType": "x",
        "from": "yesterday",
        "granularity": "x",
        "complexEnergyTypes": "y",
    }
    body = assert_refused(client.get(paths.ENERGY, wrong), HTTPStatus.BAD_REQUEST)
    assert faults_by_name(body) == {
        "ean": "an EAN has exactly 18 digits",
        "periodType": "allowed: readTime, insertTime",
        "from": "a moment is written YYYY-MM-DDTHH:MM:SSZ, in UTC",
        "to": "is required, for example 2025-09-02T22:00:00Z",
        "granularity": "'x' is not one of them; allowed: daily, hourly_quarterhourly",
        "complexEnergyTypes": "'y' is not one of them; allowed: active, reactive",
    }


def test_every_wrong_parameter_of_mandate_is_named_at_once(client: Client) -> None:
    """C6: the filters of GET mandate are all read before any is refused."""
    names = [
        "referenceNumber",
        "status",
        "ean",
        "energyType",
        "dataServiceTypes",
        "mandateExpirationDate",
        "renewalStatus",
        "lastUpdatedFrom",
        "lastUpdatedTo",
    ]
    answer = client.get(paths.MANDATE, dict.fromkeys(names, "\x00"))
    body = assert_refused(answer, HTTPStatus.BAD_REQUEST)
    assert sorted(faults_by_name(body)) == sorted(names)


def test_every_wrong_field_of_a_mock_is_named_at_once(client: Client) -> None:
    """C6: the fields of POST mandate/mock are all read before any is refused."""
    wrong = {
        "status": "Removed",
        "ean": 541440110000000007,
        "energyType": "W",
        "dataServiceType": [],
        "dataPeriodFrom": "2025-02-30T00:00:00Z",
        "renewalStatus": True,
        "referenceNumber": "",
    }
    body = assert_refused(client.post_mock(**wrong), HTTPStatus.BAD_REQUEST)
    assert sorted(faults_by_name(body)) == sorted(wrong)


def test_what_is_required_is_named(client: Client) -> None:
    """C6: each required parameter that is not there is named."""
    energy_faults = assert_refused(client.get(paths.ENERGY), HTTPStatus.BAD_REQUEST)
    assert sorted(faults_by_name(energy_faults)) == ["ean", "from", "periodType", "to"]
    mock_faults = assert_refused(client.ask("POST", paths.MOCK_MANDATE, json={}), HTTPStatus.BAD_REQUEST)
    assert sorted(faults_by_name(mock_faults)) == ["ean", "status"]


def faults_by_name(body: Json) -> dict[str, str]:
    """What is said of each parameter; none is named twice."""
    pairs = [fault.split(": ", 1) for fault in body["ValidationErrorMessages"]]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_a_correlation_id_comes_with_every_answer(client: Client) -> None:
    """C6: each answer carries a correlation id of its own."""
    answers = [
        client.get(paths.MANDATE),
        client.get(paths.ENERGY),
        client.get(paths.HEALTH),
        client.get("/nowhere"),
        client.platform.ask_token(client.issued),
        client.platform.ask_token(client.issued, scope="x"),
    ]
    ids = {answer.headers["x-correlation-id"] for answer in answers}
    assert len(ids) == len(answers)


def test_a_correlation_id_of_the_client_is_kept(client: Client) -> None:
    """C6: a client's own correlation id comes back, if it is fit for a log."""
    kept = client.ask("GET", paths.MANDATE, headers={"x-correlation-id": "my-id.42"})
    assert kept.headers["x-correlation-id"] == "my-id.42"
    for unfit in ("a b", "x" * 65, "<script>", "é", "ean-541440110000000000", "5414401100.00000000"):
        answer = client.ask("GET", paths.MANDATE, headers={"x-correlation-id": unfit.encode()})
        made = answer.headers["x-correlation-id"]
        assert str(UUID(made)) == made


def test_the_log_has_the_correlation_id(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """C6: the log knows each answer by its correlation id."""
    with caplog.at_level("INFO"):
        answer = client.get("/nowhere")
    assert any(answer.headers["x-correlation-id"] in record.getMessage() for record in caplog.records)


class BrokenError(Exception):
    """Something failed inside."""


def _broken(*_args: object, **_kwargs: object) -> None:
    raise BrokenError("sqlite:///secret.db is broken")


@pytest.mark.parametrize(
    ("where", "name", "how"),
    [
        (mandates, "mandate_pages", Wrong("", HTTPStatus.OK, path=paths.MANDATE)),
        (energy, "read_energy", Wrong("", HTTPStatus.OK, params=UNGRANTED)),
        (
            mock,
            "make_mock_mandate",
            Wrong(
                "",
                HTTPStatus.OK,
                "POST",
                paths.MOCK_MANDATE,
                headers=JSON,
                content=b'{"status":"Approved","ean":"541440110000000007"}',
            ),
        ),
        (registry, "find_by_subscription", Wrong("", HTTPStatus.OK, path=paths.MANDATE)),
    ],
    ids=["mandate", "energy", "mock", "authentication"],
)
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_crash_tells_nothing_of_the_inside(
    client: Client, monkeypatch: pytest.MonkeyPatch, where: object, name: str, how: Wrong, coding: str
) -> None:
    """C6: what fails inside is 500 with the one error body, which tells nothing of it."""
    monkeypatch.setattr(where, name, _broken)
    client.headers["Accept-Encoding"] = coding
    body = assert_refused(how.ask(client), HTTPStatus.INTERNAL_SERVER_ERROR)
    assert "secret" not in str(body)


def test_a_crash_of_the_token_endpoint_tells_nothing_of_the_inside(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C6: the token endpoint fails with the one error body too."""
    issued = platform.issue()
    monkeypatch.setattr(Tokens, "grant", _broken)
    assert_refused(platform.ask_token(issued), HTTPStatus.INTERNAL_SERVER_ERROR)
