"""From rows in any order to runs: cells of a table, of which each line is a series within one run (DESIGN 2).

No row is moved for it: where a cell lies follows from series, run and slot, and rows are laid there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid, day_of, quarter_hours_of, slot_starts
from kwartier.domain.metering import State
from kwartier.domain.period import EPOCH
from kwartier.readings.codec import MAX_SLOTS, encode
from kwartier.readings.runs import Run
from kwartier.readings.stretches import Stretches

__all__ = ["GridRows", "Laid", "apart", "lay"]

_CELLS: Final = 1 << 23
"""How many cells are laid at once."""

_SECONDS: Final = {Grid.QUARTER_HOUR: 900, Grid.HOUR: 3600}
# Slots in which no row stays lie before or after these, and are treated as the first or last: 1985 to 2120.
_FIRST_SECOND, _LAST_SECOND = 5_475 * 86_400, 54_750 * 86_400


@dataclass(frozen=True, slots=True, eq=False)
class GridRows:
    """Rows on one grid, and what their series are.

    Attributes:
        grid: of all.
        eans: of the headpoint of each of the s series; they are in order of EAN and number.
        numbers: of the series in the catalogue.
        series: of the n rows, places among those.
        slots: of the rows; so for the other two.
        values: thousandths.
        states: codes.
    """

    grid: Grid
    eans: NDArray[np.int64]
    numbers: NDArray[np.int64]
    series: NDArray[np.int64]
    slots: NDArray[np.int64]
    values: NDArray[np.int64]
    states: NDArray[np.uint8]

    def at(self, places: NDArray[np.int64]) -> "GridRows":
        """Those at some places."""
        return replace(
            self,
            series=self.series[places],
            slots=self.slots[places],
            values=self.values[places],
            states=self.states[places],
        )


@dataclass(slots=True)
class Laid:
    """What came of rows.

    Attributes:
        runs: by EAN and time.
        stored: rows with a value.
        withdrawn: rows that say that there is none.
        repeated: rows that say again what another says.
        contradicting: the places of rows that say something else of a cell than another.
    """

    runs: list[Run] = field(default_factory=list)
    stored: int = 0
    withdrawn: int = 0
    repeated: int = 0
    contradicting: list[NDArray[np.int64]] = field(default_factory=list)


def apart(stretches: Stretches) -> NDArray[np.int64]:
    """A number per row that is the same for rows of one run."""
    grids = np.repeat(stretches.keys.get_column("grid").to_numpy(), stretches.lengths)
    found = np.zeros(len(stretches), np.int64)
    for grid in Grid:
        chosen = grids == grid
        if chosen.any():
            found[chosen], _ = _spans(grid, stretches.slots[chosen])
    return found


def _spans(grid: Grid, slots: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """In which span, that becomes one run, each slot lies, and where those spans begin: from the lowest on.

    A span is a local day of quarter-hours or hours, or a block of days. Its number is the same in every call.

    Returns:
        Numbers per slot; the first slot of each span from the lowest number on.
    """
    if grid in {Grid.DAY, Grid.GAS_DAY}:
        spans = slots // MAX_SLOTS
        return spans, np.arange(spans.min(), spans.max() + 1) * MAX_SLOTS
    seconds = _SECONDS[grid]
    slots = np.clip(slots, _FIRST_SECOND // seconds, _LAST_SECOND // seconds)
    first, last = (
        day_of(EPOCH + timedelta(seconds=seconds * int(slot))) for slot in (slots.min(), slots.max())
    )
    # A gas day begins on the day before, if the hour is early.
    days = range(first - 1, last + 1)
    if grid is Grid.QUARTER_HOUR:
        borders = quarter_hours_of(days)
    else:
        borders = slot_starts(Grid.GAS_DAY, np.arange(days.start, days.stop + 1)) // seconds
    of_slot = np.repeat(np.arange(len(days)), np.diff(borders))
    spans = of_slot[slots - borders[0]]
    lowest = int(spans.min())
    return spans + days.start, borders[lowest:-1]


def lay(rows: GridRows) -> Laid:
    """Lay rows into runs."""
    laid = Laid()
    if not rows.slots.size:
        return laid
    table = _Table(rows)
    for first, last, places in table.blocks():
        table.lay(laid, first, last, places)
    return laid


class _Table:
    """Lines of cells: a line is a series in a span, those of one run stand together."""

    def __init__(self, rows: GridRows) -> None:
        self._rows = rows
        spans, begins = _spans(rows.grid, rows.slots)
        lowest = spans.min()
        _, heads = np.unique(rows.eans, return_inverse=True)
        # Runs in order of EAN and time, within them series in order of number.
        of_row = (heads[rows.series] * begins.size + (spans - lowest)) * rows.eans.size + rows.series
        changes = np.flatnonzero(np.diff(of_row, prepend=of_row[0] - 1))
        lines, of_change = np.unique(of_row[changes], return_inverse=True)
        self._of_row = np.repeat(of_change, np.diff(changes, append=of_row.size))
        runs, self._series = np.divmod(lines, rows.eans.size)
        self._begins = begins[runs % begins.size]
        self._columns = rows.slots - begins[spans - lowest]
        self._first = int(self._columns.min())
        self._width = int(self._columns.max()) + 1 - self._first
        # Where each run has its first line, and where the last one ends.
        self._runs = np.append(np.flatnonzero(np.diff(runs, prepend=-1)), lines.size)

    def blocks(self) -> Iterator[tuple[int, int, NDArray[np.int64] | None]]:
        """Runs from one to another of which the cells fit memory, with the places of their rows; None: all rows."""
        lines = max(1, _CELLS // self._width)
        if self._runs[-1] <= lines:
            yield 0, self._runs.size - 1, None
            return
        order = np.argsort(self._of_row, kind="stable")
        sorted_lines = self._of_row[order]
        first = 0
        while first < self._runs.size - 1:
            last = int(np.searchsorted(self._runs, self._runs[first] + lines, side="right")) - 1
            last = max(last, first + 1)
            begin, end = np.searchsorted(sorted_lines, [self._runs[first], self._runs[last]])
            yield first, last, order[begin:end]
            first = last

    def lay(self, laid: Laid, first: int, last: int, places: NDArray[np.int64] | None) -> None:
        """Lay the rows of some runs, which stand at some places."""
        rows, line = self._rows, int(self._runs[first])
        lines = int(self._runs[last]) - line
        of = slice(None) if places is None else places
        of_row, columns, values, states = (
            self._of_row[of],
            self._columns[of],
            rows.values[of],
            rows.states[of],
        )
        cells = (of_row - line) * self._width + (columns - self._first)
        said = np.zeros(lines * self._width, np.uint8)
        said[cells] = states
        counted = np.zeros(lines * self._width, np.int64)
        counted[cells] = values
        found = int(np.count_nonzero(said))
        if found < cells.size:
            contradicting, repeated = _doubles(cells, values, states, said, counted)
            said[cells[contradicting]] = State.SILENT
            laid.contradicting.append(contradicting if places is None else places[contradicting])
            laid.repeated += repeated
            found = int(np.count_nonzero(said))
        withdrawn = int(np.count_nonzero(said == State.WITHDRAWN))
        laid.withdrawn += withdrawn
        laid.stored += found - withdrawn
        shape = (lines, self._width)
        laid.runs += self._encoded(first, last, counted.reshape(shape), said.reshape(shape))

    def _encoded(
        self, first: int, last: int, values: NDArray[np.int64], states: NDArray[np.uint8]
    ) -> Iterator[Run]:
        """The runs of some cells, those of one shape together."""
        offset = int(self._runs[first])
        speaks = states != State.SILENT
        speaking = np.flatnonzero(speaks.any(axis=1))
        if not speaking.size:
            return
        of_line = np.repeat(np.arange(first, last), np.diff(self._runs[first : last + 1]))[speaking]
        starts = np.flatnonzero(np.diff(of_line, prepend=-1))
        ends = np.append(starts[1:], speaking.size)
        spoken = np.logical_or.reduceat(speaks[speaking], starts, axis=0)
        begins = spoken.argmax(axis=1)
        stops = self._width - spoken[:, ::-1].argmax(axis=1)
        series = self._series[speaking + offset]
        numbers, slots = self._rows.numbers[series], self._begins[speaking[starts] + offset] + self._first
        alike: dict[tuple[bytes, int, int], list[int]] = {}
        for run, shape in enumerate(
            zip(starts.tolist(), ends.tolist(), begins.tolist(), stops.tolist(), strict=True)
        ):
            start, end, begin, stop = shape
            alike.setdefault((numbers[start:end].tobytes(), begin, stop), []).append(run)
        contents: list[bytes] = [b""] * starts.size
        for (_, begin, stop), runs in alike.items():
            size = int(ends[runs[0]] - starts[runs[0]])
            lines = speaking[starts[runs][:, None] + np.arange(size)]
            of = numbers[starts[runs[0]] : ends[runs[0]]].tolist()
            blobs = encode(of, values[lines, begin:stop], states[lines, begin:stop])
            for run, blob in zip(runs, blobs, strict=True):
                contents[run] = blob
        eans, grid = self._rows.eans[series[starts]].tolist(), self._rows.grid
        for ean, start, content in zip(eans, (slots + begins).tolist(), contents, strict=True):
            yield Run(ean, grid, start, content)


def _doubles(
    cells: NDArray[np.int64],
    values: NDArray[np.int64],
    states: NDArray[np.uint8],
    said: NDArray[np.uint8],
    counted: NDArray[np.int64],
) -> tuple[NDArray[np.int64], int]:
    """Which rows contradict another of their cell, and how many say the same as one before."""
    differs = (said[cells] != states) | (counted[cells] != values)
    contradicted = np.zeros(said.size, np.bool_)
    contradicted[cells[differs]] = True
    contradicting: Sequence[int] | NDArray[np.int64] = np.flatnonzero(contradicted[cells])
    staying = cells.size - len(contradicting)
    return np.asarray(contradicting, np.int64), staying - (
        int(np.count_nonzero(said)) - int(contradicted.sum())
    )
