"""The trades that burn gas, as tables; what they are checked against stands in docs/sandbox-gas.md (S4)."""

from typing import Final

from kwartier.sandbox.closures import Closure
from kwartier.sandbox.gas_works import Trade

__all__ = ["AMR_TRADES", "DIGITAL_TRADES"]

_Day = tuple[int, ...]


def _level(high: int, low: int, start: int, end: int) -> _Day:
    """High from one hour up to another, low outside."""
    return tuple(high if start <= hour < end else low for hour in range(24))


def _flat(level: int) -> _Day:
    return (level,) * 24


# The kitchen burns at noon and in the evening; closed on Wednesday and Sunday.
_RESTAURANT_OPEN: Final = (
    8, 6, 4, 4, 4, 4, 6, 10, 30, 60, 120, 230,
    256, 200, 90, 50, 70, 150, 240, 256, 220, 130, 50, 15,
)  # fmt: skip
RESTAURANT: Final = Trade(
    mwh_a_year=(25, 110),
    heat_percent=(30, 45),
    heating=(_level(256, 90, 9, 22), _flat(80), _level(270, 90, 9, 23), _flat(80)),
    process=(_RESTAURANT_OPEN, _flat(5), tuple(hour * 5 // 4 for hour in _RESTAURANT_OPEN), _flat(5)),
    spread=80,
)

_OFFICE_OPEN: Final = (
    50, 50, 50, 60, 110, 300, 420, 380, 300, 256, 240, 240,
    240, 240, 240, 240, 220, 160, 90, 60, 50, 50, 50, 50,
)  # fmt: skip
_OFFICE_ROWS: Final = (_OFFICE_OPEN, _OFFICE_OPEN, _flat(55), _flat(55))
_OFFICE_WATER: Final = (_level(256, 20, 7, 18), _level(256, 20, 7, 18), _flat(20), _flat(20))
PRACTICE: Final = Trade((18, 75), (90, 96), _OFFICE_ROWS, _OFFICE_WATER, spread=120)
OFFICE: Final = Trade((300, 2500), (92, 97), _OFFICE_ROWS, _OFFICE_WATER, spread=60)

_BAKING: Final = (
    256, 256, 250, 250, 250, 240, 220, 180, 130, 90, 60, 40,
    30, 25, 20, 20, 20, 25, 30, 40, 60, 120, 200, 240,
)  # fmt: skip
BAKERY: Final = Trade(
    mwh_a_year=(600, 6000),
    heat_percent=(6, 14),
    heating=(_level(200, 60, 0, 12), _level(200, 60, 0, 12), _level(200, 60, 0, 12), _flat(60)),
    process=(
        _BAKING,
        _BAKING,
        tuple(level * 5 // 4 if hour < 12 else 15 for hour, level in enumerate(_BAKING)),
        _level(220, 15, 21, 24),
    ),
    spread=25,
)

_SCHOOL_DAY: Final = (
    25, 25, 35, 180, 420, 460, 440, 380, 200, 130, 110, 100,
    100, 100, 90, 60, 35, 25, 25, 25, 25, 25, 25, 25,
)  # fmt: skip
_SCHOOL_HALF: Final = _SCHOOL_DAY[:11] + (50, 30) + (25,) * 11
SCHOOL: Final = Trade(
    mwh_a_year=(250, 2000),
    heat_percent=(93, 98),
    heating=(_SCHOOL_DAY, _SCHOOL_HALF, _flat(28), _flat(28)),
    process=(_level(256, 4, 7, 17), _level(256, 4, 7, 13), _flat(4), _flat(4)),
    closure=Closure.SCHOOL,
    spread=100,
)

_WARD: Final = (
    225, 220, 220, 225, 240, 270, 300, 300, 285, 270, 262, 258,
    256, 252, 250, 250, 252, 256, 258, 256, 250, 245, 238, 230,
)  # fmt: skip
_KITCHEN: Final = (
    150, 145, 145, 150, 170, 230, 300, 340, 350, 350, 340, 330,
    310, 290, 280, 270, 260, 260, 240, 220, 200, 180, 165, 155,
)  # fmt: skip
HOSPITAL: Final = Trade(
    mwh_a_year=(5000, 27000),
    heat_percent=(55, 70),
    heating=(_WARD,) * 4,
    process=(
        _KITCHEN,
        _KITCHEN,
        tuple(level * 3 // 4 for level in _KITCHEN),
        tuple(level * 2 // 3 for level in _KITCHEN),
    ),
    spread=15,
)

_TWO_SHIFTS: Final = (
    12, 12, 12, 12, 60, 180, 256, 256, 256, 250, 256, 256,
    200, 250, 230, 256, 256, 256, 200, 256, 256, 150, 40, 12,
)  # fmt: skip
FACTORY: Final = Trade(
    mwh_a_year=(3000, 27000),
    heat_percent=(8, 20),
    heating=(_level(256, 90, 5, 22), _level(256, 90, 5, 22), _flat(80), _flat(80)),
    process=(_TWO_SHIFTS, _TWO_SHIFTS, _flat(14), _flat(10)),
    closure=Closure.BUILDERS,
    spread=25,
)

_ROUND_THE_CLOCK: Final = tuple(235 if hour in {6, 14, 22} else 256 for hour in range(24))
PLANT: Final = Trade(
    mwh_a_year=(30_000, 270_000),
    heat_percent=(2, 5),
    heating=(_flat(200),) * 4,
    process=(_ROUND_THE_CLOCK, _level(150, 256, 8, 16), _ROUND_THE_CLOCK, _ROUND_THE_CLOCK),
    spread=10,
)

# From the first hour of Monday to Saturday at six.
_NIGHT_SHIFT_ENDS: Final = _level(256, 20, 0, 6)
SHIFTS: Final = Trade(
    mwh_a_year=(5000, 27000),
    heat_percent=(4, 10),
    heating=(_flat(200), _flat(200), _level(200, 80, 0, 6), _flat(80)),
    process=(_ROUND_THE_CLOCK, _ROUND_THE_CLOCK, _NIGHT_SHIFT_ENDS, _flat(20)),
    closure=Closure.BUILDERS,
    spread=20,
)

# Warmest before sunrise; by day the boiler burns for the sake of its carbon dioxide, more in summer.
_BEFORE_DAWN: Final = (
    250, 256, 262, 275, 295, 310, 300, 270, 250, 240, 235, 235,
    235, 235, 235, 235, 235, 235, 240, 240, 240, 240, 245, 245,
)  # fmt: skip
_DOSING: Final = (
    0, 0, 0, 0, 0, 0, 30, 90, 160, 220, 250, 256,
    256, 256, 250, 220, 170, 90, 30, 0, 0, 0, 0, 0,
)  # fmt: skip
GREENHOUSE: Final = Trade(
    mwh_a_year=(2800, 27000),
    heat_percent=(78, 90),
    heating=(_BEFORE_DAWN,) * 4,
    process=(_DOSING,) * 4,
    below_dc=190,
    spread=60,
    summer=200,
    glass=True,
)

DIGITAL_TRADES: Final = {8: RESTAURANT, 9: PRACTICE}
"""By the last digit of the EAN; the others are households."""

AMR_TRADES: Final = (BAKERY, OFFICE, SCHOOL, HOSPITAL, FACTORY, PLANT, GREENHOUSE, SHIFTS, OFFICE, SCHOOL)
"""By the last digit of the EAN."""
