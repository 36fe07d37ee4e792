"""Objects of NDJSON on their way to columns (R4)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from kwartier.formats.long.columns import Shape
from kwartier.formats.long.rows import batches_of_rows
from kwartier.formats.long.runs import batches_of_runs
from kwartier.formats.long.words import Column
from kwartier.formats.rows import Batch

__all__ = ["Objects", "fault_of"]

_LISTS: Final = (Column.VALUES, Column.STATES, Column.FACTORS)
_NUMBERS: Final = frozenset({int, float, type(None)})
_ONE_TEXT: Final = frozenset({Column.STATES, Column.FACTORS})


class _Kind(NamedTuple):
    """Objects of one kind make one table: their shape, and which of the cells are lists."""

    shape: Shape
    lists: frozenset[Column]


def fault_of(cells: Mapping[Column, Any]) -> str | None:
    """What is wrong with the types of an object's cells; None: nothing."""
    for column, cell in cells.items():
        if column in _LISTS:
            if isinstance(cell, list) or cell is None or (isinstance(cell, str) and column in _ONE_TEXT):
                continue
            allowed = "a list" if column not in _ONE_TEXT else "a list, or one text for all"
            return f"{column.value} is {json.dumps(cell)[:60]}; allowed: {allowed}"
        if cell is None or isinstance(cell, str) or (isinstance(cell, int) and not isinstance(cell, bool)):
            continue
        if column is not Column.VALUE or not isinstance(cell, float):
            return f"{column.value} is {json.dumps(cell)[:60]}; allowed: a text or a number"
    return None


class Objects:
    """Objects that wait to be read together.

    Attributes:
        values: how many values they have.
    """

    def __init__(self) -> None:
        self.values = 0
        self._kinds: dict[_Kind, list[tuple[int, Mapping[Column, Any]]]] = {}

    def add(self, shape: Shape, cells: Mapping[Column, Any], line: int) -> None:
        """Take in an object without fault, and where it stands."""
        values = cells.get(Column.VALUES)
        self.values += 1 if values is None else len(values) + 1
        kind = _Kind(shape, frozenset(column for column in _LISTS if isinstance(cells.get(column), list)))
        self._kinds.setdefault(kind, []).append((line, cells))

    def batches(self) -> Iterator[Batch]:
        """Read them."""
        for kind, objects in self._kinds.items():
            lines = np.array([line for line, _ in objects], np.int64)
            columns = {
                column: _column(
                    column, [cells.get(column) for _, cells in objects], is_list=column in kind.lists
                )
                for column in kind.shape.value
            }
            if kind.shape is Shape.RUNS:
                yield from batches_of_runs(columns, lines)
            else:
                yield from batches_of_rows(columns, lines)


def _column(column: Column, cells: list[Any], *, is_list: bool) -> Any:
    if is_list:
        lengths = np.fromiter(map(len, cells), np.int64, len(cells))
        offsets = pa.array(np.append(0, np.cumsum(lengths)))
        flat = [item for cell in cells for item in cell]
        return pa.LargeListArray.from_arrays(
            offsets, _numbers(flat) if column is Column.VALUES else _texts(flat)
        )
    if column is Column.VALUES:
        return pa.nulls(len(cells), pa.large_list(pa.float64()))
    if column is Column.VALUE:
        return _numbers(cells)
    if column in {Column.EAN, Column.SUB_EAN}:
        return _texts([f"{cell:018d}" if isinstance(cell, int) else cell for cell in cells])
    return _texts(cells)


def _numbers(cells: list[Any]) -> Any:
    """Numbers as doubles, or as text if something is none, so that it can be told what."""
    if _NUMBERS.issuperset(map(type, cells)):
        try:
            return pa.array(cells, pa.float64())
        except (pa.ArrowInvalid, OverflowError):
            pass
    return _texts(cells)


def _texts(cells: list[Any]) -> Any:
    texts = [cell if cell is None or isinstance(cell, str) else json.dumps(cell) for cell in cells]
    return pa.array(texts, pa.large_string())
