"""Readings as Parquet; needs `kwartier[frames]`."""

from typing import TYPE_CHECKING, BinaryIO, Final

from kwartier.client.export.style import Style, Zone
from kwartier.domain.days import BRUSSELS
from kwartier.wire.frame import COLUMNS, ColumnType

if TYPE_CHECKING:
    from kwartier.client.table import EnergyTable

__all__ = ["write_parquet"]

_MOMENTS: Final = [column.name for column in COLUMNS if column.type is ColumnType.MOMENT]
_ZONES: Final = {Zone.UTC: "UTC", Zone.LOCAL: BRUSSELS.key}


def write_parquet(table: "EnergyTable", sink: BinaryIO, style: Style) -> None:
    """Write Parquet; moments are instants, shown in either zone."""
    import polars as pl  # noqa: PLC0415 - with the extra alone

    zoned = pl.col(_MOMENTS).dt.convert_time_zone(_ZONES[style.zone])
    table.to_polars().with_columns(zoned).write_parquet(sink)
