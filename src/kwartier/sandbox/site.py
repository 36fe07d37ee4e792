"""The site behind a fictitious meter: who lives or works there, where, with which panels.

The last digit of the EAN says who that is: kwartier.sandbox.occupants.
"""

from dataclasses import dataclass
from typing import Final

from kwartier.domain.metering import PhysicalMeter
from kwartier.sandbox.business import office, shop
from kwartier.sandbox.eans import Directions, SandboxMeter
from kwartier.sandbox.household import household, household_with_car, household_with_heat_pump
from kwartier.sandbox.load import Load
from kwartier.sandbox.mix import SEED, Purpose, draw, mix
from kwartier.sandbox.occupants import Occupant, occupant_of
from kwartier.sandbox.panels import Panels, panels
from kwartier.sandbox.weather import Region

__all__ = ["Site", "site_of"]


@dataclass(frozen=True, slots=True)
class Site:
    """What hangs behind a meter.

    Attributes:
        seed: from which everything about it is drawn.
        panels: None without; they inject, so only a meter of both directions has them.
    """

    seed: int
    region: Region
    load: Load
    panels: Panels | None
    meter: PhysicalMeter


def site_of(meter: SandboxMeter) -> Site:
    """The site of a digital electricity meter; the granularity of the EAN has no part in it (S4)."""
    kind = int(meter.kind.digits.replace(".", ""))
    seed = mix(SEED + mix(kind * 1000 + meter.number) + Purpose.SITE)
    occupant = occupant_of(meter.number)
    load = _load(seed, occupant)
    roof = None
    if meter.kind.directions is Directions.BOTH:
        roof = panels(seed, load.kwh_a_year, *(_BUSINESS_ROOF if occupant.is_business else _HOUSE_ROOF))
    return Site(seed, Region(draw(seed, 1, 0, 3)), load, roof, _physical_meter(kind, meter.number))


_HOUSE_ROOF: Final = (70, 150), 10
_BUSINESS_ROOF: Final = (35, 110), 30
"""Which percentage of a year's use panels make, from and to, and the most power, kWp."""


def _load(seed: int, occupant: Occupant) -> Load:
    match occupant:
        case Occupant.SHOP:
            return shop(seed)
        case Occupant.OFFICE:
            return office(seed)
        case Occupant.HEAT_PUMP:
            return household_with_heat_pump(seed)
        case Occupant.ELECTRIC_CAR:
            return household_with_car(seed)
        case Occupant.HOUSEHOLD:
            return household(seed)


def _physical_meter(kind: int, number: int) -> PhysicalMeter:
    # A multiplication modulo a prime never gives two meters one number.
    serial = ((kind * 1000 + number) * 48_271 + 5_012_345) % 99_999_989
    return PhysicalMeter(seq_number="1", meter_id=f"1SAG31{serial:08d}")
