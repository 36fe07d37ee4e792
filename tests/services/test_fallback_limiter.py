"""Counting alone while the shared counter can't be reached."""

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from kwartier.services.fallback_limiter import FallbackLimiter
from kwartier.services.limits import Allowance, CounterError, MemoryLimiter
from kwartier.telemetry.events import Event

NOW = 1_758_362_400.0


class Shared:
    """A shared counter that can be out of reach; finding out takes time."""

    def __init__(self, clock: "Stopwatch") -> None:
        self.is_reached = True
        self.asked = 0
        self._clock = clock
        self._counter = MemoryLimiter(5)
        self._hooks: list[Any] = []

    def meanwhile(self, do: Any) -> None:
        """Do something while a request finds out that nobody is there."""
        self._hooks.append(do)

    def take(self, subject: str, now_seconds: float) -> Allowance:
        """Count a request."""
        self.asked += 1
        if self.is_reached:
            return self._counter.take(subject, now_seconds)
        self._clock.seconds += 5
        for do in self._hooks:
            do()
        raise CounterError("nobody is there")


class Stopwatch:
    """Seconds, moved by the test."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.seconds


@pytest.fixture
def stopwatch() -> Stopwatch:
    """Seconds."""
    return Stopwatch()


@pytest.fixture
def shared(stopwatch: Stopwatch) -> Shared:
    """A shared counter."""
    return Shared(stopwatch)


@pytest.fixture
def limiter(shared: Shared, stopwatch: Stopwatch) -> FallbackLimiter:
    """What counts there, or alone."""
    return FallbackLimiter(shared, MemoryLimiter(5), stopwatch, "requests", retry_seconds=10)


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """The events of the log."""
    return [(one.levelname, one.msg.name) for one in caplog.records if isinstance(one.msg, Event)]


def test_it_counts_with_the_others_while_it_can(limiter: FallbackLimiter, shared: Shared) -> None:
    """C4: what the shared counter says is what counts."""
    shared.take("one", NOW)
    assert limiter.take("one", NOW).remaining == 3


def test_a_local_limit_goes_on(
    limiter: FallbackLimiter, shared: Shared, caplog: pytest.LogCaptureFixture
) -> None:
    """C4: when the shared counter is out of reach a local one goes on, and the log says so once."""
    assert limiter.take("one", NOW).remaining == 4
    shared.is_reached = False
    with caplog.at_level(logging.DEBUG):
        assert [limiter.take("one", NOW).admitted for _ in range(7)] == [True] * 5 + [False] * 2
    assert told(caplog) == [("ERROR", "limit_store_lost")]
    assert "nobody is there" in caplog.text


def test_nobody_waits_for_what_is_out_of_reach(
    limiter: FallbackLimiter, shared: Shared, stopwatch: Stopwatch
) -> None:
    """C4: in an outage one request in a while tries the shared counter, from when the last try ended."""
    shared.is_reached = False
    limiter.take("one", NOW)
    began = stopwatch.seconds
    for _ in range(100):
        limiter.take("one", NOW)
    stopwatch.seconds = began + 9.9
    limiter.take("one", NOW)
    assert shared.asked == 1
    stopwatch.seconds = began + 10
    # While one tries, the others do not.
    shared.meanwhile(lambda: limiter.take("one", NOW))
    limiter.take("one", NOW)
    limiter.take("one", NOW)
    assert shared.asked == 2


def test_it_goes_back(
    limiter: FallbackLimiter, shared: Shared, stopwatch: Stopwatch, caplog: pytest.LogCaptureFixture
) -> None:
    """C4: when the shared counter is back it counts again, and the log says so once; the next outage is told anew."""
    limiter.take("one", NOW)
    shared.is_reached = False
    limiter.take("one", NOW)
    shared.is_reached = True
    stopwatch.seconds += 10
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        assert [limiter.take("one", NOW).remaining for _ in range(3)] == [3, 2, 1]
        assert told(caplog) == [("WARNING", "limit_store_back")]
        shared.is_reached = False
        limiter.take("one", NOW)
    assert told(caplog)[1:] == [("ERROR", "limit_store_lost")]


def test_many_that_find_out_together_tell_it_once(
    stopwatch: Stopwatch, caplog: pytest.LogCaptureFixture
) -> None:
    """C4: requests that are under way when the counter is lost tell of one outage."""
    together = Barrier(4, timeout=60)
    shared = Shared(stopwatch)
    shared.is_reached = False
    shared.meanwhile(together.wait)
    limiter = FallbackLimiter(shared, MemoryLimiter(5), stopwatch, "requests")
    with ThreadPoolExecutor(4) as threads, caplog.at_level(logging.DEBUG):
        taken = list(threads.map(lambda _: limiter.take("one", NOW), range(4)))
    assert sorted(one.remaining for one in taken) == [1, 2, 3, 4]
    assert told(caplog) == [("ERROR", "limit_store_lost")]
