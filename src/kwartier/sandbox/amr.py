"""AMR meters of electricity: offtake or injection with reactive energy, and the submeters below them (E8, E9, S4).

At every quarter-hour production - auxiliary - own use = injection - offtake, as the meters count: the headpoint nets in
each quarter-hour, and all meters of a site count in the same steps.
"""

from dataclasses import replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid, quarter_hours_of
from kwartier.domain.metering import Direction, Register, RegisterKind, State, SubHeadpoint, Unit
from kwartier.domain.series import MeterVersions, Versions
from kwartier.sandbox.amr_flows import Flow, of_headpoint, of_parts, of_site, of_units
from kwartier.sandbox.amr_site import AmrSite, amr_site
from kwartier.sandbox.deliveries import Counted, delivered
from kwartier.sandbox.eans import Directions, SandboxMeter, Submeter
from kwartier.sandbox.meter import on_the_grid
from kwartier.sandbox.special import special_of
from kwartier.sandbox.submeters import has_auxiliary, offtake_submeters, sub_ean, vreg_id
from kwartier.sandbox.weather import climate

__all__ = ["amr_electricity"]

_REGISTERS: Final = {
    direction: (
        Register(direction, RegisterKind.TOTAL),
        Register(direction, RegisterKind.INDUCTIVE, Unit.KVARH),
        Register(direction, RegisterKind.CAPACITIVE, Unit.KVARH),
    )
    for direction in Direction
}

_Point: TypeAlias = tuple[SubHeadpoint | None, Direction]


def amr_electricity(meter: SandboxMeter, days: range) -> tuple[MeterVersions, ...]:
    """All that came in about the quarter-hours of some days: of the headpoint first, then of its submeters (E9)."""
    site = amr_site(meter.kind.submeter, meter.number)
    points = _points(meter, site)
    registers = tuple(register for _, direction in points for register in _REGISTERS[direction])
    borders = quarter_hours_of(days)
    values = np.empty((len(registers), int(borders[-1] - borders[0])), np.int64)
    if days:
        on_the_grid(_counts(meter, site, days), borders, values)
        values *= site.step_wh
    counted = Counted(Grid.QUARTER_HOUR, days, borders, registers, values, sure=State.VAL, unsure=State.NVAL)
    return tuple(
        MeterVersions(submeter, versions)
        for (submeter, _), versions in zip(points, _delivered(meter, site.seed, counted), strict=True)
    )


def _delivered(meter: SandboxMeter, seed: int, counted: Counted) -> list[Versions]:
    """The versions of each point of measurement, three registers each: all of a site come in together."""
    thirds = [slice(row, row + 3) for row in range(0, len(counted.registers), 3)]
    special = special_of(meter)
    if special is not None:  # of each point it shows the same
        each = (
            replace(counted, registers=counted.registers[rows], values=counted.values[rows])
            for rows in thirds
        )
        return [delivered(seed, one, special=special) for one in each]
    whole = delivered(seed, counted)
    return [
        replace(whole, registers=whole.registers[rows], values=whole.values[rows], states=whole.states[rows])
        for rows in thirds
    ]


def _points(meter: SandboxMeter, site: AmrSite) -> list[_Point]:
    """What is metered: the headpoint, then its submeters in the order of answers."""
    kind, number = meter.kind, meter.number
    headpoint = Direction.INJECTION if kind.directions is Directions.INJECTION else Direction.OFFTAKE
    points: list[_Point] = [(None, headpoint)]
    if kind.submeter is Submeter.OTHER:
        for seq_number in range(1, offtake_submeters(number) + 1):
            ean = sub_ean(kind.submeter, Direction.OFFTAKE, seq_number, number)
            points.append((SubHeadpoint(ean, str(seq_number), Direction.OFFTAKE), Direction.OFFTAKE))
    if kind.submeter is not Submeter.PRODUCTION:
        return points
    directions = (Direction.PRODUCTION, Direction.AUXILIARY)[: 2 if has_auxiliary(number) else 1]
    for seq_number, unit in enumerate(site.units, 1):
        for direction in directions:
            ean = sub_ean(kind.submeter, direction, seq_number, number)
            produces = direction is Direction.PRODUCTION
            known_as = vreg_id(unit.installation, number, seq_number) if produces else None
            points.append(
                (SubHeadpoint(ean, str(seq_number), direction, known_as, unit.installation), direction)
            )
    return points


def _counts(meter: SandboxMeter, site: AmrSite, days: range) -> NDArray[np.int32]:
    """What all registers of all points count, in steps, shape (registers, len(days), 96)."""
    kind, weather = meter.kind, climate(site.region, days)
    own = of_site(site, weather)
    units = of_units(site, weather)
    flows: list[Flow] = [of_headpoint(own, units, injects=kind.directions is Directions.INJECTION)]
    if kind.submeter is Submeter.OTHER:
        flows += of_parts(site, own, offtake_submeters(meter.number), weather)
    if kind.submeter is Submeter.PRODUCTION:
        flows += [flow for unit in units for flow in unit if flow is not None]
    counts = np.empty((3 * len(flows), len(days), 96), np.int32)
    for place, (active, reactive) in enumerate(flows):
        rows = counts[3 * place : 3 * place + 3]
        rows[0] = active
        np.maximum(reactive, 0, out=rows[1])
        np.subtract(rows[1], reactive, out=rows[2])
    return counts
