"""Who lives or works behind a digital meter of electricity, by the last digit of its EAN (S4)."""

from enum import Enum
from typing import Final

__all__ = ["Occupant", "occupant_of"]


class Occupant(Enum):
    """The archetypes of small connections, by the name under which docs/sandbox-models.md has their bands."""

    HOUSEHOLD = "household"
    HEAT_PUMP = "household with heat pump"
    ELECTRIC_CAR = "household with electric car"
    SHOP = "shop"
    OFFICE = "office"

    @property
    def is_business(self) -> bool:
        """Whether people work there; otherwise they live there."""
        return self in {Occupant.SHOP, Occupant.OFFICE}


_BY_LAST_DIGIT: Final = (
    *(Occupant.HOUSEHOLD,) * 6,
    Occupant.HEAT_PUMP,
    Occupant.ELECTRIC_CAR,
    Occupant.SHOP,
    Occupant.OFFICE,
)


def occupant_of(number: int) -> Occupant:
    """Who is behind a meter: 0 to 5 a household, 6 with a heat pump, 7 with an electric car, 8 a shop, 9 an office.

    Args:
        number: that of the EAN, 0 to 999.
    """
    return _BY_LAST_DIGIT[number % 10]
