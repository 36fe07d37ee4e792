"""Rows of readings: what every format is read into, as columns, and what could not be read with its reason (R3).

A row says one thing: of one series of one headpoint, in one slot of a grid, this value, or that there is none.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

__all__ = ["DIRECTIONS", "KINDS", "REJECTED", "ROWS", "UNITS", "Batch"]

from kwartier.domain.metering import Direction, RegisterKind, Unit

DIRECTIONS: Final = tuple(Direction)
KINDS: Final = tuple(RegisterKind)
UNITS: Final = tuple(Unit)
"""Codes in rows are places in these."""

ROWS: Final = pl.Schema(
    {
        # Of the headpoint; that of the sub-headpoint, if its headpoint is not told and not known.
        "ean": pl.Int64,
        # Of the sub-headpoint, where the row is about one; 0: the headpoint itself, or a physical meter.
        "sub_ean": pl.Int64,
        # As it stands on the physical meter; "": not told.
        "meter_id": pl.String,
        # Places in `DIRECTIONS`, `KINDS` and `UNITS`.
        "direction": pl.UInt8,
        "kind": pl.UInt8,
        "unit": pl.UInt8,
        # A `Grid`, and the number of a slot on it.
        "grid": pl.UInt8,
        "slot": pl.Int64,
        # Thousandths of the unit; 0 where there is no value.
        "value": pl.Int64,
        # `state_code`: of a value at least READ, or WITHDRAWN.
        "state": pl.UInt8,
        # Where the row stands in its source, from 1.
        "line": pl.Int64,
    }
)

REJECTED: Final = pl.Schema(
    {
        "line": pl.Int64,
        # As far as it could be read; 0: it could not.
        "ean": pl.Int64,
        # In words fit for the operator: what is wrong, and what is allowed.
        "reason": pl.String,
        # The row in the words of the long form or of its source, so that it can be corrected and retried.
        "content": pl.String,
    }
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a source, and those of the same part of it that were rejected."""

    rows: pl.DataFrame
    rejected: pl.DataFrame
