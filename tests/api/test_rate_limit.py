"""How often a subscription may ask."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

import httpx
import pytest
from anyio.from_thread import BlockingPortal

from kwartier.domain.credentials import EnvironmentName
from kwartier.services.errors import UnavailableError
from kwartier.settings import Settings
from kwartier.wire import paths
from support.engines import Template
from support.platform import BASE, NOW, Platform, assert_refused, new_platform

LIMIT: Final = 3
EAN: Final = "541440110000000001"


@pytest.fixture
def strict(template: Template, portal: BlockingPortal) -> Iterator[Platform]:
    """A platform that lets through a few requests a minute."""
    with new_platform(template, portal, rate_limit=LIMIT) as platform:
        yield platform


def test_every_answer_tells_what_is_left(strict: Platform) -> None:
    """C4: each answer, refusals of the endpoint included, says the limit, what is left, and when it is new."""
    client = strict.client()
    answers = [client.get(paths.MANDATE), client.get(paths.ENERGY)]
    strict.clock.move(seconds=30)
    answers.append(client.ask("POST", paths.MOCK_MANDATE, json={}))
    assert [answer.status_code for answer in answers] == [200, 400, 400]
    told = [
        {name: int(value) for name, value in answer.headers.items() if name.startswith("ratelimit-")}
        for answer in answers
    ]
    assert told == [
        {"ratelimit-limit": 3, "ratelimit-remaining": 2, "ratelimit-reset": 60},
        {"ratelimit-limit": 3, "ratelimit-remaining": 1, "ratelimit-reset": 60},
        {"ratelimit-limit": 3, "ratelimit-remaining": 0, "ratelimit-reset": 30},
    ]
    assert all("retry-after" not in answer.headers for answer in answers)


def test_beyond_the_limit_is_429(strict: Platform) -> None:
    """C4: beyond the limit there is 429, with the seconds to wait in `Retry-After`."""
    client = strict.client()
    for _ in range(LIMIT):
        assert client.get(paths.MANDATE).status_code == HTTPStatus.OK
    strict.clock.move(seconds=20)
    answer = client.get(paths.MANDATE)
    assert_refused(answer, HTTPStatus.TOO_MANY_REQUESTS, "40 seconds")
    assert answer.headers["retry-after"] == "40"
    assert answer.headers["ratelimit-remaining"] == "0"


def test_the_window_opens_again(strict: Platform) -> None:
    """C4: when the minute is over the subscription may ask again, in full; refused requests cost nothing."""
    client = strict.client()
    for _ in range(LIMIT * 2):
        client.get(paths.MANDATE)
    strict.clock.move(seconds=59.9)
    assert_refused(client.get(paths.MANDATE), HTTPStatus.TOO_MANY_REQUESTS)
    strict.clock.move(seconds=0.1)
    answer = client.get(paths.MANDATE)
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["ratelimit-remaining"] == "2"


@pytest.mark.parametrize("waited", [0.0, 0.4, 20.5, 58.999, 59.5])
def test_waiting_as_long_as_told_is_enough(strict: Platform, waited: float) -> None:
    """C4: who waits as long as `Retry-After` says is let in, and is not sent away a second time."""
    client = strict.client()
    for _ in range(LIMIT):
        client.get(paths.MANDATE)
    strict.clock.move(seconds=waited)
    answer = client.get(paths.MANDATE)
    assert_refused(answer, HTTPStatus.TOO_MANY_REQUESTS)
    strict.clock.move(seconds=int(answer.headers["retry-after"]))
    assert client.get(paths.MANDATE).status_code == HTTPStatus.OK


def test_each_subscription_has_its_own(strict: Platform) -> None:
    """C4: one subscription at its limit takes nothing from another, whatever path or base path it asks."""
    client, other = strict.client(), strict.client()
    for base in (BASE, "/esco-sbx/v3", BASE):
        assert client.ask("GET", paths.MANDATE, base=base).status_code == HTTPStatus.OK
    assert_refused(client.get(paths.MANDATE), HTTPStatus.TOO_MANY_REQUESTS)
    assert other.get(paths.MANDATE).headers["ratelimit-remaining"] == "2"


def test_renewal_opens_no_new_window(strict: Platform) -> None:
    """C4: the limit is the subscription's, and renewing its credentials does not lift it."""
    client = strict.client()
    for _ in range(LIMIT):
        client.get(paths.MANDATE)
    client.sign_in(strict.renew(client.issued))
    assert_refused(client.get(paths.MANDATE), HTTPStatus.TOO_MANY_REQUESTS)


def test_what_needs_no_credentials_is_not_counted(strict: Platform) -> None:
    """C4: health and the Swagger pages take nothing from anybody's minute."""
    client = strict.client()
    for path in (paths.HEALTH, paths.SWAGGER, paths.OPENAPI):
        assert "ratelimit-limit" not in client.get(path).headers
    assert client.get(paths.MANDATE).headers["ratelimit-remaining"] == "2"


def test_failed_authentication_is_not_counted(strict: Platform) -> None:
    """C4: who knows only the subscription key can't use up its minute."""
    client = strict.client()
    for _ in range(LIMIT * 2):
        answer = client.ask("GET", paths.MANDATE, headers={"Authorization": "Bearer x"})
        assert_refused(answer, HTTPStatus.UNAUTHORIZED)
    assert client.get(paths.MANDATE).headers["ratelimit-remaining"] == "2"


def told(answer: httpx.Response) -> list[str]:
    """What an answer tells of the limit: limit, what is left, seconds until it is new; nothing if it is silent."""
    names = [f"ratelimit-{name}" for name in ("limit", "remaining", "reset")]
    return [answer.headers[name] for name in names if name in answer.headers]


def test_refusals_after_the_count_tell_what_is_left(strict: Platform) -> None:
    """C4: refusals that come after the count, as 400 and 404 do, take their part of it, and tell what is left."""
    client = strict.client(EnvironmentName.LIVE)
    answers = [
        client.get(paths.ENERGY, {"ean": "x"}),
        client.ask_energy(EAN, "2025-09-01T00:00:00Z", "2025-09-02T00:00:00Z"),
    ]
    assert [(answer.status_code, told(answer)) for answer in answers] == [
        (400, ["3", "2", "60"]),
        (404, ["3", "1", "60"]),
    ]


@pytest.mark.parametrize(
    ("error", "status"), [(UnavailableError("gone"), 503), (RuntimeError("broken"), 500)], ids=["503", "500"]
)
def test_what_fails_on_our_side_tells_what_is_left(
    strict: Platform, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    """C4: an answer that we fail to give has its headers too."""
    client = strict.client()

    def fail(*_arguments: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr("kwartier.api.mandates.mandate_pages", fail)
    answer = client.get(paths.MANDATE)
    assert (answer.status_code, told(answer)) == (status, ["3", "2", "60"])


def test_a_head_is_counted_like_any_request(strict: Platform) -> None:
    """C4: HEAD takes its part, and its answer tells as much as that of GET."""
    client = strict.client()
    answers = [client.ask("HEAD", paths.MANDATE) for _ in range(LIMIT + 1)]
    assert [(answer.status_code, told(answer)[1]) for answer in answers] == [
        (200, "2"),
        (200, "1"),
        (200, "0"),
        (429, "0"),
    ]
    assert answers[-1].headers["retry-after"] == "60"
    assert not answers[-1].content


@pytest.mark.parametrize(
    ("fault", "status", "remaining"),
    [
        ({"status": 429, "retryAfterSeconds": 7}, 429, "0"),
        ({"status": 503}, 503, "2"),
        ({"kind": "expired-token"}, 401, "2"),
    ],
    ids=["429", "503", "401"],
)
def test_faults_on_demand_tell_what_is_left(
    strict: Platform, fault: dict[str, object], status: int, remaining: str
) -> None:
    """C4: a fault that was asked for is counted and told as a real one; a 429 says that nothing is left."""
    client = strict.client()
    asked = client.ask("POST", "/faults", base=paths.CONTROL, json=fault | {"times": 1})
    assert asked.status_code < 300, asked.text
    assert told(asked) == []
    answer = client.get(paths.MANDATE)
    assert (answer.status_code, told(answer)) == (status, ["3", remaining, "60"])
    assert told(client.get(paths.MANDATE)) == ["3", "1", "60"]


@pytest.mark.parametrize(
    "headers", [{"Subscription-Key": "x"}, {"Authorization": "Bearer x"}, {"Authorization": ""}], ids=str
)
def test_who_is_not_let_in_is_told_nothing(strict: Platform, headers: dict[str, str]) -> None:
    """C4: 401 tells nothing of a subscription's minute, not even to one who has its key."""
    answer = strict.client().ask("GET", paths.MANDATE, headers=headers)
    assert_refused(answer, HTTPStatus.UNAUTHORIZED)
    assert told(answer) == []


def test_a_clock_that_is_set_back_locks_nobody_out(strict: Platform) -> None:
    """C4, A3: the limit keeps real time, and a clock that was wrong for a while shuts no subscription out for as long."""
    client = strict.client()
    strict.clock.move(days=1)
    client.sign_in()
    for _ in range(LIMIT):
        assert client.get(paths.MANDATE).status_code == HTTPStatus.OK
    strict.clock.now = NOW
    client.sign_in()
    assert told(client.get(paths.MANDATE)) == ["3", "2", "60"]


def test_the_sandbox_clock_moves_no_window(strict: Platform) -> None:
    """A3: limits keep real time, whatever time it is in somebody's sandbox."""
    client = strict.client()
    for _ in range(LIMIT):
        client.get(paths.MANDATE)
    moved = client.ask("POST", "/clock/advance", base=paths.CONTROL, json={"hours": 1})
    assert moved.status_code < 300, moved.text
    assert_refused(client.get(paths.MANDATE), HTTPStatus.TOO_MANY_REQUESTS)


def test_the_defaults() -> None:
    """C4: unless configured otherwise there are 300 requests a minute, and 30 failed authentications."""
    fields = Settings.model_fields
    assert fields["rate_limit"].default == 300
    assert fields["failed_limit"].default == 30
    assert fields["rate_limit_store"].default == "auto"
