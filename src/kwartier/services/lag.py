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
from kwartier.domain.gaps import LATEST_HOURS
from kwartier.domain.metering import Granularity
from kwartier.domain.period import EPOCH
from kwartier.domain.question import GRIDS
from kwartier.readings import catalogue
from kwartier.readings.catalogue import Catalogued
from kwartier.readings.last_runs import eans_after, last_starts, last_valued
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
    """The headpoints of which no value is known of the last hours, in order of their EANs (E11).

    Quarter-hours or hours are looked at, and days of who has never delivered anything else.

    Args:
        database: that of the readings.
        moment: now.
        hours: how long ago the last slot with a value may have ended.
        after: EANs that come after this one.
    """
    before_us = counting(None, Store(database).settled(moment)).end_us
    while True:
        with database.reading() as connection:
            eans = eans_after(connection, after, _CHUNK)
            found = _ends(connection, eans, before_us)
        if not eans:
            return
        for ean, (grid, end) in found.items():
            late = None if end is None else moment - end
            if late is None or late > timedelta(hours=hours):
                yield Lagging(Ean(f"{ean:018d}"), grid, end, late)
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
    if slot is None:
        return None
    return EPOCH + timedelta(seconds=int(slot_starts(grid, np.array([slot + 1], np.int64))[0]))
