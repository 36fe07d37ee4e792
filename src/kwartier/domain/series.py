"""Readings as arrays: the versions in which they came in, and the series that follow from them (DESIGN 1, 6)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid, slot_starts
from kwartier.domain.metering import PhysicalMeter, Register, State

__all__ = ["MeterSeries", "MeterVersions", "Series", "Versions"]


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
        states: codes of `State`, shape (r, n).
    """

    grid: Grid
    registers: tuple[Register, ...]
    slots: NDArray[np.int64]
    inserted_us: NDArray[np.int64]
    values: NDArray[np.int64]
    states: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The readings of the registers of one meter on one grid, over consecutive slots.

    Where a state is not a valued one (`READ` and up) there is no reading, and the value means nothing.

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
    values: NDArray[np.int64]
    states: NDArray[np.uint8]

    def __len__(self) -> int:
        return int(self.values.shape[1])

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
    """The versions of one meter of a headpoint; `meter` is None where they lie on the headpoint itself (E8)."""

    meter: PhysicalMeter | None
    versions: Versions


@dataclass(frozen=True, slots=True, eq=False)
class MeterSeries:
    """The series of one meter of a headpoint, one per grid; `meter` as in `MeterVersions`."""

    meter: PhysicalMeter | None
    series: tuple[Series, ...]
