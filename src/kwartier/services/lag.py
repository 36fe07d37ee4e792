"""Headpoints of which readings are overdue (E11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from sqlalchemy import Connection

from kwartier.db.engine import Database
from kwartier.domain.days import Grid, slot_starts
from kwartier.domain.ean import Ean
from kwartier.domain.gaps import LATEST_HOURS, due_before, is_expected
from kwartier.domain.metering import Granularity
from kwartier.domain.period import EPOCH
from kwartier.domain.question import GRIDS
from kwartier.readings import catalogue
from kwartier.readings.catalogue import Catalogued
from kwartier.readings.last_runs import eans_after, last_starts, last_valued
from kwartier.readings.measuring import find_measuring
from kwartier.services.questions import counting
from kwartier.services.store import Store

__all__ = ["Lagging", "lagging"]

_CHUNK: Final = 2_000


@dataclass(frozen=True, slots=True)
class Lagging:
    """A headpoint of which values are overdue.

    Attributes:
        grid: on which it delivers.
        last_end: the end of the last slot with a value; None: there never was one.
        late: how long ago that is.
    """

    ean: Ean
    grid: Grid
    last_end: datetime | None
    late: timedelta | None


def lagging(
    database: Database, moment: datetime, hours: int = LATEST_HOURS, after: int = 0
) -> Iterator[Lagging]:
    """The headpoints that are to have a value by now and have none as new, in order of their EANs (E11).

    Quarter-hours or hours are looked at, and days of who has never delivered anything else: the newest one whose value is
    due. Who had no meter then, or has not been known for so long and never delivered, is not held to it.

    Args:
        database: that of the readings.
        moment: now.
        hours: how long after a slot its value is due.
        after: EANs that come after this one.
    """
    before_us = counting(None, Store(database).settled(moment)).end_us
    due = {grid: _period_of(grid, due_before(grid, moment, hours) - 1) for grid in Grid}
    while True:
        with database.reading() as connection:
            eans = eans_after(connection, after, _CHUNK)
            found = _ends(connection, eans, before_us)
            measuring = find_measuring(connection, eans)
        if not eans:
            return
        for ean, (grid, end) in found.items():
            begun, due_end = due[grid]
            known = measuring[ean]
            if (end is None or end < due_end) and is_expected(
                begun, known.periods, known.known_since, delivered=end is not None
            ):
                yield Lagging(Ean(f"{ean:018d}"), grid, end, None if end is None else moment - end)
        after = eans[-1]


def _ends(connection: Connection, eans: list[int], before_us: int) -> dict[int, tuple[Grid, datetime | None]]:
    """On which grid some headpoints deliver, and when the last slot with a value ended."""
    known = catalogue.find_many(connection, eans)
    grids = {ean: _finest(known[ean]) for ean in eans if ean in known}
    starts: dict[int, int | None] = {}
    for grid in Grid:
        starts |= last_starts(connection, [ean for ean, one in grids.items() if one is grid], grid, before_us)
    return {
        ean: (grid, _end(grid, last_valued(connection, known[ean], grid, starts.get(ean), before_us)))
        for ean, grid in grids.items()
    }


def _finest(known: Catalogued) -> Grid:
    grids = {key.grid for key in known.series.values()}
    return min(grids or {GRIDS[known.headpoint.energy_type, Granularity.QUARTER_HOURLY]})


def _end(grid: Grid, slot: int | None) -> datetime | None:
    return None if slot is None else _period_of(grid, slot)[1]


def _period_of(grid: Grid, slot: int) -> tuple[datetime, datetime]:
    """When a slot begins and ends."""
    start, end = slot_starts(grid, np.array([slot, slot + 1], np.int64)).tolist()
    return EPOCH + timedelta(seconds=start), EPOCH + timedelta(seconds=end)
