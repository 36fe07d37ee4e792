"""What a worker holds in memory while clients do not read what they asked."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from random import Random
from select import select
from time import monotonic, sleep
from typing import Final, NamedTuple

import psutil

from benchmarks.ours import Platform, some_question
from benchmarks.report import Figure

__all__ = ["measure"]

_CLIENTS: Final = 100
_RECEIVE_BYTES: Final = 4096
_SAMPLE_SECONDS: Final = 0.1
_QUIET_SAMPLES: Final = 10
_PATIENCE_SECONDS: Final = 20
_SOCKETS: Final = Path("/proc/net/sockstat")


class _Memory(NamedTuple):
    """Megabytes of a process (proportional set, resident set), and of TCP on the whole machine."""

    pss: float
    rss: float
    tcp: float


def measure(ours: Platform, random: Random, today: datetime) -> Iterator[Figure]:
    """The memory of our server, which served requests before, with 100 clients that do not read their 185 days."""
    process = psutil.Process(ours.server.pid)
    at_rest = _memory_mb(process)
    with ExitStack() as opened:
        clients = [opened.enter_context(_asking(ours, random, today)) for _ in range(_CLIENTS)]
        highest = _highest(process, clients)
    yield Figure(
        f"worker with {_CLIENTS} clients that do not read, PSS", "MB", highest.pss, at_rest.pss, at_most=150
    )
    yield Figure("… its RSS", "MB", highest.rss, at_rest.rss)
    if highest.tcp:
        yield Figure("… buffers of TCP in the kernel, whole machine", "MB", highest.tcp, at_rest.tcp)


def _highest(process: psutil.Process, clients: list[socket.socket]) -> _Memory:
    """The highest that memory comes to, until every client has the beginning of its answer and nothing grows."""
    deadline, quiet = monotonic() + _PATIENCE_SECONDS, 0
    highest = _Memory(0, 0, 0)
    waiting = clients
    while waiting or (quiet < _QUIET_SAMPLES and monotonic() < deadline):
        if monotonic() > deadline:
            raise RuntimeError(f"{len(waiting)} of {_CLIENTS} clients got no answer")
        sleep(_SAMPLE_SECONDS)
        now = _memory_mb(process)
        quiet = 0 if now.pss > highest.pss else quiet + 1
        highest = _Memory(*map(max, zip(now, highest, strict=True)))
        answered = select(waiting, [], [], 0)[0]
        waiting = [one for one in waiting if one not in answered]
    return highest


@contextmanager
def _asking(ours: Platform, random: Random, today: datetime) -> Iterator[socket.socket]:
    """A client that has asked, and takes in next to nothing."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
        client.connect(ours.server.peer)
        client.sendall(ours.energy(some_question(random, today)))
        yield client


def _memory_mb(process: psutil.Process) -> _Memory:
    full = process.memory_full_info()
    return _Memory(full.pss / 1e6, full.rss / 1e6, _tcp_bytes() / 1e6)


def _tcp_bytes() -> int:
    """What TCP holds in buffers on the whole machine (Linux counts it in pages); 0 where it can't be read."""
    if not _SOCKETS.exists():
        return 0
    for line in _SOCKETS.read_text(encoding="ascii").splitlines():
        if line.startswith("TCP:"):
            return int(line.split()[-1]) * resource.getpagesize()
    return 0
