"""Reading as the store grows: 185 days of stores of several sizes, warm and cold, on both engines."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from rich.console import Console

from benchmarks.alive import Alive, made_alive, question_of
from benchmarks.client import Client
from benchmarks.filling import fill
from benchmarks.ours import checked
from benchmarks.postgresql import Server
from benchmarks.reading import ROWS, RUNS, fill_rows, seconds_of
from benchmarks.report import Figure
from kwartier.db.readings import readings_database
from kwartier.domain.days import day_of
from kwartier.domain.question import MAX_DAYS

__all__ = ["measure"]

_ENGINES: Final = ("sqlite", "postgresql")
_DAYS: Final = MAX_DAYS + 15
_SETTLED: Final = timedelta(days=5)
_ASKED: Final = 40
_WITH_ROWS: Final = 1_000
_WARM_READS: Final = 12
_AT_MOST: Final = 1.5
_BYTES_AT_MOST: Final = 1.7


@dataclass(frozen=True, slots=True)
class _Store:
    """A store of some size, and beside it the same with a row per value, if there is one."""

    folder: Path
    url: str
    alive: Alive
    rows_url: str | None

    @property
    def size(self) -> int:
        return self.alive.filled.headpoints


def measure(
    folder: Path, server: Server, sizes: Sequence[int], random: Random, rounds: int, console: Console
) -> Iterator[Figure]:
    """Milliseconds of 185 days by size and engine, against the smallest size.

    Args:
        folder: for stores.
        server: of PostgreSQL.
        sizes: headpoints, the smallest first; small ones are kept with a row per value too.
        random: chooses what is asked.
        rounds: in each, every size is asked.
        console: is told what is done, for it takes minutes.
    """
    for engine in _ENGINES:
        with TemporaryDirectory(dir=folder) as name:
            stores = []
            for size in sizes:
                begun = perf_counter()
                stores.append(_made(Path(name), engine, server, size, random))
                console.print(f"  {size} headpoints on {engine}: filled in {perf_counter() - begun:.0f} s")
            for one in stores:
                yield Figure(
                    f"{one.size:,} headpoints, a delivery a day, {engine}: kept",
                    "bytes a value",
                    one.alive.filled.bytes_a_value,
                    at_most=_BYTES_AT_MOST,
                )
            yield from _against_smallest("GET energy, warm", engine, _warm(stores, random, rounds))
            cold = _Cold(server if engine == "postgresql" else None, random)
            rounds_cold = max(3, rounds // 4)
            taken = [{one.size: cold.request(one) for one in stores} for _ in range(rounds_cold)]
            yield from _against_smallest("GET energy, cold", engine, taken)
            taken = [{one.size: cold.reading(one, RUNS)[0] for one in stores} for _ in range(rounds_cold)]
            yield from _against_smallest("read from the store, cold", engine, taken, at_most=None)
            for one in stores:
                if one.rows_url is not None:
                    yield from _against_rows(one, engine, cold, rounds_cold)
        if engine == "postgresql":
            for one in stores:
                server.drop(f"runs{one.size}")
                if one.rows_url is not None:
                    server.drop(f"rows{one.size}")


def _made(folder: Path, engine: str, server: Server, size: int, random: Random) -> _Store:
    """A store of this size, filled up to some days ago."""
    own = folder / str(size)
    own.mkdir()
    today = day_of(datetime.now(UTC) - _SETTLED)
    days = range(today - _DAYS, today)
    url = f"sqlite:///{own / 'runs.db'}" if engine == "sqlite" else server.make(f"runs{size}")
    readings = readings_database(url)
    filled = fill(readings, size, days)
    readings.close()
    rows_url = None
    if size <= _WITH_ROWS:
        rows_url = f"sqlite:///{own / 'rows.db'}" if engine == "sqlite" else server.make(f"rows{size}")
        fill_rows(rows_url, size, days)
    return _Store(own, url, made_alive(own, url, filled, random, _ASKED), rows_url)


def _warm(stores: Sequence[_Store], random: Random, rounds: int) -> list[dict[int, float]]:
    """Seconds of GET energy by size, of servers that were asked before."""
    with ExitStack() as opened:
        clients = {
            one.size: opened.enter_context(Client(opened.enter_context(one.alive.serving()).peer))
            for one in stores
        }
        for one in stores:
            for number in one.alive.asked:
                _ask(clients[one.size], one, number, random)
        return [
            {
                one.size: median(
                    _ask(clients[one.size], one, random.choice(one.alive.asked), random)
                    for _ in range(_WARM_READS)
                )
                for one in stores
            }
            for _ in range(rounds)
        ]


def _ask(client: Client, store: _Store, number: int, random: Random) -> float:
    question = question_of(random, store.alive.filled, number)
    answer = checked(client.ask(store.alive.request(question)))
    if answer.body.count(b'"start":') != question.slots:
        raise RuntimeError(f"{question.slots} quarter-hours were asked, and others came")
    return answer.seconds


class _Cold:
    """Asks what nobody remembers: neither a process of ours, nor the server's memory, nor the system's.

    Args:
        server: of PostgreSQL, if the stores are there.
        random: chooses what is asked.
    """

    def __init__(self, server: Server | None, random: Random) -> None:
        self._server, self._random = server, random

    def request(self, store: _Store) -> float:
        """Seconds of the first GET energy of a fresh process."""
        self._forget(store)
        with store.alive.serving() as serving, Client(serving.peer) as client:
            return _ask(client, store, self._random.choice(store.alive.asked), self._random)

    def reading(self, store: _Store, kept: str, reads: int = 1) -> list[float]:
        """Seconds of reading from a store by itself in a fresh process, the first of them cold."""
        url = store.url if kept == RUNS or store.rows_url is None else store.rows_url
        after = (_DAYS - MAX_DAYS - 1) * 96
        asked = [(self._random.randrange(store.size), self._random.randrange(after)) for _ in range(reads)]
        self._forget(store)
        return seconds_of(url, kept, store.alive.filled, [asked[0], *asked[1:], *asked[1:]])

    def _forget(self, store: _Store) -> None:
        folder = store.folder if self._server is None else self._server.folder
        if self._server is not None:
            self._server.stop()
        for file in folder.rglob("*"):
            if file.is_file() and not file.is_symlink():
                descriptor = os.open(file, os.O_RDONLY)
                os.fsync(descriptor)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(descriptor)
        if self._server is not None:
            self._server.start()


def _against_rows(store: _Store, engine: str, cold: _Cold, rounds: int) -> Iterator[Figure]:
    """Reading runs against reading a row per value, each by itself in a fresh process: cold, and once more."""
    taken = [{kept: cold.reading(store, kept, 6) for kept in (RUNS, ROWS)} for _ in range(rounds)]
    for what, seconds in (
        ("cold", [{kept: of[0] for kept, of in one.items()} for one in taken]),
        ("warm", [{kept: median(of[len(of) // 2 + 1 :]) for kept, of in one.items()} for one in taken]),
    ):
        yield Figure(
            f"read from the store of {store.size:,}, {what}, {engine}, against a row per value",
            "ms",
            median(one[RUNS] for one in seconds) * 1e3,
            median(one[ROWS] for one in seconds) * 1e3,
            median(one[ROWS] / one[RUNS] for one in seconds),
        )


def _against_smallest(
    what: str, engine: str, taken: Sequence[Mapping[int, float]], *, at_most: float | None = _AT_MOST
) -> Iterator[Figure]:
    smallest, *larger = taken[0]
    for size in larger:
        yield Figure(
            f"{what}, {size:,} headpoints against {smallest:,}, {engine}",
            "ms",
            median(one[size] for one in taken) * 1e3,
            median(one[smallest] for one in taken) * 1e3,
            median(one[size] / one[smallest] for one in taken),
            at_most=at_most,
        )
