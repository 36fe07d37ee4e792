from collections.abc import Callable
from datetime import date
from functools import cache
from itertools import combinations
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from kwartier.domain.ean import Ean
from kwartier.sandbox.eans import sandbox_meter
from kwartier.sandbox.gas_biomethane import biomethane
from kwartier.sandbox.gas_household import gas_household
from kwartier.sandbox.gas_load import MEAN_COLD_DC, GasLoad, cold_dc
from kwartier.sandbox.gas_sites import amr_load, digital_load, gas_region, gas_seed
from kwartier.sandbox.household import HouseholdDay
from kwartier.sandbox.weather import Region, climate
from kwartier.sandbox.workdays import DayKind, day_kinds

YEAR: Final = range(19723, 19723 + 366)  # 2024
KWH_OF_M3: Final = 11.5
DIGITAL, AMR, INJECTION = "541441010", "541451010", "541451210"


def _day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def _seed(prefix: str, number: int) -> int:
    return gas_seed(sandbox_meter(Ean(f"{prefix}000000{number:03d}")))


def _biomethane(seed: int, number: int) -> GasLoad:
    assert 0 <= number < 1000
    return biomethane(seed)


_MODELS: Final[dict[str, Callable[[int, int], GasLoad]]] = {
    DIGITAL: digital_load,
    AMR: amr_load,
    INJECTION: _biomethane,
}

# Which last digits make an archetype, and between what the year's MWh of each of its meters must lie: docs/sandbox-gas.md.
ARCHETYPES: Final = {
    "household": (DIGITAL, "01234567", 2.0, 30.0),
    "restaurant": (DIGITAL, "8", 5.6, 150.0),
    "practice": (DIGITAL, "9", 5.6, 150.0),
    "bakery": (AMR, "0", 277.8, 27_778.0),
    "office": (AMR, "18", 277.8, 2_777.8),
    "school": (AMR, "29", 220.0, 2_777.8),
    "hospital": (AMR, "3", 2_777.8, 27_778.0),
    "factory": (AMR, "4", 2_777.8, 27_778.0),
    "plant": (AMR, "5", 27_778.0, 277_778.0),
    "greenhouse": (AMR, "6", 2_777.8, 27_778.0),
    "shifts": (AMR, "7", 2_777.8, 27_778.0),
    "biomethane": (INJECTION, "0", 5_000.0, 90_000.0),
}


@cache
def _loads(name: str) -> NDArray[np.int64]:
    """Sixty meters of an archetype in 2024, in Wh, shape (60, 366, 24)."""
    prefix, digits, *_ = ARCHETYPES[name]
    found = []
    for number in [one for one in range(1000) if str(one % 10) in digits][:60]:
        seed = _seed(prefix, number)
        weather = climate(gas_region(seed), YEAR)
        found.append(_MODELS[prefix](seed, number)(gas_region(seed), weather).sum(axis=0))
    loads = np.stack(found)
    return (loads * KWH_OF_M3).astype(np.int64) if prefix == DIGITAL else loads


@pytest.mark.parametrize("name", ARCHETYPES)
def test_a_years_use_lies_within_the_published_band(name: str) -> None:
    """S4: each of sixty meters of every archetype uses in a year what the documentation says, by published figures."""
    *_, least, most = ARCHETYPES[name]
    mwh = _loads(name).sum(axis=(1, 2)) / 1e6
    assert len(mwh) == 60
    assert least <= mwh.min()
    assert mwh.max() <= most
    assert mwh.max() > 1.8 * mwh.min()


def test_households_use_what_they_do_in_flanders() -> None:
    """S4: the mean household uses about 14,000 kWh, a flat 2,000 to 6,000, most houses 8,000 to 30,000."""
    kwh = np.sort(_loads("household").sum(axis=(1, 2)) / 1000)
    assert 12_500 < kwh.mean() < 16_000
    small = ((kwh > 2000) & (kwh < 6500)).mean()
    assert 0.08 < small < 0.35
    assert ((kwh > 8000) & (kwh < 30_000)).mean() > 0.6


# The German standard profiles of gas, variant 34, by A, B, C, D, slope and rise of heating and of hot water, and the
# factor of each weekday: docs/sandbox-gas.md.
PROFILES: Final = {
    "household": (
        (1.3819663, -37.41242, 6.172318, 0.0396284, -0.0672159, 1.1167138, -0.0019982, 0.1355070),
        (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    ),
    "office": (
        (1.4256684, -36.65905, 7.608323, 0.0371116, -0.0809359, 1.2364527, -0.0007628, 0.1002979),
        (1.0354, 1.0523, 1.0449, 1.0494, 0.9885, 0.8860, 0.9435),
    ),
    "greenhouse": (
        (1.6266812, -37.88254, 6.983607, 0.0297136, -0.0854333, 1.2709629, -0.0011319, 0.0928124),
        (0.9897, 0.9627, 1.0507, 1.0552, 1.0297, 0.9767, 0.9353),
    ),
}


def _by_profile(name: str, region: Region) -> NDArray[np.float64]:
    """What a standard profile gives to each day of the year, over its mean."""
    (a, b, c, d, slope, rise, warm_slope, warm_rise), weekdays = PROFILES[name]
    felt = climate(region, range(YEAR.start - 3, YEAR.stop)).temperature_dc / 10
    felt = np.convolve(felt, np.array([8, 4, 2, 1]) / 15, mode="valid")
    line = np.maximum(slope * felt + rise, warm_slope * felt + warm_rise)
    given = (a / (1 + (b / (felt - 40)) ** c) + d + line) * np.resize(weekdays, 366)
    days: NDArray[np.float64] = given / given.mean()
    return days


@pytest.mark.parametrize(
    ("name", "correlation", "apart"),
    [("household", 0.97, 0.03), ("office", 0.82, 0.08), ("greenhouse", 0.93, 0.12)],
)
def test_days_follow_the_standard_profiles(name: str, correlation: float, apart: float) -> None:
    """S4: sixty meters together use gas on the days on which the published profile of their kind does."""
    prefix, digits, *_ = ARCHETYPES[name]
    numbers = [one for one in range(1000) if str(one % 10) in digits][:60]
    given = np.mean([_by_profile(name, gas_region(_seed(prefix, one))) for one in numbers], axis=0)
    used = _loads(name).sum(axis=2)
    used = (used / used.mean(axis=1, keepdims=True)).mean(axis=0)
    assert (YEAR.start + 3) % 7 == 0  # a Monday, as the factors of weekdays begin
    assert np.corrcoef(used, given)[0, 1] > correlation
    assert 1 / used.max() == pytest.approx(1 / given.max(), abs=apart)


# Mean over largest hour, and the part of June to August, each of the archetype's median.
@pytest.mark.parametrize(
    ("name", "load_factor", "summer"),
    [
        ("household", (0.08, 0.16), (0.03, 0.08)),
        ("restaurant", (0.12, 0.25), (0.12, 0.22)),
        ("practice", (0.06, 0.13), (0.02, 0.07)),
        ("bakery", (0.22, 0.40), (0.20, 0.26)),
        ("office", (0.06, 0.13), (0.02, 0.07)),
        ("school", (0.04, 0.09), (0.005, 0.04)),
        ("hospital", (0.22, 0.40), (0.08, 0.18)),
        ("factory", (0.25, 0.40), (0.15, 0.23)),
        ("plant", (0.70, 0.90), (0.22, 0.27)),
        ("greenhouse", (0.20, 0.40), (0.06, 0.18)),
        ("shifts", (0.42, 0.65), (0.16, 0.24)),
        ("biomethane", (0.82, 0.97), (0.22, 0.27)),
    ],
)
def test_load_factor_and_summer(
    name: str, load_factor: tuple[float, float], summer: tuple[float, float]
) -> None:
    """S4: what heats is peaky and rests in summer, what makes things is steady."""
    loads = _loads(name)
    factors = loads.mean(axis=(1, 2)) / loads.max(axis=(1, 2))
    assert load_factor[0] < float(np.median(factors)) < load_factor[1]
    parts = loads[:, 152:244].sum(axis=(1, 2)) / loads.sum(axis=(1, 2))
    assert summer[0] < float(np.median(parts)) < summer[1]


def _week(name: str) -> NDArray[np.float64]:
    """The mean week of an archetype, each meter weighing the same, shape (168,)."""
    loads = _loads(name) / _loads(name).mean(axis=(1, 2), keepdims=True)
    weekday = (np.arange(YEAR.start, YEAR.stop) + 3) % 7
    week: NDArray[np.float64] = np.stack(
        [loads[:, weekday == day].mean(axis=(0, 1)) for day in range(7)]
    ).ravel()
    return week


def test_no_two_archetypes_have_one_week() -> None:
    """S4: the mean weeks of no two archetypes correlate above 0.9; a practice is a small office."""
    weeks = {name: _week(name) for name in ARCHETYPES if name != "practice"}
    for one, other in combinations(weeks, 2):
        assert np.corrcoef(weeks[one], weeks[other])[0, 1] < 0.9, (one, other)


def test_heating_follows_the_cold() -> None:
    """S4: the day's gas of a household rises with the cold below 15.5 °C; July has hot water alone."""
    for number in (1, 3, 12):
        seed = _seed(DIGITAL, number)
        weather = climate(gas_region(seed), YEAR)
        (burnt,) = gas_household(seed)(gas_region(seed), weather)
        cold = cold_dc(weather, 155).sum(axis=1)
        assert np.corrcoef(cold, burnt.sum(axis=1))[0, 1] > 0.8
        july = burnt[182:213]
        assert (july == 0).mean() > 0.6
        assert 0 < july.sum(axis=1).mean() < burnt[10:40].sum(axis=1).mean() / 5


def test_households_warm_up_in_the_morning_and_rest_at_night() -> None:
    """S4: the thermostat asks for most at seven and in the evening, and for little at night or away."""
    winter = _loads("household")[:, 5:70].mean(axis=(0, 1))
    assert winter[6:8].mean() > 1.3 * winter[12:15].mean()
    assert winter[17:20].mean() > 1.15 * winter[12:15].mean()
    assert winter[1:4].mean() < 0.7 * winter[12:15].mean()
    household = gas_household(_seed(DIGITAL, 3))
    away, home = (household.thermostat[kind].mean() for kind in (HouseholdDay.AWAY, HouseholdDay.SUNDAY))
    assert away < home / 3


def test_a_boiler_burns_enough_or_not_at_all() -> None:
    """S4: in spring a boiler runs now and then, as real ones do: hours of nothing between hours of its least."""
    household = gas_household(_seed(DIGITAL, 3))
    region = gas_region(_seed(DIGITAL, 3))
    (burnt,) = household(region, climate(region, range(_day("2024-04-10"), _day("2024-05-10"))))
    night = burnt[:, 1:4]
    assert not ((night > 0) & (night < min(household.least, household.draught[0]))).any()
    assert (night == 0).mean() > 0.3
    assert (night == household.least).any()


def test_schools_are_cold_in_the_holidays() -> None:
    """S4: a school heats little in the week of Christmas, on Sundays and on Wednesday afternoons."""
    loads = _loads("school").sum(axis=0)
    holiday, term = loads[_day("2024-01-03") - YEAR.start], loads[_day("2024-01-10") - YEAR.start]
    assert holiday.sum() < term.sum() / 3
    assert loads[_day("2024-02-14") - YEAR.start].sum() < loads[_day("2024-02-22") - YEAR.start].sum() / 2
    wednesday, thursday = (loads[_day(text) - YEAR.start] for text in ("2024-01-17", "2024-01-18"))
    assert wednesday[13:17].sum() < thursday[13:17].sum() * 0.7


def test_factories_rest_and_bakeries_work_at_night() -> None:
    """S4: two shifts run from six to ten on working days, not in the builders' holiday; bread is baked at night."""
    kinds = day_kinds(np.arange(YEAR.start, YEAR.stop, dtype=np.int64))
    factory = _loads("factory").sum(axis=0)
    assert factory[kinds == DayKind.WORKING][:, 7:20].mean() > 6 * factory[kinds == DayKind.SUNDAY].mean()
    assert factory[_day("2024-07-17") - YEAR.start].sum() < factory[_day("2024-06-19") - YEAR.start].sum() / 4
    bakery = _loads("bakery").sum(axis=0)[kinds == DayKind.WORKING].mean(axis=0)
    assert bakery[1:5].mean() > 5 * bakery[13:17].mean()
    plant = _loads("plant")
    assert plant[:, kinds == DayKind.SUNDAY].mean() > 0.95 * plant[:, kinds == DayKind.WORKING].mean()


def test_greenhouses_burn_before_dawn_and_less_in_the_sun() -> None:
    """S4: glass needs most heat before sunrise in winter; in summer it burns by day, for its carbon dioxide."""
    loads = _loads("greenhouse").sum(axis=0)
    winter, summer = loads[:60].mean(axis=0), loads[152:213].mean(axis=0)
    assert winter[5] > 1.3 * winter[13]
    assert summer[12] > 3 * summer[23]


def test_biomethane_is_steady_with_outages() -> None:
    """S4: a digester injects nearly the same all hours, but for some outages and a stop for maintenance a year."""
    for load in _loads("biomethane")[:20]:
        hours = load.ravel()
        running = hours[hours > 0.8 * hours.max()]
        assert 0.9 < running.size / hours.size < 0.995
        assert running.std() / running.mean() < 0.05
        stops = np.flatnonzero(np.diff(np.concatenate([[0], (hours == 0).astype(int)])) == 1)
        assert 3 <= stops.size < 30
        assert (hours.reshape(-1, 24) == 0).all(axis=1).sum() >= 2


def test_an_outage_is_the_same_in_any_window() -> None:
    """S4: what stands still since the day before is found in whatever window one asks."""
    one = biomethane(_seed(INJECTION, 5))
    (whole,) = one(Region.COAST, climate(Region.COAST, YEAR))
    assert (whole == 0).any()
    for place in range(366):
        day = range(YEAR.start + place, YEAR.start + place + 1)
        assert (one(Region.COAST, climate(Region.COAST, day))[0, 0] == whole[place]).all()


def test_the_cold_is_what_the_weather_makes_it() -> None:
    """S4: the table of the mean cold, by which loads are scaled to their year, is that of the weather."""
    days = range(_day("2015-01-01"), _day("2025-01-01"))
    for below_dc, told in MEAN_COLD_DC.items():
        means = np.mean([cold_dc(climate(region, days), below_dc).mean(axis=0) for region in Region], axis=0)
        assert np.abs(means - told).max() < 1


def test_weather_is_shared() -> None:
    """S4: two households of one region have their cold days together."""
    sums: dict[Region, list[NDArray[np.int64]]] = {}
    for number in range(20):
        if number % 10 < 8:
            seed = _seed(DIGITAL, number)
            load = digital_load(seed, number)(gas_region(seed), climate(gas_region(seed), YEAR)).sum(
                axis=(0, 2)
            )
            sums.setdefault(gas_region(seed), []).append(load[:90])
    pairs = [pair for some in sums.values() for pair in combinations(some, 2)]
    assert len(pairs) > 5
    assert np.median([np.corrcoef(*pair)[0, 1] for pair in pairs]) > 0.5
