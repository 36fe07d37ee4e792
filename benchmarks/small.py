"""Small requests: how many a second one worker serves."""

from collections.abc import Iterator
from statistics import median
from typing import Final

from benchmarks.client import Client
from benchmarks.ours import EANS, Platform, checked
from benchmarks.report import Figure
from kwartier.wire import paths

__all__ = ["measure"]

_REQUESTS: Final = 100


def measure(ours: Platform, rounds: int) -> Iterator[Figure]:
    """Requests a second, one after the other on one connection."""
    requests = {
        f"GET mandate (of one EAN among {len(EANS)})": ours.get(f"{paths.MANDATE}?ean={EANS[0]}"),
        "GET health": ours.get(paths.HEALTH),
    }
    taken: dict[str, list[float]] = {name: [] for name in requests}
    with Client(ours.server.peer) as client:
        for _ in range(rounds):
            for name, request in requests.items():
                taken[name].append(median(checked(client.ask(request)).seconds for _ in range(_REQUESTS)))
    for name, seconds in taken.items():
        yield Figure(f"{name}, one connection", "a second", 1 / median(seconds))
