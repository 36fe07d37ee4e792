"""A process that publishes deliveries one after the other, and stops itself once, at a chosen point.

Run as a script, with the address of the readings, its own number, how many deliveries, and where it stops, if it does.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import Enum
from typing import Final

import numpy as np
from sqlalchemy import Connection, select

from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.readings_schema import announcement
from kwartier.db.readings_schema import delivery as table
from kwartier.domain.days import Grid
from kwartier.domain.delivery import Counts, DeliveryState
from kwartier.domain.metering import State
from kwartier.readings.codec import encode
from kwartier.readings.deliveries import PUBLICATION
from kwartier.readings.runs import Run
from kwartier.services import deliveries
from support.store import AMR

__all__ = ["FIRST", "LEAD", "LEASE", "SHARED", "Stop"]

LEAD: Final = timedelta(seconds=0.1)
LEASE: Final = timedelta(seconds=1)
FIRST: Final = 1_950_000
SHARED: Final = 4
"""So many slots from the first on are in every delivery; a further one is in that delivery alone."""
_DELIVERIES_OF_ONE: Final = 1000


class Stop(Enum):
    """Where a publisher is stopped."""

    ANNOUNCING = "just before the commit of an announcement"
    ANNOUNCED = "between the announcement and the publication"
    PUBLISHING = "just before the commit of a publication"


class _Stopping(Database):
    """A database whose process stops itself once, when `delivery` is at the chosen point."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.stop: Stop | None = None
        self.delivery = 0

    @contextmanager
    def writing(self, *about: str) -> Iterator[Connection]:
        """As it is, but for the stop."""
        with super().writing(*about) as connection:
            yield connection
            reached = about == (PUBLICATION,) and self._reached(connection)
            if reached and self.stop is not Stop.ANNOUNCED:
                self._suspend()
        if reached and self.stop is Stop.ANNOUNCED:
            self._suspend()

    def _reached(self, connection: Connection) -> bool:
        if self.stop is None:
            return False
        if self.stop is Stop.PUBLISHING:
            query = select(table.c.number).where(
                table.c.number == self.delivery, table.c.state == DeliveryState.PUBLISHED.value
            )
        else:
            query = select(announcement.c.delivery).where(announcement.c.delivery == self.delivery)
        return connection.execute(query).scalar() is not None

    def _suspend(self) -> None:
        self.stop = None
        os.kill(os.getpid(), signal.SIGSTOP)


def _runs(publisher: int, number: int) -> list[Run]:
    """What one delivery says: its own mark in slots that all share, and in one of its own."""
    own = publisher * _DELIVERIES_OF_ONE + number
    runs = []
    for start, length in ((FIRST, SHARED), (FIRST + SHARED + own, 1)):
        values = np.full((1, 1, length), own + 1, np.int64)
        [content] = encode([1], values, np.full(values.shape, int(State.VAL), np.uint8))
        runs.append(Run(int(AMR.ean), Grid.QUARTER_HOUR, start, content))
    return runs


def _publish(url: str, publisher: int, count: int, stop: Stop | None) -> None:
    deliveries._LEASE = LEASE  # type: ignore[misc] # one that a test can outwait
    database = _Stopping(url)
    to = deliveries.Deliveries(database, system_clock, LEAD)
    for number in range(count):
        begun = to.begin(f"{publisher}-{number}", "a test")
        to.load(begun, _runs(publisher, number))
        if number == count // 2:
            database.stop, database.delivery = stop, begun.number
        to.publish(begun, Counts(runs=2))
    database.close()


if __name__ == "__main__":
    _publish(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Stop[sys.argv[4]] if sys.argv[4:] else None)
