"""Rows cut where the series changes: what is known of the series stands once for many rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kwartier.formats.rows import ROWS

__all__ = ["KEYS", "Stretches"]

KEYS: Final = ("ean", "sub_ean", "meter_id", "direction", "kind", "unit", "grid")
"""The columns of `ROWS` that tell one series from another."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Rows, and of which series each stretch of them is.

    Attributes:
        keys: a row per stretch, with the columns `KEYS`.
        lengths: how many rows each stretch has.
        slots: of the n rows; so for the other three.
        values: thousandths.
        states: codes.
        lines: where they stand in their source.
    """

    keys: pl.DataFrame
    lengths: NDArray[np.int64]
    slots: NDArray[np.int64]
    values: NDArray[np.int64]
    states: NDArray[np.uint8]
    lines: NDArray[np.int64]

    @classmethod
    def of(cls, rows: pl.DataFrame) -> "Stretches":
        """Rows of the schema `ROWS`, in their order."""
        rows = rows.rechunk()
        begins = np.zeros(rows.height, np.bool_)
        begins[:1] = True
        for name in KEYS:
            column = rows.get_column(name)
            if ROWS[name] == pl.String:
                begins[1:] |= (column != column.shift())[1:].to_numpy()
            else:
                numbers = column.to_numpy()
                begins[1:] |= numbers[1:] != numbers[:-1]
        starts = np.flatnonzero(begins)
        slots, values, states, lines = (
            rows.get_column(name).to_numpy() for name in ("slot", "value", "state", "line")
        )
        lengths = np.diff(starts, append=rows.height)
        return cls(rows.select(KEYS)[starts], lengths, slots, values, states, lines)

    @classmethod
    def joined(cls, some: "list[Stretches]") -> "Stretches":
        """All of some, behind each other."""
        if len(some) == 1:
            return some[0]
        return cls(
            pl.concat([one.keys for one in some], rechunk=True),
            np.concatenate([one.lengths for one in some]),
            np.concatenate([one.slots for one in some]),
            np.concatenate([one.values for one in some]),
            np.concatenate([one.states for one in some]),
            np.concatenate([one.lines for one in some]),
        )

    def __len__(self) -> int:
        return int(self.slots.size)

    def cut(self, where: NDArray[np.int64]) -> "Stretches":
        """The same in stretches that end also where a number per row changes."""
        begins = np.zeros(len(self) + 1, np.bool_)
        begins[np.cumsum(self.lengths)] = True
        begins = begins[:-1]
        begins[:1] = True
        begins[1:] |= where[1:] != where[:-1]
        starts = np.flatnonzero(begins)
        of = np.repeat(np.arange(self.lengths.size), self.lengths)[starts]
        lengths = np.diff(starts, append=len(self))
        return Stretches(self.keys[of], lengths, self.slots, self.values, self.states, self.lines)

    def parted(self, parts: NDArray[np.int64]) -> Iterator[tuple[int, "Stretches"]]:
        """What belongs to each part, given the part of each stretch."""
        order = np.argsort(parts, kind="stable")
        lengths = self.lengths[order]
        starts = (np.cumsum(self.lengths) - self.lengths)[order]
        ends = np.cumsum(lengths)
        rows = np.repeat(starts - (ends - lengths), lengths) + np.arange(len(self))
        sorted_parts = parts[order]
        keys = self.keys[order]
        slots, values, states, lines = (
            self.slots[rows],
            self.values[rows],
            self.states[rows],
            self.lines[rows],
        )
        borders = np.flatnonzero(np.diff(sorted_parts)) + 1
        for first, last in zip([0, *borders], [*borders, parts.size], strict=True):
            of = slice(int(ends[first] - lengths[first]), int(ends[last - 1]))
            yield (
                int(sorted_parts[first]),
                Stretches(
                    keys[int(first) : int(last)],
                    lengths[first:last],
                    slots[of],
                    values[of],
                    states[of],
                    lines[of],
                ),
            )

    def rows_at(self, places: NDArray[np.int64]) -> pl.DataFrame:
        """The rows at some places, of the schema `ROWS`."""
        of = np.repeat(np.arange(self.lengths.size), self.lengths)[places]
        columns = (self.slots, self.values, self.states, self.lines)
        slots, values, states, lines = (pl.Series(column[places]) for column in columns)
        return (
            self.keys[of]
            .with_columns(slot=slots, value=values, state=states, line=lines)
            .select(ROWS.names())
        )
