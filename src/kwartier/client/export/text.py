"""Readings as CSV and JSON, with what every installation has."""

import csv
import json
from collections.abc import Iterator
from io import TextIOWrapper
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from kwartier.client.export.style import Style
from kwartier.wire.frame import COLUMNS, Column, ColumnType

if TYPE_CHECKING:
    from kwartier.client.table import EnergyTable

__all__ = ["write_csv", "write_json"]

_ROWS_AT_ONCE: Final = 1000


def write_csv(table: "EnergyTable", sink: BinaryIO, style: Style) -> None:
    """Write a line for each value, under the names of the columns."""
    columns = [_written(table, column, style) for column in COLUMNS]
    stream = TextIOWrapper(sink, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(stream, delimiter=style.separator, lineterminator="\n")
    writer.writerow([column.name for column in COLUMNS])
    writer.writerows(zip(*columns, strict=True))
    stream.detach()


def write_json(table: "EnergyTable", sink: BinaryIO, style: Style) -> None:
    """Write a list with an object for each value; what says nothing is null."""
    names = [column.name for column in COLUMNS]
    columns = [_json(table, column, style) for column in COLUMNS]
    parts = (f"  {json.dumps(dict(zip(names, row, strict=True)))}" for row in zip(*columns, strict=True))
    sink.write(b"[")
    place = 0
    for part in _some(parts):
        sink.write((",\n" if place else "\n").encode() + ",\n".join(part).encode())
        place += 1
    sink.write(b"\n]\n" if place else b"]\n")


def _written(table: "EnergyTable", column: Column, style: Style) -> list[str]:
    match column.type:
        case ColumnType.MOMENT:
            return style.moments(_moments(table, column))
        case ColumnType.NUMBER:
            return [style.number(one) for one in table.values.tolist()]
        case ColumnType.TEXT:
            return [one or "" for one in _texts(table, column)]


def _json(table: "EnergyTable", column: Column, style: Style) -> list[str | float | None]:
    match column.type:
        case ColumnType.MOMENT:
            return [*style.moments(_moments(table, column))]
        case ColumnType.NUMBER:
            return [None if np.isnan(one) else one for one in table.values.tolist()]
        case ColumnType.TEXT:
            return [*_texts(table, column)]


def _moments(table: "EnergyTable", column: Column) -> NDArray[np.int64]:
    return {"start": table.starts, "end": table.ends}[column.name]


def _texts(table: "EnergyTable", column: Column) -> list[str | None]:
    found = table[column.name]
    return [found.texts[code] for code in found.codes.tolist()]


def _some(parts: Iterator[str]) -> Iterator[list[str]]:
    """Parts by the thousand."""
    some: list[str] = []
    for part in parts:
        some.append(part)
        if len(some) == _ROWS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some
