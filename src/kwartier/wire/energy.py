"""The wire's names for what stands in an answer of GET energy (E8, E10)."""

from typing import Final

from kwartier.domain.days import Grid
from kwartier.domain.metering import (
    Direction,
    GasFactor,
    InstallationType,
    MeterType,
    RegisterKind,
    State,
    Unit,
)
from kwartier.wire.vocabulary import Names

__all__ = [
    "DIRECTION",
    "GAS_FACTOR",
    "INSTALLATION_TYPE",
    "METERING",
    "REGISTER_KIND",
    "SERIES",
    "SUBMETERING",
    "UNIT",
    "VALIDATION_STATE",
]

METERING: Final = Names({MeterType.DIGITAL: "metering-on-meter", MeterType.AMR: "metering-on-headpoint"})
"""The `$type` of a headpoint."""

SUBMETERING: Final[Names[Direction]] = Names(
    {
        Direction.PRODUCTION: "submetering-production",
        Direction.AUXILIARY: "submetering-auxiliary",
        Direction.OFFTAKE: "submetering-offtake",
    }
)
"""The `$type` of a sub-headpoint, by what it measures (E9)."""

INSTALLATION_TYPE: Final = Names({kind: kind.value for kind in InstallationType})

SERIES: Final = {
    Grid.DAY: "dailyEnergy",
    Grid.GAS_DAY: "dailyEnergy",
    Grid.HOUR: "hourlyEnergy",
    Grid.QUARTER_HOUR: "quarterHourlyEnergy",
}
"""Under which key the series of a grid lie; an answer has them in this order. Gas has its own days, and no others."""

DIRECTION: Final = Names(
    {
        Direction.OFFTAKE: "offtake",
        Direction.INJECTION: "injection",
        Direction.PRODUCTION: "production",
        Direction.AUXILIARY: "auxiliary",
    }
)

REGISTER_KIND: Final = Names(
    {
        RegisterKind.TOTAL: "total",
        RegisterKind.DAY: "day",
        RegisterKind.NIGHT: "night",
        RegisterKind.INDUCTIVE: "inductive",
        RegisterKind.CAPACITIVE: "capacitive",
    }
)

UNIT: Final = Names({Unit.KWH: "kWh", Unit.KVARH: "kVArh", Unit.M3: "m3"})

VALIDATION_STATE: Final = Names({State.READ: "READ", State.EST: "EST", State.VAL: "VAL", State.NVAL: "NVAL"})
"""How sure a value is. The other states have no value, and are not on the wire (R1)."""

GAS_FACTOR: Final[Names[GasFactor]] = Names(
    {GasFactor.PROVISIONAL: "P", GasFactor.DEFINITIVE: "D", GasFactor.CONSTANT: "C"}
)
"""With which factor energy was computed; values without one do not say (E12)."""
