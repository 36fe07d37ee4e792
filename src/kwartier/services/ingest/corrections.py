"""Rows of the quarantine as somebody corrected them: a table that `kwartier quarantine export` wrote, edited by hand (R3)."""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TextIO

from kwartier.domain.errors import InvalidValueError
from kwartier.formats.long.words import OPTIONAL, ROW_COLUMNS
from kwartier.readings.quarantine import read_row
from kwartier.services.ingest.set_aside import ROW

__all__ = ["Correction", "by_delivery", "read_corrections"]

_COLUMNS: Final = tuple(column.value for column in ROW_COLUMNS)
_WANTED: Final = (ROW, *(column.value for column in ROW_COLUMNS if column not in OPTIONAL))


class Correction(NamedTuple):
    """What a row says now.

    Attributes:
        delivery: the number of the delivery that brought it.
        no: its number within that.
        content: an object of the long form.
    """

    delivery: int
    no: int
    content: str


def read_corrections(path: Path) -> list[Correction]:
    """Read a table of rows that were corrected: CSV with the columns of the long form and `row`; others are left alone.

    Raises:
        InvalidValueError: it is no such table, and why; or a line has no number of a row.
        OSError: it can't be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            return list(_corrections(source))
    except UnicodeDecodeError as error:
        raise InvalidValueError("it is no text in UTF-8") from error
    except csv.Error as error:
        raise InvalidValueError(f"it is no CSV: {error}") from error


def _corrections(source: TextIO) -> Iterator[Correction]:
    first = source.readline()
    delimiter = ";" if first.count(";") > first.count(",") else ","  # as some spreadsheets write it
    head = [name.strip().casefold() for name in next(csv.reader([first], delimiter=delimiter), [])]
    for name in _WANTED:
        if head.count(name) != 1:
            raise InvalidValueError(
                f"column '{name}' is missing or stands there twice; `kwartier quarantine export` writes such a file"
            )
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    for cells in reader:
        if any(cells):
            line = reader.line_num + 1
            if len(cells) != len(head):
                raise InvalidValueError(
                    f"line {line} has {len(cells)} columns, and the first has {len(head)}"
                )
            yield _correction(dict(zip(head, cells, strict=True)), line)


def _correction(cells: dict[str, str], line: int) -> Correction:
    try:
        delivery, no = read_row(cells[ROW].strip())
    except InvalidValueError as error:
        raise InvalidValueError(f"line {line}: '{cells[ROW]}' is no {ROW}: {error}") from error
    said: dict[str, str | None] = {name: cells.get(name, "").strip() or None for name in _COLUMNS}
    return Correction(delivery, no, json.dumps(said))


def by_delivery(corrections: Sequence[Correction]) -> dict[int, list[tuple[int, str]]]:
    """Corrections by the delivery that brought their rows, in order of these."""
    found: dict[int, list[tuple[int, str]]] = {}
    for one in corrections:
        found.setdefault(one.delivery, []).append((one.no, one.content))
    return dict(sorted(found.items()))
