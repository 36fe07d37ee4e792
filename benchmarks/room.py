"""How much room the readings of AMR sites take, as the sandbox makes them: active, inductive, capacitive, of submeters too."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from benchmarks.filling import bytes_of
from benchmarks.postgresql import Server
from benchmarks.report import Figure
from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.domain.days import Grid, day_of, quarter_hours_of
from kwartier.domain.delivery import Counts
from kwartier.domain.ean import Ean
from kwartier.domain.period import epoch_microseconds
from kwartier.domain.resolve import Inserted, resolve
from kwartier.readings.codec import encode
from kwartier.readings.runs import Run
from kwartier.sandbox.eans import sandbox_meter
from kwartier.sandbox.generator import versions
from kwartier.services.deliveries import Deliveries

__all__ = ["measure"]

_DAYS: Final = 40
_SETTLED: Final = timedelta(days=10)
_SITES: Final = tuple(f"541450012000000{number:03}" for number in range(1, 41))
_COPIES: Final = 10
_AT_MOST: Final = 2.5


def measure(folder: Path, server: Server) -> Iterator[Figure]:
    """Bytes a value, a delivery a day, on both engines."""
    with TemporaryDirectory(dir=folder) as name:
        yield _figure("sqlite", readings_database(f"sqlite:///{Path(name) / 'amr.db'}"))
    yield _figure("postgresql", readings_database(server.make("amr")))
    server.drop("amr")


def _figure(engine: str, database: Database) -> Figure:
    migrate(database, READINGS)
    empty, values = bytes_of(database), 0
    today = day_of(datetime.now(UTC) - _SETTLED)
    deliveries = Deliveries(database, system_clock, timedelta(seconds=1))
    sites = [_days_of(ean, range(today - _DAYS, today)) for ean in _SITES]
    for day in range(_DAYS):
        delivery = deliveries.begin(f"day {day}", "benchmark")
        runs = [
            Run(int(ean) + copy * 1000, Grid.QUARTER_HOUR, start, content)
            for ean, (_, days) in zip(_SITES, sites, strict=True)
            for copy in range(_COPIES)
            for start, content in [days[day]]
        ]
        deliveries.load(delivery, runs)
        deliveries.publish(delivery, Counts(runs=len(runs)))
    values = _COPIES * sum(said for said, _ in sites)
    kept = (bytes_of(database) - empty) / values
    database.close()
    return Figure(
        f"AMR sites with submeters, a delivery a day, {engine}: kept", "bytes a value", kept, at_most=_AT_MOST
    )


def _days_of(ean: str, days: range) -> tuple[int, list[tuple[int, bytes]]]:
    """How many values a site has in some days, and a run of each day."""
    borders = quarter_hours_of(days).tolist()
    slots, inserted = range(borders[0], borders[-1]), Inserted(epoch_microseconds(datetime.now(UTC)))
    series = [
        resolve(part.versions, [slots], inserted)
        for part in versions(sandbox_meter(Ean(ean)), Grid.QUARTER_HOUR, slots, inserted)
    ]
    values = np.concatenate([one.values for one in series])
    states = np.concatenate([one.states for one in series])
    numbers = list(range(1, len(values) + 1))
    runs = []
    for start, stop in pairwise(borders):
        of = slice(start - borders[0], stop - borders[0])
        [content] = encode(numbers, values[None, :, of], states[None, :, of])
        runs.append((start, content))
    return int((states > 1).sum()), runs
