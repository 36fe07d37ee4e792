"""Whose turn it is to write, among the threads of one process."""

from threading import Lock, RLock
from types import TracebackType
from typing import Final, Self

from kwartier.db.errors import UnavailableError
from kwartier.patience import seconds_left

__all__ = ["OwnTurn"]

_SHORT_SECONDS: Final = 1.0  # more than turns take where nobody keeps the database for himself
_AT_LENGTH: Final = 1


class OwnTurn:
    """A lock whose turn comes in the time of who waits, or not at all.

    Who serves waits within his time (C6). While whoever has the turn waits for another process, one more may wait so long; all
    others are told within a second, and then at once, so that there are threads left for those who only read.

    Args:
        what: that is written, for messages.
    """

    def __init__(self, what: str) -> None:
        self._what: Final = what
        self._lock: Final = RLock()
        self._at_length = 0
        self._counting: Final = Lock()

    def acquire(self, *, blocking: bool = True) -> bool:
        """Take it; whether it was free, if that is not waited for."""
        return self._lock.acquire(blocking=blocking)

    def release(self) -> None:
        """Give it back."""
        self._lock.release()

    def __enter__(self) -> Self:
        """Take it.

        Raises:
            UnavailableError: it did not come in time.
        """
        left = seconds_left()
        if left is None:
            self._lock.acquire()
        elif not self._lock.acquire(blocking=False):
            self._wait(left)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def _wait(self, left: float) -> None:
        short = 0.0 if self._at_length >= _AT_LENGTH else min(left, _SHORT_SECONDS)
        if self._lock.acquire(timeout=short):
            return
        with self._counting:
            may_wait = self._at_length < _AT_LENGTH
            self._at_length += may_wait
        if may_wait:
            try:
                if self._lock.acquire(timeout=left - short):
                    return
            finally:
                with self._counting:
                    self._at_length -= 1
        raise UnavailableError(f"{self._what}: others wait to write")
