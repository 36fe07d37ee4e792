"""How often a subscription may ask (C4, DESIGN 13)."""

from dataclasses import dataclass, replace
from math import ceil
from threading import Lock
from typing import Final, Protocol

__all__ = ["Allowance", "MemoryLimiter", "RateLimiter"]

_WINDOW_SECONDS: Final = 60
_SWEEP_ABOVE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a subscription may still ask.

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


class RateLimiter(Protocol):
    """Counts the requests of subscriptions."""

    def take(self, subscription: str, now_seconds: float) -> Allowance:
        """Count a request of a subscription at a moment of real time."""


class MemoryLimiter:
    """Counts in the memory of one process, in windows of a minute that begin with a subscription's first request.

    Args:
        limit: requests a window.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._windows: dict[str, tuple[float, int]] = {}
        self._lock = Lock()

    def take(self, subscription: str, now_seconds: float) -> Allowance:
        """Count a request of a subscription at a moment of real time."""
        with self._lock:
            ends, taken = self._windows.get(subscription, (0.0, 0))
            if now_seconds >= ends:
                self._sweep(now_seconds)
                ends, taken = now_seconds + _WINDOW_SECONDS, 0
            admitted = taken < self._limit
            taken += admitted
            self._windows[subscription] = (ends, taken)
        reset_seconds = max(1, ceil(ends - now_seconds))
        return Allowance(self._limit, self._limit - taken, reset_seconds, admitted)

    def _sweep(self, now_seconds: float) -> None:
        """Forget windows that ended, when there are many: memory must not grow with every key ever seen."""
        if len(self._windows) > _SWEEP_ABOVE:
            self._windows = {key: window for key, window in self._windows.items() if window[0] > now_seconds}
