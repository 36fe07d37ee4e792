"""When physical meters hung at headpoints, of many at once, as far as somebody told (E8, R3)."""

from collections.abc import Sequence
from typing import Final

import polars as pl
from sqlalchemy import BigInteger, Connection, func, select, type_coerce

from kwartier.db.many import among
from kwartier.db.readings_schema import physical_meter

__all__ = ["HUNG", "hung_meters"]

HUNG: Final = pl.Schema(
    {
        "ean": pl.Int64,
        "meter_id": pl.String,
        "since_us": pl.Int64,
        "until_us": pl.Int64,
        "is_only": pl.Boolean,
    }
)
"""A row per meter: microseconds since the epoch (null: not told, or it hangs still), and whether it is the only one."""

_SINCE, _UNTIL = (
    type_coerce(column, BigInteger) for column in (physical_meter.c.since, physical_meter.c.until)
)
_HUNG: Final = (
    select(
        physical_meter.c.ean,
        physical_meter.c.meter_id,
        # A meter that came back hung there twice: what lies between is not looked at.
        func.count(_SINCE) == func.count(),
        func.min(_SINCE),
        func.count(_UNTIL) == func.count(),
        func.max(_UNTIL),
    )
    .group_by(physical_meter.c.ean, physical_meter.c.meter_id)
    .order_by(physical_meter.c.ean)
)
# Of whom nobody told since when it hangs there, nobody told until when.
_BOUNDED: Final = select(physical_meter.c.ean).where(_SINCE.is_not(None))


def hung_meters(connection: Connection, eans: Sequence[int]) -> pl.DataFrame:
    """The meters of those of some headpoints of which it was told when one hung there, of the schema `HUNG`."""
    bounded = (
        connection.execute(_BOUNDED.where(among(connection, physical_meter.c.ean, eans))).scalars().all()
    )
    if not bounded:
        return pl.DataFrame(schema=HUNG)
    rows = connection.execute(_HUNG.where(among(connection, physical_meter.c.ean, list(set(bounded)))))
    return pl.DataFrame(
        [
            (ean, meter_id, since if began else None, until if ended else None)
            for ean, meter_id, began, since, ended, until in rows
        ],
        list(HUNG.items())[:4],
        orient="row",
    ).with_columns((pl.len().over("ean") == 1).alias("is_only"))
