"""The readings store: taking in, room, reading as it grows, answering while it loads."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from rich.console import Console

from benchmarks import growth, ingest, loading, room
from benchmarks.postgresql import postgresql
from benchmarks.report import Figure

__all__ = ["BIG", "QUICK", "USUAL", "Sizes", "measure"]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured.

    Attributes:
        meters: whose 40 days come from Parquet.
        csv_meters: whose 40 days come from CSV.
        headpoints: of the stores that are read, the smallest first.
        runs: that load while questions are asked.
        rounds: of imports and of questions.
    """

    meters: int
    csv_meters: int
    headpoints: tuple[int, ...]
    runs: int
    rounds: int


QUICK: Final = Sizes(100, 50, (10, 50), 5_000, 3)
USUAL: Final = Sizes(2_000, 1_000, (100, 1_000, 10_000), 100_000, 12)
BIG: Final = Sizes(20_000, 1_000, (100, 1_000, 10_000, 100_000), 100_000, 12)


def measure(folder: Path, random: Random, sizes: Sizes, console: Console) -> Iterator[Figure]:
    """The figures of the store, on SQLite and on a PostgreSQL of the benchmark's own."""
    with postgresql(folder) as server:
        console.print("The store: taking readings in, day by day …")
        yield from ingest.measure(folder, server, sizes.meters, sizes.csv_meters, max(1, sizes.rounds // 4))
        console.print("The store: room for AMR readings …")
        yield from room.measure(folder, server)
        console.print("The store: reading as it grows …")
        yield from growth.measure(folder, server, sizes.headpoints, random, sizes.rounds, console)
    console.print("The store: answering while it loads …")
    yield from loading.measure(folder, random, sizes.runs)
