"""The columns of a table of readings as arrays and lists, for what is computed, written or drawn from them."""

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kwartier.wire.frame import COLUMNS, ColumnType

if TYPE_CHECKING:
    import arro3.core

__all__ = ["ArrowTable", "Texts", "moments_us", "numbers", "texts"]

Texts = list[str | None]


class ArrowTable(Protocol):
    """What has the columns of `wire/frame.py`, as `EnergyTable` does."""

    def to_arrow(self) -> "arro3.core.Table":
        """The table."""


def texts(table: ArrowTable, name: str) -> Texts:
    """A column of texts; None where it says nothing."""
    found: Texts = _column(table, name, ColumnType.TEXT).to_pylist()
    return found


def moments_us(table: ArrowTable, name: str) -> NDArray[np.int64]:
    """A column of moments, microseconds since the epoch, shape (n,)."""
    from arro3.core import DataType  # noqa: PLC0415 - with the table, and not before it

    column = _column(table, name, ColumnType.MOMENT)
    return np.asarray(column.cast(DataType.int64()).to_numpy(), np.int64)


def numbers(table: ArrowTable, name: str) -> NDArray[np.float64]:
    """A column of numbers, NaN where it says nothing, shape (n,)."""
    found = _column(table, name, ColumnType.NUMBER).to_pylist()
    return np.array([np.nan if one is None else one for one in found], np.float64)


def _column(table: ArrowTable, name: str, holds: ColumnType) -> Any:
    if not any(column.name == name and column.type is holds for column in COLUMNS):
        raise KeyError(name)
    return table.to_arrow().column(name)
