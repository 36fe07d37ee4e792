"""The series of headpoints, each with a number of its own, which runs carry (DESIGN 2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, Table, and_, bindparam, insert, select

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
    "Place",
    "SeriesKey",
    "add_series",
    "find",
    "find_many",
    "find_places",
    "headpoints_of_submeter",
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


@dataclass(frozen=True, slots=True)
class Place:
    """A headpoint as readings need it: on what series of it may lie.

    Attributes:
        direction: of an AMR headpoint; None: not told.
        meters: physical meters, in order.
        submeters: by their EAN.
    """

    headpoint: Headpoint
    direction: Direction | None
    meters: tuple[PhysicalMeter, ...]
    submeters: Mapping[int, SubHeadpoint]


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
_MANY: Final = _CATALOGUED.where(headpoints.c.ean.in_(bindparam("eans", expanding=True)))
_ABOVE: Final = select(sub_headpoints.c.ean).where(sub_headpoints.c.sub_ean == bindparam("sub_ean"))
_CHUNK: Final = 10_000


def find(connection: Connection, ean: int) -> Catalogued | None:
    """A headpoint with its series; None: it is not known."""
    return _read(connection.execute(_ONE, {"ean": ean}).all()).get(ean)


def find_many(connection: Connection, eans: Sequence[int]) -> dict[int, Catalogued]:
    """Those of some headpoints that are known."""
    found: dict[int, Catalogued] = {}
    for start in range(0, len(eans), _CHUNK):
        found |= _read(connection.execute(_MANY, {"eans": eans[start : start + _CHUNK]}).all())
    return found


def headpoints_of_submeter(connection: Connection, sub_ean: int) -> tuple[Ean, ...]:
    """The headpoints on which a sub-headpoint hangs; none if there is no such sub-headpoint (E6)."""
    rows = connection.execute(_ABOVE, {"sub_ean": sub_ean})
    return tuple(_ean(row.ean) for row in rows)


def find_places(connection: Connection, eans: Sequence[int]) -> dict[int, Place]:
    """Those of some headpoints that are known, with the meters and submeters that ever hung there."""
    found: dict[int, Place] = {}
    for start in range(0, len(eans), _CHUNK):
        found |= _read_places(connection, eans[start : start + _CHUNK])
    return found


def numbers_of(connection: Connection, eans: Sequence[int]) -> dict[int, dict[SeriesKey, int]]:
    """The numbers that series of headpoints have, by EAN."""
    known = find_many(connection, eans)
    return {ean: {key: number for number, key in one.series.items()} for ean, one in known.items()}


def number_series(
    connection: Connection, wanted: Mapping[int, Sequence[SeriesKey]]
) -> dict[int, dict[SeriesKey, int]]:
    """The numbers of series of headpoints; those that have none yet get the next ones.

    Args:
        connection: of a transaction that writes, one at a time about series.
        wanted: by EAN of the headpoint.
    """
    numbers = numbers_of(connection, list(wanted))
    added: list[tuple[int, int, SeriesKey]] = []
    for ean, keys in wanted.items():
        following = count(max(numbers.setdefault(ean, {}).values(), default=0) + 1)
        for key in keys:
            if key not in numbers[ean]:
                numbers[ean][key] = next(following)
                added.append((ean, numbers[ean][key], key))
    add_series(connection, added)
    return numbers


def add_series(connection: Connection, numbered: Iterable[tuple[int, int, SeriesKey]]) -> None:
    """Add series of headpoints, each with its number: the next of its headpoint."""
    rows: list[dict[str, Any]] = [
        {
            "ean": ean,
            "no": number,
            "meter": key.meter.seq_number if isinstance(key.meter, PhysicalMeter) else None,
            "sub_ean": int(key.meter.ean) if isinstance(key.meter, SubHeadpoint) else None,
            "direction": key.register.direction.value,
            "kind": key.register.kind.value,
            "unit": key.register.unit.value,
            "grid": int(key.grid),
        }
        for ean, number, key in numbered
    ]
    if rows:
        connection.execute(insert(table), rows)


def _read_places(connection: Connection, eans: Sequence[int]) -> dict[int, Place]:
    def below(table: Table, order: str) -> Sequence[Row[tuple[object, ...]]]:
        return connection.execute(select(table).where(table.c.ean.in_(eans)).order_by(table.c[order])).all()

    found = {
        row.ean: (
            Headpoint(_ean(row.ean), EnergyType(row.energy_type), MeterType(row.meter_type)),
            None if row.direction is None else Direction(row.direction),
        )
        for row in below(headpoints, "ean")
    }
    meters: dict[int, list[PhysicalMeter]] = {}
    for row in below(physical_meters, "seq_number"):
        meters.setdefault(row.ean, []).append(PhysicalMeter(row.seq_number, row.meter_id))
    submeters: dict[int, dict[int, SubHeadpoint]] = {}
    for row in below(sub_headpoints, "sub_ean"):
        submeters.setdefault(row.ean, {})[row.sub_ean] = _read_submeter(row, row.sub_ean, row.direction)
    return {
        ean: Place(headpoint, direction, tuple(meters.get(ean, ())), submeters.get(ean, {}))
        for ean, (headpoint, direction) in found.items()
    }


def _read_submeter(row: Row[tuple[object, ...]], sub_ean: int, direction: str) -> SubHeadpoint:
    installation = row.installation
    return SubHeadpoint(
        _ean(sub_ean),
        row.seq_number,
        Direction(direction),
        row.vreg_id,
        None if installation is None else InstallationType(installation),
    )


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
        meter = _read_submeter(row, columns[table.c.sub_ean], columns[sub_headpoints.c.direction])
    register = Register(Direction(columns[table.c.direction]), RegisterKind(row.kind), Unit(row.unit))
    return SeriesKey(meter, register, Grid(row.grid))


def _ean(number: int) -> Ean:
    return Ean(f"{number:018d}")
