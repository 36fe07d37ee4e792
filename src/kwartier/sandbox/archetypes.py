"""How an archetype of site uses electricity: its week, the dark, the weather, its closures (S4).

A load is reckoned by quarter-hour on the clock as a share of what the site was built for (`FULL`), and handed over in
steps of its meter, so that all models keep within 32 bits from a small business to 20 MW.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.sandbox.closures import Closure, closed
from kwartier.sandbox.load import Compressor
from kwartier.sandbox.mix import Purpose, bits, draw, quarter_words
from kwartier.sandbox.profiles import daily_swing_dc
from kwartier.sandbox.weather import Climate, Region
from kwartier.sandbox.wind import river
from kwartier.sandbox.workdays import DayKind

__all__ = ["FULL", "Archetype", "SiteLoad", "curve", "site_load"]

FULL: Final = 4096
"""What a site was built for, as loads are reckoned."""

_MOST: Final = FULL * 5 // 4  # the transformer bounds what is ever used
_LAMPS_ON: Final = 240  # of 255: some minutes after sunset
_HOLIDAY, _CLOSED = 7, 8
_CLOSED_DAYS: Final = {
    Closure.NEVER: 0,
    Closure.SCHOOL: 110,
    Closure.SUMMER: 62,
    Closure.BUILDERS: 31,
    Closure.LIGHT: 154,
}


@dataclass(frozen=True, slots=True)
class Archetype:
    """A kind of site. Curves are "hour:percent hour:percent …", straight in between, all on the clock.

    Attributes:
        name: as documentation calls it.
        kw: what such sites are built for, from and to.
        working, saturday, sunday: the curve of each kind of day; Sundays and public holidays are alike.
        weekdays: curves of single working days, 0 for Monday, that differ.
        closed: the curve of days on which the sector is closed.
        closure: which days those are.
        power_factor: cosine of phi of the load, percent.
        capacitive: what cables, lamps and capacitors give, percent of what the site was built for.
        dark: how much more is used in the dark, percent; or the light itself, if `lamps`.
        lamps: whether all that the curve says is lamps that burn in the dark.
        heat, cool: how much more is used when it is ten degrees below 15 °C, above 17 °C, percent.
        wet: how much more is used when brooks carry twice their mean, percent.
        summer: how much more is used in July than in spring, and less in January, percent.
        noise: by how much days and quarter-hours differ at the most, percent.
        machines: what goes on and off by itself, percent of what the site was built for.
        shift: by how many quarter-hours sites differ in their hours, at most.
    """

    name: str
    kw: tuple[int, int]
    working: str
    saturday: str
    sunday: str
    power_factor: int
    capacitive: int
    weekdays: Mapping[int, str] = field(default_factory=dict)
    closed: str = ""
    closure: Closure = Closure.NEVER
    dark: int = 0
    lamps: bool = False
    heat: int = 0
    cool: int = 0
    wet: int = 0
    summer: int = 0
    noise: tuple[int, int] = (8, 10)
    machines: int = 0
    shift: int = 3


def curve(points: str) -> NDArray[np.int32]:
    """A curve over the quarter-hours of a day, shape (96,), in `FULL`; the last point runs on to the first."""
    known = []
    for point in points.split():
        hour, percent = point.split(":")
        whole, _, part = hour.partition(".")
        known.append((int(whole) * 4 + {"": 0, "25": 1, "5": 2, "75": 3}[part], int(percent) * FULL // 100))
    known.append((known[0][0] + 96, known[0][1]))
    found = np.zeros(96, np.int32)
    for (start, low), (stop, high) in pairwise(known):
        for quarter in range(start, stop):
            found[quarter % 96] = low + (high - low) * (quarter - start) // (stop - start)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class SiteLoad:
    """The load of one site of an archetype.

    Attributes:
        most: what it was built for, in steps of its meter in a quarter-hour.
        curves: by day of the week, holiday, closed; shape (9, 96), of `FULL`.
        always: what is used day and night besides, of `FULL`.
    """

    seed: int
    archetype: Archetype
    region: Region
    most: int
    curves: NDArray[np.int32]
    always: int
    machines: Compressor

    @property
    def a_year(self) -> int:
        """About what it uses in a year, in steps."""
        kind = self.archetype
        shut = _CLOSED_DAYS[kind.closure]
        busy = int(self.curves[:7].sum()) * (365 - shut) // 7 + int(self.curves[_CLOSED].sum()) * shut
        if kind.lamps:
            busy //= 2
        return self.most * (busy + 365 * 96 * (self.always + self.machines.fine * 3 // 4)) // FULL

    def __call__(self, climate: Climate) -> NDArray[np.int32]:
        """What it uses, by day and quarter-hour on the clock, in steps, shape (len(climate.days), 96)."""
        kind = self.archetype
        words = quarter_words(self.seed, Purpose.BUSY_QUARTERS, climate.days)
        share = self.curves.take(self._rows(climate), axis=0)
        if kind.lamps:
            share *= climate.dark >= _LAMPS_ON
        factor = (words & np.uint16(255)).astype(np.int32)
        factor += words >> np.uint16(8)
        factor *= np.int32(_of_256(kind.noise[1]))
        factor >>= 8
        factor += self._weather(climate, kind)
        if kind.dark:
            factor += climate.dark * np.int32(_of_256(kind.dark)) >> 8
        share *= factor
        share >>= 8
        share += np.int32(self.always)
        if kind.machines:
            self.machines.add_to(share, climate.days.start, words)
        np.minimum(share, _MOST, out=share)
        share *= np.int32(self.most)
        share += words >> np.uint16(4)
        share >>= 12
        return share

    def _rows(self, climate: Climate) -> NDArray[np.int64]:
        """Which curve each day follows, shape (d,)."""
        days = climate.days
        rows = (np.arange(days.start, days.stop, dtype=np.int64) + 3) % 7
        rows[(climate.kinds == DayKind.SUNDAY) & (rows != 6)] = _HOLIDAY
        if self.archetype.closure is not Closure.NEVER:
            rows[closed(self.archetype.closure, days)] = _CLOSED
        return rows

    def _weather(self, climate: Climate, kind: Archetype) -> NDArray[np.int32]:
        """What days make of the curve, of 256: by chance, season, rain and temperature, shape (d, 96) or (d, 1)."""
        chance = (bits(self.seed, Purpose.BUSY_DAYS, climate.days)[:, 0] >> np.uint64(56)).astype(np.int64)
        day = 256 - _of_256(kind.noise[1]) + ((chance - 128) * _of_256(kind.noise[0]) >> 7)
        day += climate.season * _of_256(kind.summer) >> 16
        if kind.wet:
            day += np.clip(river(self.region, climate.days) - 128, 0, 384) * _of_256(kind.wet) >> 8
        factor = day.astype(np.int32)[:, None]
        if not kind.heat and not kind.cool:
            return factor
        outside_dc = climate.temperature_dc[:, None] + daily_swing_dc()
        if kind.cool:
            factor = factor + (np.maximum(outside_dc - 170, 0) * np.int32(_of_256(kind.cool) * 10) >> 10)
        if kind.heat:
            factor = factor + (np.maximum(150 - outside_dc, 0) * np.int32(_of_256(kind.heat) * 10) >> 10)
        return factor


def _of_256(percent: int) -> int:
    return percent * 256 // 100


def site_load(seed: int, archetype: Archetype, region: Region, most: int) -> SiteLoad:
    """The load that a seed makes of an archetype.

    Args:
        seed: the site's.
        archetype: what it is.
        region: where it lies.
        most: what it was built for, in steps of its meter in a quarter-hour.
    """
    working = curve(archetype.working)
    days = [curve(archetype.weekdays[day]) if day in archetype.weekdays else working for day in range(5)]
    sunday = curve(archetype.sunday)
    days += [curve(archetype.saturday), sunday, sunday]
    days.append(curve(archetype.closed) if archetype.closed else sunday)
    shift = draw(seed, 400, -archetype.shift, archetype.shift)
    # A week goes round: what begins on Sunday night goes on on Monday.
    week = np.roll(np.concatenate(days[:7]), shift).reshape(7, 96)
    curves = np.concatenate([week, np.roll(np.stack(days[7:]), shift, axis=1)])
    if not archetype.lamps:
        # Two sites of a kind are not equally busy, and not equally well switched off at night.
        contrast = draw(seed, 405, 208, 280)
        mean = int(curves[:7].mean())
        curves = np.maximum(mean + ((curves - mean) * contrast >> 8), 0)
    curves = curves * draw(seed, 401, 224, 272) >> 8
    machines = FULL * archetype.machines // 200
    return SiteLoad(
        seed,
        archetype,
        region,
        most,
        curves.astype(np.int32),
        always=draw(seed, 402, 0, FULL // 32),
        machines=Compressor(machines, draw(seed, 403, 9000, 17000), draw(seed, 404, 36000, 48000)),
    )
