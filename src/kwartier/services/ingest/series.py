"""What series a row is about, as far as its headpoint has such a series; else why not (R3, E8, E9)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Final, NamedTuple

from kwartier.domain.days import Grid
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    GasFactor,
    Meter,
    MeterType,
    PhysicalMeter,
    Register,
    RegisterKind,
    State,
    SubHeadpoint,
    Unit,
    state_code,
)
from kwartier.formats.rows import DIRECTIONS, KINDS, UNITS
from kwartier.readings.catalogue import SeriesKey
from kwartier.readings.places import Place

__all__ = ["Named", "Refused", "Told", "allowed_series", "series_of", "states_in", "states_of"]

_NAMES_SHOWN: Final = 5
_NAME_SHOWN: Final = 40


class Named(NamedTuple):
    """What the rows of a series say about what it is: a row of the columns `KEYS`."""

    ean: int
    sub_ean: int
    meter_id: str
    direction: int
    kind: int
    unit: int
    grid: int


@dataclass(frozen=True, slots=True)
class Told:
    """The series that rows are about."""

    key: SeriesKey


@dataclass(frozen=True, slots=True)
class Refused:
    """There is no such series, and why."""

    reason: str


_K, _ACTIVE = RegisterKind, Unit.KWH
_TOTAL: Final = ((_K.TOTAL, _ACTIVE),)
_REACTIVE: Final = ((_K.INDUCTIVE, Unit.KVARH), (_K.CAPACITIVE, Unit.KVARH))
_TARIFFS: Final = ((_K.DAY, _ACTIVE), (_K.NIGHT, _ACTIVE))
_VOLUME: Final = ((_K.TOTAL, Unit.M3),)

_ALLOWED: Final[
    Mapping[tuple[EnergyType, MeterType], Mapping[Grid, tuple[tuple[RegisterKind, Unit], ...]]]
] = {
    (EnergyType.ELECTRICITY, MeterType.DIGITAL): {Grid.QUARTER_HOUR: _TOTAL, Grid.DAY: _TARIFFS},
    (EnergyType.ELECTRICITY, MeterType.AMR): {
        Grid.QUARTER_HOUR: _TOTAL + _REACTIVE,
        Grid.DAY: _TARIFFS + _REACTIVE,
    },
    (EnergyType.GAS, MeterType.DIGITAL): {Grid.HOUR: _VOLUME + _TOTAL, Grid.GAS_DAY: _VOLUME + _TOTAL},
    (EnergyType.GAS, MeterType.AMR): {Grid.HOUR: _TOTAL, Grid.GAS_DAY: _TOTAL},
}
_GRIDS: Final = {
    Grid.QUARTER_HOUR: "quarter-hours",
    Grid.HOUR: "hours",
    Grid.DAY: "days",
    Grid.GAS_DAY: "gas days from 06:00 to 06:00",
}
_DIRECTIONS_OF: Final = {
    (EnergyType.ELECTRICITY, MeterType.DIGITAL): (Direction.OFFTAKE, Direction.INJECTION),
    (EnergyType.GAS, MeterType.DIGITAL): (Direction.OFFTAKE,),
    (EnergyType.ELECTRICITY, MeterType.AMR): (Direction.OFFTAKE, Direction.INJECTION),
    (EnergyType.GAS, MeterType.AMR): (Direction.OFFTAKE, Direction.INJECTION),
}


def series_of(named: Named, place: Place | None) -> Told | Refused:
    """The series that is named, if its headpoint has or may have it."""
    if place is None:
        return _unknown(named)
    lies_on = _lies_on(named, place)
    if isinstance(lies_on, Refused):
        return lies_on
    meter, directions = lies_on
    direction, kind, unit = DIRECTIONS[named.direction], KINDS[named.kind], UNITS[named.unit]
    if direction not in directions:
        return Refused(
            f"direction {direction.value} is not of this {_what(meter, place)}; "
            f"allowed: {', '.join(one.value for one in directions)}"
        )
    grids = _ALLOWED[place.headpoint.energy_type, place.headpoint.meter_type]
    grid = Grid(named.grid)
    if grid not in grids:
        return Refused(
            f"{_GRIDS[grid]} are not of {place.headpoint.energy_type.value}; "
            f"allowed: {', '.join(_GRIDS[one] for one in grids)}"
        )
    if (kind, unit) not in grids[grid]:
        words = ", ".join(f"{one.value} in {of.value}" for one, of in grids[grid])
        return Refused(
            f"register {kind.value} in {unit.value} is not of {_GRIDS[grid]} of "
            f"{place.headpoint.meter_type.value} {place.headpoint.energy_type.value}; allowed: {words}"
        )
    return Told(SeriesKey(meter, Register(direction, kind, unit), grid))


def _unknown(named: Named) -> Refused:
    if named.sub_ean == named.ean:
        return Refused(
            f"the row names submeter {named.sub_ean:018d} alone, and not exactly one headpoint is known on which it hangs; "
            "`kwartier headpoints add` or `import` makes it known, or name the headpoint"
        )
    return Refused(
        "unknown EAN; allowed: that of a headpoint, which `kwartier headpoints import` makes known"
    )


def _lies_on(named: Named, place: Place) -> tuple[Meter, tuple[Direction, ...]] | Refused:
    """On what the series lies, and which directions it may have there."""
    if named.sub_ean:
        submeter = place.submeters.get(named.sub_ean)
        if submeter is not None:
            return submeter, (submeter.direction,)
        known = _some([f"{ean:018d}" for ean in place.submeters]) or "none, for it has no submeters"
        return Refused(f"unknown submeter {named.sub_ean:018d} of this headpoint; allowed: {known}")
    directions = _DIRECTIONS_OF[place.headpoint.energy_type, place.headpoint.meter_type]
    if place.direction is not None:
        directions = (place.direction,)
    if place.headpoint.meter_type is MeterType.AMR and not named.meter_id:
        return None, directions
    meter = _meter(named.meter_id, place)
    return meter if isinstance(meter, Refused) else (meter, directions)


def _meter(meter_id: str, place: Place) -> PhysicalMeter | Refused:
    hanging = place.meters
    if meter_id:
        hanging = tuple(meter for meter in place.meters if meter.meter_id == meter_id)
        if hanging:
            return hanging[-1]  # one that came back goes on under its last number
    elif len(hanging) == 1:
        return hanging[0]
    known = _some([meter.meter_id for meter in place.meters])
    if not meter_id:
        return Refused(
            f"no meter is named, and the headpoint does not have exactly one; allowed: {known or 'none yet'}"
        )
    allowed = _allowed(known, place.headpoint.meter_type)
    return Refused(f"unknown meter '{meter_id[:_NAME_SHOWN]}' of this headpoint; allowed: {allowed}")


def _allowed(known: str, meter_type: MeterType) -> str:
    if meter_type is MeterType.AMR:
        return f"{known}, or none (AMR)" if known else "none, for AMR readings lie on the headpoint"
    return known or "none yet"


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    return f"{shown} and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else shown


def _what(meter: Meter, place: Place) -> str:
    match meter:
        case SubHeadpoint():
            return "submeter"
        case PhysicalMeter():
            return f"digital {place.headpoint.energy_type.value} meter"
        case None:
            return f"{place.headpoint.meter_type.value} headpoint"


def allowed_series() -> Iterator[tuple[EnergyType, MeterType, Direction, RegisterKind, Unit, Grid, int]]:
    """Every kind of series that a kind of headpoint may have, with the codes of its states as bits."""
    for (energy_type, meter_type), grids in _ALLOWED.items():
        for grid, registers in grids.items():
            for (kind, unit), direction in product(registers, _DIRECTIONS_OF[energy_type, meter_type]):
                states = _states_of(energy_type, meter_type, unit)
                yield energy_type, meter_type, direction, kind, unit, grid, states


def states_of(place: Place, key: SeriesKey) -> int:
    """The codes of states that values of a series may have, as bits; that there is no value can be said of any.

    Digital meters have states of their own (E8), and energy from their gas comes with a conversion factor or without (E12).
    """
    return _states_of(place.headpoint.energy_type, place.headpoint.meter_type, key.register.unit)


def states_in(codes: int) -> list[State]:
    """The states of values among some codes, whatever their factor."""
    return [state for state in State if state > State.WITHDRAWN and codes >> state & 1]


@cache
def _states_of(energy_type: EnergyType, meter_type: MeterType, unit: Unit) -> int:
    digital = meter_type is MeterType.DIGITAL
    states = (State.READ, State.EST) if digital else (State.VAL, State.NVAL)
    factored = digital and energy_type is EnergyType.GAS and unit is Unit.KWH
    factors = list(GasFactor) if factored else [GasFactor.NONE]
    codes = {state_code(state, factor) for state in states for factor in factors}
    return sum(1 << code for code in codes | {State.WITHDRAWN})
