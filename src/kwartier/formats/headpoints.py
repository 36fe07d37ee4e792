"""Many headpoints in one file: a row for each headpoint, meter, submeter and grid user (E8, E9; docs/headpoints.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Final, TypeVar

from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.headpoint_rules import Part
from kwartier.domain.known_headpoint import GridUse, HungMeter, KnownHeadpoint
from kwartier.domain.metering import Direction, Headpoint, PhysicalMeter, SubHeadpoint
from kwartier.domain.period import Period
from kwartier.formats.headpoints_words import (
    DIRECTION,
    ENERGY,
    INSTALLATION_TYPE,
    METER_TYPE,
    read_moment,
    read_period,
    read_who,
)
from kwartier.formats.plain_table import Cells, read_table

__all__ = ["COLUMNS", "NEEDED", "HeadpointFile", "Row", "read_headpoints"]

T = TypeVar("T")


class Row(Enum):
    """What a row tells of, as the column `row` says it."""

    HEADPOINT = "headpoint"
    METER = "meter"
    SUBMETER = "submeter"
    GRID_USER = "grid user"


_SUPPOSED: Final = frozenset({"row", "ean"})

ALLOWED: Final[Mapping[Row, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    Row.HEADPOINT: (("energy", "meter_type"), ("direction", "gas_zone")),
    Row.METER: (("seq_number", "meter_id"), ("from", "to")),
    Row.SUBMETER: (("sub_ean", "direction", "seq_number"), ("installation", "vreg_id")),
    Row.GRID_USER: (("who", "from"), ("to",)),
}
"""Which columns a row of each kind needs, and which it may have, beside `row` and `ean`."""

NEEDED: Final = ("row", "ean", "energy", "meter_type")
COLUMNS: Final = tuple(
    dict.fromkeys([*NEEDED, *(name for columns in ALLOWED.values() for some in columns for name in some)])
)


@dataclass(slots=True)
class HeadpointFile:
    """What stands in a file.

    Attributes:
        headpoints: those that could be read whole, in order.
        wrong: line and reason of rows that could not; nothing of their headpoints is in `headpoints`.
        lines: where each part of each headpoint stands.
    """

    headpoints: list[KnownHeadpoint] = field(default_factory=list)
    wrong: list[tuple[int, str]] = field(default_factory=list)
    lines: dict[tuple[Ean, Part], int] = field(default_factory=dict)

    def line_of(self, ean: Ean, part: Part) -> int:
        """Where a part of a headpoint stands; of what stands twice, the second."""
        return self.lines[ean, part]


def read_headpoints(file: Path) -> HeadpointFile:
    """Read a file of headpoints, its rows in any order.

    Raises:
        FormatError: it can't be read at all.
    """
    found = HeadpointFile()
    gathered: dict[Ean, _Gathered] = {}
    for line, cells in read_table(file, COLUMNS, NEEDED):
        if isinstance(cells, str):
            found.wrong.append((line, cells))
            continue
        try:
            ean = _read("ean", Ean.parse, cells)
        except InvalidValueError as error:
            found.wrong.append((line, str(error)))
            continue
        of = gathered.get(ean)
        if of is None:
            of = gathered[ean] = _Gathered(line)
        try:
            part = of.take(ean, cells)
        except InvalidValueError as error:
            of.is_whole = False
            found.wrong.append((line, str(error)))
        else:
            found.lines[ean, part] = line
    for ean, of in gathered.items():
        if of.headpoint is not None and of.is_whole:
            found.headpoints.append(of.known(of.headpoint))
        elif of.is_whole:
            found.wrong.append((of.line, f"there is no row '{Row.HEADPOINT.value}' of EAN {ean}"))
    found.wrong.sort()
    return found


@dataclass(slots=True)
class _Gathered:
    """What the rows of one EAN said up to now; `line` is the first of them."""

    line: int
    headpoint: KnownHeadpoint | None = None
    is_whole: bool = True
    meters: list[HungMeter] = field(default_factory=list)
    submeters: list[SubHeadpoint] = field(default_factory=list)
    grid_users: list[GridUse] = field(default_factory=list)

    def take(self, ean: Ean, cells: Cells) -> Part:
        """Take a row in; the part of which it tells."""
        row = _read("row", _row, cells)
        _check_columns(row, cells)
        match row:
            case Row.HEADPOINT:
                if self.headpoint is not None:
                    raise InvalidValueError(f"headpoint {ean} stands there twice")
                self.headpoint = _headpoint(ean, cells)
                return None
            case Row.METER:
                self.meters.append(_meter(cells))
                return self.meters[-1]
            case Row.SUBMETER:
                self.submeters.append(_submeter(cells))
                return self.submeters[-1]
            case Row.GRID_USER:
                self.grid_users.append(_grid_use(cells))
                return self.grid_users[-1]

    def known(self, headpoint: KnownHeadpoint) -> KnownHeadpoint:
        """The headpoint with what hangs on it."""
        return KnownHeadpoint(
            headpoint.headpoint,
            headpoint.direction,
            headpoint.gas_zone,
            tuple(self.meters),
            tuple(self.submeters),
            tuple(sorted(self.grid_users, key=lambda use: use.period.start)),
        )


def _row(text: str) -> Row:
    try:
        return Row(text.casefold().replace("_", " "))
    except ValueError as error:
        raise InvalidValueError(f"allowed: {', '.join(row.value for row in Row)}") from error


def _check_columns(row: Row, cells: Cells) -> None:
    needed, optional = ALLOWED[row]
    missing = [name for name in needed if name not in cells]
    if missing:
        raise InvalidValueError(f"a row '{row.value}' needs {', '.join(missing)}")
    others = cells.keys() - _SUPPOSED - {*needed, *optional}
    if others:
        raise InvalidValueError(
            f"a row '{row.value}' has no {', '.join(sorted(others))}; allowed: {', '.join((*needed, *optional))}"
        )


def _read(name: str, read: Callable[[str], T], cells: Cells) -> T:
    try:
        return read(cells.get(name, ""))
    except InvalidValueError as error:
        raise InvalidValueError(f"{name} {cells.get(name, '')!r}: {error}") from error


def _headpoint(ean: Ean, cells: Cells) -> KnownHeadpoint:
    headpoint = Headpoint(
        ean, _read("energy", ENERGY.read, cells), _read("meter_type", METER_TYPE.read, cells)
    )
    direction: Direction | None = _read("direction", DIRECTION.read, cells) if "direction" in cells else None
    return KnownHeadpoint(headpoint, direction, cells.get("gas_zone"))


def _meter(cells: Cells) -> HungMeter:
    return HungMeter(PhysicalMeter(cells["seq_number"], cells["meter_id"]), _period(cells))


def _submeter(cells: Cells) -> SubHeadpoint:
    return SubHeadpoint(
        _read("sub_ean", Ean.parse, cells),
        cells["seq_number"],
        _read("direction", DIRECTION.read, cells),
        cells.get("vreg_id"),
        _read("installation", INSTALLATION_TYPE.read, cells) if "installation" in cells else None,
    )


def _grid_use(cells: Cells) -> GridUse:
    end = _read("to", read_moment, cells) if "to" in cells else None
    return GridUse(read_who(cells["who"]), Period(_read("from", read_moment, cells), end))


def _period(cells: Cells) -> Period | None:
    for name in ("from", "to"):
        if name in cells:
            _read(name, read_moment, cells)
    return read_period(cells.get("from"), cells.get("to"))
