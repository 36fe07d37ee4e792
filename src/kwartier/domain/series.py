"""Readings as arrays: the versions in which they came in, and the series that follow from them (DESIGN 1, 6)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid, slot_starts
from kwartier.domain.metering import Meter, Register, RegisterKind, State

__all__ = ["MeterSeries", "MeterVersions", "Series", "Thousandths", "Versions"]

Thousandths: TypeAlias = NDArray[np.int64] | NDArray[np.int32] | NDArray[np.int16]
"""Values in thousandths of their unit; in fewer bytes where they fit and wait in memory for whoever reads them."""


@dataclass(frozen=True, slots=True, eq=False)
class Versions:
    """What came in, and when, about the registers of one meter on one grid.

    Row i says what came in at `inserted_us[i]` about the slot `slots[i]`. The rows of one slot stand in the order in
    which they came in; a later row beats an earlier one, register by register, unless it is silent (R1).

    Attributes:
        grid: how time is cut.
        registers: the r registers.
        slots: slot numbers, shape (n,).
        inserted_us: when each row became visible, microseconds since the epoch, shape (n,).
        values: thousandths of the register's unit, shape (r, n).
        states: codes of `State` and gas factor (`state_code`), shape (r, n).
    """

    grid: Grid
    registers: tuple[Register, ...]
    slots: NDArray[np.int64]
    inserted_us: NDArray[np.int64]
    values: NDArray[np.int64]
    states: NDArray[np.uint8]

    def of_kinds(self, kinds: Collection[RegisterKind]) -> "Versions":
        """The same of the registers of some kinds alone."""
        rows = [row for row, register in enumerate(self.registers) if register.kind in kinds]
        if len(rows) == len(self.registers):
            return self
        registers = tuple(self.registers[row] for row in rows)
        return replace(self, registers=registers, values=self.values[rows], states=self.states[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The readings of the registers of one meter on one grid, over consecutive slots.

    Where a state code is below `READ` there is no reading, and the value means nothing.

    Attributes:
        grid: how time is cut.
        first_slot: the slot of the first column.
        registers: the r registers.
        values: thousandths of the register's unit, shape (r, n).
        states: codes of `State`, shape (r, n).
    """

    grid: Grid
    first_slot: int
    registers: tuple[Register, ...]
    values: Thousandths
    states: NDArray[np.uint8]

    def __len__(self) -> int:
        return int(self.values.shape[1])

    def compact(self) -> "Series":
        """The same in as little memory as it fits; states that are all alike are one, seen everywhere."""
        if not len(self):
            return self
        values, states, state = self.values, self.states, self.states[0, 0]
        if _fits(values, np.int16):
            values = values.astype(np.int16)
        elif _fits(values, np.int32):
            values = values.astype(np.int32)
        if (states == state).all():
            states = np.broadcast_to(state, states.shape)
        return replace(self, values=values, states=states)

    @property
    def present(self) -> NDArray[np.bool_]:
        """Where there is a reading, shape (r, n)."""
        valued: NDArray[np.bool_] = self.states >= State.READ
        return valued

    def borders(self) -> NDArray[np.int64]:
        """Where the slots begin and the last ends, epoch seconds, shape (n + 1,)."""
        return slot_starts(
            self.grid, np.arange(self.first_slot, self.first_slot + len(self) + 1, dtype=np.int64)
        )


def _fits(values: Thousandths, kind: type[np.signedinteger[Any]]) -> bool:
    limits = np.iinfo(kind)
    return bool(limits.min <= values.min() and values.max() <= limits.max)


@dataclass(frozen=True, slots=True, eq=False)
class MeterVersions:
    """The versions of one meter of a headpoint."""

    meter: Meter
    versions: Versions


@dataclass(frozen=True, slots=True, eq=False)
class MeterSeries:
    """The series of one meter of a headpoint, one per grid."""

    meter: Meter
    series: tuple[Series, ...]
