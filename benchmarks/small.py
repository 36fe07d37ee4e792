"""Small requests: how many a second one worker serves, against the bare framework giving the same bytes."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import bare
from benchmarks.client import Client, request_text
from benchmarks.ours import EANS, Platform, checked
from benchmarks.processes import free_port, own_environment, running
from benchmarks.report import Figure
from kwartier.wire import paths

__all__ = ["measure"]

_REQUESTS: Final = 100


def measure(ours: Platform, folder: Path, rounds: int) -> Iterator[Figure]:
    """Requests a second, one after the other on one connection, every contender in each round."""
    mandate = ours.get(f"{paths.MANDATE}?ean={EANS[0]}")
    body, port = folder / "mandate.json", free_port()
    with Client(ours.server.peer) as client:
        body.write_bytes(checked(client.ask(mandate)).body)
    environment = own_environment({}) | {bare.BODY_VARIABLE: str(body)}
    taken: dict[str, list[float]] = {"mandate": [], "bare": [], "health": []}
    with (
        running(["-m", "benchmarks.bare", str(port)], port, environment) as framework,
        Client(ours.server.peer) as client,
        Client(framework.peer) as other,
    ):
        contenders = {
            "mandate": (client, mandate),
            "bare": (other, request_text(bare.PATH, dict(ours.headers))),
            "health": (client, ours.get(paths.HEALTH)),
        }
        for _ in range(rounds):
            for name, (asking, request) in contenders.items():
                taken[name].append(median(checked(asking.ask(request)).seconds for _ in range(_REQUESTS)))
    seconds = {name: median(measured) for name, measured in taken.items()}
    ratio = median(there / here for here, there in zip(taken["mandate"], taken["bare"], strict=True))
    yield Figure(
        f"GET mandate (of one EAN among {len(EANS)}), one connection, against bare FastAPI",
        "a second",
        1 / seconds["mandate"],
        1 / seconds["bare"],
        ratio,
        at_least=0.5,
    )
    cost = median(here - there for here, there in zip(taken["mandate"], taken["bare"], strict=True))
    yield Figure("… what the gateway and its database add to a request", "µs", cost * 1e6)
    yield Figure("GET health, one connection", "a second", 1 / seconds["health"])
