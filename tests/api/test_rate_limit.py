"""How often a subscription may ask."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

import pytest
from anyio.from_thread import BlockingPortal

from kwartier.api.limits import Allowance, MemoryLimiter
from kwartier.wire import paths
from support.engines import Template
from support.platform import BASE, Platform, assert_refused, new_platform

LIMIT: Final = 3


class Stopwatch:
    """Real time for the limiter, in seconds, moved by the test."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.seconds


@pytest.fixture
def stopwatch(monkeypatch: pytest.MonkeyPatch) -> Stopwatch:
    """Real time, as the limiter is told it, in the test's hands."""
    watch, take = Stopwatch(), MemoryLimiter.take

    def take_then(limiter: MemoryLimiter, subscription: str, _now_seconds: float) -> Allowance:
        return take(limiter, subscription, watch())

    monkeypatch.setattr(MemoryLimiter, "take", take_then)
    return watch


@pytest.fixture
def strict(template: Template, portal: BlockingPortal) -> Iterator[Platform]:
    """A platform that lets through a few requests a minute."""
    with new_platform(template, portal, rate_limit=LIMIT) as platform:
        yield platform


def test_every_answer_tells_what_is_left(strict: Platform, stopwatch: Stopwatch) -> None:
    """C4: each answer, refusals of the endpoint included, says the limit, what is left, and when it is new."""
    client = strict.client()
    answers = [client.get(paths.MANDATE), client.get(paths.ENERGY)]
    stopwatch.seconds += 30
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


def test_beyond_the_limit_is_429(strict: Platform, stopwatch: Stopwatch) -> None:
    """C4: beyond the limit there is 429, with the seconds to wait in `Retry-After`."""
    client = strict.client()
    for _ in range(LIMIT):
        assert client.get(paths.MANDATE).status_code == HTTPStatus.OK
    stopwatch.seconds += 20
    answer = client.get(paths.MANDATE)
    assert_refused(answer, HTTPStatus.TOO_MANY_REQUESTS, "40 seconds")
    assert answer.headers["retry-after"] == "40"
    assert answer.headers["ratelimit-remaining"] == "0"


def test_the_window_opens_again(strict: Platform, stopwatch: Stopwatch) -> None:
    """C4: when the minute is over the subscription may ask again, in full; refused requests cost nothing."""
    client = strict.client()
    for _ in range(LIMIT * 2):
        client.get(paths.MANDATE)
    stopwatch.seconds += 59.9
    assert_refused(client.get(paths.MANDATE), HTTPStatus.TOO_MANY_REQUESTS)
    stopwatch.seconds += 0.1
    answer = client.get(paths.MANDATE)
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["ratelimit-remaining"] == "2"


@pytest.mark.parametrize("waited", [0.0, 0.4, 20.5, 58.999, 59.5])
def test_waiting_as_long_as_told_is_enough(strict: Platform, stopwatch: Stopwatch, waited: float) -> None:
    """C4: who waits as long as `Retry-After` says is let in, and is not sent away a second time."""
    client = strict.client()
    for _ in range(LIMIT):
        client.get(paths.MANDATE)
    stopwatch.seconds += waited
    answer = client.get(paths.MANDATE)
    assert_refused(answer, HTTPStatus.TOO_MANY_REQUESTS)
    stopwatch.seconds += int(answer.headers["retry-after"])
    assert client.get(paths.MANDATE).status_code == HTTPStatus.OK


def test_each_subscription_has_its_own(strict: Platform, stopwatch: Stopwatch) -> None:
    """C4: one subscription at its limit takes nothing from another, whatever path or base path it asks."""
    assert stopwatch() == 1000
    client, other = strict.client(), strict.client()
    for base in (BASE, "/esco-sbx/v3", BASE):
        assert client.ask("GET", paths.MANDATE, base=base).status_code == HTTPStatus.OK
    assert_refused(client.get(paths.MANDATE), HTTPStatus.TOO_MANY_REQUESTS)
    assert other.get(paths.MANDATE).headers["ratelimit-remaining"] == "2"


def test_renewal_opens_no_new_window(strict: Platform, stopwatch: Stopwatch) -> None:
    """C4: the limit is the subscription's, and renewing its credentials does not lift it."""
    assert stopwatch() == 1000
    client = strict.client()
    for _ in range(LIMIT):
        client.get(paths.MANDATE)
    client.sign_in(strict.renew(client.issued))
    assert_refused(client.get(paths.MANDATE), HTTPStatus.TOO_MANY_REQUESTS)


def test_what_needs_no_credentials_is_not_counted(strict: Platform, stopwatch: Stopwatch) -> None:
    """C4: health and the Swagger pages take nothing from anybody's minute."""
    assert stopwatch() == 1000
    client = strict.client()
    for path in (paths.HEALTH, paths.SWAGGER, paths.OPENAPI):
        assert "ratelimit-limit" not in client.get(path).headers
    assert client.get(paths.MANDATE).headers["ratelimit-remaining"] == "2"


def test_failed_authentication_is_not_counted(strict: Platform, stopwatch: Stopwatch) -> None:
    """C4: who knows only the subscription key can't use up its minute."""
    assert stopwatch() == 1000
    client = strict.client()
    for _ in range(LIMIT * 2):
        answer = client.ask("GET", paths.MANDATE, headers={"Authorization": "Bearer x"})
        assert_refused(answer, HTTPStatus.UNAUTHORIZED)
    assert client.get(paths.MANDATE).headers["ratelimit-remaining"] == "2"


def test_the_default_is_300_a_minute() -> None:
    """C4: unless configured otherwise a subscription has 300 requests a minute."""
    limiter = MemoryLimiter(300)
    admitted = [limiter.take("one", 5.0 + number / 100).admitted for number in range(301)]
    assert admitted == [True] * 300 + [False]
    assert limiter.take("one", 65.0).admitted


def test_ended_windows_are_forgotten() -> None:
    """C4: memory does not grow with every subscription that was ever seen."""
    limiter = MemoryLimiter(1)
    for number in range(25_000):
        limiter.take(str(number), number * 0.1)
    assert len(limiter._windows) < 12_000
