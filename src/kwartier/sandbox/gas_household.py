"""Gas in households: heating by the weather and the thermostat, hot water, cooking (S4)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.sandbox.gas_load import MEAN_COLD_DC, by_hour, chance, cold_dc
from kwartier.sandbox.household import HouseholdDay
from kwartier.sandbox.load import days_away
from kwartier.sandbox.mix import Purpose, bits, draw
from kwartier.sandbox.weather import Climate, Region
from kwartier.sandbox.workdays import DayKind

__all__ = ["GasHousehold", "gas_household"]

_DM3_OF_KWH: Final = 87  # a kWh is 0.087 m3 of rich gas
_HEATS_BELOW_DC: Final = 155
_FINE: Final = 12  # the heat of a tenth of a degree is kept with so many bits behind the point

# How much heat the thermostat asks by `HouseholdDay` and hour on the clock, of 256 for what the cold alone would take.
_THERMOSTAT: Final = by_hour(
    (90, 80, 80, 80, 90, 190, 480, 470, 240, 150, 140, 140, 145, 145, 160, 230, 380, 440, 410, 370, 340, 310, 230, 120),
    (90, 80, 80, 80, 90, 170, 450, 460, 330, 270, 260, 260, 260, 260, 260, 280, 340, 390, 380, 350, 330, 310, 230, 120),
    (100, 80, 80, 80, 80, 100, 200, 430, 460, 350, 290, 270, 260, 260, 260, 280, 330, 370, 360, 350, 330, 320, 260, 150),
    (110, 80, 80, 80, 80, 90, 140, 340, 460, 390, 310, 280, 270, 260, 260, 280, 330, 370, 360, 350, 330, 310, 230, 120),
    (70,) * 24,
)  # fmt: skip

# How likely hot water is drawn in an hour, of 256 for one person; how likely the stove burns, of 256.
_WATER: Final = by_hour(
    (3, 2, 1, 1, 2, 14, 74, 66, 26, 12, 10, 9, 14, 12, 8, 10, 20, 34, 42, 44, 40, 36, 26, 12),
    (3, 2, 1, 1, 2, 10, 52, 64, 46, 30, 22, 18, 24, 18, 12, 12, 20, 32, 42, 42, 38, 34, 24, 10),
    (6, 3, 2, 1, 1, 4, 14, 40, 62, 60, 46, 36, 30, 22, 16, 20, 28, 38, 42, 38, 32, 28, 22, 14),
    (8, 4, 2, 1, 1, 3, 10, 30, 56, 64, 54, 40, 34, 24, 16, 16, 22, 32, 40, 40, 36, 32, 22, 10),
    (0,) * 24,
)  # fmt: skip
_STOVE: Final = by_hour(
    (0, 0, 0, 0, 0, 0, 12, 20, 8, 4, 4, 12, 24, 8, 2, 4, 30, 150, 190, 60, 10, 4, 2, 0),
    (0, 0, 0, 0, 0, 0, 10, 24, 16, 8, 20, 90, 110, 30, 8, 8, 36, 150, 180, 56, 10, 4, 2, 0),
    (0, 0, 0, 0, 0, 0, 2, 14, 24, 20, 16, 60, 110, 50, 10, 10, 40, 140, 180, 70, 14, 4, 2, 2),
    (0, 0, 0, 0, 0, 0, 2, 8, 22, 28, 30, 110, 160, 60, 10, 8, 30, 110, 150, 60, 12, 4, 2, 0),
    (0,) * 24,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class GasHousehold:
    """A household that burns gas; volumes are thousandths of m3 in an hour.

    Attributes:
        seed: the site's.
        heat: what a tenth of a degree below 15.5 °C takes, shifted left by `_FINE`.
        thermostat: how much heat is asked by `HouseholdDay` and hour on the clock, of 256, shape (5, 24).
        water: how likely hot water is drawn, likewise.
        draught: what is burnt for hot water when it is: at the least, and over how much that is spread.
        stove: how likely somebody cooks on gas, likewise; zeros where they cook on electricity.
        least: the least that the boiler burns in an hour in which it runs.
        most: the most that boiler and stove can burn.
        at_home: how likely somebody is at home on a working day, of 256.
        leaves: how likely the household goes away in summer, in spring, of 256.
    """

    seed: int
    heat: int
    thermostat: NDArray[np.int64]
    water: NDArray[np.int64]
    draught: tuple[int, int]
    stove: NDArray[np.int64]
    least: int
    most: int
    at_home: int
    leaves: tuple[int, int]

    def __call__(self, region: Region, climate: Climate) -> NDArray[np.int64]:
        """What it burns, shape (1, len(climate.days), 24)."""
        del region
        kinds = self._kinds(climate)
        warmth, water, draught, stove = chance(self.seed, climate.days)
        burnt = cold_dc(climate, _HEATS_BELOW_DC)
        burnt *= self.thermostat.take(kinds, axis=0)
        burnt *= self.heat
        burnt >>= 8 + _FINE
        # Wind, doors, visitors; and a boiler that would have to burn too little runs now and then.
        burnt *= (warmth & 127) + 192
        burnt >>= 8
        runs = burnt * 512 > (warmth >> 7) * self.least
        burnt = np.where(burnt < self.least, runs * np.int64(self.least), burnt)
        least, spread = self.draught
        drawn = (water >> 8) < self.water.take(kinds, axis=0)
        burnt += drawn * (least + (draught * spread >> 16))
        cooks = (stove & 255) < self.stove.take(kinds, axis=0)
        burnt += cooks * (20 + ((stove >> 8) * 90 >> 8))
        return np.minimum(burnt, self.most, out=burnt)[None]

    def _kinds(self, climate: Climate) -> NDArray[np.int64]:
        """The `HouseholdDay` of each day, shape (d,)."""
        of_day = bits(self.seed, Purpose.GAS_DAYS, climate.days)[:, 0].astype(np.int64)
        at_work = np.where((of_day & 255) < self.at_home, HouseholdDay.AT_HOME, HouseholdDay.OUT)
        at_rest = climate.kinds + (HouseholdDay.SATURDAY - DayKind.SATURDAY)
        kinds = np.where(climate.kinds == DayKind.WORKING, at_work, at_rest)
        kinds[days_away(self.seed, climate.days, self.leaves)] = HouseholdDay.AWAY
        return kinds


# What flats (a fifth of all households) and houses burn for heating in a year, kWh.
_FLAT_KWH: Final = (1500, 4800)
_HOUSE_KWH: Final = (6500, 21500)


def gas_household(seed: int) -> GasHousehold:
    """The household that a seed makes, of one to five people, in a flat or a house."""
    flat = draw(seed, 400, 0, 4) == 0
    people = (1, 1, 2, 2, 2, 3, 3, 4, 4, 5)[draw(seed, 401, 0, 9)]
    people = min(people, 2) if flat else people
    # Two draws make a hump: most houses are neither the best nor the worst.
    least, most = _FLAT_KWH if flat else _HOUSE_KWH
    heat_kwh = (draw(seed, 402, least, most) + draw(seed, 403, least, most)) // 2
    shift = draw(seed, 404, -1, 1)  # early risers, and late ones
    thermostat = np.roll(_THERMOSTAT, shift, axis=1)
    # Half of the working days somebody is at home; the weekend weighs two of seven.
    usual = (5 * (thermostat[0] + thermostat[1]) // 2 + thermostat[2] + thermostat[3]) // 7
    asked = int((usual * np.array(MEAN_COLD_DC[_HEATS_BELOW_DC])).sum()) * 36525 // 25600
    return GasHousehold(
        seed,
        heat=(heat_kwh * _DM3_OF_KWH << _FINE) // asked,
        thermostat=thermostat,
        water=np.minimum(np.roll(_WATER, shift, axis=1) * (2 + people) // 3, 250),
        draught=(draw(seed, 405, 40, 70), draw(seed, 406, 120, 220)),
        stove=_STOVE if draw(seed, 407, 0, 9) < 4 else _STOVE * 0,
        least=draw(seed, 408, 120, 420),
        most=draw(seed, 409, 2500, 3300),
        at_home=(20, 60, 130, 250)[draw(seed, 410, 0, 3)],
        leaves=(draw(seed, 411, 90, 250), draw(seed, 412, 20, 140)),
    )
