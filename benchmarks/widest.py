"""GET energy of the widest meters over HTTP, beside the digital ones: AMR with reactive energy and its submeters."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain
from random import Random
from statistics import median
from typing import Final, NamedTuple

from benchmarks.client import Client
from benchmarks.ours import Platform, Question, checked, some_question
from benchmarks.report import Figure
from kwartier.wire import paths

__all__ = ["measure"]

_SITES: Final[Mapping[int, tuple[str, ...]]] = {
    2: tuple(f"541450211000000{number:03}" for number in (1, 9, 12, 15)),
    4: tuple(f"541450211000000{number:03}" for number in (3, 11, 19, 27)),
}
"""By how many submeters hang below them: injection and production, with auxiliary use or without."""

_REGISTERS: Final = 3  # of each of their meters: active, inductive, capacitive
_DIGITAL: Final = 0  # submeters


class _Taken(NamedTuple):
    """What an answer took."""

    seconds: float
    megabytes: float


def measure(ours: Platform, random: Random, today: datetime, rounds: int) -> Iterator[Figure]:
    """Time and size of a full answer; every round asks digital and wide meters in turn."""
    with Client(ours.server.peer) as client:
        for ean in chain.from_iterable(_SITES.values()):
            checked(client.ask(ours.post(paths.MOCK_MANDATE, {"status": "Approved", "ean": ean})))
        _round(ours, client, random, today)
        taken = [_round(ours, client, random, today) for _ in range(rounds)]
    for below in _SITES:
        wide, digital = ([one[which] for one in taken] for which in (below, _DIGITAL))
        registers = _REGISTERS * (1 + below)
        yield Figure(
            f"GET energy, 185 days, AMR, {registers} registers ({below} submeters), against digital",
            "ms",
            median(one.seconds for one in wide) * 1e3,
            median(one.seconds for one in digital) * 1e3,
            median(one.seconds / other.seconds for one, other in zip(wide, digital, strict=True)),
        )
        yield Figure(
            "… its size",
            "MB",
            median(one.megabytes for one in wide),
            median(one.megabytes for one in digital),
            median(one.megabytes / other.megabytes for one, other in zip(wide, digital, strict=True)),
        )


def _round(ours: Platform, client: Client, random: Random, today: datetime) -> dict[int, _Taken]:
    """Ask for digital meters and each sort of sites in turn; what they took, by the number of submeters."""
    taken = {_DIGITAL: _ask(ours, client, some_question(random, today), _DIGITAL)}
    for below, eans in _SITES.items():
        question = replace(some_question(random, today), ean=random.choice(eans))
        taken[below] = _ask(ours, client, question, below)
    return taken


def _ask(ours: Platform, client: Client, question: Question, below: int) -> _Taken:
    """Ask, and look outside the time whether all meters told all their quarter-hours."""
    answer = checked(client.ask(ours.energy(question)))
    slots, expected = answer.body.count(b'"start":'), question.slots * (1 + below)
    if slots != expected:
        raise RuntimeError(f"{expected} quarter-hours were asked, {slots} came")
    if below and answer.body.count(b'"capacitive":') != expected:
        raise RuntimeError("reactive energy is missing")
    return _Taken(answer.seconds, len(answer.body) / 1e6)
