"""GET energy as Arrow against the same in JSON: how long it takes, how large it is."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from statistics import median
from typing import Any, Final

import pyarrow as pa

from benchmarks.client import Client, request_text
from benchmarks.ours import Platform, Question, checked, some_question
from benchmarks.report import Figure
from kwartier.wire import paths
from kwartier.wire.frame import MEDIA_TYPE

__all__ = ["measure"]

_REQUESTS: Final = 6
_REGISTERS: Final = 2
_FORMS: Final = {
    "json": {},
    "arrow": {"Accept": MEDIA_TYPE},
    "json, gzip": {"Accept-Encoding": "gzip"},
    "arrow, gzip": {"Accept": MEDIA_TYPE, "Accept-Encoding": "gzip"},
}


def measure(ours: Platform, random: Random, today: datetime, rounds: int) -> Iterator[Figure]:
    """Every form in each round; the answers in Arrow are read and their rows counted, outside the time."""
    seconds: dict[str, list[float]] = {name: [] for name in _FORMS}
    sizes: dict[str, list[int]] = {name: [] for name in _FORMS}
    with Client(ours.server.peer) as client:
        _check(
            checked(client.ask(_request(ours, question := some_question(random, today), "arrow"))).body,
            question,
        )
        for _ in range(rounds):
            for name in _FORMS:
                answers = [
                    checked(client.ask(_request(ours, some_question(random, today), name)))
                    for _ in range(_REQUESTS)
                ]
                seconds[name].append(median(one.seconds for one in answers))
                sizes[name].append(len(answers[-1].body))
    for name, other in (("arrow", "json"), ("arrow, gzip", "json, gzip")):
        told = "GET energy as Arrow, against JSON" if name == "arrow" else "… both compressed with gzip"
        ratio = median(here / there for here, there in zip(seconds[name], seconds[other], strict=True))
        yield Figure(told, "ms", median(seconds[name]) * 1e3, median(seconds[other]) * 1e3, ratio)
        here, there = median(sizes[name]) / 1e6, median(sizes[other]) / 1e6
        yield Figure("… its size", "MB", here, there, here / there)


def _request(ours: Platform, question: Question, form: str) -> bytes:
    target = f"{ours.base_path}{paths.ENERGY}?{question.query()}"
    return request_text(target, dict(ours.headers) | _FORMS[form])


def _check(stream: bytes, question: Question) -> None:
    with pa.ipc.open_stream(stream) as reader:
        table: Any = reader.read_all()
    if len(table) != question.slots * _REGISTERS:
        raise RuntimeError(f"{question.slots} quarter-hours were asked, {len(table)} values came")
