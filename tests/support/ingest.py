"""Rows on their way into the store of a test, and what stands there afterwards."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kwartier.db.engine import Database
from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import HungMeter, KnownHeadpoint
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Headpoint,
    MeterType,
    PhysicalMeter,
    RegisterKind,
    State,
    Unit,
)
from kwartier.domain.period import epoch_microseconds
from kwartier.formats.rows import DIRECTIONS, KINDS, REJECTED, ROWS, UNITS, Batch
from kwartier.readings import catalogue, runs
from kwartier.readings.spool import SpoolSizes
from kwartier.services.ingest.way_in import Ingest
from support.store import AMR, DIGITAL, GAS, START, StoreOfTest

__all__ = [
    "FIRST_DAY",
    "FIRST_SLOT",
    "SMALL",
    "Stands",
    "batch",
    "digital",
    "ingest_into",
    "quarter_hours",
    "row",
    "rows_of_days",
    "stands",
]

FIRST_DAY: Final = 20_180
"""2 April 2025, some months before the clock of the store begins."""
FIRST_SLOT: Final = FIRST_DAY * 96 - 8
"""Midnight of it in Brussels."""
SMALL: Final = SpoolSizes(collected=50, parts=3, rows=60, together=100)
"""So that a few hundred rows are spooled, parted, and parted once more."""

Stands: TypeAlias = dict[tuple[int, str, Any, Grid, int], tuple[int, int]]


def row(**said: Any) -> dict[str, Any]:
    """A row of a digital meter that is right, unless said otherwise."""
    usual = {
        "ean": int(DIGITAL.ean),
        "sub_ean": 0,
        "meter_id": "",
        "direction": DIRECTIONS.index(Direction.OFFTAKE),
        "kind": KINDS.index(RegisterKind.TOTAL),
        "unit": UNITS.index(Unit.KWH),
        "grid": int(Grid.QUARTER_HOUR),
        "slot": FIRST_SLOT,
        "value": 250,
        "state": int(State.READ),
        "line": 1,
    }
    return usual | said


def rows_of_days(days: int, **said: Any) -> list[dict[str, Any]]:
    """Quarter-hours of whole days, in order; each value differs."""
    slots = range(FIRST_SLOT, FIRST_SLOT + 96 * days)
    return [row(slot=slot, value=number, line=number, **said) for number, slot in enumerate(slots, 1)]


def digital(ean: int) -> KnownHeadpoint:
    """A headpoint with a digital electricity meter."""
    headpoint = Headpoint(Ean(f"{ean:018d}"), EnergyType.ELECTRICITY, MeterType.DIGITAL)
    return KnownHeadpoint(headpoint, meters=(HungMeter(PhysicalMeter("1", f"1SAG{ean % 10**10:010d}")),))


def quarter_hours(eans: Sequence[int], slots: range, values: NDArray[np.int64]) -> pl.DataFrame:
    """Offtake of digital meters, one meter after the other; its lines are counted from 0."""
    size = len(eans) * len(slots)
    frame = {
        "ean": np.repeat(eans, len(slots)),
        "sub_ean": np.zeros(size, np.int64),
        "meter_id": pl.Series([""] * size),
        **{name: np.zeros(size, np.uint8) for name in ("direction", "kind", "unit")},
        "grid": np.full(size, int(Grid.QUARTER_HOUR), np.uint8),
        "slot": np.tile(np.arange(slots.start, slots.stop), len(eans)),
        "value": values,
        "state": np.full(size, int(State.READ), np.uint8),
        "line": np.arange(size),
    }
    return pl.DataFrame(frame, schema=ROWS)


def batch(rows: Sequence[Mapping[str, Any]], rejected: Sequence[tuple[int, int, str, str]] = ()) -> Batch:
    """Rows as a reader gives them."""
    return Batch(pl.DataFrame(rows, schema=ROWS), pl.DataFrame(rejected, schema=REJECTED, orient="row"))


def ingest_into(store: StoreOfTest, folder: Path, sizes: SpoolSizes | None = None) -> Ingest:
    """The way into the store of a test."""
    return Ingest(store.database, store.deliveries, store.clock, folder / "spools", sizes or SpoolSizes())


def stands(
    database: Database, eans: Iterable[int] = (int(DIGITAL.ean), int(AMR.ean), int(GAS.ean))
) -> Stands:
    """What was delivered and is visible, the newest of each series and slot: state and value."""
    found: Stands = {}
    before_us = epoch_microseconds(START + timedelta(days=3650))
    with database.reading() as connection:
        for ean in eans:
            known = catalogue.find(connection, ean)
            if known is None:
                continue
            for grid in Grid:
                for part in runs.read(connection, known, grid, range(3_000_000), before_us):
                    versions = part.versions
                    for place, register in enumerate(versions.registers):
                        for slot, state, value in zip(
                            versions.slots.tolist(),
                            versions.states[place].tolist(),
                            versions.values[place].tolist(),
                            strict=True,
                        ):
                            if state:
                                found[ean, str(part.meter), register, grid, slot] = state, value
    return found
