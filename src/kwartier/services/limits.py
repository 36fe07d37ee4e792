"""How often somebody may ask (C4, DESIGN 13): the rule of windows, and the counter in the memory of one process.

Others count for all processes of a machine (`services/shared_limiter.py`) or for several machines
(`services/database_limiter.py`); all keep the rule that stands here.

Exception
└── CounterError        a counter can't be reached, or can't be made sense of
"""

from dataclasses import dataclass, replace
from threading import Lock
from typing import Final, Protocol

__all__ = [
    "MAX_AHEAD",
    "WINDOW",
    "Allowance",
    "CounterError",
    "Limiter",
    "MemoryLimiter",
    "microseconds",
    "next_window",
]

WINDOW: Final = 60_000_000
"""How long a window lasts [µs]."""

MAX_AHEAD: Final = 2 * WINDOW
"""A window that ends later than this from now [µs] was begun by a clock that was set back since, or is no window at all.

It is more than a window, because machines that count together have clocks that differ a little.
"""

_SECOND: Final = 1_000_000
_CAPACITY: Final = 65_536


class CounterError(Exception):
    """A counter can't be reached, or can't be made sense of: one line that says why."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What somebody may still ask.

    Attributes:
        limit: requests in a window.
        remaining: what is left of them.
        reset_seconds: until the window ends, at least 1.
        admitted: whether this request is among those allowed.
    """

    limit: int
    remaining: int
    reset_seconds: int
    admitted: bool

    @classmethod
    def of(cls, limit: int, ends: int, taken: int, now: int) -> "Allowance":
        """What a window leaves that ends after now [µs], and counted so many requests, this one included."""
        # Rounded up: who waits as long as he is told is let in.
        reset_seconds = -((now - ends) // _SECOND)
        return cls(limit, max(0, limit - taken), reset_seconds, taken <= limit)

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What every answer says of it."""
        said = {
            b"ratelimit-limit": self.limit,
            b"ratelimit-remaining": self.remaining,
            b"ratelimit-reset": self.reset_seconds,
        }
        return [(name, b"%d" % value) for name, value in said.items()]

    def used_up(self) -> "Allowance":
        """The same with nothing left."""
        return replace(self, remaining=0, admitted=False)


class Limiter(Protocol):
    """Counts the requests of subjects, in windows of a minute that begin with a subject's first request."""

    def take(self, subject: str, now_seconds: float) -> Allowance:
        """Count a request of a subject at a moment of real time, since the epoch.

        Raises:
            CounterError: it can't be counted.
        """


def next_window(ends: int, taken: int, limit: int, now: int) -> tuple[int, int]:
    """A window after one more request (C4): when it ends, and how many it counted.

    A request that is refused costs nothing; that there was one shows in a count of one more than the limit.

    Args:
        ends: when the window ended or ends [µs], 0 if there is none.
        taken: how many requests it counted.
        limit: how many it admits.
        now: the moment of the request [µs].
    """
    if not now < ends <= now + MAX_AHEAD:
        return now + WINDOW, 1
    return ends, min(taken, limit) + 1


def microseconds(seconds: float) -> int:
    """Seconds as whole microseconds, as which windows are kept."""
    return round(seconds * _SECOND)


class MemoryLimiter:
    """Counts in the memory of one process.

    Args:
        limit: requests a window.
        capacity: how many subjects are remembered; beyond, the window that ends first is forgotten.
    """

    def __init__(self, limit: int, capacity: int = _CAPACITY) -> None:
        self._limit = limit
        self._capacity = capacity
        # In the order in which they began, which is that in which they end.
        self._windows: dict[str, tuple[int, int]] = {}
        self._lock = Lock()

    def take(self, subject: str, now_seconds: float) -> Allowance:
        """Count a request of a subject at a moment of real time."""
        now = microseconds(now_seconds)
        with self._lock:
            kept, kept_taken = self._windows.get(subject, (0, 0))
            ends, taken = next_window(kept, kept_taken, self._limit, now)
            if ends != kept:
                self._windows.pop(subject, None)
                self._make_room(now)
            self._windows[subject] = (ends, taken)
        return Allowance.of(self._limit, ends, taken, now)

    def _make_room(self, now: int) -> None:
        """Forget what ended, and the oldest of the rest when there are too many: memory must not grow with each new subject.

        Not what ended just now: the clock may be set back a little.
        """
        while self._windows:
            first = next(iter(self._windows))
            if self._windows[first][0] + WINDOW > now and len(self._windows) < self._capacity:
                return
            del self._windows[first]
