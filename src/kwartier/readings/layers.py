"""Runs laid over each other (DESIGN 2, R1)."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.metering import State
from kwartier.domain.series import MeterVersions
from kwartier.readings.catalogue import SeriesKey
from kwartier.readings.codec import MAX_SLOTS, decode

__all__ = ["Layer"]


class Layer:
    """What series say in the end of some slots, and since when.

    Args:
        slots: over which; it holds whatever begins in it.

    Attributes:
        numbers: the s series that say something, by number in the catalogue, in order.
        extents: of the runs that were laid: first slot and length.
    """

    def __init__(self, slots: range) -> None:
        self._first = slots.start
        self._size = len(slots) + MAX_SLOTS
        self._said: dict[int, tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]] = {}
        self.extents: list[tuple[int, int]] = []

    @property
    def numbers(self) -> list[int]:
        """The series that say something."""
        return sorted(self._said)

    def lay(self, rows: Iterable[Any]) -> "Layer":
        """Lay runs over what is there, the last on top: rows with `start`, `published_us` and `content`, in order."""
        for row in rows:
            [decoded] = decode([row.content])
            length = decoded.values.shape[2]
            self.extents.append((row.start, length))
            # What begins before the slots is laid from where they begin.
            cut = max(0, self._first - row.start)
            columns = np.arange(row.start + cut, row.start + length) - self._first
            for number, values, states in zip(
                decoded.numbers, decoded.values[0, :, cut:], decoded.states[0, :, cut:], strict=True
            ):
                self._lay(number, columns, values, states, row.published_us)
        return self

    def lay_versions(
        self, parts: Iterable[MeterVersions], numbers: Sequence[tuple[int, SeriesKey]]
    ) -> "Layer":
        """Lay versions, of those registers that are among some series."""
        for part in parts:
            versions = part.versions
            of_register = {key.register: number for number, key in numbers if key.meter == part.meter}
            for register, values, states in zip(
                versions.registers, versions.values, versions.states, strict=True
            ):
                if register in of_register:
                    columns = versions.slots - self._first
                    self._lay(of_register[register], columns, values, states, versions.inserted_us)
        return self

    def values(self, numbers: Sequence[int]) -> NDArray[np.int64]:
        """The values of some series, shape (len(numbers), slots)."""
        return np.stack([self._of(number)[0] for number in numbers])

    def states(self, numbers: Sequence[int]) -> NDArray[np.uint8]:
        """Their states; where nothing was said, they are silent."""
        return np.stack([self._of(number)[1] for number in numbers])

    def since_us(self, numbers: Sequence[int]) -> NDArray[np.int64]:
        """Since when they say so, microseconds since the epoch."""
        return np.stack([self._of(number)[2] for number in numbers])

    def _of(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]:
        found = self._said.get(number)
        if found is None:
            nothing = np.zeros(self._size, np.int64)
            found = nothing, nothing.astype(np.uint8), nothing
        return found

    def _lay(
        self,
        number: int,
        columns: NDArray[np.int64],
        values: NDArray[np.int64],
        states: NDArray[np.uint8],
        since_us: NDArray[np.int64] | int,
    ) -> None:
        known = self._said.setdefault(
            number,
            (np.zeros(self._size, np.int64), np.zeros(self._size, np.uint8), np.zeros(self._size, np.int64)),
        )
        speaks = (states != State.SILENT) & (columns >= 0) & (columns < self._size)
        places = columns[speaks]
        # Assigning with repeated places keeps the last.
        known[0][places], known[1][places] = values[speaks], states[speaks]
        known[2][places] = np.broadcast_to(since_us, states.shape)[speaks]
