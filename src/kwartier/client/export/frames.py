"""Readings as Parquet and as a spreadsheet; needs `kwartier[frames]`."""

from typing import TYPE_CHECKING, BinaryIO, Final

from kwartier.client.errors import ConfigurationError
from kwartier.client.export.style import Style, Zone
from kwartier.domain.days import BRUSSELS
from kwartier.wire.frame import COLUMNS, ColumnType

if TYPE_CHECKING:
    import polars as pl

    from kwartier.client.table import EnergyTable

__all__ = ["INFORMATIVE", "write_parquet", "write_spreadsheet"]

INFORMATIVE: Final = (
    "Values are informative: technically validated or marked as not (yet), never commercially. "
    "Not for billing or market processes."
)
"""What is said wherever values are shown to people (E13)."""

_MOST_ROWS: Final = 1_048_575
_MOMENTS: Final = [column.name for column in COLUMNS if column.type is ColumnType.MOMENT]
_ZONES: Final = {Zone.UTC: ("UTC", "UTC"), Zone.LOCAL: (BRUSSELS.key, "Brussels")}


def write_parquet(table: "EnergyTable", sink: BinaryIO, style: Style) -> None:
    """Write Parquet; moments are instants in either zone."""
    _zoned(table.to_polars(), style).write_parquet(sink)


def write_spreadsheet(table: "EnergyTable", sink: BinaryIO, style: Style) -> None:
    """Write an XLSX workbook: the values, and a page about them.

    A spreadsheet's moments have no zone: the heading names it, and beside the clocks of Brussels stands UTC.

    Raises:
        ConfigurationError: a sheet does not have so many rows.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - with the extra alone

    if len(table) > _MOST_ROWS:
        raise ConfigurationError(
            f"a sheet has {_MOST_ROWS} rows, and these are {len(table)}: ask for a shorter period, or Parquet"
        )
    frame = table.to_polars()
    moments = {f"{name} ({_ZONES[style.zone][1]})": name for name in _MOMENTS}
    if style.zone is not Zone.UTC:
        moments["start (UTC)"] = "start"
    with Workbook(sink, {"in_memory": True}) as workbook:
        _sheet(frame, style, moments).write_excel(
            workbook,
            "Readings",
            table_style="Table Style Light 1",
            column_formats={"value": "0.000", **dict.fromkeys(moments, "yyyy-mm-dd hh:mm")},
            freeze_panes=(1, 0),
            autofit=len(table) < 5000,
        )
        about = workbook.add_worksheet("About")
        about.set_column(0, 0, 20)
        for row, (name, text) in enumerate(_about(table)):
            about.write(row, 0, name)
            about.write(row, 1, text)


def _zoned(frame: "pl.DataFrame", style: Style) -> "pl.DataFrame":
    import polars as pl  # noqa: PLC0415 - with the extra alone

    return frame.with_columns(pl.col(_MOMENTS).dt.convert_time_zone(_ZONES[style.zone][0]))


def _sheet(frame: "pl.DataFrame", style: Style, moments: dict[str, str]) -> "pl.DataFrame":
    """The columns of the sheet: moments without zone come where `start` was."""
    import polars as pl  # noqa: PLC0415 - with the extra alone

    zoned = {
        heading: (pl.col(name).dt.convert_time_zone(_ZONES[Zone.UTC if "UTC" in heading else style.zone][0]))
        .dt.replace_time_zone(None)
        .alias(heading)
        for heading, name in moments.items()
    }
    before = [column.name for column in COLUMNS[: [column.name for column in COLUMNS].index(_MOMENTS[0])]]
    after = [column.name for column in COLUMNS if column.name not in {*before, *_MOMENTS}]
    texts = [column.name for column in COLUMNS if column.type is ColumnType.TEXT]
    return frame.with_columns(pl.col(texts).cast(pl.String)).select(*before, *zoned.values(), *after)


def _about(table: "EnergyTable") -> list[tuple[str, str]]:
    fetched = "" if table.fetched_at is None else Style().moment(table.fetched_at)
    return [("EAN", table.ean), ("Fetched at", fetched), ("Note", INFORMATIVE)]
