"""Small requests: how many a second one worker serves, against the bare framework giving the same bytes."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import bare
from benchmarks.busy import CONNECTIONS, requests_a_second
from benchmarks.client import Client, request_text
from benchmarks.ours import EANS, Platform, checked
from benchmarks.processes import free_port, own_environment, running
from benchmarks.report import Figure
from kwartier.wire import paths

__all__ = ["measure"]

_REQUESTS: Final = 50
_BUSY_REQUESTS: Final = 400


def measure(ours: Platform, folder: Path, rounds: int) -> Iterator[Figure]:
    """Requests a second, every contender in each round: kept busy, and one after the other on one connection."""
    mandate = ours.get(f"{paths.MANDATE}?ean={EANS[0]}")
    body, port = folder / "mandate.json", free_port()
    with Client(ours.server.peer) as client:
        body.write_bytes(checked(client.ask(mandate)).body)
    environment = own_environment({}) | {bare.BODY_VARIABLE: str(body)}
    busy: dict[str, list[float]] = {}
    taken: dict[str, list[float]] = {}
    with (
        running(["-m", "benchmarks.bare", str(port)], port, environment) as framework,
        Client(ours.server.peer) as client,
        Client(framework.peer) as other,
    ):
        contenders = {
            "live": (client, ours.server.peer, ours.live),
            "sandbox": (client, ours.server.peer, mandate),
            "bare": (other, framework.peer, request_text(bare.PATH, dict(ours.headers))),
            "health": (client, ours.server.peer, ours.get(paths.HEALTH)),
        }
        for _ in range(rounds):
            for name, (asking, peer, request) in contenders.items():
                busy.setdefault(name, []).append(requests_a_second(peer, request, _BUSY_REQUESTS))
                seconds = median(checked(asking.ask(request)).seconds for _ in range(_REQUESTS))
                taken.setdefault(name, []).append(seconds)
    for name, what in (
        ("live", "GET mandate"),
        ("sandbox", "… in the sandbox, with its journal, clock and faults"),
    ):
        yield Figure(
            f"{what}, {CONNECTIONS} connections kept busy, against bare FastAPI",
            "a second",
            median(busy[name]),
            median(busy["bare"]),
            median(here / there for here, there in zip(busy[name], busy["bare"], strict=True)),
            at_least=0.5,
        )
    for name in ("live", "sandbox"):
        cost = median(here - there for here, there in zip(taken[name], taken["bare"], strict=True))
        yield Figure(f"… what the {name} adds to a request on one connection", "µs", cost * 1e6)
    yield Figure("GET health, one connection", "a second", 1 / median(taken["health"]))
