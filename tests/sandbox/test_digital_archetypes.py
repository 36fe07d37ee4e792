import re
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from kwartier.domain.ean import Ean
from kwartier.sandbox.eans import sandbox_meter
from kwartier.sandbox.occupants import Occupant, occupant_of
from kwartier.sandbox.site import site_of
from kwartier.sandbox.weather import Climate, Region, climate

PAGE: Final = Path(__file__).parents[2] / "docs" / "sandbox-models.md"
YEAR: Final = range(19358, 19358 + 365)  # 2023
OFFTAKE_ONLY, BOTH = "541440010", "541440110"
THREE_PHASES_KW: Final = 17.3


def _bands() -> dict[str, list[str]]:
    """The rows of the page's table of bands by their archetype."""
    section = PAGE.read_text().split("\n## Bands\n")[1].split("\n## ")[0]
    rows = [re.split(r" *\| *", line.strip("| ")) for line in section.splitlines() if line.startswith("| ")]
    return {row[0]: row[1:] for row in rows}


def _band(cell: str) -> tuple[float, float]:
    low, high = cell.removesuffix(" e").replace(",", "").split("\N{EN DASH}")
    return float(low), float(high)


@cache
def _weather(region: Region) -> Climate:
    return climate(region, YEAR)


class Use(NamedTuple):
    """What a site uses in a year, and its mean week from Monday, over its mean."""

    volume_kwh: float
    load_factor: float
    peak_kw: float
    fuse_kw: float
    week: NDArray[np.float64]


@cache
def _uses(occupant: Occupant) -> list[Use]:
    """The sites of an archetype among a thousand meters."""
    return [
        _use(prefix, number)
        for prefix in (OFFTAKE_ONLY, BOTH)
        for number in range(500)
        if occupant_of(number) is occupant and (occupant is not Occupant.HOUSEHOLD or number < 100)
    ]


def _use(prefix: str, number: int) -> Use:
    site = site_of(sandbox_meter(Ean(f"{prefix}000000{number:03d}")))
    used = site.load(_weather(site.region)).astype(np.int64).reshape(-1)
    week = used[96 : 96 * 365].reshape(52, 672).mean(axis=0)  # the year begins on a Sunday
    most = int(used.max())
    return Use(
        int(used.sum()) / 1000,
        float(used.mean()) / most,
        most * 4 / 1000,
        {Occupant.HOUSEHOLD: 9.2, Occupant.SHOP: 55.2, Occupant.OFFICE: 55.2}.get(
            occupant_of(number), THREE_PHASES_KW
        ),
        week / week.mean(),
    )


def test_the_last_digit_says_who_is_there() -> None:
    """S4: 0 to 5 a household, 6 with a heat pump, 7 with an electric car, 8 a shop, 9 an office, in every ten."""
    household = [Occupant.HOUSEHOLD] * 6
    others = [Occupant.HEAT_PUMP, Occupant.ELECTRIC_CAR, Occupant.SHOP, Occupant.OFFICE]
    assert [occupant_of(number) for number in range(1000)] == (household + others) * 100


@pytest.mark.parametrize("occupant", Occupant, ids=lambda occupant: occupant.value)
def test_volumes_and_load_factors_are_those_of_the_field(occupant: Occupant) -> None:
    """S4: a hundred sites of each archetype lie within the page's bands, by volume and load factor, below the fuse."""
    digits, volume, load_factor, *_ = _bands()[occupant.value]
    assert {occupant_of(int(digit)) for digit in digits.split(" to ")} == {occupant}
    sites = _uses(occupant)
    assert len(sites) >= 100
    volumes_kwh = [site.volume_kwh for site in sites]
    factors = [site.load_factor for site in sites]
    least, most = _band(volume)
    assert least <= min(volumes_kwh) <= max(volumes_kwh) <= most
    assert max(volumes_kwh) > least + (most - least) / 2  # small ones and large
    least, most = _band(load_factor)
    assert least <= min(factors) <= max(factors) <= most
    assert all(2 <= site.peak_kw <= site.fuse_kw for site in sites)


def test_weeks_of_archetypes_differ() -> None:
    """S4: no two archetypes' mean weeks, each divided by its mean, correlate above 0.9."""
    weeks = [np.mean([site.week for site in _uses(occupant)], axis=0) for occupant in Occupant]
    correlations = np.corrcoef(weeks)[np.triu_indices(len(weeks), 1)]
    assert correlations.size == 10
    assert correlations.max() <= 0.9


def test_a_heat_pump_follows_the_weather() -> None:
    """S4: a household with a heat pump uses in January more than twice what it does in July; another does not."""
    for number, least, most in ((6, 2.0, 8.0), (3, 0.7, 2.0)):
        site = site_of(sandbox_meter(Ean(f"{OFFTAKE_ONLY}000000{number:03d}")))
        used = site.load(_weather(site.region)).sum(axis=1)
        assert least < float(used[:31].sum() / used[181:212].sum()) < most


def test_a_car_is_charged_every_second_or_third_night() -> None:
    """S4: from noon to noon a household takes 3.6 kW for half an hour seldom; with a car on a quarter of the nights or more."""
    for digit, least, most in ((3, 0.0, 0.2), (7, 0.22, 0.85)):
        for number in range(digit, 200, 10):
            site = site_of(sandbox_meter(Ean(f"{OFFTAKE_ONLY}000000{number:03d}")))
            used = site.load(_weather(site.region)).reshape(-1)[48:-48].reshape(364, 96)
            assert least <= (np.sort(used, axis=1)[:, -2] > 900).mean() <= most
