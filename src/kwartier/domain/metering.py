"""The vocabulary of metering: what is measured, where, in what unit, and how sure it is."""

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import NamedTuple

from kwartier.domain.ean import Ean

__all__ = [
    "ComplexEnergyType",
    "Direction",
    "EnergyType",
    "Granularity",
    "Headpoint",
    "MeterType",
    "PhysicalMeter",
    "Register",
    "RegisterKind",
    "State",
    "Unit",
]


class EnergyType(Enum):
    """What flows through the headpoint."""

    ELECTRICITY = "electricity"
    GAS = "gas"


class MeterType(Enum):
    """How the headpoint is metered (E8)."""

    DIGITAL = "digital"
    AMR = "AMR"


class Granularity(Enum):
    """The level of detail of readings: days, or quarter-hours of electricity and hours of gas (E1)."""

    DAILY = "daily"
    QUARTER_HOURLY = "quarter-hourly"


class ComplexEnergyType(Enum):
    """Which energy is asked for; tells AMR electricity alone apart (E7)."""

    ACTIVE = "active"
    REACTIVE = "reactive"


class Direction(Enum):
    """Which way the energy goes, seen from the grid user (E8, E9)."""

    OFFTAKE = "offtake"
    INJECTION = "injection"
    PRODUCTION = "production"
    AUXILIARY = "auxiliary"


class RegisterKind(Enum):
    """What a register counts (E7, E8): all active energy, that of a tariff period, or reactive energy."""

    TOTAL = "total"
    DAY = "day"
    NIGHT = "night"
    INDUCTIVE = "inductive"
    CAPACITIVE = "capacitive"


class Unit(Enum):
    """The unit of a reading; values are kept in thousandths of it."""

    KWH = "kWh"
    KVARH = "kVArh"
    M3 = "m3"


class Register(NamedTuple):
    """One register of a meter."""

    direction: Direction
    kind: RegisterKind
    unit: Unit = Unit.KWH


class State(IntEnum):
    """What a version says of an interval (R1): nothing, that there is no value, or a value and how sure it is.

    READ and EST are those of digital meters, VAL and NVAL those of AMR meters (E8).
    """

    SILENT = 0
    WITHDRAWN = 1
    READ = 2
    EST = 3
    VAL = 4
    NVAL = 5


@dataclass(frozen=True, slots=True)
class Headpoint:
    """A connection to the grid, known by its EAN."""

    ean: Ean
    energy_type: EnergyType
    meter_type: MeterType


@dataclass(frozen=True, slots=True)
class PhysicalMeter:
    """A digital meter as it hangs there; after an exchange a headpoint has had more than one (E8)."""

    seq_number: str
    meter_id: str
