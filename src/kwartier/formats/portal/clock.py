"""Brussels wall time without an offset, as reports have it: to instants, over both changes of clock (SPEC §1, R4)."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kwartier.domain.days import BRUSSELS, Grid, slot_starts

__all__ = ["DAYS_ALLOWED", "LocalDay", "local_day", "read_day", "read_time", "wall_times", "with_intervals"]

_DATE: Final = re.compile(r"(\d{2})([-/])(\d{2})\2(\d{4})", re.ASCII)
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_HOUR: Final = 3600
_QUARTER_HOUR: Final = 900
_GAS_DAY_STARTS: Final = 6 * _HOUR
DAYS_ALLOWED: Final = (date(1990, 1, 1), date(2100, 12, 31))
"""The first and the last day on which readings may lie: what is outside is a slip of the pen."""
_EPOCH: Final = date(1970, 1, 1)


class LocalDay(NamedTuple):
    """A Brussels day, in seconds.

    Attributes:
        midnight: when it begins, since the epoch.
        change: what the clocks show where the hour begins that is left out or comes twice; None: they are not changed.
        shift: by how much they are put forward.
    """

    midnight: int
    change: int | None
    shift: int


@lru_cache(maxsize=100_000)
def local_day(day: int) -> LocalDay:
    """The day of a number (a slot of `Grid.DAY`)."""
    midnight, end = (int(start) for start in slot_starts(Grid.DAY, np.array([day, day + 1], np.int64)))
    shift = 86400 - (end - midnight)
    if shift == 0:
        return LocalDay(midnight, None, 0)
    before = _offset(midnight)
    changed = next(hour for hour in range(1, 25) if _offset(midnight + hour * _HOUR) != before)
    return LocalDay(midnight, changed * _HOUR + min(shift, 0), shift)


def _offset(instant: int) -> float:
    offset = datetime.fromtimestamp(instant, UTC).astimezone(BRUSSELS).utcoffset()
    return 0.0 if offset is None else offset.total_seconds()


def read_day(text: str) -> int | None:
    """The number of a day, written `dd-mm-yyyy` or `dd/mm/yyyy`; None: another form, or no such day."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    try:
        found = date(int(match[4]), int(match[3]), int(match[1]))
    except ValueError:
        return None
    return (found - _EPOCH).days if DAYS_ALLOWED[0] <= found <= DAYS_ALLOWED[1] else None


def read_time(text: str) -> int | None:
    """The seconds of a time of day, written `HH:MM:SS` or `HH:MM`; None: another form, or no such time."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return hour * _HOUR + minute * 60 + second


def wall_times(instants: NDArray[np.int64]) -> pl.DataFrame:
    """What the clocks of Brussels show at instants, in epoch seconds: `day`, `second`.

    And `pass`: null, or which of its two passes, where the clocks show it twice.
    """
    days = np.unique(instants // 86400)
    table = _table(range(int(days[0]) - 1, int(days[-1]) + 2) if days.size else ())
    frame = pl.DataFrame({"instant": instants}).with_row_index("row").sort("instant")
    frame = frame.join_asof(table, left_on="instant", right_on="midnight").sort("row")
    passed, change, shift = pl.col("instant") - pl.col("midnight"), pl.col("change"), pl.col("shift")
    # Put back, the clocks have shown the whole hour once before they change.
    changed = passed >= change - pl.min_horizontal(shift, 0)
    frame = frame.with_columns((passed + pl.when(changed).then(shift).otherwise(0)).alias("second"))
    twice = (shift < 0) & (pl.col("second") >= change) & (pl.col("second") < change + _HOUR)
    return frame.select("day", "second", pl.when(twice).then(changed.cast(pl.Int8)).alias("pass"))


def with_intervals(frame: pl.DataFrame) -> pl.DataFrame:
    """Find instant, grid and slot of intervals.

    Args:
        frame: `from_day`, `from_second`, `to_day`, `to_second`; null where they could not be read.

    Returns:
        The frame with `grid` and `slot` (null: off the grid, or not to be told yet), `skipped` (a border lies in the
        hour that is left out), `doubled` (a quarter-hour that begins in the hour that comes twice), `first_slot` (its
        slot if it is of the first pass) and `known_pass` (which pass it is of, where its own labels tell).
    """
    frame = _with_instants(_with_instants(frame, "from"), "to")
    start, end = pl.col("from_instant"), pl.col("to_instant")
    start_twice, end_twice = pl.col("from_twice"), pl.col("to_twice")
    plain, length = end - start, (_QUARTER_HOUR, _HOUR)
    # The border at which the pass changes: 02:45-02:00 closes the first, 02:45-03:00 the second.
    closes_first = end_twice & (plain + _HOUR).is_in(length)
    in_second = start_twice & ~end_twice & (plain - _HOUR).is_in(length)
    untold = start_twice & end_twice & (plain == _QUARTER_HOUR)
    begin = pl.when(in_second).then(start + _HOUR).otherwise(start)
    seconds = (
        pl.when(closes_first & ~plain.is_in(length)).then(plain + _HOUR).when(in_second).then(plain - _HOUR)
    ).otherwise(plain)
    frame = frame.with_columns(
        begin.alias("begin"),
        seconds.alias("seconds"),
        untold.alias("untold"),
        (pl.col("from_skipped") | pl.col("to_skipped")).alias("skipped"),
        in_second.alias("in_second"),
    )
    return _with_slots(frame)


def _with_slots(frame: pl.DataFrame) -> pl.DataFrame:
    begin, seconds = pl.col("begin"), pl.col("seconds")
    next_day = pl.col("to_day") == pl.col("from_day") + 1
    from_second, to_second = pl.col("from_second"), pl.col("to_second")
    quarter = (seconds == _QUARTER_HOUR) & (begin % _QUARTER_HOUR == 0)
    hour = (seconds == _HOUR) & (begin % _HOUR == 0)
    day = next_day & (from_second == 0) & (to_second == 0)
    gas_day = next_day & (from_second == _GAS_DAY_STARTS) & (to_second == _GAS_DAY_STARTS)
    shape = (
        pl.when(pl.col("skipped"))
        .then(None)
        .when(quarter)
        .then(Grid.QUARTER_HOUR.value)
        .when(hour)
        .then(Grid.HOUR.value)
        .when(day)
        .then(Grid.DAY.value)
        .when(gas_day)
        .then(Grid.GAS_DAY.value)
    ).cast(pl.UInt8)
    frame = frame.with_columns(shape.alias("grid"))
    grid, untold = pl.col("grid"), pl.col("untold")
    slot = (
        pl.when(grid == Grid.QUARTER_HOUR.value)
        .then(begin // _QUARTER_HOUR)
        .when(grid == Grid.HOUR.value)
        .then(begin // _HOUR)
        .when(grid.is_not_null())
        .then(pl.col("from_day"))
    )
    doubled = pl.col("from_twice") & (grid == Grid.QUARTER_HOUR.value)
    return frame.with_columns(
        pl.when(~untold).then(slot).alias("slot"),
        doubled.fill_null(value=False).alias("doubled"),
        slot.alias("first_slot"),
        pl.when(~untold).then(pl.col("in_second").cast(pl.Int8)).alias("known_pass"),
    ).drop(
        "begin",
        "seconds",
        "untold",
        "in_second",
        *(f"{border}_{part}" for border in ("from", "to") for part in ("instant", "twice", "skipped")),
    )


def _with_instants(frame: pl.DataFrame, border: str) -> pl.DataFrame:
    """The instant of a border (of its first pass, where it comes twice), whether it comes twice, whether never."""
    days = frame.get_column(f"{border}_day").unique().drop_nulls()
    frame = frame.join(
        _table(days.to_list()), left_on=f"{border}_day", right_on="day", how="left", maintain_order="left"
    )
    second, change, shift = pl.col(f"{border}_second"), pl.col("change"), pl.col("shift")
    changing = ((second >= change) & (second < change + _HOUR)).fill_null(value=False)
    after = (second >= change + _HOUR).fill_null(value=False)
    return frame.with_columns(
        (pl.col("midnight") + second - pl.when(after).then(shift).otherwise(0)).alias(f"{border}_instant"),
        (changing & (shift < 0)).alias(f"{border}_twice"),
        (changing & (shift > 0)).alias(f"{border}_skipped"),
    ).drop("midnight", "change", "shift")


def _table(days: Sequence[int]) -> pl.DataFrame:
    found = [(day, *local_day(day)) for day in days]
    schema = {"day": pl.Int64, "midnight": pl.Int64, "change": pl.Int64, "shift": pl.Int64}
    return pl.DataFrame(found, schema=schema, orient="row")
