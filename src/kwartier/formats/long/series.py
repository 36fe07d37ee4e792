"""From the arrays of the domain to rows (R1, R4)."""

import numpy as np
import polars as pl

from kwartier.domain.ean import Ean
from kwartier.domain.metering import STATE_BITS, Meter, PhysicalMeter, State, SubHeadpoint
from kwartier.domain.series import Series, Versions
from kwartier.formats.rows import DIRECTIONS, KINDS, ROWS, UNITS

__all__ = ["rows_of_series"]


def rows_of_series(ean: Ean, meter: Meter, series: Series | Versions) -> pl.DataFrame:
    """What a series or versions of a headpoint say, as rows; register by register, in the order of the array.

    What was withdrawn is told too, so that who reads the rows in again has neither value (R1). Of versions one slot may come
    several times, the newest last.

    Args:
        ean: of the headpoint.
        meter: on what the series lies.
        series: the values.

    Returns:
        `ROWS`, with lines from 1.
    """
    if isinstance(series, Versions):
        slots = series.slots
    else:
        slots = np.arange(series.first_slot, series.first_slot + len(series), dtype=np.int64)
    register_of, column_of = np.nonzero(series.states & STATE_BITS >= State.WITHDRAWN)
    states = series.states[register_of, column_of]
    is_valued = states & STATE_BITS >= State.READ
    height = len(register_of)
    codes = {
        "direction": [DIRECTIONS.index(register.direction) for register in series.registers],
        "kind": [KINDS.index(register.kind) for register in series.registers],
        "unit": [UNITS.index(register.unit) for register in series.registers],
    }
    return pl.DataFrame(
        {
            "ean": np.full(height, int(ean), np.int64),
            "sub_ean": np.full(height, int(meter.ean) if isinstance(meter, SubHeadpoint) else 0, np.int64),
            "meter_id": pl.repeat(
                meter.meter_id if isinstance(meter, PhysicalMeter) else "", height, eager=True
            ),
            **{name: np.array(places, np.uint8)[register_of] for name, places in codes.items()},
            "grid": np.full(height, series.grid.value, np.uint8),
            "slot": slots[column_of],
            "value": np.where(is_valued, series.values[register_of, column_of], 0).astype(np.int64),
            "state": np.where(is_valued, states, State.WITHDRAWN).astype(np.uint8),
            "line": np.arange(1, height + 1, dtype=np.int64),
        },
        schema=ROWS,
    )
