"""Readings as tables on the terminal: one for each meter and granularity, a column for each register (E10)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

import numpy as np

from kwartier.cli.moments import local_time, utc_time
from kwartier.cli.tables import aligned
from kwartier.client.columns import moments_us, numbers, texts
from kwartier.client.export import Style
from kwartier.wire.frame import Source

if TYPE_CHECKING:
    from kwartier import EnergyTable

__all__ = ["write_shown"]


class _Part(NamedTuple):
    """What has a table of its own."""

    source: str | None
    meter: str | None
    sub_headpoint: str | None
    installation_type: str | None
    granularity: str | None


_REGISTER: Final = ("direction", "register", "unit")


def write_shown(table: "EnergyTable", sink: BinaryIO, style: Style) -> None:
    """Write tables for people: UTC beside the clocks of Brussels, values with their states."""
    parts = list(zip(*(texts(table, name) for name in _Part._fields), strict=True))
    for place, part in enumerate(dict.fromkeys(parts)):
        rows = np.array([one == part for one in parts])
        sink.write(f"{chr(10) if place else ''}{_heading(_Part(*part))}\n".encode())
        sink.writelines(_lines(table, np.flatnonzero(rows).tolist(), style))


def _heading(part: _Part) -> str:
    kind = f" ({part.installation_type})" if part.installation_type else ""
    named = {
        Source.METER.value: f"meter {part.meter or '?'}",
        Source.SUB_HEADPOINT.value: f"submeter {part.sub_headpoint or part.meter or '?'}{kind}",
    }
    return f"{named.get(part.source or '', 'headpoint')}, {part.granularity}"


def _lines(table: "EnergyTable", rows: list[int], style: Style) -> Iterator[bytes]:
    starts = (moments_us(table, "start") // 1_000_000).tolist()
    registers = list(zip(*(texts(table, name) for name in _REGISTER), strict=True))
    cells = _cells(table, style)
    slots = sorted({starts[row] for row in rows})
    place_of = {start: place for place, start in enumerate(slots)}
    columns = {register: [""] * len(slots) for register in dict.fromkeys(registers[row] for row in rows)}
    for row in rows:
        columns[registers[row]][place_of[starts[row]]] = cells[row]
    head = ["from (UTC)", "from (Brussels)"]
    head += [" ".join(word for word in register if word) for register in columns]
    times = [[told(start) for start in slots] for told in (utc_time, local_time)]
    return aligned(head, [*times, *columns.values()])


def _cells(table: "EnergyTable", style: Style) -> list[str]:
    """A value with its state, and for gas its factor."""
    values = [style.number(value) for value in numbers(table, "value").tolist()]
    states = texts(table, "validation_state")
    factors = texts(table, "gas_conversion_factor")
    return [" ".join(word for word in row if word) for row in zip(values, states, factors, strict=True)]
