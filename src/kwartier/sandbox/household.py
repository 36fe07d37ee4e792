"""Households: what people at home use, by their habits, their appliances and the weather (S4)."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.sandbox.load import (
    FINE,
    Appliance,
    Compressor,
    days_away,
    fine_of_kwh_a_year,
    in_wh,
    run_appliances,
)
from kwartier.sandbox.mix import Purpose, bits, draw, quarter_words
from kwartier.sandbox.profiles import HOURLY_SWING, activity, awake, daily_swing_dc, skewed
from kwartier.sandbox.weather import Climate
from kwartier.sandbox.workdays import DayKind

__all__ = ["Household", "HouseholdDay", "household", "household_with_car", "household_with_heat_pump"]


class HouseholdDay(IntEnum):
    """How a household spends a day."""

    OUT = 0
    AT_HOME = 1
    SATURDAY = 2
    SUNDAY = 3
    AWAY = 4


@dataclass(frozen=True, slots=True, eq=False)
class Household:
    """A household; energies are those of a quarter-hour, in sixteenths of a Wh.

    Attributes:
        seed: the site's.
        kwh_a_year: about what it uses.
        standby: what is always on.
        fridge: the refrigerators.
        habits: what people use by `HouseholdDay` and quarter-hour on the clock, shape (5, 96).
        lamps: what they burn in the dark, likewise.
        at_home: how likely somebody is at home on a working day, of 256.
        leaves: how likely the household goes away in summer, in spring, of 256.
        heating: what a tenth of a degree below 15.5 °C costs, times 16; 0 without electric heating.
        appliances: what runs now and then.
        fuse_wh: the most that a quarter-hour can take.
    """

    seed: int
    kwh_a_year: int
    standby: int
    fridge: Compressor
    habits: NDArray[np.int32]
    lamps: NDArray[np.int32]
    at_home: int
    leaves: tuple[int, int]
    heating: int
    appliances: tuple[Appliance, ...]
    fuse_wh: int

    def __call__(self, climate: Climate) -> NDArray[np.int32]:
        """What it uses, in Wh, shape (len(climate.days), 96)."""
        days = climate.days
        of_day = bits(self.seed, Purpose.DAYS, days)[:, 0].astype(np.int64)
        kinds = self._kinds(climate, of_day)
        words = quarter_words(self.seed, Purpose.NOISE, days)
        fine = self._habits(climate, kinds, of_day, words)
        fine += self.standby
        lamps = self.lamps.take(kinds, axis=0)
        lamps *= climate.dark
        lamps >>= 8
        fine += lamps
        if self.heating:
            fine += self._heat(climate, kinds, words)
        self.fridge.add_to(fine, days.start, words)
        run_appliances(self.appliances, fine, self.seed, days, kinds)
        return in_wh(fine, words, self.fuse_wh)

    def _kinds(self, climate: Climate, of_day: NDArray[np.int64]) -> NDArray[np.int64]:
        """The `HouseholdDay` of each day, shape (d,)."""
        kinds = climate.kinds + (HouseholdDay.SATURDAY - DayKind.SATURDAY)
        working = climate.kinds == DayKind.WORKING
        kinds[working] = np.where((of_day & 255) < self.at_home, HouseholdDay.AT_HOME, HouseholdDay.OUT)[
            working
        ]
        kinds[days_away(self.seed, climate.days, self.leaves)] = HouseholdDay.AWAY
        return kinds

    def _habits(
        self,
        climate: Climate,
        kinds: NDArray[np.int64],
        of_day: NDArray[np.int64],
        words: NDArray[np.uint16],
    ) -> NDArray[np.int32]:
        """What people use, shape (d, 96): busy days, busy hours, and what falls in one quarter-hour."""
        busy_day = (256 - (climate.season * 24 >> 16)) * (208 + (of_day >> 8 & 127) * 3 // 4) >> 8
        least, spread = HOURLY_SWING
        busy_hour = (words[:, ::4] >> np.uint16(8)).astype(np.int32)
        busy_hour *= spread
        busy_hour >>= 8
        busy_hour += least
        busy_hour *= busy_day[:, None].astype(np.int32)
        busy_hour >>= 8
        fine: NDArray[np.int32] = self.habits.take(kinds, axis=0)
        fine *= np.repeat(busy_hour, 4, axis=1)
        fine >>= 8
        fine *= skewed().take(words & np.uint16(255))
        fine >>= 8
        return fine

    def _heat(
        self, climate: Climate, kinds: NDArray[np.int64], words: NDArray[np.uint16]
    ) -> NDArray[np.int32]:
        """What electric heating uses, shape (d, 96): a pump that follows the weather, less at night and when away."""
        cold_dc = 155 - climate.temperature_dc[:, None] - daily_swing_dc()
        heat: NDArray[np.int32] = np.maximum(cold_dc, 0)
        heat *= _HEATING.take(kinds, axis=0) * np.int32(self.heating) >> 8
        heat *= (words >> np.uint16(6) & np.uint16(127)).astype(np.int32) + 192
        heat >>= 12
        return heat


def _heating_by_day() -> NDArray[np.int32]:
    """How much heat is wanted by `HouseholdDay` and quarter-hour, of 256, shape (5, 96)."""
    day = np.full((5, 96), 256, np.int32)
    day[:, :22] = 150
    day[:, 22:34] = 360  # warm by breakfast
    day[:, 88:] = 190
    day[HouseholdDay.AWAY] = 110
    return day


_HEATING: Final = _heating_by_day()

# What electric loads out of the ordinary use in a year, kWh.
_HEATING_KWH: Final = (2500, 4800)
_KELVIN_DAYS: Final = 2000  # below 15.5 degrees, in a year
_CAR_KWH: Final = (2000, 4400)  # 10,000 to 22,000 km at 20 kWh per 100 km

# What a quarter-hour can take, Wh.
_ONE_PHASE_WH: Final = 2300  # 40 A at 230 V
_THREE_PHASES_WH: Final = 4325  # 25 A at 400 V


def household(seed: int) -> Household:
    """The household that a seed makes, of one to five people; of a hundred eight heat their water at night."""
    people = _people(seed)
    boiler = (_boiler(seed, people),) if 28 <= draw(seed, 2, 0, 99) < 36 else ()
    return _household(seed, people, _ONE_PHASE_WH, extra=boiler)


def household_with_heat_pump(seed: int) -> Household:
    """The household that a seed makes, of two to five people whom a heat pump gives warmth and warm water."""
    people = max(_people(seed), 2)
    return _household(
        seed,
        people,
        _THREE_PHASES_WH,
        extra=(_warm_water(seed, people),),
        heating_kwh=draw(seed, 105, *_HEATING_KWH),
    )


def household_with_car(seed: int) -> Household:
    """The household that a seed makes, of two to five people who charge an electric car at home."""
    return _household(seed, max(_people(seed), 2), _THREE_PHASES_WH, extra=(_car(seed),))


def _people(seed: int) -> int:
    return (1, 1, 2, 2, 2, 3, 3, 4, 4, 5)[draw(seed, 100, 0, 9)]


def _household(
    seed: int, people: int, fuse_wh: int, *, extra: tuple[Appliance, ...], heating_kwh: int = 0
) -> Household:
    """A household from how many there are, and what they have out of the ordinary."""
    standby_kwh = draw(seed, 101, 330, 450) + 60 * people
    fridge_kwh = draw(seed, 102, 180, 330) + 25 * people
    lamps_kwh = draw(seed, 103, 50, 90) + 25 * people
    habits_kwh = draw(seed, 104, 300, 430) + 200 * people
    appliances = _appliances(seed, people) + extra
    shift = draw(seed, 106, -4, 3)  # early risers, and late ones
    return Household(
        seed,
        standby_kwh + fridge_kwh + lamps_kwh + habits_kwh + heating_kwh + _yearly_kwh(appliances),
        standby=fine_of_kwh_a_year(standby_kwh),
        fridge=_fridge(seed, fridge_kwh),
        habits=np.roll(activity(), shift, axis=1) * fine_of_kwh_a_year(habits_kwh) >> 8,
        lamps=np.roll(awake(), shift, axis=1) * fine_of_kwh_a_year(lamps_kwh * 5) >> 8,
        at_home=(20, 60, 130, 250)[draw(seed, 107, 0, 3)],
        leaves=(draw(seed, 108, 90, 250), draw(seed, 109, 20, 140)),
        heating=heating_kwh * 1000 * FINE // (_KELVIN_DAYS * 10 * 96) * 16,
        appliances=appliances,
        fuse_wh=fuse_wh,
    )


def _fridge(seed: int, kwh: int) -> Compressor:
    """Refrigerators whose turns last an hour to two."""
    run = draw(seed, 110, 20000, 30000)
    mean = fine_of_kwh_a_year(kwh)
    return Compressor(mean * 65536 * 2 // (3 * run), draw(seed, 111, 8600, 15500), run)


def _appliances(seed: int, people: int) -> tuple[Appliance, ...]:
    """Cooking and washing; profiles in Wh."""
    often = 110 + 22 * people
    stove, oven = draw(seed, 112, 240, 480), draw(seed, 113, 300, 520)
    supper = draw(seed, 114, 67, 72)
    chances: list[tuple[tuple[int, int, int, int, int], int, int, tuple[int, ...], int]] = [
        ((often, often, often, often, 0), supper, 10, (stove, stove + 120, stove // 2, stove // 4), 2),
        ((10, often, often, often + 20, 0), 45, 7, (stove, stove * 3 // 4, stove // 3), 1),
        ((16, 24, 60, 100, 0), 64, 14, (oven + 160, oven, oven // 2, oven // 2), 2),
        ((14 * people, 18 * people, 36 * people, 26 * people, 0), 34, 42, (80, 480, 190, 30, 40, 70), 4),
    ]
    if people > 1 or draw(seed, 115, 0, 1):
        wash = 40 + 26 * people
        chances.append(((wash, wash, wash, wash, 0), 78, 12, (60, 440, 60, 40, 380, 60), 5))
    if draw(seed, 116, 0, 2):
        dry = 10 + 12 * people
        chances.append(((dry, dry, 2 * dry, 2 * dry, 0), 44, 44, (520, 510, 480, 400, 180), 3))
    return tuple(
        Appliance(chance, earliest, spread, tuple(wh * FINE for wh in profile), shortest)
        for chance, earliest, spread, profile, shortest in chances
    )


def _car(seed: int) -> Appliance:
    """An electric car that is charged every second or third evening or night; about what `_CAR_KWH` says.

    A charger of 3.7, 7.4 or 11 kW; on a timer two times out of three, for the night tariff.
    """
    wh, longest = ((920, 30), (1840, 15), (1840, 15), (2750, 10))[draw(seed, 117, 0, 3)]
    shortest = longest // 5
    a_time = wh * (longest + shortest) // 2
    chance = draw(seed, 118, *_CAR_KWH) * 1000 * 256 // (350 * a_time)
    earliest, spread = ((68, 14), (87, 6), (92, 10))[draw(seed, 119, 0, 2)]
    return Appliance(
        (chance, chance, chance, chance, 0), earliest, spread, (wh * FINE,) * longest, shortest, vary=3
    )


def _warm_water(seed: int, people: int) -> Appliance:
    """A heat pump's daily turn for the tank, of about 2 kW: before dawn, or in the warmth of the afternoon."""
    longest = 2 + people
    earliest = (12, 50)[draw(seed, 121, 0, 1)]
    return Appliance(
        (250, 250, 250, 250, 0), earliest, 8, (480 * FINE,) * longest, longest - people // 2 - 1, vary=30
    )


def _boiler(seed: int, people: int) -> Appliance:
    """A boiler of 2 kW that heats when the night tariff begins."""
    longest = 4 + 2 * people
    profile = (500 * FINE,) * longest
    return Appliance((250, 250, 250, 250, 0), draw(seed, 120, 88, 90), 2, profile, longest // 2, vary=4)


def _yearly_kwh(appliances: tuple[Appliance, ...]) -> int:
    """About what appliances use in a year: five working days, half of them at home, a Saturday and a Sunday a week."""
    total = 0
    for one in appliances:
        out, at_home, saturday, sunday, *_ = one.chance
        times = (5 * (out + at_home) // 2 + saturday + sunday) * 50
        lengths = range(one.shortest, len(one.profile) + 1)
        a_time = sum(sum(one.profile[:length]) for length in lengths) // len(lengths)
        total += times * a_time // (256 * 1000 * FINE)
    return total
