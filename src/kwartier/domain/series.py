"""Readings as arrays: the versions in which they came in, and the series that follow from them (DESIGN 1, 6)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid, slot_starts
from kwartier.domain.metering import Meter, Register, RegisterKind, State

__all__ = ["MeterSeries", "MeterVersions", "Series", "Thousandths", "Versions"]

Thousandths: TypeAlias = NDArray[np.int64] | NDArray[np.int32]
"""Values in thousandths of their unit; as int32 where they fit and wait in memory for whoever reads them."""

_INT32: Final = np.iinfo(np.int32)


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
        """The same in half the memory, if all values fit."""
        if not len(self) or self.values.max() > _INT32.max or self.values.min() < _INT32.min:
            return self
        return replace(self, values=self.values.astype(np.int32))

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
