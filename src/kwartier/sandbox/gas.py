"""What came in about fictitious gas meters: digital in m3 and kWh, AMR in kWh, with submeters or as injection (E8, E12, S4)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid
from kwartier.domain.gas import gas_month_of, with_energy
from kwartier.domain.metering import Direction, Meter, MeterType, Register, RegisterKind, State, Unit
from kwartier.domain.series import MeterVersions
from kwartier.sandbox.deliveries import Counted, delivered
from kwartier.sandbox.eans import Directions, SandboxMeter, Submeter
from kwartier.sandbox.exchange import hung
from kwartier.sandbox.gas_biomethane import biomethane
from kwartier.sandbox.gas_factors import LAST_FACTOR_SECONDS, factors_of
from kwartier.sandbox.gas_load import GasLoad, gas_borders, on_the_hours
from kwartier.sandbox.gas_sites import amr_load, digital_load, gas_meter, gas_region, gas_seed, gas_zone
from kwartier.sandbox.gas_submeters import gas_submeters, parts_of
from kwartier.sandbox.special import special_of
from kwartier.sandbox.weather import climate

__all__ = ["LAST_FACTOR_SECONDS", "gas"]

_VOLUME: Final = Register(Direction.OFFTAKE, RegisterKind.TOTAL, Unit.M3)
_OFFTAKE: Final = Register(Direction.OFFTAKE, RegisterKind.TOTAL)
_INJECTION: Final = Register(Direction.INJECTION, RegisterKind.TOTAL)


def gas(meter: SandboxMeter, days: range) -> tuple[MeterVersions, ...]:
    """All that came in about the hours of some gas days of a meter: the headpoint's own first, then its submeters'."""
    if meter.kind.meter_type is MeterType.DIGITAL:
        return _digital(meter, days)
    seed = gas_seed(meter)
    if meter.kind.directions is Directions.INJECTION:
        return (_amr(meter, days, None, _INJECTION, _hours(biomethane(seed), seed, days)[0]),)
    load = amr_load(seed, meter.number)
    below = gas_submeters(seed, meter.number) if meter.kind.submeter is Submeter.OTHER else ()
    parts = parts_of(seed, _hours(load, seed, days), len(below))
    return tuple(
        _amr(meter, days, one, _OFFTAKE, values) for one, values in zip((None, *below), parts, strict=True)
    )


def _digital(meter: SandboxMeter, days: range) -> tuple[MeterVersions, ...]:
    seed, special = gas_seed(meter), special_of(meter)
    volumes = _hours(digital_load(seed, meter.number), seed, days).sum(axis=0, keepdims=True)
    counted = Counted(Grid.HOUR, days, gas_borders(days), (_VOLUME,), volumes)
    factors = factors_of(gas_zone(seed, meter.number), _months(days))
    versions = with_energy(delivered(seed, counted, special=special), factors)
    return hung(gas_meter(meter.number), versions, special)


def _amr(
    meter: SandboxMeter, days: range, part: Meter, register: Register, values: NDArray[np.int64]
) -> MeterVersions:
    counted = Counted(
        Grid.HOUR, days, gas_borders(days), (register,), values[None], sure=State.VAL, unsure=State.NVAL
    )
    return MeterVersions(part, delivered(gas_seed(meter), counted, special=special_of(meter)))


def _hours(load: GasLoad, seed: int, days: range) -> NDArray[np.int64]:
    """What each part of a load takes in the hours of gas days, shape (parts, hours)."""
    if not days:
        return np.zeros((2, 0), np.int64)
    region, dates = gas_region(seed), range(days.start, days.stop + 1)
    return on_the_hours(load(region, climate(region, dates)), days)


def _months(days: range) -> range:
    """The gas months in which gas days lie."""
    if not days:
        return range(0)
    first, last = gas_month_of(np.array([days.start, days.stop - 1])).tolist()
    return range(first, last + 1)
