"""The limit of requests under load: how many several workers admit together."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.client import Client
from benchmarks.ours import EANS, Platform, platform
from benchmarks.report import Figure
from kwartier.wire import paths

__all__ = ["measure"]

_LIMIT: Final = 300
_CLIENTS: Final = 8
_CONNECTIONS: Final = 30
_EACH: Final = 5  # requests; on one long connection, one worker would get them all


def measure(folder: Path) -> Iterator[Figure]:
    """Requests of one subscription that were admitted within one window, by two and by four workers."""
    for workers in (2, 4):
        with TemporaryDirectory(dir=folder) as name:
            settings = {"rate_limit": str(_LIMIT), "workers": str(workers)}
            with platform(Path(name), settings) as ours:
                # Each mandate that was made took a request of the window.
                admitted = len(EANS) + _load(ours)
        yield Figure(
            f"admitted in a window by {workers} workers, {_CLIENTS} clients asking",
            "requests",
            admitted,
            _LIMIT,
            at_most=_LIMIT + workers,
        )


def _load(ours: Platform) -> int:
    """How many of all requests were admitted."""
    request = ours.get(f"{paths.MANDATE}?ean={EANS[0]}")

    def ask(_client: int) -> Counter[int]:
        statuses = Counter[int]()
        for _ in range(_CONNECTIONS):
            with Client(ours.server.peer, buffer_bytes=1_000_000) as client:
                statuses.update(client.ask(request).status for _ in range(_EACH))
        return statuses

    with ThreadPoolExecutor(_CLIENTS) as threads:
        statuses = sum(threads.map(ask, range(_CLIENTS)), Counter[int]())
    if set(statuses) - {200, 429}:
        raise RuntimeError(f"statuses {dict(statuses)}")
    return statuses[200]
