"""Biomethane that is fed into the grid: steady, with outages and a stop for maintenance (S4)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.sandbox.gas_load import chance
from kwartier.sandbox.mix import Purpose, bits, draw
from kwartier.sandbox.weather import Climate, Region
from kwartier.sandbox.workdays import days_of_year

__all__ = ["Biomethane", "biomethane"]

_WH_OF_M3: Final = 10_900  # of biomethane, under normal conditions
_LONGEST_DAYS: Final = 3  # that an outage takes
_HARDLY: Final = 7  # hours of getting going again


@dataclass(frozen=True, slots=True)
class Biomethane:
    """A digester whose gas is cleaned and injected.

    Attributes:
        seed: the site's.
        wh_an_hour: what it injects at its best.
        stops: on which day of each year maintenance begins, from 0, and how many days it takes.
    """

    seed: int
    wh_an_hour: int
    stops: tuple[int, int]

    def __call__(self, region: Region, climate: Climate) -> NDArray[np.int64]:
        """What it injects, in Wh, shape (1, len(climate.days), 24)."""
        del region
        days = climate.days
        first, *_ = chance(self.seed, days)
        # What is fed to the digester decides over days, so the yield wanders slowly.
        made = self.wh_an_hour * self._yield(days) >> 8
        made *= 250 + (first & 7)
        made >>= 8
        made *= self._running(days)
        made >>= 3
        return made[None]

    def _yield(self, days: range) -> NDArray[np.int64]:
        """What comes of its best, hour by hour, of 256, shape (d, 24)."""
        of_days = (
            bits(self.seed, Purpose.GAS_DAYS, range(days.start, days.stop + 1))[:, 0].astype(np.int64) & 31
        )
        hour = np.arange(24, dtype=np.int64)
        return 224 + (of_days[:-1, None] * (24 - hour) + of_days[1:, None] * hour) // 24

    def _running(self, days: range) -> NDArray[np.int64]:
        """How far it runs, hour by hour, of 8, shape (d, 24)."""
        running = np.full((len(days) + _LONGEST_DAYS) * 24, 8, np.int64)
        drawn = bits(self.seed, Purpose.GAS_OUTAGES, range(days.start - _LONGEST_DAYS, days.stop))[
            :, 0
        ].astype(np.int64)
        for day in np.flatnonzero((drawn & 255) < 8).tolist():
            chances = int(drawn[day]) >> 8
            begins = day * 24 + chances % 24
            # Most outages take some hours, a few two days.
            takes = 1 + (chances >> 8 & 255) * (chances >> 16 & 255) * 46 // 65025
            ends = begins + takes
            running[begins:ends] = 0
            ramp = running[ends : ends + _HARDLY]
            np.minimum(ramp, np.arange(1, ramp.size + 1), out=ramp)
        by_day = running.reshape(-1, 24)[_LONGEST_DAYS:]
        start, count = self.stops
        in_year = days_of_year(np.arange(days.start, days.stop, dtype=np.int64))
        by_day[(in_year >= start) & (in_year < start + count)] = 0
        return by_day


def biomethane(seed: int) -> Biomethane:
    """The digester that a seed makes: of farm size, or of that of a region's organic waste."""
    m3_an_hour = 60 + 890 * draw(seed, 450, 0, 1000) * draw(seed, 451, 400, 1000) // 1_000_000
    return Biomethane(seed, m3_an_hour * _WH_OF_M3, (draw(seed, 452, 120, 270), draw(seed, 453, 2, 6)))
