"""GET energy over HTTP: ours against the reference, against the floor, and compressed against plain."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final, NamedTuple
from zlib import decompress

from benchmarks import floor, reference
from benchmarks.client import Answer, Client, Peer, request_text
from benchmarks.ours import EANS, SPAN_DAYS, Platform, Question, checked, first_moment, some_question
from benchmarks.processes import free_port, running
from benchmarks.report import Figure
from kwartier.domain.question import MAX_DAYS

__all__ = ["compare"]

_GZIP_OR_ZLIB: Final = 47  # how zlib is told to look at the head itself
_REFERENCE_TARGET: Final = f"{reference.ENERGY}?"
_REQUESTS_A_ROUND: Final = 6

Ask = Callable[[Question], Answer]


class _Contender(NamedTuple):
    """Something that answers questions.

    Attributes:
        requests: how many in a round.
        computes: whether its answer must be that of the question; otherwise it has one answer.
    """

    ask: Ask
    requests: int = _REQUESTS_A_ROUND
    computes: bool = True


def compare(ours: Platform, folder: Path, random: Random, today: datetime, rounds: int) -> Iterator[Figure]:
    """The figures of GET energy; every round asks each contender in turn."""
    with _contenders(ours, folder, random, today) as contenders:
        for contender in contenders.values():
            contender.ask(some_question(random, today))
        _check_that_they_agree(contenders, some_question(random, today))
        taken = [_round(contenders, random, today) for _ in range(rounds)]
    yield from _figures(taken)


def _round(contenders: Mapping[str, _Contender], random: Random, today: datetime) -> dict[str, float]:
    """Ask each contender in turn; the median of seconds that each takes."""
    return {
        name: _time_of(contender, [some_question(random, today) for _ in range(contender.requests)])
        for name, contender in contenders.items()
    }


@contextmanager
def _contenders(
    ours: Platform, folder: Path, random: Random, today: datetime
) -> Iterator[Mapping[str, _Contender]]:
    with Client(ours.server.peer) as client:
        database, body = folder / "reference.db", folder / "body.json"
        reference.fill(database, (json.loads(_ask_ours(ours, client, one).body) for one in _all_days(today)))
        body.write_bytes(_ask_ours(ours, client, some_question(random, today)).body)
        with (
            _started("benchmarks.reference", {reference.DATABASE_VARIABLE: str(database)}) as its_peer,
            _started("benchmarks.floor", {floor.BODY_VARIABLE: str(body)}) as floor_peer,
            Client(its_peer) as its_client,
            Client(floor_peer) as floor_client,
        ):
            whole, chunked = (request_text(target, {}) for target in (floor.WHOLE, floor.CHUNKED))
            yield {
                "ours": _Contender(lambda one: _ask_ours(ours, client, one)),
                "whole": _Contender(lambda _: floor_client.ask(whole), computes=False),
                "chunked": _Contender(lambda _: floor_client.ask(chunked), computes=False),
                "gzip": _Contender(lambda one: _ask_ours(ours, client, one, gzip=True)),
                "reference": _Contender(
                    lambda one: its_client.ask(request_text(_REFERENCE_TARGET + one.query(), {})), requests=1
                ),
            }


@contextmanager
def _started(module: str, variables: Mapping[str, str]) -> Iterator[Peer]:
    port = free_port()
    with running(["-m", module, str(port)], port, os.environ | variables) as server:
        yield server.peer


def _ask_ours(ours: Platform, client: Client, question: Question, *, gzip: bool = False) -> Answer:
    return client.ask(ours.energy(question, gzip=gzip))


def _all_days(today: datetime) -> Iterator[Question]:
    """Questions that together ask all that any question can, none of it twice."""
    start = first_moment(today)
    for ean in EANS:
        for first in range(0, SPAN_DAYS + 1, MAX_DAYS):
            days = min(MAX_DAYS, SPAN_DAYS + 1 - first)
            yield Question(ean, start + timedelta(days=first), start + timedelta(days=first + days))


def _time_of(contender: _Contender, questions: list[Question]) -> float:
    """The median of seconds that a contender takes; its answers are looked at outside the time."""
    taken = []
    for question in questions:
        answer = contender.ask(question)
        taken.append(answer.seconds)
        slots = _plain(answer).count(b'"start":')
        if slots != question.slots:
            raise RuntimeError(f"{question.slots} quarter-hours were asked, {slots} came")
    return median(taken)


def _plain(answer: Answer) -> bytes:
    """The body as it is read, of an answer that must be a good one."""
    checked(answer)
    compressed = b"content-encoding: gzip" in answer.head
    return decompress(answer.body, _GZIP_OR_ZLIB) if compressed else answer.body


def _check_that_they_agree(contenders: Mapping[str, _Contender], question: Question) -> None:
    """Whoever computes must say the same."""
    told = {
        name: _data(_plain(contender.ask(question)))
        for name, contender in contenders.items()
        if contender.computes
    }
    for name, data in told.items():
        if data != told["ours"]:
            raise RuntimeError(f"{name} does not answer what ours answers")


def _data(body: bytes) -> Any:
    return json.loads(body)["data"]


def _figures(taken: list[dict[str, float]]) -> Iterator[Figure]:
    def ms(name: str) -> float:
        return median(one[name] for one in taken) * 1e3

    def times(above: str, below: str) -> float:
        return median(one[above] / one[below] for one in taken)

    yield Figure(
        "GET energy, 185 days, two registers, against the reference",
        "ms",
        ms("ours"),
        ms("reference"),
        times("reference", "ours"),
        at_least=150,
    )
    yield Figure(
        "… against the same bytes from memory, in one piece",
        "ms",
        ms("ours"),
        ms("whole"),
        times("ours", "whole"),
        at_most=4,
    )
    yield Figure(
        "… against the same bytes from memory, in chunks",
        "ms",
        ms("ours"),
        ms("chunked"),
        times("ours", "chunked"),
    )
    yield Figure(
        "… compressed, against plain", "ms", ms("gzip"), ms("ours"), times("gzip", "ours"), at_most=2
    )
