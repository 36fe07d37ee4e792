"""The site behind a fictitious meter: who lives or works there, where, with which panels.

The last digit of the EAN says what it is: 8 a shop, 9 an office, any other a household.
"""

from dataclasses import dataclass
from typing import Final

from kwartier.domain.metering import PhysicalMeter
from kwartier.sandbox.business import office, shop
from kwartier.sandbox.eans import Directions, SandboxMeter
from kwartier.sandbox.household import household
from kwartier.sandbox.load import Load
from kwartier.sandbox.mix import SEED, Purpose, draw, mix
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
    load = _load(seed, meter.number)
    roof = None
    if meter.kind.directions is Directions.BOTH:
        roof = panels(
            seed, load.kwh_a_year, *(_HOUSE_ROOF if _is_household(meter.number) else _BUSINESS_ROOF)
        )
    return Site(seed, Region(draw(seed, 1, 0, 3)), load, roof, _physical_meter(kind, meter.number))


_HOUSE_ROOF: Final = (70, 150), 10
_BUSINESS_ROOF: Final = (35, 110), 30
"""Which percentage of a year's use panels make, from and to, and the most power, kWp."""


def _is_household(number: int) -> bool:
    return number % 10 < 8


def _load(seed: int, number: int) -> Load:
    match number % 10:
        case 8:
            return shop(seed)
        case 9:
            return office(seed)
    special = draw(seed, 2, 0, 99)
    return household(seed, vehicle=special < 16, heat_pump=16 <= special < 28, boiler=28 <= special < 36)


def _physical_meter(kind: int, number: int) -> PhysicalMeter:
    # A multiplication modulo a prime never gives two meters one number.
    serial = ((kind * 1000 + number) * 48_271 + 5_012_345) % 99_999_989
    return PhysicalMeter(seq_number="1", meter_id=f"1SAG31{serial:08d}")
