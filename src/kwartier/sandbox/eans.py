"""The table of sandbox EANs (S3): what is simulated stands in the EAN itself.

`5414`, then a digit each for meter type, energy type, direction, granularity and submeter, then `000000` and the
three digits that choose one of a thousand meters. The guide's drawing puts the digits in another order; its addendum,
which lists the ranges, decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.metering import EnergyType, Granularity, MeterType

__all__ = [
    "GRAMMAR",
    "KINDS",
    "PREFIXES",
    "Directions",
    "MeterKind",
    "SandboxMeter",
    "Submeter",
    "sandbox_meter",
]


class Directions(Enum):
    """Which directions a sandbox EAN meters."""

    OFFTAKE = "offtake"
    BOTH = "offtake and injection"
    INJECTION = "injection"


class Submeter(Enum):
    """What hangs below a sandbox headpoint."""

    NONE = "none"
    PRODUCTION = "production"
    OTHER = "other submeter"


@dataclass(frozen=True, slots=True)
class MeterKind:
    """What a prefix simulates, apart from its granularity.

    Attributes:
        digits: the digits of meter type, energy type and direction, a gap for the granularity, and the submeter.
    """

    digits: str
    meter_type: MeterType
    energy_type: EnergyType
    directions: Directions
    submeter: Submeter = Submeter.NONE

    def prefix(self, granularity: Granularity) -> str:
        """The nine digits with which the EANs of this kind begin."""
        return "5414" + self.digits.replace(".", _GRANULARITY_DIGITS[granularity])

    def __str__(self) -> str:
        below = f", {self.submeter.value} below it" if self.submeter is Submeter.PRODUCTION else ""
        below = f", {self.submeter.value}" if self.submeter is Submeter.OTHER else below
        return f"{self.meter_type.value}, {self.energy_type.value}, {self.directions.value}{below}"


_GRANULARITY_DIGITS: Final = {Granularity.DAILY: "0", Granularity.QUARTER_HOURLY: "1"}

KINDS: Final = (
    MeterKind("400.0", MeterType.DIGITAL, EnergyType.ELECTRICITY, Directions.OFFTAKE),
    MeterKind("401.0", MeterType.DIGITAL, EnergyType.ELECTRICITY, Directions.BOTH),
    MeterKind("410.0", MeterType.DIGITAL, EnergyType.GAS, Directions.OFFTAKE),
    MeterKind("500.0", MeterType.AMR, EnergyType.ELECTRICITY, Directions.OFFTAKE),
    MeterKind("502.0", MeterType.AMR, EnergyType.ELECTRICITY, Directions.INJECTION),
    MeterKind("510.0", MeterType.AMR, EnergyType.GAS, Directions.OFFTAKE),
    MeterKind("512.0", MeterType.AMR, EnergyType.GAS, Directions.INJECTION),
    MeterKind("502.1", MeterType.AMR, EnergyType.ELECTRICITY, Directions.INJECTION, Submeter.PRODUCTION),
    MeterKind("500.1", MeterType.AMR, EnergyType.ELECTRICITY, Directions.OFFTAKE, Submeter.PRODUCTION),
    MeterKind("500.2", MeterType.AMR, EnergyType.ELECTRICITY, Directions.OFFTAKE, Submeter.OTHER),
    MeterKind("510.2", MeterType.AMR, EnergyType.GAS, Directions.OFFTAKE, Submeter.OTHER),
)
"""The eleven kinds of meter, in the order of SPEC's table; each has a prefix per granularity."""

PREFIXES: Final[Mapping[str, tuple[MeterKind, Granularity]]] = MappingProxyType(
    {kind.prefix(granularity): (kind, granularity) for kind in KINDS for granularity in Granularity}
)
"""The 22 prefixes of nine digits, and what each simulates."""

GRAMMAR: Final = (
    "a sandbox EAN is 5414, a digit each for meter (4 digital, 5 AMR), energy (0 electricity, 1 gas), "
    "direction (0 offtake, 1 offtake and injection of a digital meter, 2 injection of an AMR meter), "
    "detail (0 day, 1 quarter-hour or hour) and submeter (0 none, 1 production, 2 other; AMR alone), "
    "then 000000 and the meter 000-999; the prefixes are " + ", ".join(sorted(PREFIXES))
)


@dataclass(frozen=True, slots=True)
class SandboxMeter:
    """One fictitious meter, as its EAN tells it.

    Attributes:
        number: which of the thousand, 0 to 999.
    """

    ean: Ean
    kind: MeterKind
    granularity: Granularity
    number: int


def sandbox_meter(ean: Ean) -> SandboxMeter:
    """The fictitious meter that an EAN names.

    Raises:
        InvalidValueError: the EAN is outside the table; the text has the grammar.
    """
    found = PREFIXES.get(ean[:9])
    if found is None or ean[9:15] != "000000":
        raise InvalidValueError(f"no such sandbox EAN: {GRAMMAR}")
    kind, granularity = found
    return SandboxMeter(ean, kind, granularity, int(ean[15:]))
