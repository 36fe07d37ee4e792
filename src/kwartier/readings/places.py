"""Headpoints as readings need them: on what their series may lie, of many headpoints at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, Select, bindparam, select

from kwartier.db.readings_schema import headpoint, physical_meter, sub_headpoint
from kwartier.domain.ean import Ean
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Headpoint,
    InstallationType,
    MeterType,
    PhysicalMeter,
    SubHeadpoint,
)

__all__ = ["Place", "find_places"]


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


_CHUNK: Final = 10_000
_EANS: Final[BindParameter[Sequence[int]]] = bindparam("eans", expanding=True)
_HEADPOINTS: Final = select(
    headpoint.c.ean, headpoint.c.energy_type, headpoint.c.meter_type, headpoint.c.direction
).where(headpoint.c.ean.in_(_EANS))
_METERS: Final = (
    select(physical_meter.c.ean, physical_meter.c.seq_number, physical_meter.c.meter_id)
    .where(physical_meter.c.ean.in_(_EANS))
    .order_by(physical_meter.c.ean, physical_meter.c.seq_number)
)
_SUBMETERS: Final = (
    select(
        sub_headpoint.c.ean,
        sub_headpoint.c.sub_ean,
        sub_headpoint.c.seq_number,
        sub_headpoint.c.direction,
        sub_headpoint.c.vreg_id,
        sub_headpoint.c.installation,
    )
    .where(sub_headpoint.c.ean.in_(_EANS))
    .order_by(sub_headpoint.c.ean, sub_headpoint.c.sub_ean)
)


def find_places(connection: Connection, eans: Sequence[int]) -> dict[int, Place]:
    """Those of some headpoints that are known, with the meters and submeters that ever hung there."""
    meters: dict[int, list[PhysicalMeter]] = {}
    for ean, *said in _rows(connection, _METERS, eans):
        meters.setdefault(ean, []).append(PhysicalMeter(*said))
    submeters: dict[int, dict[int, SubHeadpoint]] = {}
    for ean, sub_ean, seq_number, direction, vreg_id, installation in _rows(connection, _SUBMETERS, eans):
        submeters.setdefault(ean, {})[sub_ean] = SubHeadpoint(
            _ean(sub_ean),
            seq_number,
            Direction(direction),
            vreg_id,
            None if installation is None else InstallationType(installation),
        )
    return {
        ean: Place(
            Headpoint(_ean(ean), EnergyType(energy_type), MeterType(meter_type)),
            None if direction is None else Direction(direction),
            tuple(meters.get(ean, ())),
            submeters.get(ean, {}),
        )
        for ean, energy_type, meter_type, direction in _rows(connection, _HEADPOINTS, eans)
    }


def _rows(connection: Connection, query: Select[Any], eans: Sequence[int]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(eans), _CHUNK):
        yield from connection.execute(query, {"eans": eans[start : start + _CHUNK]})


def _ean(number: int) -> Ean:
    return Ean(f"{number:018d}")
