"""The series that headpoints have, in the columns in which rows name them: of many at once, for every delivery asks (R3)."""

from collections.abc import Sequence
from typing import Final

import polars as pl
from sqlalchemy import Connection, and_, exists, func, or_, select

from kwartier.db.many import among
from kwartier.db.readings_schema import headpoint, physical_meter, series, sub_headpoint

__all__ = ["KNOWN", "known_series"]

KNOWN: Final = pl.Schema(
    {
        "ean": pl.Int64,
        "no": pl.Int64,
        # Null: the series is not of a submeter, or of none.
        "sub_ean": pl.Int64,
        "meter_id": pl.String,
        # In words, as the catalogue has them.
        "direction": pl.String,
        "kind": pl.String,
        "unit": pl.String,
        "grid": pl.UInt8,
        "energy_type": pl.String,
        "meter_type": pl.String,
        # The one direction that the submeter, or the headpoint, has; null: not told.
        "only_direction": pl.String,
    }
)
"""A row per series."""

_later: Final = physical_meter.alias("later")
_SERIES: Final = (
    select(
        series.c.ean,
        series.c.no,
        series.c.sub_ean,
        physical_meter.c.meter_id,
        series.c.direction,
        series.c.kind,
        series.c.unit,
        series.c.grid,
        headpoint.c.energy_type,
        headpoint.c.meter_type,
        func.coalesce(sub_headpoint.c.direction, headpoint.c.direction),
    )
    .join(headpoint, headpoint.c.ean == series.c.ean)
    .outerjoin(
        physical_meter,
        and_(physical_meter.c.ean == series.c.ean, physical_meter.c.seq_number == series.c.meter),
    )
    .outerjoin(
        sub_headpoint, and_(sub_headpoint.c.ean == series.c.ean, sub_headpoint.c.sub_ean == series.c.sub_ean)
    )
    .where(
        or_(series.c.meter.is_(None), physical_meter.c.meter_id.is_not(None)),
        or_(series.c.sub_ean.is_(None), sub_headpoint.c.sub_ean.is_not(None)),
        # A meter that came back goes on under its last number.
        ~exists().where(
            _later.c.ean == physical_meter.c.ean,
            _later.c.meter_id == physical_meter.c.meter_id,
            _later.c.seq_number > physical_meter.c.seq_number,
        ),
    )
)


def known_series(connection: Connection, eans: Sequence[int]) -> pl.DataFrame:
    """The series in the catalogue of some headpoints, of the schema `KNOWN`; those of meters that hang there."""
    with connection.execute(_SERIES.where(among(connection, series.c.ean, eans))) as found:
        # As the driver has them: no column needs to be read, and making rows of them takes as long as finding them.
        return pl.DataFrame(found.cursor.fetchall(), KNOWN, orient="row")
