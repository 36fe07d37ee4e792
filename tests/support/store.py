"""A store in a test: on each engine, with a clock that goes on by itself, and headpoints."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import pytest
from sqlalchemy import delete

from kwartier.db.engine import Database
from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.db.readings_schema import metadata
from kwartier.domain.days import Grid
from kwartier.domain.delivery import Counts, Delivery
from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import HungMeter, KnownHeadpoint
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Headpoint,
    Meter,
    MeterType,
    PhysicalMeter,
    Register,
    RegisterKind,
    Unit,
)
from kwartier.readings import catalogue, headpoints
from kwartier.readings.catalogue import SeriesKey
from kwartier.readings.codec import encode
from kwartier.readings.runs import Run
from kwartier.services.deliveries import Deliveries
from kwartier.services.store import Store
from support.engines import ENGINES

__all__ = [
    "AMR",
    "DIGITAL",
    "GAS",
    "KEYS",
    "METER",
    "START",
    "StoreOfTest",
    "emptied",
    "store",
    "store_database",
]

START: Final = datetime(2025, 9, 1, tzinfo=UTC)
DIGITAL, AMR, GAS = (
    Headpoint(Ean("541448800000000007"), EnergyType.ELECTRICITY, MeterType.DIGITAL),
    Headpoint(Ean("541448800000000014"), EnergyType.ELECTRICITY, MeterType.AMR),
    Headpoint(Ean("541448800000000021"), EnergyType.GAS, MeterType.DIGITAL),
)
METER: Final = PhysicalMeter("1", "1SAG0000000001")
_ON: Final[dict[Headpoint, Meter]] = {DIGITAL: METER, AMR: None, GAS: METER}

KEYS: Final = {
    DIGITAL: [
        SeriesKey(METER, Register(Direction.OFFTAKE, RegisterKind.TOTAL), Grid.QUARTER_HOUR),
        SeriesKey(METER, Register(Direction.INJECTION, RegisterKind.TOTAL), Grid.QUARTER_HOUR),
        SeriesKey(METER, Register(Direction.OFFTAKE, RegisterKind.DAY), Grid.DAY),
        SeriesKey(METER, Register(Direction.OFFTAKE, RegisterKind.NIGHT), Grid.DAY),
    ],
    AMR: [
        SeriesKey(None, Register(Direction.OFFTAKE, RegisterKind.TOTAL), Grid.QUARTER_HOUR),
        SeriesKey(None, Register(Direction.OFFTAKE, RegisterKind.INDUCTIVE, Unit.KVARH), Grid.QUARTER_HOUR),
    ],
    GAS: [
        SeriesKey(METER, Register(Direction.OFFTAKE, RegisterKind.TOTAL, Unit.M3), Grid.HOUR),
        SeriesKey(METER, Register(Direction.OFFTAKE, RegisterKind.TOTAL), Grid.HOUR),
        SeriesKey(METER, Register(Direction.OFFTAKE, RegisterKind.TOTAL), Grid.GAS_DAY),
    ],
}
"""The series of each headpoint, from number 1."""


class StoreOfTest:
    """A store with three headpoints; its clock goes on a second with each look."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        self.store = Store(database)
        self.deliveries = Deliveries(database, self.clock, timedelta(seconds=5))
        known = [
            KnownHeadpoint(
                headpoint,
                gas_zone="zone 1" if headpoint is GAS else None,
                meters=() if meter is None else (HungMeter(METER),),
            )
            for headpoint, meter in _ON.items()
        ]
        with database.writing() as connection:
            headpoints.add(connection, known, START)
            for headpoint, keys in KEYS.items():
                numbered = [(int(headpoint.ean), number, key) for number, key in enumerate(keys, 1)]
                catalogue.add_series(connection, numbered)

    def clock(self) -> datetime:
        """The moment, a second later each time."""
        self.now += timedelta(seconds=1)
        return self.now

    def begin(self, delivery_id: str) -> Delivery:
        """Begin a delivery."""
        return self.deliveries.begin(delivery_id, "a test")

    def deliver(self, delivery_id: str, runs: Sequence[Run]) -> datetime:
        """Deliver runs whole; when they became visible."""
        delivery = self.begin(delivery_id)
        self.deliveries.load(delivery, runs)
        published_at = self.deliveries.publish(delivery, Counts(runs=len(runs)))
        self.now = max(self.now, published_at)
        return published_at

    @staticmethod
    def run(headpoint: Headpoint, grid: Grid, start: int, said: dict[int, tuple[Any, Any]]) -> Run:
        """A run of some series by number: values and states."""
        values = np.array([[values for values, _ in said.values()]], np.int64)
        states = np.array([[states for _, states in said.values()]], np.uint8)
        [content] = encode(list(said), values, states)
        return Run(int(headpoint.ean), grid, start, content)


@contextmanager
def emptied(database: Database) -> Iterator[StoreOfTest]:
    """A store of a database in which others were before."""
    with database.writing() as connection:
        for table in metadata.tables.values():
            connection.execute(delete(table))
    yield StoreOfTest(database)


@pytest.fixture(scope="module", params=ENGINES)
def store_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """The database of a store that all examples of a test share, one after the other, on one engine after the other."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'kwartier.db'}"
    else:
        server = request.getfixturevalue("postgresql")
        url = server.url(server.make())
    database = readings_database(url)
    migrate(database, READINGS)
    yield database
    database.close()


@pytest.fixture
def store(empty: str) -> Iterator[StoreOfTest]:
    """A store, on one engine after the other."""
    database = readings_database(empty)
    migrate(database, READINGS)
    yield StoreOfTest(database)
    database.close()
