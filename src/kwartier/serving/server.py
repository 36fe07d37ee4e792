"""One process that serves, from its first request to the end of its last answer."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from threading import current_thread, main_thread
from time import monotonic
from types import FrameType
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp

from kwartier.gateway.draining import STATE_KEY, Drain
from kwartier.gateway.protocol import RefusingProtocol
from kwartier.serving.heap import share_heap
from kwartier.telemetry.events import Log

__all__ = ["Grace", "Server", "server_config"]

_LOG: Final = Log("kwartier.serving")
_OPTIONS: Final[dict[str, Any]] = {
    "loop": "auto",
    "http": RefusingProtocol,
    "ws": "none",
    "log_level": "warning",
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,  # whom to believe about addresses is the platform's own setting
    "timeout_graceful_shutdown": 30,  # seconds
    "timeout_keep_alive": 5,  # seconds; longer than a proxy keeps a connection that nobody uses
}


def server_config(app: ASGIApp | str, **differing: Any) -> uvicorn.Config:
    """The options of the server, with what differs.

    Args:
        app: the app, or where it is found.
        differing: options of uvicorn, by name.
    """
    return uvicorn.Config(app, **(_OPTIONS | differing))


@dataclass(frozen=True, slots=True)
class Grace:
    """How a server ends.

    Attributes:
        seconds: answers under way may take so long.
        drain_seconds: for so long, at least, new requests are refused before it stops listening.
    """

    seconds: float = 30.0
    drain_seconds: float = 0.5


class Server(uvicorn.Server):
    """A server that refuses new requests while answers under way end, and only then stops listening (C6).

    The first signal begins that, a second one cuts it short. Under a supervisor, it alone decides about the second; and
    without it the server ends.

    Args:
        config: of uvicorn.
        grace: how it ends.
        supervisor: the process that watches over this one, if any.
        beat: called ten times a second, from when it serves.
        on_ready: called once, when it serves.
        on_end: called once, when it was told to end and has seen it.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        grace: Grace,
        supervisor: int | None = None,
        beat: Callable[[], None] = lambda: None,
        on_ready: Callable[[], None] = lambda: None,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(config)
        self._grace = grace
        self._supervisor = supervisor
        self._beat = beat
        self._on_ready = on_ready
        self._on_end: Callable[[], None] | None = on_end
        self._drain: Drain | None = None
        self._told_to_end: float | None = None

    @property
    def is_ending(self) -> bool:
        """Whether it was told to end."""
        return self._told_to_end is not None

    @property
    def has_cut(self) -> bool:
        """Whether it ended before what it had begun: at a second signal, or because something did not come to an end."""
        return self.force_exit or (self._drain is not None and self._drain.cut > 0)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take signals, as long as it serves: without others to take its place a hang-up ends it like a SIGTERM does."""
        is_heard = current_thread() is main_thread() and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
        with super().capture_signals():
            if is_heard:
                signal.signal(signal.SIGHUP, self.handle_exit)
            try:
                yield
            finally:
                if is_heard:
                    signal.signal(signal.SIGHUP, signal.SIG_DFL)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end, at a signal. Unlike uvicorn's it is not raised anew afterwards: to end so is a success."""
        del frame
        if self._supervisor is not None:
            # Ctrl+C reaches every process of the terminal; the supervisor passes on what is meant for us.
            if sig == signal.SIGTERM:
                self._end()
        elif self.is_ending:
            if sig != signal.SIGHUP:  # when a terminal is closed, kernel and shell may both say so
                self.should_exit = self.force_exit = True
        else:
            self._end()

    async def startup(self, sockets: Any = None) -> None:
        """Start, and find the app's drain in the state that it left."""
        share_heap()
        await super().startup(sockets)
        self._drain = self.lifespan.state.get(STATE_KEY)
        if self.is_ending:
            self._refuse_new()
        self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        """Look ten times a second whether it is time to stop listening."""
        self._beat()
        if self._supervisor is not None and os.getppid() != self._supervisor:
            self._end()
        if await super().on_tick(counter):
            return True
        if self._told_to_end is None:
            return False
        if self._on_end is not None:
            self._on_end()
            self._on_end = None
        taken = monotonic() - self._told_to_end
        is_quiet = taken >= self._grace.drain_seconds and not self.server_state.tasks
        return is_quiet or taken >= self._grace.seconds

    async def shutdown(self, sockets: Any = None) -> None:
        """Stop listening, let what was written reach who reads it within the grace, and end."""
        taken = 0.0 if self._told_to_end is None else monotonic() - self._told_to_end
        # Under way are now the last bytes alone, or answers whose time is over.
        self.config.timeout_graceful_shutdown = ceil(max(0.0, self._grace.seconds - taken))
        await super().shutdown(sockets)
        if self.server_state.tasks:
            _LOG.warning("answers_cut", count=len(self.server_state.tasks))
        if self._drain is not None and self._drain.cut:
            _LOG.error("work_cut", threads=self._drain.cut)

    def _end(self) -> None:
        if self._told_to_end is None:
            self._told_to_end = monotonic()
            self._refuse_new()

    def _refuse_new(self) -> None:
        if self._drain is not None and self._told_to_end is not None:
            self._drain.begin(self._told_to_end + self._grace.seconds)
