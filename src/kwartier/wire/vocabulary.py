"""The guide's enumerated values: how each of ours is written, and what is read (C7, M1)."""

from collections.abc import Mapping
from enum import Enum
from typing import Final, Generic, TypeVar

from kwartier.domain.errors import InvalidValueError
from kwartier.domain.mandate import RenewalStatus, Status
from kwartier.domain.metering import ComplexEnergyType, EnergyType, Granularity
from kwartier.domain.question import PeriodType
from kwartier.domain.scenario import ScenarioKind

__all__ = [
    "COMPLEX_ENERGY_TYPE",
    "DATA_SERVICE_TYPE",
    "ENERGY_TYPE",
    "GRANULARITY",
    "PERIOD_TYPE",
    "RENEWAL_STATUS",
    "SCENARIO_KIND",
    "STATUS",
    "Names",
]

E = TypeVar("E", bound=Enum)


class Names(Generic[E]):
    """How the members of an enumeration are written on the wire, and which spellings are read.

    Args:
        written: the name of each member that has one.
        also_read: further spellings.
    """

    def __init__(self, written: Mapping[E, str], also_read: Mapping[str, E] | None = None) -> None:
        self._written = dict(written)
        self._read = {name.casefold(): member for member, name in written.items()}
        self._read |= {name.casefold(): member for name, member in (also_read or {}).items()}

    @property
    def names(self) -> tuple[str, ...]:
        """What is allowed, as it is written."""
        return tuple(self._written.values())

    def write(self, member: E) -> str:
        """The name of a member."""
        return self._written[member]

    def read(self, text: str) -> E:
        """The member of a name, without regard to case (C7).

        Raises:
            InvalidValueError: no such name; the text has those that are allowed.
        """
        member = self._read.get(text.strip().casefold())
        if member is None:
            raise InvalidValueError(f"allowed: {', '.join(self.names)}")
        return member


STATUS: Final[Names[Status]] = Names(
    {status: status.value for status in Status if status is not Status.REMOVED}
)
RENEWAL_STATUS: Final = Names({status: status.value for status in RenewalStatus})
ENERGY_TYPE: Final = Names({EnergyType.ELECTRICITY: "E", EnergyType.GAS: "G"})
PERIOD_TYPE: Final = Names({kind: kind.value for kind in PeriodType})
COMPLEX_ENERGY_TYPE: Final = Names({kind: kind.value for kind in ComplexEnergyType})
DATA_SERVICE_TYPE: Final = Names(
    {Granularity.DAILY: "VH_dag", Granularity.QUARTER_HOURLY: "VH_kwartier_uur"},
    also_read={"VH_kwartier": Granularity.QUARTER_HOURLY},
)
GRANULARITY: Final = Names(
    {Granularity.DAILY: "daily", Granularity.QUARTER_HOURLY: "hourly_quarterhourly"},
    # Clients of the sister API still send the names of data services (E1).
    also_read={
        "VH_dag": Granularity.DAILY,
        "VH_kwartier_uur": Granularity.QUARTER_HOURLY,
        "VH_kwartier": Granularity.QUARTER_HOURLY,
    },
)
SCENARIO_KIND: Final = Names(
    {kind: kind.value.replace(" ", "-") for kind in ScenarioKind},
    also_read={kind.value: kind for kind in ScenarioKind},
)
"""Not of the guide: of the sandbox's control surface."""
