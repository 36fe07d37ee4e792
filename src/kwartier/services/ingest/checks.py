"""Which rows of a delivery cannot be right, and why: in words that say what is wrong and what is allowed (R3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlalchemy import Connection

from kwartier.domain.days import Grid, slots_within
from kwartier.domain.metering import STATE_BITS, State
from kwartier.domain.period import Period
from kwartier.formats.rows import REJECTED
from kwartier.readings.places import find_places
from kwartier.readings.stretches import KEYS, Stretches
from kwartier.services.ingest.content import content_of, decimals
from kwartier.services.ingest.hanging import slots_hung
from kwartier.services.ingest.known import numbered
from kwartier.services.ingest.series import Named, Refused, Told, series_of, states_in, states_of

T = TypeVar("T", bound=np.generic)

__all__ = [
    "CONTRADICTS",
    "EARLIEST",
    "PartSeries",
    "rejected_rows",
    "right_rows",
    "rows_aside",
    "series_of_part",
]

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Readings from before are a mistake."""

CONTRADICTS: Final = (
    "the delivery says something else of the same series and interval in another row; allowed: one value"
)

_ITS_TIME: Final = "allowed: from when to when it hung there, as `kwartier headpoints show` tells"

# 10 GWh, in thousandths of a kWh: more than all of Belgium in a quarter-hour.
_QUARTER_HOUR_MOST: Final = 10_000_000_000
# How many quarter-hours a slot has at most, with the change of clock.
_QUARTER_HOURS: Final[Mapping[int, int]] = {
    Grid.QUARTER_HOUR: 1,
    Grid.HOUR: 4,
    Grid.DAY: 100,
    Grid.GAS_DAY: 100,
}
_MOST: Final = np.array(
    [_QUARTER_HOUR_MOST * _QUARTER_HOURS.get(code, 0) for code in range(max(Grid) + 1)], np.int64
)
_HIGHEST_CODE: Final = np.uint8(63)


@dataclass(frozen=True, slots=True, eq=False)
class PartSeries:
    """The s series that the rows of a part name.

    Attributes:
        keys: what the rows say, with the columns `KEYS`, in their order.
        of_stretch: which of them each stretch is about.
        numbers: in the catalogue, shape (s,); 0: it is not there, or is named in another way.
        states: which codes of states are allowed, as bits, shape (s,).
        hung: from which slot on and up to which one its meter hung there, shape (2, s); None: nobody told of any.
        told: what those without a number come to, by their place.
    """

    keys: pl.DataFrame
    of_stretch: NDArray[np.int64]
    numbers: NDArray[np.int64]
    states: NDArray[np.uint64]
    hung: NDArray[np.int64] | None
    told: Mapping[int, Told | Refused]

    def __len__(self) -> int:
        return self.keys.height

    @property
    def grids(self) -> NDArray[np.int64]:
        """The grid of each series."""
        return self.keys.get_column("grid").to_numpy().astype(np.int64)

    @property
    def refused(self) -> Mapping[int, str]:
        """Why there is no such series, by place."""
        return {place: one.reason for place, one in self.told.items() if isinstance(one, Refused)}


def series_of_part(stretches: Stretches, connection: Connection) -> PartSeries:
    """The series that stretches name, each once, looked up in the catalogue."""
    keys = stretches.keys
    distinct = keys.unique().sort(KEYS)
    of_stretch = (
        keys.join(distinct.with_row_index("series"), on=KEYS, how="left", maintain_order="left")
        .get_column("series")
        .to_numpy()
        .astype(np.int64)
    )
    known = numbered(connection, distinct.get_column("ean").unique().to_list())
    found = distinct.join(known, on=KEYS, how="left", maintain_order="left")
    numbers, states = (
        found.get_column(name).fill_null(0).to_numpy(writable=True) for name in ("no", "states")
    )
    told: dict[int, Told | Refused] = {}
    others = np.flatnonzero(numbers == 0)
    if others.size:
        named = [Named(*row) for row in distinct[others].iter_rows()]
        places = find_places(connection, list({one.ean for one in named}))
        for other, one in zip(others.tolist(), named, strict=True):
            told[other] = what = series_of(one, places.get(one.ean))
            states[other] = states_of(places[one.ean], what.key) if isinstance(what, Told) else 0
    return PartSeries(distinct, of_stretch, numbers, states, slots_hung(connection, distinct), told)


def right_rows(stretches: Stretches, series: PartSeries, now: datetime) -> NDArray[np.bool_]:
    """Which rows may get in, as far as each can tell by itself.

    Args:
        stretches: rows.
        series: that they name.
        now: whatever ends later lies in the future.
    """
    right = np.ones(len(stretches), np.bool_)
    for fault in _faults(stretches, series, now).values():
        right &= ~fault
    return right


def rejected_rows(
    stretches: Stretches, series: PartSeries, now: datetime, places: NDArray[np.int64]
) -> pl.DataFrame:
    """The rows at some places with what is wrong with each by itself, all of it, of the schema `REJECTED`."""
    rows = stretches.rows_at(places)
    of = np.repeat(series.of_stretch, stretches.lengths)[places]
    said = _reasons(series, of)
    reasons = [
        pl.when(pl.lit(pl.Series(fault[places]))).then(said[name])
        for name, fault in _faults(stretches, series, now).items()
    ]
    return rows.select(
        "line",
        "ean",
        pl.concat_str(reasons, separator="; ", ignore_nulls=True).alias("reason"),
        content_of(rows).alias("content"),
    ).cast(REJECTED)


def rows_aside(stretches: Stretches, places: NDArray[np.int64], reason: str) -> pl.DataFrame:
    """The rows at some places, set aside for the same reason, of the schema `REJECTED`."""
    rows = stretches.rows_at(places)
    return rows.select("line", "ean", pl.lit(reason).alias("reason"), content_of(rows).alias("content")).cast(
        REJECTED
    )


def _faults(stretches: Stretches, series: PartSeries, now: datetime) -> dict[str, NDArray[np.bool_]]:
    """Which rows have each fault."""
    refused = np.zeros(len(series), np.bool_)
    refused[list(series.refused)] = True
    grids = series.grids
    allowed = {int(grid): slots_within(grid, Period(EARLIEST, now)) for grid in Grid}
    first = np.array([allowed[grid].start for grid in grids.tolist()], np.int64)
    stop = np.array([allowed[grid].stop for grid in grids.tolist()], np.int64)
    values, slots = stretches.values, stretches.slots
    codes = _spread(stretches, series, np.where(refused, ~np.uint64(0), series.states))
    states = np.minimum(stretches.states, _HIGHEST_CODE).astype(np.uint64)
    found = {
        "series": np.broadcast_to(_spread(stretches, series, refused), slots.shape),
        "state": (codes >> states) & np.uint64(1) == 0,
        "negative": values < 0,
        "large": values > _spread(stretches, series, _MOST[grids]),
        "future": slots >= _spread(stretches, series, stop),
        "past": slots < _spread(stretches, series, first),
    }
    if series.hung is not None:
        # That there is no value can be said of any time: so is taken back what was told of a meter too long.
        valued = stretches.states > State.WITHDRAWN
        since, until = (_spread(stretches, series, one) for one in series.hung)
        found |= {"early": valued & (slots < since), "late": valued & (slots >= until)}
    return found


def _spread(stretches: Stretches, series: PartSeries, of_series: NDArray[T]) -> NDArray[T]:
    """Per row what is known per series; one for all if they agree, as they mostly do."""
    if (of_series == of_series[:1]).all():
        return of_series[:1]
    return np.repeat(of_series[series.of_stretch], stretches.lengths)


def _reasons(series: PartSeries, of: NDArray[np.int64]) -> dict[str, pl.Expr]:
    """What is said of each fault, of rows about some series."""

    def told(words: Sequence[str]) -> pl.Expr:
        return pl.lit(pl.Series(words, dtype=pl.String)[of])

    shown = decimals("value")
    refused = series.refused
    units = [f"{_MOST[grid] // 1000:_}".replace("_", " ") for grid in series.grids.tolist()]
    return {
        "series": told([refused.get(place, "") for place in range(len(series))]),
        "state": pl.format(
            "state {} is not of this meter; allowed: {}",
            _state_words(),
            told([_allowed_states(codes) for codes in series.states.tolist()]),
        ),
        "negative": pl.format(
            "negative value {}; allowed: 0 or more, for the direction stands on its own", shown
        ),
        "large": pl.format("value {} is too large to be true; allowed: up to {}", shown, told(units)),
        "future": pl.lit("in the future: the interval has not ended yet"),
        "past": pl.lit(f"before {EARLIEST:%Y-%m-%d}: nothing was measured then"),
        "early": pl.lit(f"from before this meter hung there; {_ITS_TIME}"),
        "late": pl.lit(f"from after this meter was taken away; {_ITS_TIME}"),
    }


def _state_words() -> pl.Expr:
    names = {int(state): state.name for state in State}
    plain = (pl.col("state") & STATE_BITS).replace_strict(names, default="?", return_dtype=pl.String)
    return pl.when(pl.col("state") > STATE_BITS).then(plain + " with a conversion factor").otherwise(plain)


@cache
def _allowed_states(codes: int) -> str:
    names = ", ".join(state.name for state in states_in(codes))
    factored = codes >> (STATE_BITS + 1)
    return f"{names}, WITHDRAWN{'' if factored else ', without a conversion factor'}"
