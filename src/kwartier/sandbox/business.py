"""Small businesses: shops and offices, by their opening hours and the weather (S4)."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.sandbox.load import FINE, Compressor, days_away, fine_of_kwh_a_year, in_wh
from kwartier.sandbox.mix import Purpose, bits, draw, quarter_words
from kwartier.sandbox.profiles import daily_swing_dc
from kwartier.sandbox.weather import Climate
from kwartier.sandbox.workdays import DayKind

__all__ = ["Business", "BusinessDay", "office", "shop"]


class BusinessDay(IntEnum):
    """How a business spends a day."""

    OPEN = 0
    SATURDAY = 1
    CLOSED = 2


@dataclass(frozen=True, slots=True, eq=False)
class Business:
    """A shop or an office; energies are those of a quarter-hour, in sixteenths of a Wh.

    Attributes:
        seed: the site's.
        kwh_a_year: about what it uses.
        standby: what is always on.
        cold: refrigeration.
        hours: what is used while open by `BusinessDay` and quarter-hour on the clock, shape (3, 96).
        lamps: what the dark adds, likewise.
        closing_day: the day of the week on which it is closed besides Sundays, 0 for Monday; -1: none.
        leaves: how likely it closes in summer, in spring, of 256.
        per_dc: what a tenth of a degree below 14 °C or above 19 °C costs while open.
        fuse_wh: the most that a quarter-hour can take.
    """

    seed: int
    kwh_a_year: int
    standby: int
    cold: Compressor
    hours: NDArray[np.int32]
    lamps: NDArray[np.int32]
    closing_day: int
    leaves: tuple[int, int]
    per_dc: int
    fuse_wh: int

    def __call__(self, climate: Climate) -> NDArray[np.int32]:
        """What it uses, in Wh, shape (len(climate.days), 96)."""
        days = climate.days
        of_day = bits(self.seed, Purpose.DAYS, days)[:, 0].astype(np.int64)
        kinds = self._kinds(climate)
        words = quarter_words(self.seed, Purpose.NOISE, days)
        fine = self.hours.take(kinds, axis=0)
        lamps = self.lamps.take(kinds, axis=0)
        lamps *= climate.dark
        lamps >>= 8
        fine += lamps
        fine += self._air(climate, kinds)
        # Customers come and go: each day and each quarter-hour has its own share.
        fine *= (224 + (of_day & 63)).astype(np.int32)[:, None]
        fine >>= 8
        fine *= (words & np.uint16(127)).astype(np.int32) + 192
        fine >>= 8
        fine += self.standby
        self.cold.add_to(fine, days.start, words)
        return in_wh(fine, words, self.fuse_wh)

    def _kinds(self, climate: Climate) -> NDArray[np.int64]:
        """The `BusinessDay` of each day, shape (d,)."""
        of_all = np.array([BusinessDay.OPEN, BusinessDay.SATURDAY, BusinessDay.CLOSED], np.int64)
        kinds = of_all[climate.kinds - DayKind.WORKING]
        weekday = (np.arange(climate.days.start, climate.days.stop, dtype=np.int64) + 3) % 7
        closed = (weekday == self.closing_day) | days_away(self.seed, climate.days, self.leaves)
        kinds[closed] = BusinessDay.CLOSED
        return kinds

    def _air(self, climate: Climate, kinds: NDArray[np.int64]) -> NDArray[np.int32]:
        """What heating and cooling use while open, shape (d, 96)."""
        outside_dc = climate.temperature_dc[:, None] + daily_swing_dc()
        needed: NDArray[np.int32] = np.maximum(outside_dc - 190, 0)
        needed += np.maximum(140 - outside_dc, 0)
        needed *= (self.hours > 0).astype(np.int32).take(kinds, axis=0) * np.int32(self.per_dc)
        needed >>= 4
        return needed


_OPEN_DAYS: Final = (248, 50)  # working days and Saturdays a year, without holidays


def shop(seed: int) -> Business:
    """The shop that a seed makes: refrigeration day and night, light and people from opening to closing."""
    opens, closes = draw(seed, 200, 32, 38), draw(seed, 201, 71, 76)
    kwh = draw(seed, 202, 70, 185) ** 2 + 700  # 5600 to 34900: more small ones than large
    closing_day = (-1, -1, 0, 2)[draw(seed, 203, 0, 3)]
    days = (_OPEN_DAYS[0] - (50 if closing_day >= 0 else 0), _OPEN_DAYS[1])
    cold_share = draw(seed, 204, 15, 35)
    return _business(
        seed,
        kwh,
        shares=(draw(seed, 205, 8, 14), cold_share, 14),
        spans=((opens, closes), (opens, closes - draw(seed, 206, 0, 6))),
        open_days=days,
        closing_day=closing_day,
    )


def office(seed: int) -> Business:
    """The office that a seed makes: a server and standby at night, screens and light by day, closed at weekends."""
    opens, closes = draw(seed, 200, 29, 34), draw(seed, 201, 68, 74)
    kwh = draw(seed, 202, 70, 185) ** 2 + 700
    return _business(
        seed,
        kwh,
        shares=(draw(seed, 205, 18, 32), draw(seed, 204, 2, 5), 22),
        spans=((opens, closes), (0, 0)),
        open_days=(_OPEN_DAYS[0], 0),
        closing_day=-1,
    )


def _business(
    seed: int,
    kwh: int,
    *,
    shares: tuple[int, int, int],
    spans: tuple[tuple[int, int], tuple[int, int]],
    open_days: tuple[int, int],
    closing_day: int,
) -> Business:
    """A business from what it uses in a year, and which shares (of 100) go to standby, refrigeration and air."""
    standby_kwh, cold_kwh, air_kwh = (kwh * share // 100 for share in shares)
    shape = np.zeros((3, 96), np.int64)
    for row, (opens, closes) in enumerate(spans):
        shape[row] = _while_open(opens, closes)
    in_a_year = sum(int(shape[row].sum()) * days for row, days in enumerate(open_days))
    day_kwh = kwh - standby_kwh - cold_kwh - air_kwh
    hours = shape * day_kwh * 1000 * FINE // in_a_year
    run = draw(seed, 207, 24000, 36000)
    # Of many compressors some always run; half of the cold comes and goes.
    cold = fine_of_kwh_a_year(cold_kwh) * 65536 // (3 * run)
    open_quarters = sum(
        (closes - opens) * days for (opens, closes), days in zip(spans, open_days, strict=True)
    )
    return Business(
        seed,
        kwh,
        standby=fine_of_kwh_a_year(standby_kwh + cold_kwh // 2),
        cold=Compressor(cold, draw(seed, 208, 12000, 21000), run),
        hours=hours.astype(np.int32),
        lamps=(hours >> 2).astype(np.int32),
        closing_day=closing_day,
        leaves=(draw(seed, 209, 0, 200), draw(seed, 210, 0, 60)),
        per_dc=air_kwh * 1000 * FINE * 16 // (open_quarters * _MEAN_NEED_DC),
        fuse_wh=13800,  # 80 A, three phases
    )


_MEAN_NEED_DC: Final = 52  # tenths of a degree by which opening hours are too cold or too warm, over a year


def _while_open(opens: int, closes: int) -> NDArray[np.int64]:
    """How much goes on from an hour before opening to half an hour after closing, of 256, shape (96,)."""
    curve = np.zeros(96, np.int64)
    if closes > opens:
        curve[opens - 4 : opens] = (50, 80, 130, 190)
        curve[opens:closes] = 256
        middle = np.arange(opens, closes) * 2 - opens - closes
        curve[opens:closes] -= middle * middle * 48 // (closes - opens) ** 2
        curve[closes : closes + 3] = (150, 90, 40)
    return curve
