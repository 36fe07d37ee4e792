"""Whether a server answers: who serves waits for it within its time, and asks no more of one that has fallen silent (C6).

A server that stands still while its machine goes on, or behind a network that was cut, does not even say that it is gone.
"""

from threading import Lock
from time import monotonic
from typing import Any, ClassVar, Final, Self, TypeVar

import psycopg
from psycopg import OperationalError
from psycopg.abc import PQGen
from psycopg.errors import ConnectionTimeout, _WaitTimeout

from kwartier.patience import seconds_left

__all__ = ["Answering", "connection_class"]

_SILENT_SECONDS: Final = 0.9
"""Less than what anybody waits for it at least."""

_TRIAL_SECONDS: Final = 1.0
_INTERVAL_SECONDS: Final = 0.1  # after which the driver looks for Ctrl+C
RV = TypeVar("RV")


class Answering:
    """What is known of a server: when it was last heard, and whether somebody waited for it in vain since.

    While it is silent one at a time tries it, a second after the last; all others are told at once, and hold no thread.
    """

    def __init__(self) -> None:
        self._heard = 0.0
        self._is_silent = False
        self._is_tried = False
        self._try_at = 0.0
        self._lock: Final = Lock()

    def seconds(self, left: float) -> float:
        """How long somebody may wait for it who has so much time left.

        Whoever has asked tells afterwards what came of it.

        Raises:
            OperationalError: it has fallen silent, and it is not this one's turn to try.
        """
        if not self._is_silent:
            return left
        with self._lock:
            if not self._is_silent:
                return left
            if self._is_tried or monotonic() < self._try_at:
                raise OperationalError("the server does not answer")
            self._is_tried = True
            return min(left, _TRIAL_SECONDS)

    def note_heard(self) -> None:
        """It has answered, whatever it said."""
        self._heard = monotonic()
        if self._is_silent:
            with self._lock:
                self._is_silent = self._is_tried = False

    def note_unheard(self, since: float) -> None:
        """It was waited for in vain since a moment of the monotonic clock."""
        now = monotonic()
        with self._lock:
            # Where another has heard of it meanwhile it is slow in this alone: another's lock, a long statement. And who
            # had no time left has not waited.
            if self._is_silent or now - max(since, self._heard) >= _SILENT_SECONDS:
                self._try_at = now + _TRIAL_SECONDS if self._is_silent else now
                self._is_silent, self._is_tried = True, False


class _Connection(psycopg.Connection[Any]):
    """A connection that is given up when the time of who waits is over: the driver itself would wait on.

    Where there is no end to the time, as in a command, it is the driver's own.

    Attributes:
        answering: what is known of its server.
    """

    answering: ClassVar[Answering]

    @classmethod
    def connect(cls, conninfo: str = "", **how: Any) -> Self:
        """Connect, in the time that is left, or a second more: the driver tries for two at least."""
        left = seconds_left()
        if left is None:
            return super().connect(conninfo, **how)
        usual = float(how.get("connect_timeout", left))
        how["connect_timeout"] = max(1, round(min(usual, cls.answering.seconds(left))))
        since = monotonic()
        try:
            made = super().connect(conninfo, **how)
        except ConnectionTimeout:
            cls.answering.note_unheard(since)
            raise
        except BaseException:
            cls.answering.note_heard()
            raise
        cls.answering.note_heard()
        return made

    def wait(self, gen: PQGen[RV], interval: float = _INTERVAL_SECONDS, timeout: float | None = None) -> RV:
        """Wait for an answer, in the time that is left."""
        left = seconds_left()
        if left is None:
            return super().wait(gen, interval, timeout)
        answering, since = self.answering, monotonic()
        try:
            seconds = answering.seconds(left)
        except OperationalError:
            self.pgconn.finish()  # what it is in the middle of can't be ended properly
            raise
        try:
            got = super().wait(gen, interval, seconds)
        except _WaitTimeout:
            answering.note_unheard(since)
            self.pgconn.finish()  # what it still says is an answer to nobody
            raise OperationalError("the server did not answer in time") from None
        except BaseException:
            answering.note_heard()
            raise
        answering.note_heard()
        return got


def connection_class(answering: Answering) -> type[_Connection]:
    """The connections of a server."""
    return type("Connection", (_Connection,), {"answering": answering})
