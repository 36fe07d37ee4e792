"""Counting that goes on when the shared counter can't be reached (C4)."""

from collections.abc import Callable
from threading import Lock
from typing import Final

from kwartier.services.limits import Allowance, CounterError, Limiter
from kwartier.telemetry.events import Log

__all__ = ["FallbackLimiter"]

_LOG: Final = Log("kwartier.limits")
_RETRY_SECONDS: Final = 10.0


class FallbackLimiter:
    """Counts with others, or alone while that can't be done; the log says when it begins and when it ends.

    While it counts alone, one request in a while tries the shared counter: no other waits for what is out of reach.

    Args:
        shared: counts with others.
        local: counts alone.
        monotonic: tells seconds that never go back.
        counted: what is counted, for the log.
        retry_seconds: for how long the shared counter is left alone.
    """

    def __init__(
        self,
        shared: Limiter,
        local: Limiter,
        monotonic: Callable[[], float],
        counted: str,
        retry_seconds: float = _RETRY_SECONDS,
    ) -> None:
        self._shared = shared
        self._local = local
        self._monotonic = monotonic
        self._counted = counted
        self._retry_seconds = retry_seconds
        self._retry_at: float | None = None
        self._lock = Lock()

    def take(self, subject: str, now_seconds: float) -> Allowance:
        """Count a request of a subject at a moment of real time."""
        if self._retry_at is None or self._is_to_be_tried():
            try:
                allowance = self._shared.take(subject, now_seconds)
            except CounterError as error:
                self._note_lost(error)
            else:
                if self._retry_at is not None:
                    self._note_back()
                return allowance
        return self._local.take(subject, now_seconds)

    def _is_to_be_tried(self) -> bool:
        """Whether this request is to try the shared counter again."""
        with self._lock:
            now = self._monotonic()
            if self._retry_at is not None and now < self._retry_at:
                return False
            if self._retry_at is not None:
                self._retry_at = now + self._retry_seconds
            return True

    def _note_lost(self, error: CounterError) -> None:
        with self._lock:
            is_new = self._retry_at is None
            # Counted from now: finding out may have taken seconds.
            self._retry_at = self._monotonic() + self._retry_seconds
        if is_new:
            _LOG.error("limit_store_lost", counted=self._counted, why=str(error))

    def _note_back(self) -> None:
        with self._lock:
            was_lost, self._retry_at = self._retry_at is not None, None
        if was_lost:
            _LOG.warning("limit_store_back", counted=self._counted)
