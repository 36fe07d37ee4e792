"""Stores of any size, filled as they fill in years: a delivery for each day, of runs made by the store's own codec."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlalchemy import text

from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.migrate import READINGS, migrate
from kwartier.domain.days import Grid, quarter_hours_of
from kwartier.domain.delivery import Counts
from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import HungMeter, KnownHeadpoint
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Headpoint,
    MeterType,
    PhysicalMeter,
    Register,
    RegisterKind,
    State,
)
from kwartier.formats.rows import ROWS
from kwartier.readings import catalogue, headpoints
from kwartier.readings.catalogue import SeriesKey
from kwartier.readings.codec import encode
from kwartier.readings.runs import Run
from kwartier.services.deliveries import Deliveries

__all__ = ["Filled", "bytes_of", "ean_of", "fill", "households", "make_known", "rows_of_days"]

_FIRST_EAN: Final = 541448810000000000
_DIFFERENT_DAYS: Final = 4_000
_AT_ONCE: Final = 5_000
_REGISTERS: Final = (Direction.OFFTAKE, Direction.INJECTION)


@dataclass(frozen=True, slots=True)
class Filled:
    """What a store was filled with.

    Attributes:
        headpoints: how many; their EANs are those of `ean_of`, from 0.
        days: local days, as `domain.days` counts them.
        values: how many.
        bytes_a_value: on disk, with keys and indexes.
    """

    headpoints: int
    days: range
    values: int
    bytes_a_value: float


def ean_of(number: int) -> Ean:
    """The EAN of a headpoint by its number."""
    return Ean(f"{_FIRST_EAN + 7 * number:018d}")


def households(random: np.random.Generator, count: int, slots: int) -> NDArray[np.int64]:
    """A day of households of which half have panels: offtake and injection in Wh, shape (count, 2, slots)."""
    hour = np.arange(slots)
    offtake = random.gamma(1.2, 80, (count, slots))
    sun = np.clip(np.sin((hour - 26) / 44 * np.pi), 0, None) * ((hour >= 26) & (hour < 70))
    panels = random.random(count) < 0.5
    injection = random.gamma(2, 150, (count, slots)) * sun * panels[:, None]
    return np.round(np.stack([offtake, injection], axis=1)).astype(np.int64)


def rows_of_days(random: np.random.Generator, meters: int, days: range) -> Iterator[pl.DataFrame]:
    """Two registers of digital meters day by day, as they arrive: households, of which half have panels."""
    names = pl.Series([f"1SAG{number:010d}" for number in range(meters)])
    eans = np.array([int(ean_of(number)) for number in range(meters)])
    for day in days:
        first, stop = quarter_hours_of(range(day, day + 1)).tolist()
        slots = stop - first
        of = np.repeat(np.arange(meters), 2 * slots)
        frame: dict[str, Any] = {
            "ean": eans[of],
            "sub_ean": 0 * of,
            "meter_id": names[of],
            "direction": np.tile(np.repeat([0, 1], slots), meters),
            "kind": 0 * of,
            "unit": 0 * of,
            "grid": np.full(of.size, int(Grid.QUARTER_HOUR)),
            "slot": np.tile(np.arange(first, stop), 2 * meters),
            "value": households(random, meters, slots).ravel(),
            "state": np.full(of.size, int(State.READ)),
            "line": np.arange(of.size),
        }
        yield pl.DataFrame(frame).cast(ROWS)


def make_known(database: Database, count: int, *, series: bool = True) -> None:
    """Make digital meters known, with their two series or without."""
    migrate(database, READINGS)
    for first in range(0, count, _AT_ONCE):
        some = range(first, min(first + _AT_ONCE, count))
        meters = [PhysicalMeter("1", f"1SAG{number:010d}") for number in some]
        known = [
            KnownHeadpoint(
                Headpoint(ean_of(number), EnergyType.ELECTRICITY, MeterType.DIGITAL),
                meters=(HungMeter(meter),),
            )
            for number, meter in zip(some, meters, strict=True)
        ]
        numbered = [
            (int(ean_of(number)), no, SeriesKey(meter, Register(of, RegisterKind.TOTAL), Grid.QUARTER_HOUR))
            for number, meter in zip(some, meters, strict=True)
            for no, of in enumerate(_REGISTERS, 1)
        ]
        with database.writing() as connection:
            headpoints.add(connection, known, system_clock())
            if series:
                catalogue.add_series(connection, numbered)


def fill(database: Database, count: int, days: range) -> Filled:
    """Fill a new store: each day is a delivery of its own, loaded and published as any other."""
    make_known(database, count)
    empty = bytes_of(database)
    deliveries = Deliveries(database, system_clock, timedelta(seconds=1))
    values = 0
    for day in days:
        delivery = deliveries.begin(f"day {day}", "benchmark")
        for some in _runs(count, day):
            deliveries.load(delivery, some)
        slots = int(np.diff(quarter_hours_of(range(day, day + 1)))[0])
        stored = count * len(_REGISTERS) * slots
        deliveries.publish(delivery, Counts(rows=stored, stored=stored, runs=count, headpoints=count))
        values += stored
    _settle(database)
    return Filled(count, days, values, (bytes_of(database) - empty) / values)


def bytes_of(database: Database) -> float:
    """What the runs take on disk, with their keys and indexes."""
    with database.glancing() as connection:
        if database.url.startswith("sqlite"):
            connection.execute(text("pragma wal_checkpoint(truncate)"))
            pages = connection.execute(text("pragma page_count")).scalar() or 0
            return float(pages * (connection.execute(text("pragma page_size")).scalar() or 0))
        return float(connection.execute(text("select pg_total_relation_size('run')")).scalar() or 0)


def _runs(count: int, day: int) -> Iterator[list[Run]]:
    first, stop = quarter_hours_of(range(day, day + 1)).tolist()
    contents = _different(stop - first)
    for start in range(0, count, _AT_ONCE):
        yield [
            Run(
                _FIRST_EAN + 7 * number,
                Grid.QUARTER_HOUR,
                first,
                contents[(number * 7_919 + day * 104_729) % len(contents)],
            )
            for number in range(start, min(start + _AT_ONCE, count))
        ]


@cache
def _different(slots: int) -> list[bytes]:
    """Different days of so many quarter-hours, packed: packing one for every headpoint would take hours."""
    values = households(np.random.default_rng(slots), _DIFFERENT_DAYS, slots)
    return encode([1, 2], values, np.full(values.shape, State.READ, np.uint8))


def _settle(database: Database) -> None:
    """Let PostgreSQL do at once what it does by itself after a while."""
    if not database.url.startswith("sqlite"):
        with database.glancing() as connection:
            connection.execute(text("vacuum analyze"))
