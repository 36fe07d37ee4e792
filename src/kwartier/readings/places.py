"""Headpoints as readings need them: on what their series may lie, of many headpoints at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from kwartier.db.many import among
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


_HEADPOINTS: Final = select(
    headpoint.c.ean, headpoint.c.energy_type, headpoint.c.meter_type, headpoint.c.direction
)
_METERS: Final = select(
    physical_meter.c.ean, physical_meter.c.seq_number, physical_meter.c.meter_id
).order_by(physical_meter.c.ean, physical_meter.c.seq_number)
_SUBMETERS: Final = select(
    sub_headpoint.c.ean,
    sub_headpoint.c.sub_ean,
    sub_headpoint.c.seq_number,
    sub_headpoint.c.direction,
    sub_headpoint.c.vreg_id,
    sub_headpoint.c.installation,
).order_by(sub_headpoint.c.ean, sub_headpoint.c.sub_ean)


def find_places(connection: Connection, eans: Sequence[int]) -> dict[int, Place]:
    """Those of some headpoints that are known, with the meters and submeters that ever hung there."""
    meters: dict[int, list[PhysicalMeter]] = {}
    for ean, *said in connection.execute(_METERS.where(among(connection, physical_meter.c.ean, eans))):
        meters.setdefault(ean, []).append(PhysicalMeter(*said))
    submeters: dict[int, dict[int, SubHeadpoint]] = {}
    hanging = connection.execute(_SUBMETERS.where(among(connection, sub_headpoint.c.ean, eans)))
    for ean, sub_ean, seq_number, direction, vreg_id, installation in hanging:
        submeters.setdefault(ean, {})[sub_ean] = SubHeadpoint(
            _ean(sub_ean),
            seq_number,
            Direction(direction),
            vreg_id,
            None if installation is None else InstallationType(installation),
        )
    found = connection.execute(_HEADPOINTS.where(among(connection, headpoint.c.ean, eans)))
    return {
        ean: Place(
            Headpoint(_ean(ean), EnergyType(energy_type), MeterType(meter_type)),
            None if direction is None else Direction(direction),
            tuple(meters.get(ean, ())),
            submeters.get(ean, {}),
        )
        for ean, energy_type, meter_type, direction in found
    }


def _ean(number: int) -> Ean:
    return Ean(f"{number:018d}")
