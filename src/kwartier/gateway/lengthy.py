"""Threads for what takes long, few of them, so that nothing else waits for it (C4, C6)."""

from asyncio import wrap_future
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from http import HTTPStatus
from threading import Lock
from typing import Final, TypeVar

from kwartier.gateway.incoming import Incoming
from kwartier.gateway.refusal import RefusalError
from kwartier.gateway.threads import Threads

__all__ = ["DEFAULT_LENGTHY", "Lengthy"]

DEFAULT_LENGTHY: Final = 2
"""Each holds a core, and some hundred megabytes while it reads a delivery (docs/benchmarks.md)."""

_RETRY_SECONDS: Final = 30

T = TypeVar("T")


class Lengthy:
    """What takes long in one worker: deliveries, and whatever else asks for minutes of work.

    Args:
        at_most: so much of it at a time.
    """

    def __init__(self, at_most: int = DEFAULT_LENGTHY) -> None:
        self._at_most = at_most
        self._threads = Threads(at_most, "kwartier-lengthy")
        self._under_way: set[Incoming] = set()
        self._lock = Lock()

    async def run(self, incoming: Incoming, work: Callable[[], T]) -> T:
        """Do something in a thread that knows which request it is for; broken off with whoever waits for it.

        Args:
            incoming: the body that is read, and by which it is told that it is broken off.
            work: what to do.

        Raises:
            RefusalError: 503, as much is under way as may be.
        """
        self._enter(incoming)
        done = self._threads.submit(partial(copy_context().run, work))
        # Not with this coroutine, but with the thread: it may need a moment to see that it was broken off.
        done.add_done_callback(lambda _: self._leave(incoming))
        try:
            return await wrap_future(done)
        finally:
            incoming.break_off()

    def end(self, seconds: float) -> int:
        """Break everything off, and wait until it has ended, for so long; how much goes on all the same."""
        with self._lock:
            left = list(self._under_way)
        for incoming in left:
            incoming.break_off()
        return self._threads.end(seconds)

    def _enter(self, incoming: Incoming) -> None:
        with self._lock:
            if len(self._under_way) < self._at_most:
                self._under_way.add(incoming)
                return
        raise RefusalError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            f"{self._at_most} requests that take long are under way here already: ask again in half a minute.",
            headers={"retry-after": str(_RETRY_SECONDS), "connection": "close"},
            reason="busy",
        )

    def _leave(self, incoming: Incoming) -> None:
        with self._lock:
            self._under_way.discard(incoming)
