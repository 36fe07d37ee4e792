"""What is worth another try, and when (K2)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from random import SystemRandom
from typing import Final

import httpx

__all__ = ["TRANSIENT", "Retrying", "failure_told", "never_sent"]

_NUMBER: Final = re.compile(r"^\[Errno -?\d+\] ")

TRANSIENT: Final = frozenset(
    {
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""What may be gone at the next try."""


@dataclass(frozen=True, slots=True)
class Retrying:
    """How often a request is sent, and how long is waited between.

    Attributes:
        attempts: how often at most, when the server or the network fails.
        first_seconds: about how long before the second; each later wait is twice as long.
        most_seconds: about how long a wait is at most.
        patience_seconds: how long all waits of a request are together at most, those for the quota too.
        jitter: gives a number from 0 up to 1, so that clients that failed together do not come back together.
    """

    attempts: int = 5
    first_seconds: float = 0.5
    most_seconds: float = 30.0
    patience_seconds: float = 180.0
    jitter: Callable[[], float] = SystemRandom().random

    def pause(self, attempts: int, told: float | None) -> float | None:
        """How long to wait before the next attempt [s]; None: there were enough.

        Args:
            attempts: how many there were.
            told: how long the server asks to wait, if it does.
        """
        if attempts >= self.attempts:
            return None
        backoff = min(self.most_seconds, self.first_seconds * 2.0 ** (attempts - 1))
        return max(told or 0.0, float(backoff * (0.5 + self.jitter() / 2)))


def never_sent(error: httpx.RequestError) -> bool:
    """Whether a request that failed was not sent at all: there was no connection."""
    return isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)


def failure_told(error: httpx.RequestError, url: httpx.URL) -> str:
    """What a request that was not answered came to, in words for who does not know errno.

    Args:
        error: of httpx.
        url: that was asked.
    """
    where = f"{url.scheme}://{url.netloc.decode()}"
    why = _NUMBER.sub("", str(error))
    if isinstance(error, httpx.TimeoutException):
        return f"{where} did not answer in time"
    if never_sent(error):
        return f"can't reach {where}: {why[:1].lower()}{why[1:] or 'no connection'}"
    return f"no answer from {where}: {why or type(error).__name__}"
