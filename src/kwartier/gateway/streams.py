"""The bound on large answers that are under way at the same time (C4)."""

from http import HTTPStatus
from threading import Lock
from types import TracebackType
from typing import Final, Self

from kwartier.gateway.refusal import RefusalError

__all__ = ["DEFAULT_STREAMS", "Place", "Streams"]

DEFAULT_STREAMS: Final = 100
"""For so many that do not read, the memory of a worker is measured (docs/benchmarks.md)."""

_RETRY_SECONDS: Final = 1


class Streams:
    """Counts the large answers of one worker.

    Args:
        at_most: so many at a time.
    """

    def __init__(self, at_most: int = DEFAULT_STREAMS) -> None:
        self._at_most = at_most
        self._taken = 0
        self._lock = Lock()

    @property
    def taken(self) -> int:
        """How many there are."""
        return self._taken

    def place(self) -> "Place":
        """A place among them, which is not taken yet."""
        return Place(self)

    def enter(self) -> bool:
        """Take a place, if there is one."""
        with self._lock:
            is_free = self._taken < self._at_most
            self._taken += is_free
        return is_free

    def leave(self) -> None:
        """Give a place back."""
        with self._lock:
            self._taken -= 1


class Place:
    """A place for one answer, given back at the end of its context, however that is left.

    Args:
        streams: among which it is.
    """

    __slots__ = ("_is_over", "_is_taken", "_lock", "_streams")

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._is_taken = False
        self._is_over = False
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._is_over = True
            self._give_back()

    def take(self) -> None:
        """Take it, once; before any of the work is done.

        Raises:
            RefusalError: 503, all places are taken.
        """
        if self._is_taken:
            return
        if not self._take():
            raise RefusalError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "Too many large answers are under way: ask again in a second, and read answers as they come.",
                headers={"retry-after": str(_RETRY_SECONDS)},
                reason="busy",
            )

    def _take(self) -> bool:
        if not self._streams.enter():
            return False
        with self._lock:
            self._is_taken = True
            if self._is_over:  # its request was answered without it: the thread came too late
                self._give_back()
        return True

    def _give_back(self) -> None:
        if self._is_taken:
            self._is_taken = False
            self._streams.leave()
