"""Readings as tables on the terminal: one for each meter and granularity, a column for each register (E10)."""

from typing import TYPE_CHECKING, BinaryIO

from kwartier.cli.moments import local_time, utc_time
from kwartier.cli.tables import aligned
from kwartier.client.export import Style
from kwartier.client.export.sheets import Column, sheets_of

if TYPE_CHECKING:
    from kwartier import EnergyTable

__all__ = ["write_shown"]


def write_shown(table: "EnergyTable", sink: BinaryIO, style: Style) -> None:
    """Write tables for people: UTC beside the clocks of Brussels, values with their states."""
    for place, sheet in enumerate(sheets_of(table)):
        blank = "\n" if place else ""
        sink.write(f"{blank}{sheet.meter}, {sheet.granularity}\n".encode())
        seconds = (sheet.starts // 1_000_000).tolist()
        times = [[told(start) for start in seconds] for told in (utc_time, local_time)]
        head = ["from (UTC)", "from (Brussels)", *(column.name for column in sheet.columns)]
        sink.writelines(aligned(head, [*times, *(_cells(column, style) for column in sheet.columns)]))


def _cells(column: Column, style: Style) -> list[str]:
    """Each value with its state, and for gas its factor."""
    return [
        f"{style.number(value)} {state}".strip()
        for value, state in zip(column.values.tolist(), column.states, strict=True)
    ]
