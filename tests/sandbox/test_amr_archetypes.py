import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from kwartier.sandbox.amr_flows import of_site, of_units
from kwartier.sandbox.amr_site import AmrSite, amr_site, archetype_of
from kwartier.sandbox.archetype_table import ARCHETYPES
from kwartier.sandbox.archetypes import FULL, curve
from kwartier.sandbox.closures import Closure, closed
from kwartier.sandbox.eans import Submeter
from kwartier.sandbox.weather import Climate, Region, climate, sunshine
from kwartier.sandbox.wind import rain, river, turbine, wind

PAGE: Final = Path(__file__).parents[2] / "docs" / "sandbox-archetypes.md"
YEAR: Final = range(19358, 19358 + 365)  # 2023
NAMES: Final = [archetype.name for archetype in ARCHETYPES]
BANDS: Final = {*NAMES, "PV", "WND", "WTR", "WKKA"}


def _day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def _bands() -> dict[str, list[str]]:
    """The rows of the page's tables by their first cell."""
    rows = [
        re.split(r" *\| *", line.strip("| "))
        for line in PAGE.read_text().splitlines()
        if line.startswith("| ")
    ]
    return {row[0]: row[1:] for row in rows}


def _band(cell: str) -> tuple[float, float]:
    low, high = cell.removesuffix(" d").split("\N{EN DASH}")
    return float(low), float(high)


def test_every_band_has_its_source() -> None:
    """S4: each row of the bands names a source that the page lists, and each source listed is named."""
    page = PAGE.read_text()
    named = {name: re.findall(r"\[(\d+)\]", row[-1]) for name, row in _bands().items() if name in BANDS}
    listed = re.findall(r"^(\d+)\. ", page, re.MULTILINE)
    assert set(named) == BANDS
    assert all(named.values())
    assert listed == [str(number) for number in range(1, len(listed) + 1)]
    assert set(listed) == {number for row in named.values() for number in row}


@cache
def _weather(region: Region) -> Climate:
    return climate(region, YEAR)


class Use(NamedTuple):
    """What a site uses in a year, and its mean week from Monday, over its mean."""

    volume_mwh: float
    load_factor: float
    peak: float  # of what it was built for
    week: NDArray[np.float64]


@cache
def _uses(archetype: int) -> list[Use]:
    """A hundred sites of an archetype."""
    return [
        _use(amr_site(kind, number))
        for kind in (Submeter.NONE, Submeter.OTHER)
        for number in range(archetype, 1000, 20)
    ]


def _use(site: AmrSite) -> Use:
    used = site.load(_weather(site.region)).astype(np.int64).reshape(-1) * site.step_wh
    assert used.min() >= 0
    week = used[96 : 96 * 365].reshape(52, 672).mean(axis=0)  # the year begins on a Sunday
    most = int(used.max())
    return Use(
        int(used.sum()) / 1e6, float(used.mean()) / most, most * 4 / 1000 / site.kw, week / week.mean()
    )


@pytest.mark.parametrize("place", range(len(ARCHETYPES)), ids=NAMES)
def test_volumes_and_load_factors_are_those_of_the_field(place: int) -> None:
    """S4: a hundred sites of each archetype lie within the bands of the page, by volume and load factor of a year."""
    archetype, sites = ARCHETYPES[place], _uses(place)
    number, volume, load_factor, cosine, *_ = _bands()[archetype.name]
    assert int(number) == place
    assert float(cosine) * 100 == archetype.power_factor
    assert len(sites) == 100
    volumes_mwh = [site.volume_mwh for site in sites]
    factors = [site.load_factor for site in sites]
    least, most = _band(volume)
    assert least <= min(volumes_mwh) <= max(volumes_mwh) <= most
    least, most = _band(load_factor)
    assert least <= min(factors) <= max(factors) <= most
    peaks = [site.peak for site in sites]
    assert 0.7 < min(peaks) <= max(peaks) <= 1.3


def test_weeks_of_archetypes_differ() -> None:
    """S4: no two archetypes' mean weeks, each divided by its mean, correlate above 0.9."""
    weeks = []
    for place in range(len(ARCHETYPES)):
        each = [site.week for site in _uses(place)[::2]]
        assert len(each) == 50
        weeks.append(np.mean(each, axis=0))
    correlations = np.corrcoef(weeks)[np.triu_indices(len(weeks), 1)]
    assert correlations.size == 190
    assert correlations.max() < 0.9


def test_sites_are_small_and_large() -> None:
    """S4: sizes go from a small business to 20 MW, each doubling rarer than the one before."""
    sizes_kw = [amr_site(Submeter.OTHER, number).kw for number in range(1000)]
    assert 30 <= min(sizes_kw) < 35
    assert 18_000 < max(sizes_kw) <= 20_000
    doublings = np.histogram(np.log2(sizes_kw), bins=range(6, 15))[0]
    assert (doublings[1:] < doublings[:-1]).mean() > 0.7
    assert {archetype_of(Submeter.OTHER, number).name for number in range(20)} == set(NAMES)


def test_what_a_site_expects_to_use_is_about_what_it_uses() -> None:
    """S4: production is sized to a yearly use that is near the truth."""
    for kind in (Submeter.NONE, Submeter.OTHER):
        for number in range(0, 200, 3):
            site = amr_site(kind, number)
            used = int(site.load(_weather(site.region)).sum())
            assert site.load.a_year == pytest.approx(used, rel=0.16)


@pytest.mark.parametrize("name", ["PV", "WTR", "WND", "WKKA"])
def test_production_has_the_full_load_hours_of_the_field(name: str) -> None:
    """S3, S4: over a hundred sites of each kind of production, hours at full power lie within the bands of the page."""
    least, most = _band(_bands()[name][0])
    hours = []
    for number in range({"PV": 0, "WTR": 200, "WND": 400, "WKKA": 600}[name], 1000)[:200:2]:
        site = amr_site(Submeter.PRODUCTION, number)
        for unit, ((made, _), used) in zip(site.units, of_units(site, _weather(site.region)), strict=True):
            assert unit.installation.value == name
            assert 0 <= made.min() <= made.max() <= unit.plant.most
            hours.append(float(made.mean()) / unit.plant.most * 8760)
            if used is not None:
                assert used[0].min() >= 0
                assert 0 < used[0].sum() < made.sum() * 0.1
    assert len(hours) >= 100
    assert least <= min(hours) <= max(hours) <= most


def test_wind_blows_in_winter_and_is_shared() -> None:
    """S4: turbines make about a quarter of their power over the years, twice as much in winter as in summer."""
    for region in Region:
        days = range(_day("2018-01-01"), _day("2024-01-01"))
        share = turbine(wind(region, days)) / FULL
        months = np.array(days).astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
        winter = share[np.isin(months, [11, 0, 1])].mean()
        summer = share[np.isin(months, [5, 6, 7])].mean()
        assert 0.2 < share.mean() < 0.3
        assert 1.4 < winter / summer < 2.5
        assert 0 < (share == 0).mean() < 0.2
    coast, campine = (wind(region, YEAR).reshape(-1) for region in (Region.COAST, Region.CAMPINE))
    assert 0.6 < float(np.corrcoef(coast, campine)[0, 1]) < 0.98


def test_rain_falls_from_clouds_and_fills_brooks() -> None:
    """S4: 700 to 900 mm a year; brooks are high at the end of winter, and the same in whatever window one asks."""
    days = range(_day("2016-01-01"), _day("2024-01-01"))
    fallen_mm = rain(Region.SCHELDT, days).sum() / 10 / 8
    assert 700 < fallen_mm < 900
    sunny = sunshine(Region.SCHELDT, days)[1].sum(axis=1)
    assert np.corrcoef(rain(Region.SCHELDT, days), sunny)[0, 1] < -0.2
    carried = river(Region.SCHELDT, days)
    months = np.array(days).astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    assert carried[months == 1].mean() > 2 * carried[months == 7].mean()
    assert (river(Region.SCHELDT, days[100:200]) == carried[100:200]).all()
    assert (wind(Region.COAST, days[60:70]) == wind(Region.COAST, days[:200])[60:70]).all()


@pytest.mark.parametrize(
    ("closure", "first", "last"),
    [
        (Closure.SCHOOL, "2023-10-30", "2023-11-05"),
        (Closure.SCHOOL, "2023-12-25", "2024-01-07"),
        (Closure.SCHOOL, "2024-02-12", "2024-02-18"),
        (Closure.SCHOOL, "2024-04-01", "2024-04-14"),
        (Closure.SCHOOL, "2024-07-01", "2024-08-31"),
        (Closure.SCHOOL, "2022-10-31", "2022-11-06"),
        (Closure.SCHOOL, "2022-12-26", "2023-01-08"),
        (Closure.SCHOOL, "2025-03-03", "2025-03-09"),
        (Closure.SCHOOL, "2025-04-07", "2025-04-20"),
        (Closure.BUILDERS, "2024-07-15", "2024-08-04"),
        (Closure.BUILDERS, "2024-12-24", "2025-01-02"),
        (Closure.LIGHT, "2024-04-15", "2024-09-15"),
    ],
)
def test_sectors_close_when_they_do_in_flanders(closure: Closure, first: str, last: str) -> None:
    """S4: school holidays as the Flemish government published them, the builders' holiday, greenhouses without lamps."""
    found = closed(closure, range(_day(first) - 1, _day(last) + 2))
    assert not found[0]
    assert not found[-1]
    assert found[1:-1].all()
    assert not closed(Closure.NEVER, YEAR).any()
    assert closed(closure, range(0)).size == 0


def test_schools_are_empty_in_the_holidays_and_factories_in_july() -> None:
    """S4: on a Tuesday of the holidays a school or workshop uses less than half of what it does a month before."""
    for name, holiday, before in (
        ("school", "2024-07-16", "2024-06-18"),
        ("school", "2024-12-24", "2024-11-26"),
        ("workshop in one shift", "2024-07-16", "2024-06-18"),
        ("factory in three shifts", "2024-07-23", "2024-06-18"),
    ):
        site = amr_site(Submeter.OTHER, 20 + NAMES.index(name))
        uses = [
            int(of_site(site, climate(site.region, range(_day(text), _day(text) + 1)))[0].sum())
            for text in (holiday, before)
        ]
        assert uses[0] < uses[1] / 2


def test_a_curve_is_straight_between_its_points() -> None:
    """S4: curves are given by the hour, quarters too, and run on from the last point to the first."""
    found = curve("0:50 6:50 6.5:100 7.25:25 24:25")
    assert found.shape == (96,)
    assert found[[0, 23, 24]].tolist() == [FULL // 2] * 3
    assert found[25] == FULL * 3 // 4
    assert found[26] == FULL
    assert set(found[29:].tolist()) == {FULL // 4}
    wraps = curve("6:0 18:100")
    assert wraps[0] == FULL // 2
