"""The vocabulary of metering: what is measured, where, in what unit, and how sure it is."""

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final, NamedTuple, TypeAlias

from kwartier.domain.ean import Ean

__all__ = [
    "FACTOR_SHIFT",
    "KINDS_OF",
    "STATE_BITS",
    "ComplexEnergyType",
    "Direction",
    "EnergyType",
    "GasFactor",
    "Granularity",
    "Headpoint",
    "InstallationType",
    "Meter",
    "MeterType",
    "PhysicalMeter",
    "Register",
    "RegisterKind",
    "State",
    "SubHeadpoint",
    "Unit",
    "state_code",
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


KINDS_OF: Final = {
    ComplexEnergyType.ACTIVE: frozenset({RegisterKind.TOTAL, RegisterKind.DAY, RegisterKind.NIGHT}),
    ComplexEnergyType.REACTIVE: frozenset({RegisterKind.INDUCTIVE, RegisterKind.CAPACITIVE}),
}
"""Which registers each complex energy type asks for (E7)."""


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

    READ and EST are those of digital meters, VAL and NVAL those of AMR meters (E8). EST and NVAL are READ and VAL with
    the lowest bit set. Arrays hold codes: a state, and for energy converted from a volume of gas the conversion factor
    above it (`state_code`), so that whatever is at least READ has a value.
    """

    SILENT = 0
    WITHDRAWN = 1
    READ = 2
    EST = 3
    VAL = 4
    NVAL = 5


class GasFactor(IntEnum):
    """With which gas conversion factor energy was computed (E12); in a sum the highest of its inputs counts."""

    NONE = 0
    CONSTANT = 1
    DEFINITIVE = 2
    PROVISIONAL = 3


STATE_BITS: Final = 0b111
FACTOR_SHIFT: Final = 3


def state_code(state: State, factor: GasFactor = GasFactor.NONE) -> int:
    """The code of a value's state and gas conversion factor, as arrays hold it."""
    return state | factor << FACTOR_SHIFT


class InstallationType(Enum):
    """The kinds of local production (E9)."""

    PV = "PV"
    WIND = "WND"
    WATER = "WTR"
    COGENERATION_A = "WKKA"
    COGENERATION_B = "WKKB"
    COGENERATION_D = "WKKD"


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


@dataclass(frozen=True, slots=True)
class SubHeadpoint:
    """A submeter below an AMR headpoint (E9); it has no mandates of its own (M8).

    Attributes:
        seq_number: what production and auxiliary of one installation share.
        direction: production, auxiliary, or offtake of a part of the site.
        vreg_id: how the regulator knows the installation.
        installation: what kind of production it is.
    """

    ean: Ean
    seq_number: str
    direction: Direction
    vreg_id: str | None = None
    installation: InstallationType | None = None


Meter: TypeAlias = PhysicalMeter | SubHeadpoint | None
"""On what series lie: a digital meter, a submeter, or None for the headpoint itself (E8)."""
