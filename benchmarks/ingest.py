"""Taking readings in: the whole road from a file to a published delivery, on one core, on both engines.

A file for each day, a delivery each, in a process of its own, held to one core, in a new database. The server of PostgreSQL
is not held to it.
"""

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, BinaryIO, Final

import numpy as np

from benchmarks.filling import bytes_of, make_known, rows_of_days
from benchmarks.postgresql import Server
from benchmarks.processes import ROOT, own_environment
from benchmarks.report import Figure
from kwartier.clock import system_clock
from kwartier.db.readings import readings_database
from kwartier.domain.days import day_of
from kwartier.formats.long import Shape, read_long
from kwartier.formats.long.write import write_csv, write_parquet
from kwartier.services.deliveries import Deliveries
from kwartier.services.ingest.way_in import Ingest, Phase

__all__ = ["FIRST_DAY", "imported", "measure"]

FIRST_DAY: Final = day_of(datetime(2025, 5, 1, tzinfo=UTC))
DAYS: Final = 40
_ENGINES: Final = ("sqlite", "postgresql")


def measure(folder: Path, server: Server, meters: int, csv_meters: int, rounds: int) -> Iterator[Figure]:
    """Values a second by format and engine, bytes a value, and where the time goes: of the quickest round.

    Others on the machine only make it slower, and so much that a median tells more of them than of us.
    """
    with TemporaryDirectory(dir=folder) as name:
        made = Path(name)
        kinds: dict[str, Callable[[Iterable[Any], BinaryIO], None]] = {
            **{f"Parquet, {shape.name.lower()}": partial(write_parquet, shape=shape) for shape in Shape},
            "CSV": write_csv,
        }
        for number, (kind, write) in enumerate(kinds.items()):
            files = made / str(number)
            count = csv_meters if kind == "CSV" else meters
            files.mkdir()
            random = np.random.default_rng(1)
            for day, frame in enumerate(rows_of_days(random, count, range(FIRST_DAY, FIRST_DAY + DAYS))):
                with (files / f"{day:03}").open("wb") as sink:
                    write([frame], sink)
            for engine in _ENGINES:
                told = min(
                    (_round(engine, server, files, count) for _ in range(rounds)),
                    key=lambda one: one["seconds"],
                )
                yield from _figures(f"{kind}, {engine}", told)
            rmtree(files)


def _round(engine: str, server: Server, files: Path, meters: int) -> dict[str, float]:
    """One import of all files into a new database, which is gone afterwards."""
    with TemporaryDirectory(dir=files.parent) as folder:
        if engine == "sqlite":
            return imported(f"sqlite:///{folder}/bench.db", files, meters, folder)
        url = server.make("bench")
        try:
            return imported(url, files, meters, folder)
        finally:
            server.drop("bench")


def _figures(what: str, told: dict[str, float]) -> Iterator[Figure]:
    values = told["values"]
    budget = 1 if what.startswith("CSV") else 2
    yield Figure(f"import day by day: {what}", "M values/s", values / told["seconds"] / 1e6, at_least=budget)
    yield Figure("… a second of its own processor time", "M values/s", values / told["own"] / 1e6)
    yield Figure("… of which the files read alone", "s of all", told["read"], told["seconds"])
    yield Figure("… read, and parted by headpoint", "s of all", told["spooled"], told["seconds"])
    yield Figure("… checked, made into runs", "s of all", told["made"], told["seconds"])
    yield Figure("… loaded", "s of all", told["loaded"], told["seconds"])
    yield Figure("… kept", "bytes a value", told["bytes"] / values, at_most=1.7)
    yield Figure("… memory at most", "MB", told["memory"] / 1024)


def imported(url: str, files: Path, meters: int, folder: str) -> dict[str, float]:
    """What it takes to import all files of a folder into a new database, in a process held to one core."""
    told: dict[str, float] = json.loads(
        subprocess.check_output(
            [sys.executable, "-m", "benchmarks.ingest", url, str(files), str(meters), folder],
            cwd=ROOT,
            env=own_environment({}) | {"POLARS_MAX_THREADS": "1"},
        )
    )
    return told


def _import(url: str, files: Sequence[Path], meters: int, folder: Path) -> dict[str, float]:
    """Import files, held to one core."""
    import resource  # noqa: PLC0415 - not on every system

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    database = readings_database(url)
    make_known(database, meters, series=False)
    empty = bytes_of(database)
    began = perf_counter()
    values = sum(one.rows.height for file in files for one in read_long(file))
    read = perf_counter() - began
    deliveries = _Timed(database, system_clock, timedelta(seconds=1))
    ingest = Ingest(database, deliveries, system_clock, folder / "spool")
    own, began, spooled, stored = process_time(), perf_counter(), 0.0, 0

    for file in files:
        began_file = perf_counter()
        until: list[float] = []

        def tell(phase: Phase, _done: int, _total: int | None, until: list[float] = until) -> None:
            if phase is Phase.READING:
                until[:] = [perf_counter()]

        stored += ingest.take(file.name, file.name, read_long(file), progress=tell).delivery.counts.stored
        spooled += until[0] - began_file
    seconds, own = perf_counter() - began, process_time() - own
    assert stored == values
    return {
        "values": values,
        "seconds": seconds,
        "own": own,
        "read": read,
        "spooled": spooled,
        "loaded": deliveries.seconds,
        "made": seconds - spooled - deliveries.seconds,
        "bytes": bytes_of(database) - empty,
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


def main() -> None:
    """Be the process that is measured."""
    parser = ArgumentParser("python -m benchmarks.ingest", description=main.__doc__)
    parser.add_argument("url")
    parser.add_argument("files", type=Path)
    parser.add_argument("meters", type=int)
    parser.add_argument("folder", type=Path)
    told = parser.parse_args()
    print(json.dumps(_import(told.url, sorted(told.files.iterdir()), told.meters, told.folder)))


if __name__ == "__main__":
    main()
