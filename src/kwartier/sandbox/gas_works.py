"""Gas in businesses, schools, hospitals, factories and greenhouses: heating by their hours, and what they make (S4)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.sandbox.closures import Closure, closed
from kwartier.sandbox.gas_load import MEAN_COLD_DC, by_hour, chance, cold_dc
from kwartier.sandbox.mix import Purpose, bits, draw
from kwartier.sandbox.weather import Climate, Region, sunshine
from kwartier.sandbox.workdays import DayKind

__all__ = ["GasWorks", "Trade", "gas_works"]

_WORKING, _MID_WEEK, _SATURDAY, _CLOSED = range(4)
_DAYS_A_YEAR: Final = np.array([199, 50, 51, 65])
_AWAY: Final = {Closure.NEVER: 0, Closure.SCHOOL: 75, Closure.BUILDERS: 18}
"""About how many days besides Saturdays and Sundays a year's closure takes."""

_SUN_SHIFT: Final = 9
"""From hourly sunshine, as `sunshine` counts it, to tenths of a degree behind glass."""

_COLDEST_DC: Final = 280  # below what heating begins at: about 12 degrees of frost


@dataclass(frozen=True, slots=True)
class Trade:
    """What sites of one kind have in common.

    The rows of its curves are the kinds of day: Monday, Tuesday, Thursday and Friday; Wednesday; Saturday; Sundays and
    other days on which it is closed.

    Attributes:
        mwh_a_year: from the smallest site to the largest; small ones are more numerous.
        heat_percent: which part of that is heating, from and to.
        heating: how much heat is asked by kind of day and hour on the clock, of 256.
        process: how much else is burnt, likewise.
        below_dc: the outside temperature below which it heats, tenths of a degree: 155 or 190.
        closure: when it is closed besides Sundays and public holidays.
        spread: by how much an hour of the process may differ from the usual, of 256.
        summer: what the process burns more in July than on average, of 256.
        glass: whether the sun heats it.
    """

    mwh_a_year: tuple[int, int]
    heat_percent: tuple[int, int]
    heating: tuple[tuple[int, ...], ...]
    process: tuple[tuple[int, ...], ...]
    below_dc: int = 155
    closure: Closure = Closure.NEVER
    spread: int = 30
    summer: int = 0
    glass: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class GasWorks:
    """A site that heats and makes something.

    Attributes:
        seed: the site's.
        trade: what kind of site it is.
        heating: what a tenth of a degree takes in 256 hours, by kind of day and hour on the clock, shape (4, 24).
        process: what else is burnt in an hour, likewise.
        most: the most that its burners can take in an hour.
    """

    seed: int
    trade: Trade
    heating: NDArray[np.int64]
    process: NDArray[np.int64]
    most: int

    def __call__(self, region: Region, climate: Climate) -> NDArray[np.int64]:
        """What heating and process burn, shape (2, len(climate.days), 24)."""
        trade, days = self.trade, climate.days
        kinds = self._kinds(climate)
        first, second, *_ = chance(self.seed, days)
        both = np.empty((2, len(days), 24), np.int64)
        heat, made = both
        heat[:] = cold_dc(climate, trade.below_dc)
        if trade.glass:
            shining = sunshine(region, days)[1].reshape(len(days), 24, 4).sum(axis=2, dtype=np.int64)
            np.maximum(heat - (shining >> _SUN_SHIFT), 0, out=heat)
        heat *= self.heating.take(kinds, axis=0)
        heat >>= 8
        heat *= (first & 63) + 224
        heat >>= 8
        made[:] = self.process.take(kinds, axis=0)
        of_day = bits(self.seed, Purpose.GAS_DAYS, days)[:, 0].astype(np.int64)
        made *= ((224 + (of_day & 63)) * (256 + (climate.season * trade.summer >> 16)) >> 8)[:, None]
        made >>= 8
        made *= 256 - trade.spread + (second * (2 * trade.spread + 1) >> 16)
        made >>= 8
        # Where the burners are at their end the process goes first.
        np.minimum(made, self.most, out=made)
        np.minimum(heat, self.most - made, out=heat)
        return both

    def _kinds(self, climate: Climate) -> NDArray[np.int64]:
        """The kind of each day, shape (d,)."""
        of_all = np.array([_WORKING, _SATURDAY, _CLOSED], np.int64)
        kinds = of_all[climate.kinds - DayKind.WORKING]
        wednesday = np.arange(climate.days.start, climate.days.stop) % 7 == 6  # 1970-01-01 was a Thursday
        kinds[wednesday & (kinds == _WORKING)] = _MID_WEEK
        kinds[closed(self.trade.closure, climate.days)] = _CLOSED
        return kinds


def gas_works(seed: int, trade: Trade, units_of_mwh: int) -> GasWorks:
    """The site of some trade that a seed makes.

    Args:
        seed: the site's.
        trade: what kind of site it is.
        units_of_mwh: what a MWh is in the unit in which its meter counts: 1 000 000 Wh, or thousandths of m3.
    """
    least, most = trade.mwh_a_year
    # The product of two draws: more small ones than large.
    mwh = least + (most - least) * draw(seed, 430, 0, 1000) * draw(seed, 431, 300, 1000) // 1_000_000
    heat = mwh * units_of_mwh * draw(seed, 432, *trade.heat_percent) // 100
    shift = draw(seed, 433, -1, 1)
    asked, shape = (_moved(by_hour(*rows), shift) for rows in (trade.heating, trade.process))
    days = _days_of_kinds(trade)[:, None]
    hours_dc = int((asked * days * _mean_cold_dc(trade)).sum())
    heating = asked * 256 * heat // max(hours_dc, 1)
    process = shape * (mwh * units_of_mwh - heat) // max(int((shape * days).sum()), 1)
    burners = int(process.max()) * 5 // 4 + (int(heating.max()) * _COLDEST_DC >> 8)
    return GasWorks(seed, trade, heating, process, burners)


def _moved(rows: NDArray[np.int64], hours: int) -> NDArray[np.int64]:
    """Curves that begin some hours later (less than zero: earlier); what comes in sight at midnight is as what was there."""
    return rows.take(np.arange(24) - hours, axis=1, mode="clip")


def _days_of_kinds(trade: Trade) -> NDArray[np.int64]:
    """How many days of each kind a year has, its closure counted."""
    away = _AWAY[trade.closure]
    days: NDArray[np.int64] = _DAYS_A_YEAR + np.array([away * -2 // 3, away * -1 // 6, away * -1 // 6, away])
    return days


def _mean_cold_dc(trade: Trade) -> NDArray[np.int64]:
    """By how much each hour on the clock is too cold on average, shape (24,), tenths of a degree."""
    cold: NDArray[np.int64] = np.array(MEAN_COLD_DC[trade.below_dc], np.int64)
    if trade.glass:
        cold = cold * _UNDER_GLASS // 256
    return cold


_UNDER_GLASS: Final = np.array((
    256, 256, 256, 256, 256, 256, 254, 246, 215, 170, 120, 85,
    65, 60, 70, 90, 130, 180, 225, 245, 255, 256, 256, 256,
), np.int64)  # fmt: skip
"""What the sun leaves of the cold behind glass, hour by hour, of 256."""
