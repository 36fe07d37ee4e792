"""What a row that was set aside says, and rows of that kind as a table that is corrected by hand (R3, R4)."""

import csv
from collections.abc import Iterable, Sequence
from typing import Final, TextIO

from kwartier.domain.errors import InvalidValueError
from kwartier.formats.long import read_line
from kwartier.formats.long.words import ROW_COLUMNS, Column
from kwartier.readings.quarantine import SetAside

__all__ = ["ROW", "is_readable", "write_rows"]

ROW: Final = "row"
"""The column in which the number of a row stands."""

_COLUMNS: Final = tuple(column.value for column in ROW_COLUMNS)
_ALONGSIDE: Final = (ROW, "reason", "delivery", "line", "content")
_SHOWN: Final = 32_000  # characters of a content, which is there to be looked at: no cell of a spreadsheet holds many more


def is_readable(content: str) -> bool:
    """Whether a row is in the words of the long form, a value on it, so that it can be read again."""
    return Column.VALUE.value in _object(content)


def write_rows(rows: Iterable[Sequence[SetAside]], sink: TextIO) -> int:
    """Write rows as CSV in the columns of the long form, and beside them what is known of each; how many.

    What could not be read into its columns stands in `content` in its own words, and in the columns as far as it could.
    """
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow((*_COLUMNS, *_ALONGSIDE))
    total = 0
    for some in rows:
        writer.writerows(map(_exported, some))
        total += len(some)
    return total


def _exported(one: SetAside) -> list[str]:
    said = _object(one.content)
    cells = {name: str(cell) for name in _COLUMNS if isinstance(cell := said.get(name), str | int | float)}
    if one.ean:
        cells.setdefault(Column.EAN.value, f"{one.ean:018d}")
    content = "" if Column.VALUE.value in said else one.content[:_SHOWN]
    alongside = (one.row, one.reason, one.delivery_id, str(one.line), content)
    return [*(cells.get(name, "") for name in _COLUMNS), *alongside]


def _object(content: str) -> dict[str, object]:
    """What a row says by column; nothing if it is in other words."""
    try:
        said = read_line(content)
    except InvalidValueError:
        return {}
    return said if isinstance(said, dict) else {}
