"""Columns in the making: the texts of a table as small numbers, and the values of one register of one series."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["NOTHING", "Codes", "Labels", "Register", "Values", "Vocabulary", "join_values"]

NOTHING: Final = 0
"""The code of what is not said."""

Codes = NDArray[np.int16]


@dataclass(slots=True)
class Vocabulary:
    """The texts of a column, and their codes in the order in which they came."""

    texts: list[str | None] = field(default_factory=lambda: [None])
    _codes: dict[str | None, int] = field(default_factory=lambda: {None: NOTHING})

    def code(self, text: str | None) -> int:
        """The code of a text; a new one for a new text."""
        found = self._codes.get(text)
        if found is None:
            found = self._codes[text] = len(self.texts)
            self.texts.append(text)
        return found


class Labels(NamedTuple):
    """What all values of a series have in common: the constant columns of the table."""

    source: str
    meter: str | None
    sub_headpoint: str | None
    installation_type: str | None
    granularity: str


@dataclass(frozen=True, slots=True)
class Register:
    """What the values of a column have in common: whence they come, and their unit as a code."""

    direction: str
    register: str
    unit: int


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """The values of one register, each of shape (n,), in the order of the answer.

    Attributes:
        rows: from which slot of its array each comes.
        starts: epoch seconds.
        ends: epoch seconds.
        numbers: the values; NaN where there is none.
        units: codes.
        states: codes.
        factors: codes.
    """

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    numbers: NDArray[np.float64]
    units: Codes
    states: Codes
    factors: Codes

    def chosen(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> "Values":
        """Some of them."""
        return Values(
            self.rows[which],
            self.starts[which],
            self.ends[which],
            self.numbers[which],
            self.units[which],
            self.states[which],
            self.factors[which],
        )


def join_values(parts: Sequence[Values]) -> Values:
    """Parts of the same array of slots as one, in the order of the slots."""
    if len(parts) == 1:
        return parts[0]
    rows = np.concatenate([part.rows for part in parts])
    in_order = bool((rows[1:] >= rows[:-1]).all())
    order: NDArray[np.int64] | slice = slice(None) if in_order else np.argsort(rows, kind="stable")
    return Values(
        rows[order],
        np.concatenate([part.starts for part in parts])[order],
        np.concatenate([part.ends for part in parts])[order],
        np.concatenate([part.numbers for part in parts])[order],
        np.concatenate([part.units for part in parts])[order],
        np.concatenate([part.states for part in parts])[order],
        np.concatenate([part.factors for part in parts])[order],
    )
