"""From starts and resolutions to slots of a grid, without a loop (SPEC §1, R4)."""

from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kwartier.domain.days import Grid, slot_starts
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.period import epoch_microseconds
from kwartier.formats.long.words import RESOLUTIONS, Resolution
from kwartier.wire.timestamps import read_timestamp

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "OFF_GRID",
    "read_starts",
    "slots_of",
    "starts_of",
    "texts_of_timestamps",
]

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100
"""The years in which readings may lie: what is outside is a slip of the pen."""

OFF_GRID: Final = 0
"""Stands for the grid of what starts at the border of no slot."""

_SECOND: Final = 1_000_000
_QUARTER_HOUR: Final = 900
_HOUR: Final = 3600
_DAY: Final = 86400
_FIRST_SECOND: Final = int(np.datetime64(f"{FIRST_YEAR}-01-01", "s").astype(np.int64))
_END_SECOND: Final = int(np.datetime64(f"{LAST_YEAR + 1}-01-01", "s").astype(np.int64))
_SHOWN_SECONDS: Final = (-62_135_596_800, 253_402_300_800)  # the years 1 to 9999
_USUAL: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]Z$"
_LEAST, _MOST = np.iinfo(np.int64).min, np.iinfo(np.int64).max
_PER_SECOND: Final = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def read_starts(starts: Any) -> pl.Series:
    """Instants in microseconds since the epoch; null for what is none, or outside the years allowed.

    Args:
        starts: text as on the wire, or timestamps with a time zone.
    """
    if pa.types.is_timestamp(starts.type):
        return _of_timestamps(starts)
    if starts.null_count == len(starts):
        return pl.Series([None] * len(starts), dtype=pl.Int64)
    if not pa.types.is_dictionary(starts.type):
        starts = pc.dictionary_encode(pc.cast(starts, pa.large_string()))
    moments = _of_texts(pl.Series(values=starts.dictionary).cast(pl.String))
    return moments.gather(pl.Series(values=starts.indices).cast(pl.UInt32))


def _of_timestamps(starts: Any) -> pl.Series:
    per_second = _PER_SECOND[starts.type.unit]
    ticks = pl.Series(values=starts.view(pa.int64()))
    within = (ticks >= _FIRST_SECOND * per_second) & (ticks < _END_SECOND * per_second)
    ticks = ticks if within.all() else ticks.set(~within, None)
    if per_second <= _SECOND:
        return ticks * (_SECOND // per_second)
    # Upwards, so that what is finer than a microsecond does not land on a border.
    return -(-ticks // (per_second // _SECOND))


def texts_of_timestamps(starts: Any) -> pl.Series:
    """Timestamps as text, in UTC; those that are in no calendar as their bare numbers."""
    per_second = _PER_SECOND[starts.type.unit]
    ticks = pl.Series(values=starts.view(pa.int64()))
    first, end = (second * per_second for second in _SHOWN_SECONDS)
    within = (ticks >= max(first, _LEAST)) & (ticks <= min(end - 1, _MOST))
    micros = ticks.set(~within, None)
    micros = micros * (_SECOND // per_second) if per_second <= _SECOND else micros // (per_second // _SECOND)
    shown = micros.cast(pl.Datetime("us", "UTC")).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
    return shown.zip_with(within.fill_null(value=True), ticks.cast(pl.String))


def _of_texts(texts: pl.Series) -> pl.Series:
    usual = texts.str.contains(_USUAL)
    moments = texts.set(~usual, None).str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False, time_unit="us")
    micros = moments.cast(pl.Int64)
    for place in (~usual).arg_true():
        micros[place] = _read_other(texts[place])
    within = (micros >= _FIRST_SECOND * _SECOND) & (micros < _END_SECOND * _SECOND)
    return micros.set(~within, None)


def _read_other(text: str) -> int | None:
    """An instant with a fraction of a second or a numeric offset."""
    try:
        return epoch_microseconds(read_timestamp(text))
    except InvalidValueError:
        return None


def slots_of(starts: pl.Series, resolutions: pl.Series) -> pl.DataFrame:
    """Find grids and slots: `grid` and `slot`, null where start or resolution are, `grid` `OFF_GRID` between slots.

    A P1D slot that starts at Brussels midnight is a Brussels day, one that starts at 06:00 a gas day.

    Args:
        starts: microseconds since the epoch.
        resolutions: places in `RESOLUTIONS`.
    """
    readable = (starts.is_not_null() & resolutions.is_not_null()).to_numpy()
    micros = starts.fill_null(0).to_numpy()
    seconds = micros // _SECOND
    grids = np.zeros(len(starts), np.uint8)
    slots = np.zeros(len(starts), np.int64)
    codes = resolutions.fill_null(len(RESOLUTIONS)).to_numpy()
    for code in np.flatnonzero(np.bincount(codes, minlength=len(RESOLUTIONS))[: len(RESOLUTIONS)]):
        chosen = slice(None) if (codes == code).all() else codes == code
        grids[chosen], slots[chosen] = _of_one_resolution(RESOLUTIONS[code], seconds[chosen])
    between = seconds * _SECOND != micros
    grids[between] = OFF_GRID
    frame = pl.DataFrame({"grid": grids, "slot": slots})
    if readable.all():
        return frame
    return frame.with_columns(pl.when(pl.Series(readable)).then(pl.all()))


def _of_one_resolution(
    resolution: Resolution, seconds: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    match resolution:
        case Resolution.PT15M:
            return _of_even_grid(Grid.QUARTER_HOUR, seconds, _QUARTER_HOUR)
        case Resolution.PT1H:
            return _of_even_grid(Grid.HOUR, seconds, _HOUR)
        case Resolution.P1D:
            return _of_days(seconds)


def _of_even_grid(
    grid: Grid, seconds: NDArray[np.int64], length: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    slots = seconds // length
    return np.where(slots * length == seconds, grid, OFF_GRID).astype(np.uint8), slots


def _of_days(seconds: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    # Midnight is one or two hours before that of UTC; 06:00 lies in the same UTC date.
    days, gas_days = (seconds + 2 * _HOUR) // _DAY, seconds // _DAY
    is_day = slot_starts(Grid.DAY, days) == seconds
    is_gas_day = slot_starts(Grid.GAS_DAY, gas_days) == seconds
    grids = np.select([is_day, is_gas_day], [Grid.DAY, Grid.GAS_DAY], OFF_GRID).astype(np.uint8)
    return grids, np.where(is_day, days, gas_days)


def starts_of(grids: pl.Series, slots: pl.Series) -> pl.Series:
    """When slots of several grids begin: instants in UTC, to the second."""
    codes, numbers = grids.to_numpy(), slots.to_numpy()
    seconds = np.zeros(len(codes), np.int64)
    for grid in Grid:
        chosen = codes == grid
        if chosen.any():
            seconds[chosen] = slot_starts(grid, numbers[chosen])
    return pl.Series("start", seconds * _SECOND).cast(pl.Datetime("us", "UTC"))
