"""Which rows of a delivery cannot be right, and why: in words that say what is wrong and what is allowed (R3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kwartier.domain.days import Grid, slots_within
from kwartier.domain.metering import STATE_BITS, State
from kwartier.domain.period import Period
from kwartier.formats.rows import REJECTED
from kwartier.readings.places import Place
from kwartier.readings.stretches import KEYS, Stretches
from kwartier.services.ingest.content import content_of, decimals
from kwartier.services.ingest.series import Named, Refused, Told, series_of, states_allowed, states_of

T = TypeVar("T", bound=np.generic)

__all__ = [
    "CONTRADICTS",
    "EARLIEST",
    "PartSeries",
    "contradicting_rows",
    "rejected_rows",
    "right_rows",
    "series_of_part",
]

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Readings from before are a mistake."""

CONTRADICTS: Final = (
    "the delivery says something else of the same series and interval in another row; allowed: one value"
)

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
    """The series that the rows of a part name.

    Attributes:
        named: what the rows say.
        told: what it comes to.
        places: their headpoints, as far as they are known, by EAN.
        of_stretch: which of them each stretch is about.
        codes: which codes of states are allowed, as bits.
    """

    named: Sequence[Named]
    told: Sequence[Told | Refused]
    places: Mapping[int, Place]
    of_stretch: NDArray[np.int64]
    codes: NDArray[np.uint64]

    @property
    def grids(self) -> NDArray[np.int64]:
        """The grid of each series."""
        return np.array([one.grid for one in self.named], np.int64)


def series_of_part(stretches: Stretches, places: Mapping[int, Place]) -> PartSeries:
    """The series that stretches name, each once."""
    keys = stretches.keys
    distinct = keys.unique().sort(KEYS).with_row_index("series")
    of_stretch = keys.join(distinct, on=KEYS, how="left", maintain_order="left").get_column("series")
    named = [Named(*row) for row in distinct.select(KEYS).iter_rows()]
    told = [series_of(one, places.get(one.ean)) for one in named]
    codes = [
        states_of(places[one.ean], what.key) if isinstance(what, Told) else 0
        for one, what in zip(named, told, strict=True)
    ]
    return PartSeries(named, told, places, of_stretch.to_numpy().astype(np.int64), np.array(codes, np.uint64))


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
    reasons = [
        pl.when(pl.lit(pl.Series(fault[places]))).then(said)
        for said, fault in zip(_reasons(series, of), _faults(stretches, series, now).values(), strict=True)
    ]
    return rows.select(
        "line",
        "ean",
        pl.concat_str(reasons, separator="; ", ignore_nulls=True).alias("reason"),
        content_of(rows).alias("content"),
    ).cast(REJECTED)


def contradicting_rows(stretches: Stretches, places: NDArray[np.int64]) -> pl.DataFrame:
    """The rows at some places, that contradict each other, of the schema `REJECTED`."""
    rows = stretches.rows_at(places)
    return rows.select(
        "line", "ean", pl.lit(CONTRADICTS).alias("reason"), content_of(rows).alias("content")
    ).cast(REJECTED)


def _faults(stretches: Stretches, series: PartSeries, now: datetime) -> dict[str, NDArray[np.bool_]]:
    """Which rows have each fault."""
    refused = np.array([isinstance(one, Refused) for one in series.told], np.bool_)
    grids = series.grids
    allowed = {int(grid): slots_within(grid, Period(EARLIEST, now)) for grid in Grid}
    first = np.array([allowed[grid].start for grid in grids.tolist()], np.int64)
    stop = np.array([allowed[grid].stop for grid in grids.tolist()], np.int64)
    values, slots = stretches.values, stretches.slots
    codes = _spread(stretches, series, np.where(refused, ~np.uint64(0), series.codes))
    states = np.minimum(stretches.states, _HIGHEST_CODE).astype(np.uint64)
    return {
        "series": np.broadcast_to(_spread(stretches, series, refused), slots.shape),
        "state": (codes >> states) & np.uint64(1) == 0,
        "negative": values < 0,
        "large": values > _spread(stretches, series, _MOST[grids]),
        "future": slots >= _spread(stretches, series, stop),
        "past": slots < _spread(stretches, series, first),
    }


def _spread(stretches: Stretches, series: PartSeries, of_series: NDArray[T]) -> NDArray[T]:
    """Per row what is known per series; one for all if they agree, as they mostly do."""
    if (of_series == of_series[:1]).all():
        return of_series[:1]
    return np.repeat(of_series[series.of_stretch], stretches.lengths)


def _reasons(series: PartSeries, of: NDArray[np.int64]) -> list[pl.Expr]:
    """What is said of each fault, of rows about some series, in the order of the faults."""

    def told(words: Sequence[str]) -> pl.Expr:
        return pl.lit(pl.Series(words, dtype=pl.String)[of])

    shown = decimals("value")
    units = [f"{_MOST[one.grid] // 1000:_}".replace("_", " ") for one in series.named]
    return [
        told([one.reason if isinstance(one, Refused) else "" for one in series.told]),
        pl.format(
            "state {} is not of this meter; allowed: {}",
            _state_words(),
            told([_allowed_states(one, place, series) for place, one in enumerate(series.told)]),
        ),
        pl.format("negative value {}; allowed: 0 or more, for the direction stands on its own", shown),
        pl.format("value {} is too large to be true; allowed: up to {}", shown, told(units)),
        pl.lit("in the future: the interval has not ended yet"),
        pl.lit(f"before {EARLIEST:%Y-%m-%d}: nothing was measured then"),
    ]


def _state_words() -> pl.Expr:
    names = {int(state): state.name for state in State}
    plain = (pl.col("state") & STATE_BITS).replace_strict(names, default="?", return_dtype=pl.String)
    return pl.when(pl.col("state") > STATE_BITS).then(plain + " with a conversion factor").otherwise(plain)


def _allowed_states(told: Told | Refused, place: int, series: PartSeries) -> str:
    if isinstance(told, Refused):
        return ""
    names = ", ".join(state.name for state in states_allowed(series.places[series.named[place].ean]))
    factored = int(series.codes[place]) >> (STATE_BITS + 1)
    return f"{names}, WITHDRAWN{'' if factored else ', without a conversion factor'}"
