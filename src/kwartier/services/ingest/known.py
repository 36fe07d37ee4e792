"""The series that rows name and the catalogue has: found in columns, without an object for each (R3)."""

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl
from sqlalchemy import Connection

from kwartier.domain.metering import MeterType
from kwartier.formats.rows import DIRECTIONS, KINDS, ROWS, UNITS
from kwartier.readings.known_series import KNOWN, known_series
from kwartier.readings.stretches import KEYS
from kwartier.services.ingest.series import allowed_series

__all__ = ["numbered"]

_WORDS: Final = ("energy_type", "meter_type", "direction", "kind", "unit", "grid")
_CODES: Final = {
    "direction_code": pl.UInt8,
    "kind_code": pl.UInt8,
    "unit_code": pl.UInt8,
    "states": pl.UInt64,
}


def _allowed() -> Iterator[tuple[object, ...]]:
    for energy_type, meter_type, direction, kind, unit, grid, states in allowed_series():
        words = (energy_type.value, meter_type.value, direction.value, kind.value, unit.value, int(grid))
        yield (*words, DIRECTIONS.index(direction), KINDS.index(kind), UNITS.index(unit), states)


_ALLOWED: Final = pl.DataFrame(
    list(_allowed()), {**{name: KNOWN[name] for name in _WORDS}, **_CODES}, orient="row"
)


def numbered(connection: Connection, eans: Sequence[int]) -> pl.DataFrame:
    """Series of some headpoints that may get rows which name them in full.

    What is named in another way, or is not in the catalogue yet, is left to `series_of`, which also tells why not.

    Returns:
        A row per series: the columns `KEYS`, its number `no`, and in `states` the codes of states that are allowed.
    """
    known = known_series(connection, eans)
    on_headpoint = pl.col("sub_ean").is_null() & pl.col("meter_id").is_null()
    return (
        known.filter(
            pl.col("only_direction").is_null() | (pl.col("only_direction") == pl.col("direction")),
            ~on_headpoint | (pl.col("meter_type") == MeterType.AMR.value),
        )
        .join(_ALLOWED, on=_WORDS)
        .select(
            "ean",
            pl.col("sub_ean").fill_null(0),
            pl.col("meter_id").fill_null(""),
            pl.col("direction_code").alias("direction"),
            pl.col("kind_code").alias("kind"),
            pl.col("unit_code").alias("unit"),
            "grid",
            "no",
            "states",
        )
        .cast({name: ROWS[name] for name in KEYS})
    )
