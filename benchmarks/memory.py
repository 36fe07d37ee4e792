"""What a worker holds in memory while clients do not read what they asked."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from random import Random
from select import select
from time import monotonic, sleep
from typing import Final

import psutil

from benchmarks.platform import Platform, some_question
from benchmarks.report import Figure

__all__ = ["measure"]

_CLIENTS: Final = 100
_RECEIVE_BYTES: Final = 4096
_SAMPLE_SECONDS: Final = 0.1
_QUIET_SAMPLES: Final = 10
_PATIENCE_SECONDS: Final = 15


def measure(ours: Platform, random: Random, today: datetime) -> Iterator[Figure]:
    """The memory of our server at rest, and with 100 clients that do not read their 185 days."""
    process = psutil.Process(ours.server.pid)
    yield Figure("worker after the requests above, PSS", "MB", _pss_mb(process))
    highest = 0.0
    with ExitStack() as opened:
        waiting = [opened.enter_context(_asking(ours, random, today)) for _ in range(_CLIENTS)]
        deadline, quiet = monotonic() + _PATIENCE_SECONDS, 0
        while monotonic() < deadline and (waiting or quiet < _QUIET_SAMPLES):
            sleep(_SAMPLE_SECONDS)
            now = _pss_mb(process)
            quiet = 0 if now > highest else quiet + 1
            highest = max(highest, now)
            answered = select(waiting, [], [], 0)[0]
            waiting = [one for one in waiting if one not in answered]
        if waiting:
            raise RuntimeError(f"{len(waiting)} of {_CLIENTS} clients got no answer")
        rss = process.memory_info().rss / 1e6
    yield Figure(f"worker with {_CLIENTS} clients that do not read, PSS", "MB", highest, at_most=150)
    yield Figure("… its RSS", "MB", rss)


@contextmanager
def _asking(ours: Platform, random: Random, today: datetime) -> Iterator[socket.socket]:
    """A client that has asked, and takes in next to nothing."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
        client.connect(ours.server.peer)
        client.sendall(ours.energy(some_question(random, today)))
        yield client


def _pss_mb(process: psutil.Process) -> float:
    full = process.memory_full_info()
    pss: int = full.pss
    return pss / 1e6
