"""The last slots of headpoints of which something is known (E11)."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from sqlalchemy import BigInteger, Connection, bindparam, select, type_coerce

from kwartier.db.many import among
from kwartier.db.readings_schema import delivery as deliveries
from kwartier.db.readings_schema import headpoint as headpoints
from kwartier.db.readings_schema import run as table
from kwartier.domain.days import Grid
from kwartier.domain.resolve import Inserted, resolve
from kwartier.readings.catalogue import Catalogued
from kwartier.readings.codec import MAX_SLOTS
from kwartier.readings.runs import read

__all__ = ["eans_after", "last_starts", "last_valued"]

_PUBLISHED_US: Final = type_coerce(deliveries.c.published_at, BigInteger)
# The last in the order of the key, and not the highest of all: that would look at every run.
_LAST: Final = (
    select(table.c.start)
    .join(deliveries, deliveries.c.number == table.c.delivery)
    .where(table.c.grid == bindparam("grid"), bindparam("before_us") > _PUBLISHED_US)
    .order_by(table.c.start.desc())
    .limit(1)
)
_OF_EACH: Final = select(headpoints.c.ean, _LAST.where(table.c.ean == headpoints.c.ean).scalar_subquery())
_BELOW: Final = _LAST.where(table.c.ean == bindparam("ean"), table.c.start < bindparam("below"))


def eans_after(connection: Connection, after: int, limit: int) -> list[int]:
    """The EANs of some headpoints, in order, from the one after `after` on."""
    eans = select(headpoints.c.ean).where(headpoints.c.ean > after).order_by(headpoints.c.ean).limit(limit)
    return list(connection.scalars(eans))


def last_starts(
    connection: Connection, eans: Sequence[int], grid: Grid, before_us: int
) -> dict[int, int | None]:
    """Where the last visible run of each of some headpoints begins; None: there is none.

    Args:
        connection: that reads.
        eans: some thousands.
        grid: that of the runs.
        before_us: microseconds since the epoch, before which they became visible.
    """
    of_some = _OF_EACH.where(among(connection, headpoints.c.ean, eans))
    rows = connection.execute(of_some, {"grid": int(grid), "before_us": before_us})
    return {ean: start for ean, start in rows}  # noqa: C416 - rows are no pairs to the type checker


def last_valued(
    connection: Connection, known: Catalogued, grid: Grid, start: int | None, before_us: int
) -> int | None:
    """The last slot of a headpoint in which some register has a value; None: there is none.

    Args:
        connection: that reads.
        known: the headpoint.
        grid: how time is cut.
        start: where its last visible run begins (`last_starts`).
        before_us: microseconds since the epoch, before which values became visible.
    """
    ean = int(known.headpoint.ean)
    inserted = Inserted(before_us)
    while start is not None:
        # A run that begins earlier may reach further than the last one.
        first = start - MAX_SLOTS + 1
        parts = read(connection, known, grid, range(first, start + 1), before_us)
        valued = [
            series.first_slot + int(np.flatnonzero(series.present.any(axis=0))[-1])
            for part in parts
            if (series := resolve(part.versions, [range(first, start + MAX_SLOTS)], inserted)).present.any()
        ]
        if valued:
            return max(valued)
        asked = {"ean": ean, "grid": int(grid), "below": first, "before_us": before_us}
        start = connection.execute(_BELOW, asked).scalar()
    return None
