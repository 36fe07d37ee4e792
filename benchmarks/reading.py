"""What is read from a store, by itself and in a process of its own: 185 days of a headpoint, of runs or of a row per value."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from time import perf_counter
from typing import Final

import numpy as np
from sqlalchemy import text

from benchmarks.filling import Filled, ean_of
from benchmarks.processes import ROOT, own_environment
from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.readings import readings_database
from kwartier.domain.days import Grid, quarter_hours_of
from kwartier.domain.ean import Ean
from kwartier.domain.question import MAX_DAYS
from kwartier.services.questions import counting, read_series
from kwartier.services.store import Store

__all__ = ["ROWS", "RUNS", "fill_rows", "seconds_of"]

RUNS: Final = "runs"
ROWS: Final = "rows"
"""In which way a store keeps readings."""

_SLOTS: Final = MAX_DAYS * 96
_READ_ROWS: Final = (
    "select register, slot, value, state from reading where ean = {ean} and slot >= {first} and slot < {stop}"
)
_TABLE: Final = (
    "create table reading (ean bigint not null, slot bigint not null, register integer not null, value bigint not null, "
    "state integer not null, primary key (ean, slot, register))"
)
_FILL: Final = {
    "sqlite": (
        "with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < :rows) "
        "insert into reading select :ean + 7 * (i / (2 * :slots)), :first + i / 2 % :slots, i % 2, "
        "i * 7919 % 900, 2 from n"
    ),
    "postgresql": (
        "insert into reading select :ean + 7 * (i / (2 * :slots)), :first + i / 2 % :slots, i % 2, "
        "i * 7919 % 900, 2 from generate_series(0, cast(:rows as bigint) - 1) i"
    ),
}


def fill_rows(url: str, count: int, days: range) -> None:
    """Fill a table with a row per value, day by day, as `filling.fill` fills a store.

    Args:
        url: of an empty database.
        count: headpoints.
        days: local days.
    """
    database = Database(url)
    engine = "sqlite" if url.startswith("sqlite") else "postgresql"
    with database.writing() as connection:
        # A table in order of its key, where the engine can: the better choice for these questions.
        connection.execute(text(_TABLE + (" without rowid" if engine == "sqlite" else "")))
    for day in days:
        first, stop = quarter_hours_of(range(day, day + 1)).tolist()
        slots = stop - first
        asked = {"ean": int(ean_of(0)), "first": first, "slots": slots, "rows": count * 2 * slots}
        with database.noting() as connection:
            connection.execute(text(_FILL[engine]), asked)
    with database.glancing() as connection:
        connection.execute(
            text("pragma wal_checkpoint(truncate)" if engine == "sqlite" else "vacuum analyze")
        )
    database.close()


def seconds_of(url: str, kept: str, filled: Filled, asked: Sequence[tuple[int, int]]) -> list[float]:
    """How long each question takes, one after the other, in a fresh process.

    Args:
        url: of the registry; of rows, of their database.
        kept: `RUNS` or `ROWS`.
        filled: what is there.
        asked: by number, the headpoint, and with how many quarter-hours after the first the 185 days begin.
    """
    first = int(quarter_hours_of(range(filled.days.start, filled.days.start + 1))[0])
    questions = [(ean_of(number), first + after) for number, after in asked]
    told: list[float] = json.loads(
        subprocess.check_output(
            [sys.executable, "-m", "benchmarks.reading"],
            input=json.dumps({"url": url, "kept": kept, "questions": questions}).encode(),
            cwd=ROOT,
            env=own_environment({}),
        )
    )
    return told


def _reader_of_runs(url: str) -> tuple[Database, Callable[[str, int], int]]:
    database = readings_database(url)
    store = Store(database)

    def read(ean: str, first: int) -> int:
        window = {Grid.QUARTER_HOUR: [range(first, first + _SLOTS)]}
        [meter] = read_series(store, Ean(ean), window, counting(None, store.settled(system_clock())))
        return sum(int((one.states != 0).sum()) for one in meter.series)

    return database, read


def _reader_of_rows(url: str) -> tuple[Database, Callable[[str, int], int]]:
    database = Database(url)

    def read(ean: str, first: int) -> int:
        values, states = np.zeros((2, _SLOTS), np.int64), np.zeros((2, _SLOTS), np.uint8)
        asked = _READ_ROWS.format(ean=int(ean), first=first, stop=first + _SLOTS)
        # Without SQLAlchemy around the rows: that would take longer than reading them.
        with database.reading() as connection, closing(connection.connection.cursor()) as cursor:
            cursor.execute(asked)
            rows = cursor.fetchall()
        found = np.array(rows, np.int64)
        values[found[:, 0], found[:, 1] - first] = found[:, 2]
        states[found[:, 0], found[:, 1] - first] = found[:, 3]
        return int((states != 0).sum())

    return database, read


def main() -> None:
    """Be the process that reads."""
    told = json.load(sys.stdin)
    database, read = (_reader_of_runs if told["kept"] == RUNS else _reader_of_rows)(told["url"])
    with database.glancing() as connection:
        connection.execute(text("select 1"))
    taken = []
    for ean, first in told["questions"]:
        begun = perf_counter()
        found = read(ean, first)
        taken.append(perf_counter() - begun)
        assert found == 2 * _SLOTS, found
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
