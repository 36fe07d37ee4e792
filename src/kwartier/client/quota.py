"""What is left of the requests of a subscription, and when the next one may be sent (C4)."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Final, Protocol

__all__ = ["Budget", "Ledger", "MemoryLedger", "Quota", "Standing"]

_ROUNDING_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Quota:
    """Where a subscription stood at its last answer.

    Attributes:
        limit: requests a minute.
        remaining: how many are left in this minute.
        resets_at: when the next minute begins, and all are there again.
    """

    limit: int
    remaining: int
    resets_at: datetime


@dataclass(slots=True)
class Standing:
    """What is known of a subscription; moments are epoch seconds.

    Attributes:
        limit: requests a minute; 0: not known.
        remaining: how many may still be sent before `resets_at`.
        resets_at: when all are there again.
        blocked_until: before which nothing is sent, for the server said so.
    """

    limit: int = 0
    remaining: int = 0
    resets_at: float = 0.0
    blocked_until: float = 0.0


class Ledger(Protocol):
    """Where a standing is kept."""

    def changing(self) -> AbstractContextManager[Standing]:
        """The standing, to be changed by nobody else meanwhile; kept when the context ends."""


@dataclass(slots=True)
class MemoryLedger:
    """A standing that the requests of one client share."""

    standing: Standing = field(default_factory=Standing)
    _lock: Lock = field(default_factory=Lock)

    def changing(self) -> AbstractContextManager[Standing]:
        """The standing under a lock."""
        return _Locked(self)


class _Locked(AbstractContextManager[Standing]):
    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger

    def __enter__(self) -> Standing:
        self._ledger._lock.acquire()  # noqa: SLF001 - its own
        return self._ledger.standing

    def __exit__(self, *_: object) -> None:
        self._ledger._lock.release()  # noqa: SLF001 - its own


@dataclass(frozen=True, slots=True)
class Budget:
    """The requests that may be sent, one count for all who send them."""

    ledger: Ledger

    def take(self, now: datetime) -> float:
        """Take a request out of the budget, or say how long to wait until there is one [s]."""
        moment = now.timestamp()
        with self.ledger.changing() as standing:
            if standing.blocked_until > moment:
                return standing.blocked_until - moment
            if standing.resets_at > moment:
                if standing.remaining <= 0:
                    return standing.resets_at - moment
                standing.remaining -= 1
            return 0.0

    def block(self, now: datetime, seconds: float) -> None:
        """Send nothing for some time, for the server said so."""
        with self.ledger.changing() as standing:
            standing.blocked_until = max(standing.blocked_until, now.timestamp() + seconds)

    def observe(self, headers: Mapping[str, str], now: datetime) -> None:
        """Learn from the head of an answer where the subscription stands."""
        told = [_whole(headers.get(f"ratelimit-{name}")) for name in ("limit", "remaining", "reset")]
        limit, remaining, reset = told
        if limit is None or remaining is None or reset is None:
            return
        moment = now.timestamp()
        with self.ledger.changing() as standing:
            # Requests that are under way are not in the server's count yet: the lower one of the same minute is right.
            # Ends are told in whole seconds: one that is later by more is that of another minute.
            same_minute = standing.limit == limit and moment + reset - standing.resets_at <= _ROUNDING_SECONDS
            standing.remaining = min(standing.remaining, remaining) if same_minute else remaining
            standing.limit, standing.resets_at = limit, moment + reset

    def quota(self) -> Quota | None:
        """Where the subscription stood; None: no answer told it."""
        with self.ledger.changing() as standing:
            if standing.limit == 0:
                return None
            resets_at = datetime.fromtimestamp(standing.resets_at, UTC)
            return Quota(standing.limit, standing.remaining, resets_at)


def _whole(text: str | None) -> int | None:
    try:
        return None if text is None else int(text)
    except ValueError:
        return None
