"""Several processes that serve one socket, and the one that watches over them."""

import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing import sharedctypes
from time import monotonic, sleep
from types import FrameType
from typing import Any, Final

import uvicorn

from kwartier.serving.server import Grace, Server
from kwartier.telemetry.events import Log

__all__ = ["Supervisor"]

_LOG: Final = Log("kwartier.serving")
_SPAWN: Final = multiprocessing.get_context("spawn")
_LOOK_SECONDS: Final = 0.1
_HUNG_SECONDS: Final = 30.0  # a loop that did not turn for so long will not turn again
_START_SECONDS: Final = 60.0
_AGAIN_SECONDS: Final = 1.0  # no worker is started again sooner
_TRIES: Final = 3
_KILL_AFTER_SECONDS: Final = 8.0
"""Beyond the grace: a worker has two moments then for its threads, and a busy machine takes its time to end it."""


@dataclass(slots=True)
class _Worker:
    """A process that serves; `beat` is when its loop last turned, 0 before it serves."""

    process: Any
    beat: Any
    started: float = field(default_factory=monotonic)

    @property
    def is_ready(self) -> bool:
        return bool(self.beat.value)

    @property
    def is_alive(self) -> bool:
        return bool(self.process.is_alive())

    @property
    def is_hung(self) -> bool:
        if self.is_ready:
            return bool(monotonic() - self.beat.value > _HUNG_SECONDS)
        return monotonic() - self.started > _START_SECONDS


class Supervisor:
    """Keeps as many workers as the configuration says.

    SIGTERM and SIGINT end them all within the grace, a second one at once. SIGHUP replaces them one by one, each when its
    successor serves. A worker that dies, or whose loop stands still, is started again; workers that never come to serve
    end the supervisor too.

    Args:
        config: of uvicorn.
        sockets: that listen.
        grace: how workers end.
        on_ready: called once, when all serve for the first time.
        on_end: called once, when it ends them.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        sockets: Sequence[socket.socket],
        grace: Grace,
        on_ready: Callable[[], None] = lambda: None,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._config = config
        self._sockets = list(sockets)
        self._grace = grace
        self._on_ready = on_ready
        self._on_end = on_end
        self._workers: list[_Worker] = []
        self._outdated: list[_Worker] = []
        self._successor: _Worker | None = None
        self._leaving: list[_Worker] = []
        self._failures = 0
        self._signals = 0
        self._is_renewal_asked = False
        self._has_given_up = False

    @property
    def is_ending(self) -> bool:
        """Whether it was told to end, or gives up."""
        return self._signals > 0 or self._has_given_up

    def run(self) -> bool:
        """Serve until told to stop; whether it ended as it should."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note_end)
        signal.signal(signal.SIGHUP, self._note_renewal)
        self._workers = [self._start() for _ in range(self._config.workers)]
        was_ready = False
        while not self.is_ending:
            sleep(_LOOK_SECONDS)
            self._keep_alive()
            self._renew()
            if not was_ready and all(worker.is_ready for worker in self._workers):
                was_ready = True
                self._on_ready()
        self._on_end()
        all_ended_well = self._end()
        return all_ended_well and not self._has_given_up and self._signals == 1

    def _note_end(self, sig: int, frame: FrameType | None) -> None:
        # Only noted: a handler runs in the middle of anything.
        del sig, frame
        self._signals += 1

    def _note_renewal(self, sig: int, frame: FrameType | None) -> None:
        del sig, frame
        self._is_renewal_asked = True

    def _start(self) -> _Worker:
        beat = sharedctypes.RawValue("d", 0.0)
        process = _SPAWN.Process(
            target=_serve, args=(self._config, self._sockets, self._grace, os.getpid(), beat)
        )
        process.start()
        return _Worker(process, beat)

    def _keep_alive(self) -> None:
        if any(worker.is_ready for worker in self._workers):
            self._failures = 0
        self._leaving = [worker for worker in self._leaving if worker.is_alive]
        for place, worker in enumerate(self._workers):
            if worker.is_alive and worker.is_hung:
                _LOG.error("worker_hung", pid=worker.process.pid)
                worker.process.kill()
                worker.process.join()
            if worker.is_alive or monotonic() - worker.started < _AGAIN_SECONDS:
                continue
            _LOG.error("worker_died", pid=worker.process.pid, exit_code=worker.process.exitcode)
            self._failures += not worker.is_ready
            if self._failures >= _TRIES:
                _LOG.error("workers_do_not_start", tries=self._failures)
                self._has_given_up = True
                return
            self._workers[place] = self._start()

    def _renew(self) -> None:
        """Go on replacing workers, if that was asked: a step at each look."""
        if self._is_renewal_asked:
            self._is_renewal_asked = False
            self._outdated = list(self._workers)
        successor = self._successor
        if successor is None:
            self._outdated = [worker for worker in self._outdated if worker in self._workers]
            if self._outdated:
                self._successor = self._start()
        elif successor.is_ready:
            old = self._outdated.pop(0)
            if old in self._workers:
                self._workers[self._workers.index(old)] = successor
            else:  # it died, and was started again meanwhile
                self._leaving.append(successor)
                successor.process.terminate()
            self._successor = None
            if old.is_alive:
                old.process.terminate()
                self._leaving.append(old)
        elif not successor.is_alive or successor.is_hung:
            _LOG.error("workers_not_replaced", pid=successor.process.pid)
            successor.process.kill()
            self._successor, self._outdated = None, []

    def _end(self) -> bool:
        """End all, within the grace or at a second signal; whether each of them ended what it had begun."""
        begun, told = monotonic(), self._signals
        remaining = [*self._workers, *self._leaving, *([self._successor] if self._successor else [])]
        told_to_end = [worker for worker in remaining if worker.is_alive]
        for worker in told_to_end:
            worker.process.terminate()
        while remaining := [worker for worker in remaining if worker.is_alive]:
            is_over = monotonic() - begun > self._grace.seconds + _KILL_AFTER_SECONDS
            if is_over or self._signals > max(told, 1):
                for worker in remaining:
                    worker.process.kill()
            sleep(_LOOK_SECONDS)
        # One that does not serve yet ends by the signal itself, and cuts nothing.
        return not any(worker.is_ready and worker.process.exitcode for worker in told_to_end)


def _serve(
    config: uvicorn.Config, sockets: list[socket.socket], grace: Grace, supervisor: int, beat: Any
) -> None:
    """Serve, in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def turned() -> None:
        beat.value = monotonic()

    server = Server(config, grace, supervisor, turned)
    server.run(sockets)
    if server.has_cut:
        sys.exit(1)
