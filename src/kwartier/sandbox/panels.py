"""Solar panels of a site (S4): the sunshine of its region on its own roof."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.sandbox.mix import Purpose, draw, quarter_words
from kwartier.sandbox.weather import SUN_SCALE, Region, sunshine

__all__ = ["Panels", "panels"]

_LEAST_KWP: Final = 2


@dataclass(frozen=True, slots=True)
class Panels:
    """Solar panels and their inverter.

    Attributes:
        seed: the site's.
        facing: how much of them faces east, south and west, in sixteenths of a kWp.
        most_wh: the most that the inverter makes in a quarter-hour.
    """

    seed: int
    facing: tuple[int, int, int]
    most_wh: int

    def production(self, region: Region, days: range) -> NDArray[np.int32]:
        """What they make, by day and quarter-hour on the clock, in Wh, shape (len(days), 96)."""
        shared = sunshine(region, days)
        east, south, west = self.facing
        made: NDArray[np.int32] = np.multiply(shared[1], np.int32(south), dtype=np.int32)
        if east:
            made += np.multiply(shared[0], np.int32(east), dtype=np.int32)
        if west:
            made += np.multiply(shared[2], np.int32(west), dtype=np.int32)
        made >>= 4
        # Clouds are no wider than a street: a site differs from its region by some percent.
        words = quarter_words(self.seed, Purpose.PANELS, days)
        made *= (words & np.uint16(15)).astype(np.int32) + 248
        made >>= 8 + SUN_SCALE
        return np.minimum(made, self.most_wh, out=made)


def panels(seed: int, kwh_a_year: int, percent: tuple[int, int], most_kwp: int) -> Panels:
    """The panels that a seed puts on the roof of a site that uses some kWh a year.

    Args:
        seed: the site's.
        kwh_a_year: what the site uses, about.
        percent: how much of that they make, from and to.
        most_kwp: what the roof can hold.
    """
    sixteenths = kwh_a_year * 16 * draw(seed, 300, *percent) // (100 * 950)
    sixteenths = min(max(sixteenths, _LEAST_KWP * 16), most_kwp * 16)
    # In hundredths to east and west; the rest faces south.
    aside = ((0, 0), (0, 0), (25, 0), (0, 25), (40, 0), (0, 40), (15, 15), (45, 45))[draw(seed, 301, 0, 7)]
    east, west = (sixteenths * share // 100 for share in aside)
    inverter_percent = draw(seed, 302, 80, 100)
    return Panels(seed, (east, sixteenths - east - west, west), sixteenths * 250 * inverter_percent // 1600)
