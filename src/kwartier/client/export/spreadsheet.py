"""Readings as a workbook: a sheet for each meter and granularity, and one about them. Needs `kwartier[frames]`."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from kwartier.client.errors import ConfigurationError
from kwartier.client.export.sheets import Sheet, sheets_of
from kwartier.client.export.style import Style
from kwartier.domain.days import wall_offsets

if TYPE_CHECKING:
    from kwartier.client.table import EnergyTable

__all__ = ["INFORMATIVE", "write_spreadsheet"]

INFORMATIVE: Final = (
    "Values are informative: technically validated, or marked as not (yet), never commercially. "
    "They are not for billing or market processes."
)
"""What is said wherever values are shown to people (E13)."""

_MOST_ROWS: Final = 1_048_575
_SECOND_US: Final = 1_000_000
_DAY_SECONDS: Final = 86_400
_EPOCH_IN_SHEETS: Final = 25_569
"""1970-01-01 as spreadsheets count days."""
_LONGEST_NAME: Final = 31
_TIMES: Final = ("from (Brussels)", "to (Brussels)", "from (UTC)")


def write_spreadsheet(table: "EnergyTable", sink: BinaryIO, style: Style) -> None:
    """Write a workbook, which shows numbers as whoever opens it has them.

    Its moments have no zone, so both clocks stand there: an hour comes twice in autumn.

    Raises:
        ConfigurationError: a sheet does not have so many rows.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - with the extra alone

    del style
    with Workbook(sink, {"constant_memory": True}) as workbook:
        names: set[str] = set()
        for sheet in sheets_of(table):
            if sheet.starts.size > _MOST_ROWS:
                raise ConfigurationError(
                    f"a sheet has {_MOST_ROWS} rows, and these are {sheet.starts.size}: ask for a shorter period"
                )
            name = _name(sheet, names)
            names.add(name)
            _fill(workbook, workbook.add_worksheet(name), sheet)
        about = workbook.add_worksheet("About")
        about.set_column(0, 0, 14)
        for row, line in enumerate(_about(table)):
            about.write_row(row, 0, line)


def _fill(workbook: Any, page: Any, sheet: Sheet) -> None:
    bold = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    number = workbook.add_format({"num_format": "0.000"})
    head = [*_TIMES, *(name for column in sheet.columns for name in (column.name, "state"))]
    page.freeze_panes(1, 3)
    page.set_column(0, 2, 17)
    page.set_column(3, len(head), 12)
    page.autofilter(0, 0, sheet.starts.size, len(head) - 1)
    page.write_row(0, 0, head, bold)
    times = [_days(sheet.starts, local=True), _days(sheet.ends, local=True), _days(sheet.starts, local=False)]
    values = [column.values.tolist() for column in sheet.columns]
    # A row at a time: so the workbook need not be kept in memory.
    for row in range(sheet.starts.size):
        for place, days in enumerate(times):
            page.write_number(row + 1, place, days[row], moment)
        for place, (column, of_column) in enumerate(zip(sheet.columns, values, strict=True)):
            if not np.isnan(of_column[row]):
                page.write_number(row + 1, 3 + 2 * place, of_column[row], number)
                page.write_string(row + 1, 4 + 2 * place, column.states[row])


def _days(microseconds: NDArray[np.int64], *, local: bool) -> list[float]:
    """Moments as spreadsheets have them: days, without a zone."""
    seconds = microseconds // _SECOND_US
    if local:
        seconds = seconds + wall_offsets(seconds)
    days: list[float] = (seconds / _DAY_SECONDS + _EPOCH_IN_SHEETS).tolist()
    return days


def _name(sheet: Sheet, taken: set[str]) -> str:
    """A name for a sheet: short, without what spreadsheets refuse, and no other's."""
    detail = " days" if sheet.is_daily else ""
    plain = re.sub(r" \(.*\)$|[\[\]:*?/\\']", "", sheet.meter)
    named = (f"{plain[: _LONGEST_NAME - len(detail)]}{detail}", *_numbered(plain, detail))
    return next(name for name in named if name not in taken)


def _numbered(plain: str, detail: str) -> list[str]:
    return [
        f"{plain[: _LONGEST_NAME - len(end)]}{end}"
        for number in range(2, 1000)
        for end in [f" {number}{detail}"]
    ]


def _about(table: "EnergyTable") -> Iterator[tuple[str, str]]:
    yield "EAN", table.ean
    if table.fetched_at is not None:
        yield "Fetched at", Style().moment(table.fetched_at)
    yield "Note", INFORMATIVE
    for notice in table.notices:
        yield "Notice", notice
