"""Which slots of a series lie in the time in which its meter hung there (E8, R3)."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlalchemy import Connection

from kwartier.domain.days import Grid, slot_starts
from kwartier.readings.hanging import hung_meters

__all__ = ["slots_hung"]

_SECOND_US: Final = 1_000_000
_FIRST, _LAST = np.iinfo(np.int64).min, np.iinfo(np.int64).max
_DAY_SECONDS: Final = 86_400


def slots_hung(connection: Connection, keys: pl.DataFrame) -> NDArray[np.int64] | None:
    """From which slot on and up to which one the meters of some series hung there; None: nobody told of any.

    A slot in which a meter was hung there or taken away is among them: each meter has its part of it.

    Args:
        connection: that reads.
        keys: the s series, with the columns `KEYS`.

    Returns:
        Shape (2, s): the first slot, and the one after the last.
    """
    hung = hung_meters(connection, keys.get_column("ean").unique().to_list())
    if hung.is_empty():
        return None
    named = hung.select("ean", "meter_id", "since_us", "until_us")
    # The only meter need not be named.
    unnamed = hung.filter("is_only").select("ean", pl.lit("").alias("meter_id"), "since_us", "until_us")
    found = keys.join(
        pl.concat([named, unnamed]), on=["ean", "meter_id"], how="left", maintain_order="left"
    ).with_columns(pl.when(pl.col("sub_ean") == 0).then(pl.col("since_us", "until_us")))
    bounds = np.full((2, keys.height), _FIRST)
    bounds[1] = _LAST
    grids = found.get_column("grid").to_numpy()
    for row, name in enumerate(("since_us", "until_us")):
        moments = found.get_column(name)
        told = moments.is_not_null().to_numpy()
        for grid in np.unique(grids[told]).tolist():
            places = told & (grids == grid)
            seconds = moments.filter(pl.Series(places)).to_numpy() // _SECOND_US
            bounds[row, places] = _slots_of(Grid(grid), seconds, row)
    return bounds


def _slots_of(grid: Grid, seconds: NDArray[np.int64], row: int) -> NDArray[np.int64]:
    """The slots in which moments lie; at the end of a period, the first that begins at or after it."""
    unit = {Grid.QUARTER_HOUR: 900, Grid.HOUR: 3600}.get(grid)
    if unit is not None:
        return -(-seconds // unit) if row else seconds // unit
    days = np.arange(seconds.min() // _DAY_SECONDS - 2, seconds.max() // _DAY_SECONDS + 3)
    starts = slot_starts(grid, days)
    return days[np.searchsorted(starts, seconds, side="left" if row else "right") - (0 if row else 1)]
