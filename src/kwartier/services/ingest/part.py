"""From the rows of some headpoints to runs, and to what is set aside (R3)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kwartier.domain.days import Grid
from kwartier.readings.catalogue import Line, SeriesKey, line_of
from kwartier.readings.runs import Run
from kwartier.readings.stretches import Stretches
from kwartier.services.ingest.checks import (
    CONTRADICTS,
    PartSeries,
    rejected_rows,
    right_rows,
    rows_aside,
)
from kwartier.services.ingest.runs import GridRows, lay
from kwartier.services.ingest.series import Told

__all__ = ["Made", "Numbers", "Overruling", "runs_of_part"]

Numbers: TypeAlias = Callable[[Mapping[int, Mapping[Line, SeriesKey]]], Mapping[int, Mapping[Line, int]]]
"""Gives the numbers of series of headpoints in the catalogue."""

Overruling: TypeAlias = Callable[[GridRows], Iterable[tuple[str, NDArray[np.int64]]]]
"""Finds the places of rows that may not get in for what others say, with the reason."""

_AT_ONCE: Final = 100_000
_MOST_SERIES: Final = 1 << 16  # of a headpoint: a run has two bytes for their numbers


@dataclass(slots=True)
class Made:
    """What came of the rows of a part.

    Attributes:
        runs: to be loaded.
        rejected: frames of the schema `REJECTED`.
        stored: rows with a value.
        withdrawn: rows that say that there is none.
        repeated: rows that say again what another says.
    """

    runs: list[Run] = field(default_factory=list)
    rejected: list[pl.DataFrame] = field(default_factory=list)
    stored: int = 0
    withdrawn: int = 0
    repeated: int = 0

    def aside(self, part: Stretches, places: NDArray[np.int64], reason: str) -> None:
        """Set rows at some places aside."""
        self.rejected += [rows_aside(part, some, reason) for some in _some(places)]


def runs_of_part(
    part: Stretches,
    series: PartSeries,
    now: datetime,
    numbers: Numbers,
    overruled: Overruling | None = None,
) -> Made:
    """Make runs of the rows that may get in.

    Args:
        part: rows, all those that belong to the same runs among them.
        series: that they name.
        now: what ends later is in the future.
        numbers: is asked about series without a number of which something gets in.
        overruled: finds those that may not get in for what others say, where such rows may be among them.
    """
    made = Made()
    right = right_rows(part, series, now)
    wrong = np.flatnonzero(~right)
    made.rejected += [rejected_rows(part, series, now, some) for some in _some(wrong)]
    if wrong.size == len(part):
        return made
    of_row = np.repeat(series.of_stretch, part.lengths)
    good = None if not wrong.size else np.flatnonzero(right)
    used = np.bincount(of_row if good is None else of_row[good], minlength=len(series)) > 0
    eans, nos, catalogued = _catalogued(series, used, numbers)
    for grid in np.unique(series.grids[used]).tolist():
        of_grid = good
        if (series.grids[used] != grid).any():
            on_grid = right & (series.grids == grid)[of_row]
            of_grid = np.flatnonzero(on_grid)
        of = slice(None) if of_grid is None else of_grid
        series_of_rows = catalogued[of_row[of]]
        slots, values, states = part.slots[of], part.values[of], part.states[of]
        rows = GridRows(Grid(grid), eans, nos, series_of_rows, slots, values, states)
        if overruled is not None:
            staying = np.zeros(slots.size, np.bool_)
            for reason, places in overruled(rows):
                made.aside(part, places if of_grid is None else of_grid[places], reason)
                staying[places] = True
            left = np.flatnonzero(~staying)
            rows, of_grid = rows.at(left), left if of_grid is None else of_grid[left]
        laid = lay(rows)
        made.runs += laid.runs
        made.stored += laid.stored
        made.withdrawn += laid.withdrawn
        made.repeated += laid.repeated
        for contradicting in laid.contradicting:
            made.aside(part, contradicting if of_grid is None else of_grid[contradicting], CONTRADICTS)
    return made


def _some(places: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    for first in range(0, places.size, _AT_ONCE):
        yield places[first : first + _AT_ONCE]


def _catalogued(
    series: PartSeries, used: NDArray[np.bool_], numbers: Numbers
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The series as the catalogue has them: rows may name one in two ways, with the meter and without.

    Returns:
        EANs and numbers of those that are used, in their order; and per series its place among them.
    """
    all_eans, nos = series.keys.get_column("ean").to_numpy(), series.numbers.copy()
    wanted: dict[int, dict[Line, SeriesKey]] = {}
    lines: dict[int, tuple[int, Line]] = {}
    for place, told in series.told.items():
        if used[place] and isinstance(told, Told):
            ean, line = int(all_eans[place]), line_of(told.key)
            wanted.setdefault(ean, {})[line] = told.key
            lines[place] = ean, line
    given = numbers(wanted) if wanted else {}
    for place, (ean, line) in lines.items():
        nos[place] = given[ean][line]
    eans, ranks = np.unique(all_eans[used], return_inverse=True)
    pairs, inverse = np.unique(ranks * _MOST_SERIES + nos[used], return_inverse=True)
    catalogued = np.zeros(len(series), np.int64)
    catalogued[used] = inverse
    ranks, nos = np.divmod(pairs, _MOST_SERIES)
    return eans[ranks], nos, catalogued
