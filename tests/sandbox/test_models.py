from datetime import date
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from kwartier.domain.ean import Ean
from kwartier.sandbox.eans import sandbox_meter
from kwartier.sandbox.meter import measured
from kwartier.sandbox.occupants import Occupant, occupant_of
from kwartier.sandbox.panels import Panels
from kwartier.sandbox.site import Site, site_of
from kwartier.sandbox.weather import Region, climate, sunshine
from kwartier.sandbox.workdays import DayKind, day_kinds

YEAR: Final = range(19723, 19723 + 366)  # 2024
WEEK: Final = 7
OFFTAKE_ONLY, BOTH = "541440010", "541440110"


def _site(prefix: str, number: int) -> Site:
    return site_of(sandbox_meter(Ean(f"{prefix}000000{number:03d}")))


def _roof(prefix: str, number: int) -> Panels:
    panels = _site(prefix, number).panels
    assert panels is not None
    return panels


def _day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def _correlation(one: NDArray[np.int32], other: NDArray[np.int32]) -> float:
    return float(np.corrcoef(one.reshape(-1), other.reshape(-1))[0, 1])


def test_yearly_volumes_and_peaks_are_those_of_the_field() -> None:
    """S4: households use 1,400 to 6,000 kWh a year with peaks of 2 to 9.3 kW, small businesses 5,000 to 40,000 kWh."""
    households: list[tuple[float, float]] = []
    businesses: list[tuple[float, float]] = []
    for number in (*range(75), *range(508, 600, 10), *range(509, 600, 10)):
        occupant = occupant_of(number)
        if occupant is not Occupant.HOUSEHOLD and not occupant.is_business:
            continue
        (offtake,) = measured(_site(OFFTAKE_ONLY, number), YEAR)
        kwh, peak_kw = int(offtake.sum()) / 1000, int(offtake.max()) * 4 / 1000
        (businesses if occupant.is_business else households).append((kwh, peak_kw))
    assert len(households) + len(businesses) >= 60
    assert all(1400 <= kwh <= 6000 and 2 <= peak_kw <= 9.3 for kwh, peak_kw in households)
    assert all(5000 <= kwh <= 40000 for kwh, _ in businesses)
    spread = [kwh for kwh, _ in households]
    assert min(spread) < 2300
    assert max(spread) > 3600


def test_what_a_site_expects_to_use_is_about_what_it_uses() -> None:
    """S4: panels are sized to a yearly use that is near the truth."""
    for number in range(30):
        one = _site(OFFTAKE_ONLY, number)
        assert int(measured(one, YEAR).sum()) / 1000 == pytest.approx(one.load.kwh_a_year, rel=0.15)


def test_panels_yield_what_they_do_in_flanders() -> None:
    """S4: a kWp of panels makes about 900 to 1,000 kWh a year, four to fifteen times as much in June as in December."""
    yields = []
    for number in range(60):
        panels, region = _roof(BOTH, number), _site(BOTH, number).region
        made = panels.production(region, YEAR)
        kwp = sum(panels.facing) / 16
        assert 2 <= kwp <= (30 if occupant_of(number).is_business else 10)
        yields.append(int(made.sum()) / 1000 / kwp)
        june, december = made[152:182].sum(), made[335:366].sum()
        assert 4 * december < june < 15 * december
    assert min(yields) > 750
    assert max(yields) < 1100
    assert 900 < float(np.median(yields)) < 1000


def test_nothing_is_injected_at_night() -> None:
    """S4: panels make nothing in the dark, which lasts longer in winter."""
    offtake, injection = measured(_site(BOTH, 4), YEAR)
    assert injection.sum() > 500_000
    assert not injection[:, :20].any()  # before 05:00
    assert not injection[:, 90:].any()  # after 22:30
    december = injection[335:]
    assert december.any()
    assert not december[:, :32].any()
    assert not december[:, 68:].any()
    assert offtake[:, :20].all()


def test_offtake_less_injection_is_load_less_production() -> None:
    """S4: in each quarter-hour the registers balance, at most one of them large, and sometimes both count."""
    one = _site(BOTH, 3)
    offtake, injection = measured(one, YEAR).astype(np.int64)
    load = one.load(climate(one.region, range(YEAR.start - 1, YEAR.stop)))[1:]
    made = _roof(BOTH, 3).production(one.region, YEAR)
    assert (offtake - injection == load.astype(np.int64) - made).all()
    assert (offtake <= load).all()
    assert (injection <= made).all()
    both = ((offtake > 0) & (injection > 0)).mean()
    assert 0.01 < both < 0.2


def test_weather_is_shared_by_a_region() -> None:
    """S4: the panels of two sites of a region rise and fall together, those of two regions less so."""
    sites = [_site(BOTH, number) for number in range(40)]
    coast = [
        one.panels.production(one.region, YEAR)[:, 52]
        for one in sites
        if one.region is Region.COAST and one.panels
    ]
    campine = [
        one.panels.production(one.region, YEAR)[:, 52]
        for one in sites
        if one.region is Region.CAMPINE and one.panels
    ]
    assert min(len(coast), len(campine)) > 2
    assert _correlation(coast[0], coast[1]) > 0.97
    assert 0.6 < _correlation(coast[0], campine[0]) < 0.97


def test_there_are_clear_days_and_grey_days() -> None:
    """S4: a summer has days of full sun and days with less than a third of it, and one resembles the next."""
    summer = (
        sunshine(Region.SCHELDT, range(_day("2024-06-01"), _day("2024-08-31")))[1]
        .astype(np.int64)
        .sum(axis=1)
    )
    assert (summer > 0.9 * summer.max()).sum() >= 5
    assert (summer < summer.max() / 3).sum() >= 5
    centred = summer - summer.mean()
    assert (centred[1:] * centred[:-1]).sum() > 0.2 * (centred * centred).sum()


def test_the_seasons_are_those_of_flanders() -> None:
    """S4: January is a few degrees above zero, July below twenty or so; winters are dark."""
    weather = climate(Region.SCHELDT, range(_day("2020-01-01"), _day("2024-12-31")))
    months = np.array([int(str(np.datetime64(one, "D"))[5:7]) for one in weather.days])
    january, july = (weather.temperature_dc[months == month].mean() / 10 for month in (1, 7))
    assert 1 < january < 7
    assert 16 < july < 21
    assert -16 < weather.temperature_dc.min() / 10 < 0
    assert 24 < weather.temperature_dc.max() / 10 < 34
    assert weather.dark[months == 12, 68].mean() > 250  # 17:00
    assert weather.dark[months == 6, 80].mean() < 60  # 20:00


def test_weather_is_the_same_in_any_window() -> None:
    """S4: a day's weather does not depend on the days that are asked with it."""
    days = range(19_840, 19_910)
    whole = climate(Region.COAST, days)
    for place, one in enumerate(days):
        alone = climate(Region.COAST, range(one, one + 1))
        assert alone.temperature_dc[0] == whole.temperature_dc[place]
        assert (alone.dark[0] == whole.dark[place]).all()
    assert (sunshine(Region.COAST, range(19_900, 19_910)) == sunshine(Region.COAST, days)[:, 60:]).all()


def test_shops_keep_their_hours() -> None:
    """S4: a shop is busy when it is open, and closed on Sundays and public holidays."""
    (offtake,) = measured(_site(OFFTAKE_ONLY, 8), YEAR)
    kinds = day_kinds(np.arange(YEAR.start, YEAR.stop, dtype=np.int64))
    noon, night = offtake[:, 40:56].mean(axis=1), offtake[:, 4:20].mean(axis=1)
    assert noon[kinds == DayKind.WORKING].mean() > 3 * night.mean()
    assert noon[kinds == DayKind.SUNDAY].mean() < 1.2 * night.mean()
    assert noon[_day("2024-12-25") - YEAR.start] < 1.2 * night.mean()


def test_offices_rest_at_the_weekend() -> None:
    """S4: an office works from Monday to Friday."""
    (offtake,) = measured(_site(OFFTAKE_ONLY, 9), YEAR)
    kinds = day_kinds(np.arange(YEAR.start, YEAR.stop, dtype=np.int64))
    of_day = offtake.sum(axis=1)
    assert of_day[kinds == DayKind.WORKING].mean() > 2 * of_day[kinds == DayKind.SATURDAY].mean()


def test_households_cook_in_the_evening_and_leave_on_holiday() -> None:
    """S4: evenings are busier than nights, winters than summers; in July or August many are away for some days."""
    sites = [
        _site(OFFTAKE_ONLY, number) for number in range(100) if occupant_of(number) is Occupant.HOUSEHOLD
    ]
    loads = np.stack([measured(one, YEAR)[0] for one in sites]).astype(np.int64)
    evening, night = loads[:, :, 68:84].mean(), loads[:, :, 8:20].mean()
    assert evening > 2.5 * night
    of_day = loads.sum(axis=2)
    assert of_day[:, :60].mean() > 1.1 * of_day[:, 152:180].mean()
    quiet = (of_day[:, 181:244] < np.median(of_day, axis=1)[:, None] * 0.6).sum(axis=1)
    assert (quiet >= 5).mean() > 0.4


def test_what_is_switched_on_before_midnight_runs_on() -> None:
    """S4: a day is the same whether or not the day before it is asked, also when a car charges through midnight."""
    one = _site(OFFTAKE_ONLY, 47)
    whole = measured(one, YEAR)
    assert (whole[0, :, :4].max(axis=1) > 1800).sum() > 20  # 7.4 kW past midnight
    for place in range(0, 366, 7):
        alone = measured(one, range(YEAR.start + place, YEAR.start + place + 1))
        assert (alone[:, 0] == whole[:, place]).all()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2024-04-01", DayKind.SUNDAY),  # Easter Monday
        ("2024-05-09", DayKind.SUNDAY),  # Ascension
        ("2025-06-09", DayKind.SUNDAY),  # Whit Monday
        ("2026-04-06", DayKind.SUNDAY),  # Easter Monday
        ("2024-07-21", DayKind.SUNDAY),
        ("2023-07-21", DayKind.SUNDAY),  # the national holiday, a Friday
        ("2024-11-01", DayKind.SUNDAY),
        ("2024-12-25", DayKind.SUNDAY),
        ("2024-12-26", DayKind.WORKING),
        ("2024-05-04", DayKind.SATURDAY),
        ("2024-05-05", DayKind.SUNDAY),
        ("2024-05-06", DayKind.WORKING),
    ],
)
def test_public_holidays(text: str, kind: DayKind) -> None:
    """S4: people stay at home on Belgium's public holidays, also the movable ones."""
    assert day_kinds(np.array([_day(text)], np.int64)).tolist() == [kind]
