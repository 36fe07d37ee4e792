"""GET energy and its audit while a large delivery loads, against the same without it (SQLite)."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import numpy as np

from benchmarks.alive import Alive, made_alive, question_of
from benchmarks.client import Client
from benchmarks.filling import ean_of, fill, rows_of_days
from benchmarks.ours import checked
from benchmarks.processes import ROOT
from benchmarks.report import Figure
from kwartier.db.engine import Database
from kwartier.db.readings import readings_database
from kwartier.domain.days import day_of
from kwartier.domain.question import MAX_DAYS
from kwartier.formats.long import Shape
from kwartier.formats.long.write import write_parquet
from kwartier.services.audit import Audit, AuditFilter

__all__ = ["measure"]

_STORED_DAYS: Final = MAX_DAYS + 15
_METERS: Final = 500
_ASKED: Final = 20
_SETTLED: Final = timedelta(days=5)


class _Taken(NamedTuple):
    """Seconds of each answer: without a load, and with it."""

    without: list[float]
    under: list[float]


def measure(folder: Path, random: Random, runs: int) -> Iterator[Figure]:
    """Latency of 185 days, one question after the other, while so many runs load; a refusal ends the benchmark."""
    with TemporaryDirectory(dir=folder) as name:
        own = Path(name)
        url, today = f"sqlite:///{own / 'kwartier.db'}", day_of(datetime.now(UTC) - _SETTLED)
        readings = readings_database(url)
        days = range(today - _STORED_DAYS, today)
        filled = fill(readings, _METERS, days)
        readings.close()
        alive = made_alive(own, url, filled, random, _ASKED)
        file = own / "large.parquet"
        # Before what is stored, so that what is asked stays what it was.
        loaded = range(days.start - runs // _METERS, days.start)
        with file.open("wb") as sink:
            write_parquet(rows_of_days(np.random.default_rng(1), _METERS, loaded), sink, Shape.RUNS)
        taken, seconds = _asked(alive, url, file, random)
        if len(taken.without) + len(taken.under) != _audited(url, alive):
            raise RuntimeError("not every question is in the audit")
    for what, of in (
        ("median", median),
        ("99 of 100", lambda some: quantiles(some, n=100)[98]),
        ("longest", max),
    ):
        yield Figure(
            f"GET energy while {runs:,} runs load, {what}, against without",
            "ms",
            of(taken.under) * 1e3,
            of(taken.without) * 1e3,
            of(taken.under) / of(taken.without),
        )
    yield Figure("… asked meanwhile, none refused, all in the audit", "questions", len(taken.under))
    yield Figure("… the load took", "s", seconds)


def _asked(alive: Alive, url: str, file: Path, random: Random) -> tuple[_Taken, float]:
    """Ask before the load, while it goes on, and as often after it."""
    with alive.serving() as serving, Client(serving.peer) as client:

        def ask() -> float:
            question = question_of(random, alive.filled, random.choice(alive.asked))
            return checked(client.ask(alive.request(question))).seconds

        without = [ask() for _ in range(200)]
        command = [sys.executable, "-m", "kwartier", "readings", "import", str(file), "--json"]
        with subprocess.Popen([*command, "--database", url], stdout=subprocess.PIPE, cwd=ROOT) as process:
            under = _while(lambda: process.poll() is None, ask)
            assert process.stdout is not None
            [told] = json.load(process.stdout)
        if process.returncode:
            raise RuntimeError("the import failed")
        without += [ask() for _ in range(200)]
    return _Taken(without, under), float(told["seconds"])


def _while(going: Callable[[], bool], ask: Callable[[], float]) -> list[float]:
    taken = []
    while going():
        taken.append(ask())
    return taken


def _audited(url: str, alive: Alive) -> int:
    registry = Database(url)
    audit = Audit(registry)
    found = sum(len(audit.find(AuditFilter(ean=ean_of(number)), limit=1_000_000)) for number in alive.asked)
    registry.close()
    return found
