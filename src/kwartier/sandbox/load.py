"""What all models of a load have in common: their unit, compressors, appliances, days away.

A load is reckoned by quarter-hour on the clock, in sixteenths of a Wh (`FINE`), and handed over in Wh: thousandths of a
kWh.
"""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from kwartier.sandbox.mix import Purpose, bits
from kwartier.sandbox.weather import Climate
from kwartier.sandbox.workdays import days_of_year

__all__ = [
    "FINE",
    "Appliance",
    "Compressor",
    "Load",
    "days_away",
    "fine_of_kwh_a_year",
    "in_wh",
    "run_appliances",
]

FINE: Final = 16
"""Parts of a Wh in which loads are reckoned."""

_QUARTERS_A_YEAR: Final = 35064


def fine_of_kwh_a_year(kwh: int) -> int:
    """The mean of a quarter-hour, in sixteenths of a Wh, of some kWh a year."""
    return kwh * 1000 * FINE // _QUARTERS_A_YEAR


def in_wh(fine: NDArray[np.int32], words: NDArray[np.uint16], fuse_wh: int) -> NDArray[np.int32]:
    """Whole Wh, rounded by chance as a register of 1 Wh does, and no more than the main fuse lets through.

    Args:
        fine: sixteenths of a Wh.
        words: chance, of which the highest four bits count.
        fuse_wh: the most that a quarter-hour can take.
    """
    fine += words >> np.uint16(12)
    fine >>= 4
    return np.minimum(fine, fuse_wh, out=fine)


class Load(Protocol):
    """What uses electricity at a site."""

    @property
    def kwh_a_year(self) -> int:
        """About what it uses in a year."""
        ...

    def __call__(self, climate: Climate) -> NDArray[np.int32]:
        """What it uses, by day and quarter-hour on the clock, in Wh, shape (len(climate.days), 96)."""
        ...


@dataclass(frozen=True, slots=True)
class Compressor:
    """Refrigerators and freezers that run for a part of each turn.

    Attributes:
        fine: what they use in a quarter-hour of running at half strength, sixteenths of a Wh.
        step: what a quarter-hour is of a turn, of 65536.
        run: which part of the turn the first runs, of 65536; the second half as long.
    """

    fine: int
    step: int
    run: int

    def add_to(self, fine: NDArray[np.int32], first_day: int, words: NDArray[np.uint16]) -> None:
        """Add what they use to a load by day and quarter-hour, shape (d, 96)."""
        # Where in the turn each quarter-hour lies wraps around at 16 bits by itself; doors that open shift it a little.
        phase = np.arange(fine.size, dtype=np.uint16).reshape(fine.shape)
        phase *= np.uint16(self.step)
        phase += np.uint16(first_day * 96 * self.step & 0xFFFF)
        phase += words >> np.uint16(4)
        running = (phase < self.run).view(np.int8) + (phase < self.run >> 1).view(np.int8)
        fine += np.multiply(running, np.int32(self.fine), dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Appliance:
    """Something that runs at most once a day, for some quarter-hours.

    Attributes:
        chance: how likely by kind of day, of 256; as many as the model has kinds.
        earliest: the first quarter-hour on the clock in which it may start.
        spread: over how many quarter-hours starts are spread.
        profile: what it uses in each quarter-hour, sixteenths of a Wh.
        shortest: after how many quarter-hours it may stop already.
        vary: by how much it may differ from one time to the next, of 256.
    """

    chance: tuple[int, ...]
    earliest: int
    spread: int
    profile: tuple[int, ...]
    shortest: int
    vary: int = 40


def run_appliances(
    appliances: tuple[Appliance, ...],
    fine: NDArray[np.int32],
    seed: int,
    days: range,
    kinds: NDArray[np.int64],
) -> None:
    """Add what appliances use to a load of d days, shape (d, 96); what runs past midnight goes on in the next row.

    Args:
        appliances: what there is.
        fine: the load, sixteenths of a Wh.
        seed: the site's.
        days: the d days.
        kinds: which kind of day each is, shape (d,).
    """
    flat = fine.reshape(-1)
    hashes = bits(seed, Purpose.APPLIANCES, days, len(appliances)).astype(np.int64, copy=False)
    for lane, appliance in enumerate(appliances):
        hash_of_day = hashes[:, lane]
        runs = np.flatnonzero((hash_of_day & 255) < np.array(appliance.chance, np.int64)[kinds])
        chance = hash_of_day[runs] >> 8
        # Two bytes make a hump: most starts lie in the middle of the spread.
        start = runs * 96 + appliance.earliest
        start += ((chance & 255) + (chance >> 8 & 255)) * appliance.spread >> 9
        longest = len(appliance.profile)
        length = appliance.shortest + ((chance >> 16 & 255) * (longest - appliance.shortest + 1) >> 8)
        strength = (256 - appliance.vary) + ((chance >> 24 & 255) * appliance.vary >> 7)
        quarter = np.arange(longest, dtype=np.int64)
        use = np.array(appliance.profile, np.int64) * strength[:, None] >> 8
        used = (quarter < length[:, None]) & (start[:, None] + quarter < flat.size)
        flat[(start[:, None] + quarter)[used]] += use[used].astype(np.int32)


def days_away(seed: int, days: range, chance: tuple[int, int]) -> NDArray[np.bool_]:
    """On which days nobody is there: one stay in July or August, one around New Year or in spring.

    Args:
        seed: the site's.
        days: the days.
        chance: how likely each stay is, of 256.

    Returns:
        Shape (len(days),).
    """
    each = np.arange(days.start, days.stop, dtype=np.int64)
    in_year = days_of_year(each)
    new_years = each - in_year
    years = range(int(new_years[0]) // 365, int(new_years[-1]) // 365 + 1)
    drawn = bits(seed, Purpose.AWAY, years)[:, 0].astype(np.int64)[new_years // 365 - years.start]
    first = 181 + (drawn >> 8 & 31) + (drawn >> 13 & 15)
    summer: NDArray[np.bool_] = (
        (in_year >= first) & (in_year < first + 5 + (drawn >> 17 & 15)) & ((drawn & 255) < chance[0])
    )
    second = np.where(drawn >> 21 & 1, 50, 92) + (drawn >> 22 & 7)
    spring: NDArray[np.bool_] = (
        (in_year >= second) & (in_year < second + 3 + (drawn >> 25 & 7)) & ((drawn >> 32 & 255) < chance[1])
    )
    summer |= spring
    return summer
