"""What local production makes (S4): panels, turbines in wind and water, cogeneration that follows the heat.

All of it in steps of the site's meter, by quarter-hour on the clock.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from kwartier.sandbox.mix import Purpose, bits, quarter_words
from kwartier.sandbox.weather import SUN_SCALE, Climate, Region, sunshine
from kwartier.sandbox.wind import river, turbine, wind

__all__ = ["Cogeneration", "Heat", "Plant", "Solar", "Watermill", "WindTurbines", "auxiliary"]


class Plant(Protocol):
    """An installation of local production."""

    @property
    def most(self) -> int:
        """What it makes in a quarter-hour at full power, in steps."""
        ...

    def __call__(self, region: Region, climate: Climate) -> NDArray[np.int32]:
        """What it makes, in steps, shape (len(climate.days), 96)."""
        ...


@dataclass(frozen=True, slots=True)
class Solar:
    """A field or roof of panels.

    Attributes:
        most: a quarter-hour at its peak power, in steps.
        facing: how much of it faces east, south, west; of 256.
        inverter: what the inverters let through, percent of the peak.
    """

    seed: int
    most: int
    facing: tuple[int, int, int]
    inverter: int

    def __call__(self, region: Region, climate: Climate) -> NDArray[np.int32]:
        """What it makes: the sunshine of the region, on its own slopes."""
        shared = sunshine(region, climate.days)
        made = np.zeros(shared.shape[1:], np.int32)
        for light, part in zip(shared, self.facing, strict=True):
            if part:
                made += np.multiply(light, np.int32(part), dtype=np.int32)
        made >>= 8
        # Clouds are no wider than a street: a site differs from its region by some percent.
        words = quarter_words(self.seed, Purpose.PLANT_QUARTERS, climate.days)
        made *= (words & np.uint16(15)).astype(np.int32) + 248
        made >>= 8
        # A quarter-hour at the peak is 250 Wh per kWp.
        made *= np.int32(self.most * 64 // 125)
        made >>= 7 + SUN_SCALE
        return np.minimum(made, self.most * self.inverter // 100, out=made)


@dataclass(frozen=True, slots=True)
class WindTurbines:
    """Wind turbines on land.

    Attributes:
        most: a quarter-hour at full power, in steps.
        count: how many; one of them stands still on some days.
    """

    seed: int
    most: int
    count: int

    def __call__(self, region: Region, climate: Climate) -> NDArray[np.int32]:
        """What they make of the wind of the region."""
        made = turbine(wind(region, climate.days))
        words = quarter_words(self.seed, Purpose.PLANT_QUARTERS, climate.days)
        made *= (words & np.uint16(15)).astype(np.int32) + 241
        made >>= 8
        still = _stands_still(self.seed, climate.days, 6)
        made *= np.where(still, self.most - self.most // self.count, self.most).astype(np.int32)[:, None]
        made += words >> np.uint16(4)
        made >>= 12
        return made


@dataclass(frozen=True, slots=True)
class Watermill:
    """A small hydropower plant on a weir: what the river carries, up to what it was built for.

    Attributes:
        most: a quarter-hour at full power, in steps.
        needs: how much water it takes at full power; 256 is the mean of the river.
    """

    seed: int
    most: int
    needs: int

    def __call__(self, region: Region, climate: Climate) -> NDArray[np.int32]:
        """What it makes of the river; nothing when that is low, and seldom a day for cleaning the rack."""
        flow = river(region, range(climate.days.start, climate.days.stop + 1)).astype(np.int32)
        clock = np.arange(96, dtype=np.int32)
        share = flow[:-1, None] * (96 - clock) + flow[1:, None] * clock  # from each midnight to the next
        share -= np.int32(50 * 96)
        share *= np.int32((4096 << 10) // (self.needs * 96))
        share >>= 10
        np.minimum(share, 4096, out=share)
        share *= share >= 600
        share[_stands_still(self.seed, climate.days, 3)] = 0
        words = quarter_words(self.seed, Purpose.PLANT_QUARTERS, climate.days)
        made = (words & np.uint16(15)).astype(np.int32) + 240
        made *= share
        made >>= 8
        made *= np.int32(self.most)
        made += words >> np.uint16(4)
        made >>= 12
        return made


class Heat(IntEnum):
    """Whose heat cogeneration follows."""

    BUILDING = 0  # winter days, from early morning
    PROCESS = 1  # hot water and baths all the year, more in winter
    GREENHOUSE = 2  # with the lamps at night, and some hours for carbon dioxide in summer


# Of each: the first quarter-hour, that of summer, below which temperature it is wanted (tenths of a degree), quarter-hours a degree,
# and those at the least.
_RUNS: Final = {
    Heat.BUILDING: (22, 24, 150, 6, 0),
    Heat.PROCESS: (20, 24, 200, 4, 20),
    Heat.GREENHOUSE: (77, 30, 130, 3, 26),
}


@dataclass(frozen=True, slots=True)
class Cogeneration:
    """A gas engine that runs at full power or not at all.

    Attributes:
        most: a quarter-hour at full power, in steps.
        heat: whose.
        second: whether it is the second engine, which comes when the first does not suffice.
    """

    seed: int
    most: int
    heat: Heat
    second: bool

    def __call__(self, region: Region, climate: Climate) -> NDArray[np.int32]:
        """What it makes: a block of hours each day, by the day's temperature."""
        del region  # its weather is in the climate
        start, in_summer, warm_dc, per_degree, least = _RUNS[self.heat]
        cold = np.maximum(warm_dc - climate.temperature_dc.astype(np.int64), 0)
        chance = bits(self.seed, Purpose.PLANT_DAYS, climate.days)[:, 0].astype(np.int64)
        length = least + cold * per_degree // 10 + (chance >> 8 & 7) - 3
        if self.second:
            length -= 24
        # Below two hours an engine does not start.
        length[(length < 8) | _stands_still(self.seed, climate.days, 4)] = 0
        begins = np.where(climate.season > 20000, in_summer, start) + (chance >> 16 & 3)
        since = (np.arange(96, dtype=np.int64) - begins[:, None]) % 96
        words = quarter_words(self.seed, Purpose.PLANT_QUARTERS, climate.days)
        made = (words & np.uint16(63)).astype(np.int32) + 4032
        made[since == 0] = 2400
        made *= since < length[:, None]
        made *= np.int32(self.most)
        made >>= 12
        return made


def _stands_still(seed: int, days: range, of_256: int) -> NDArray[np.bool_]:
    """On which days something is repaired, shape (len(days),)."""
    chance = bits(seed, Purpose.PLANT_DAYS, days)[:, 0] >> np.uint64(56)
    still: NDArray[np.bool_] = chance < of_256
    return still


def auxiliary(
    seed: int, most: int, made: NDArray[np.int32], days: range, shares: tuple[int, int]
) -> NDArray[np.int32]:
    """What an installation uses itself: pumps, fans, control, heating of oil; in steps, of the shape of `made`.

    Args:
        seed: the installation's.
        most: a quarter-hour at full power, in steps.
        made: what it makes.
        days: when.
        shares: what is always used, of 4096 of full power, and what is used of what is made, of 1024.
    """
    always, per_made = shares
    used = made * np.int32(per_made * 4)
    used += np.int32(most * always)
    used += quarter_words(seed, Purpose.AUXILIARY, days) >> np.uint16(4)
    used >>= 12
    return used
