"""The series of headpoints, each with a number of its own, which runs carry (DESIGN 2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final, NamedTuple

from sqlalchemy import Connection, Row, and_, bindparam, insert, select

from kwartier.db.many import among
from kwartier.db.readings_schema import headpoint as headpoints
from kwartier.db.readings_schema import physical_meter as physical_meters
from kwartier.db.readings_schema import series as table
from kwartier.db.readings_schema import sub_headpoint as sub_headpoints
from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Headpoint,
    InstallationType,
    Meter,
    MeterType,
    PhysicalMeter,
    Register,
    RegisterKind,
    SubHeadpoint,
    Unit,
)

__all__ = [
    "Catalogued",
    "Line",
    "SeriesKey",
    "add_series",
    "find",
    "find_many",
    "headpoints_of_submeter",
    "line_of",
    "number_series",
    "numbers_of",
]


class SeriesKey(NamedTuple):
    """What a series is."""

    meter: Meter
    register: Register
    grid: Grid


@dataclass(frozen=True, slots=True)
class Catalogued:
    """A headpoint with its series by number."""

    headpoint: Headpoint
    gas_zone: str | None
    series: Mapping[int, SeriesKey]


class Line(NamedTuple):
    """What a series is, as the catalogue writes it: what stands in its row besides EAN and number."""

    meter: str | None
    sub_ean: int | None
    direction: str
    kind: str
    unit: str
    grid: int


_CATALOGUED: Final = (
    select(headpoints, table, physical_meters.c.meter_id, sub_headpoints)
    .select_from(headpoints)
    .outerjoin(table, table.c.ean == headpoints.c.ean)
    .outerjoin(
        physical_meters,
        and_(physical_meters.c.ean == table.c.ean, physical_meters.c.seq_number == table.c.meter),
    )
    .outerjoin(
        sub_headpoints,
        and_(sub_headpoints.c.ean == table.c.ean, sub_headpoints.c.sub_ean == table.c.sub_ean),
    )
)
_ONE: Final = _CATALOGUED.where(headpoints.c.ean == bindparam("ean"))
_LINES: Final = select(table.c.ean, table.c.no, *(table.c[name] for name in Line._fields))
_ABOVE: Final = select(sub_headpoints.c.ean).where(sub_headpoints.c.sub_ean == bindparam("sub_ean"))


def find(connection: Connection, ean: int) -> Catalogued | None:
    """A headpoint with its series; None: it is not known."""
    return _read(connection.execute(_ONE, {"ean": ean}).all()).get(ean)


def find_many(connection: Connection, eans: Sequence[int]) -> dict[int, Catalogued]:
    """Those of some headpoints that are known."""
    return _read(connection.execute(_CATALOGUED.where(among(connection, headpoints.c.ean, eans))).all())


def headpoints_of_submeter(connection: Connection, sub_ean: int) -> tuple[Ean, ...]:
    """The headpoints on which a sub-headpoint hangs; none if there is no such sub-headpoint (E6)."""
    rows = connection.execute(_ABOVE, {"sub_ean": sub_ean})
    return tuple(_ean(row.ean) for row in rows)


def line_of(key: SeriesKey) -> Line:
    """A series as the catalogue writes it."""
    meter, register = key.meter, key.register
    return Line(
        meter.seq_number if isinstance(meter, PhysicalMeter) else None,
        int(meter.ean) if isinstance(meter, SubHeadpoint) else None,
        register.direction.value,
        register.kind.value,
        register.unit.value,
        int(key.grid),
    )


def numbers_of(connection: Connection, eans: Sequence[int]) -> dict[int, dict[Line, int]]:
    """The numbers that series of headpoints have, by EAN."""
    found: dict[int, dict[Line, int]] = {}
    for ean, number, *said in connection.execute(_LINES.where(among(connection, table.c.ean, eans))):
        found.setdefault(ean, {})[Line(*said)] = number
    return found


def number_series(
    connection: Connection, wanted: Mapping[int, Sequence[SeriesKey]]
) -> dict[int, dict[Line, int]]:
    """The numbers of series of headpoints; those that have none yet get the next ones.

    Args:
        connection: of a transaction that writes, one at a time about series.
        wanted: by EAN of the headpoint.
    """
    numbers = numbers_of(connection, list(wanted))
    added: list[tuple[int, int, SeriesKey]] = []
    for ean, keys in wanted.items():
        of_ean = numbers.setdefault(ean, {})
        following = count(max(of_ean.values(), default=0) + 1)
        for key in keys:
            line = line_of(key)
            if line not in of_ean:
                of_ean[line] = next(following)
                added.append((ean, of_ean[line], key))
    add_series(connection, added)
    return numbers


def add_series(connection: Connection, numbered: Iterable[tuple[int, int, SeriesKey]]) -> None:
    """Add series of headpoints, each with its number: the next of its headpoint."""
    rows = [{"ean": ean, "no": number, **line_of(key)._asdict()} for ean, number, key in numbered]
    if rows:
        connection.execute(insert(table), rows)


def _read(rows: Sequence[Row[tuple[object, ...]]]) -> dict[int, Catalogued]:
    found: dict[int, Catalogued] = {}
    series: dict[int, dict[int, SeriesKey]] = {}
    for row in rows:
        ean = row._mapping[headpoints.c.ean]  # noqa: SLF001 - SQLAlchemy's documented way to a column of several
        if ean not in found:
            headpoint = Headpoint(_ean(ean), EnergyType(row.energy_type), MeterType(row.meter_type))
            found[ean] = Catalogued(headpoint, row.gas_zone, series.setdefault(ean, {}))
        if row.no is not None:
            series[ean][row.no] = _read_series(row)
    return found


def _read_series(row: Row[tuple[object, ...]]) -> SeriesKey:
    columns = row._mapping  # noqa: SLF001 - as above
    meter: Meter = None
    if row.meter is not None:
        meter = PhysicalMeter(row.meter, row.meter_id)
    elif columns[table.c.sub_ean] is not None:
        meter = SubHeadpoint(
            _ean(columns[table.c.sub_ean]),
            row.seq_number,
            Direction(columns[sub_headpoints.c.direction]),
            row.vreg_id,
            None if row.installation is None else InstallationType(row.installation),
        )
    register = Register(Direction(columns[table.c.direction]), RegisterKind(row.kind), Unit(row.unit))
    return SeriesKey(meter, register, Grid(row.grid))


def _ean(number: int) -> Ean:
    return Ean(f"{number:018d}")
