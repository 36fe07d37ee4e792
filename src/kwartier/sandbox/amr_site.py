"""The site behind AMR meters of electricity: what it is, how large, what it produces (S3, S4).

EANs of offtake and injection with the same submeter digit and number are one site. Archetype, size and production
follow from submeter digit and number alone.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kwartier.domain.metering import InstallationType
from kwartier.sandbox.archetype_table import ARCHETYPES
from kwartier.sandbox.archetypes import Archetype, SiteLoad, site_load
from kwartier.sandbox.eans import Submeter
from kwartier.sandbox.mix import SEED, Purpose, draw, mix
from kwartier.sandbox.production import Cogeneration, Heat, Plant, Solar, Watermill, WindTurbines
from kwartier.sandbox.submeters import has_auxiliary, installation_of, production_units
from kwartier.sandbox.weather import Region

__all__ = ["AmrSite", "Unit", "amr_site", "archetype_of"]

_KINDS_OF_SITE: Final = {Submeter.NONE: 0, Submeter.PRODUCTION: 1, Submeter.OTHER: 2}


@dataclass(frozen=True, slots=True)
class Unit:
    """An installation of production.

    Attributes:
        auxiliary: what it uses itself: always, of 4096 of its full power, and of 1024 of what it makes; None: nothing
            that is metered or large enough to count.
    """

    seed: int
    plant: Plant
    installation: InstallationType
    auxiliary: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class AmrSite:
    """What hangs behind AMR meters.

    Attributes:
        kw: what it was built for.
        step_wh: what its meters count in: of all meters of a site the same, so that they agree to the last digit.
    """

    seed: int
    archetype: Archetype
    region: Region
    kw: int
    step_wh: int
    load: SiteLoad
    units: tuple[Unit, ...]


_BY_NAME: Final = {archetype.name: archetype for archetype in ARCHETYPES}

# Where each kind of production is found.
_SITES_WITH: Final = {
    InstallationType.PV: tuple(one for one in ARCHETYPES if one.name not in {"street lighting", "bus depot"}),
    InstallationType.WATER: tuple(
        _BY_NAME[name]
        for name in (
            "water works", "factory in two shifts", "hotel with restaurant", "sewage works", "dairy farm",
            "workshop in one shift", "cold store", "bakery", "factory in three shifts",
        )
    ),
    InstallationType.WIND: tuple(
        _BY_NAME[name]
        for name in (
            "factory in three shifts", "cold store", "sewage works", "factory in two shifts", "bus depot",
            "water works", "dairy farm", "data room", "greenhouse",
        )
    ),
    InstallationType.COGENERATION_A: tuple(
        _BY_NAME[name]
        for name in (
            "greenhouse", "hospital", "swimming pool", "greenhouse", "care home", "factory in two shifts", "office",
            "greenhouse", "school", "hotel with restaurant", "factory in three shifts",
        )
    ),
}  # fmt: skip

_HEATED: Final = {
    "greenhouse": Heat.GREENHOUSE,
    "hospital": Heat.PROCESS,
    "swimming pool": Heat.PROCESS,
    "care home": Heat.PROCESS,
    "factory in two shifts": Heat.PROCESS,
    "factory in three shifts": Heat.PROCESS,
    "hotel with restaurant": Heat.PROCESS,
}
"""Whose heat cogeneration follows; elsewhere that of a building."""

_AUXILIARY: Final = {
    InstallationType.PV: (10, 6),
    InstallationType.WATER: (40, 12),
    InstallationType.WIND: (36, 10),
}


def archetype_of(submeter: Submeter, number: int) -> Archetype:
    """What a site is, by the submeter digit and the number of its EANs."""
    if submeter is Submeter.PRODUCTION:
        known = _SITES_WITH[installation_of(number)]
        return known[number % len(known)]
    return ARCHETYPES[number % len(ARCHETYPES)]


@lru_cache(maxsize=512)
def amr_site(submeter: Submeter, number: int) -> AmrSite:
    """The site with a submeter digit and a number."""
    seed = mix(SEED + mix(50_000 * 1000 + _KINDS_OF_SITE[submeter] * 1000 + number) + Purpose.SITE)
    archetype = archetype_of(submeter, number)
    region = Region(draw(seed, 1, 0, 3))
    kw = _size(seed, archetype.kw)
    # In kW first: how large production is decides in which steps the site counts.
    kwh_a_year = site_load(seed, archetype, region, kw * 25).a_year // 100
    planned = _plans(seed, submeter, number, archetype, kw, kwh_a_year)
    step_wh = _step_wh(max(kw, sum(plan.kw for plan in planned)))
    load = site_load(seed, archetype, region, kw * 250 // step_wh)
    units = tuple(
        _unit(mix(seed + place), plan, archetype, step_wh, place) for place, plan in enumerate(planned)
    )
    return AmrSite(seed, archetype, region, kw, step_wh, load, units)


# Powers of two in sixteenths, of 1024.
_ROOTS: Final = (
    1024, 1069, 1117, 1166, 1218, 1272, 1328, 1387, 1448, 1512, 1579, 1649, 1722, 1798, 1878, 1961,
)  # fmt: skip


def _size(seed: int, span: tuple[int, int]) -> int:
    """A number of kW from one to the other, each doubling rarer than the one before."""
    low, high = span
    steps = 0
    while low * _ROOTS[(steps + 1) % 16] << ((steps + 1) // 16) <= high * 1024:
        steps += 1
    chance = draw(seed, 410, 0, 1023)
    found = (steps + 1) * chance * (chance + 1024) >> 21
    return min((low * _ROOTS[found % 16] << (found // 16)) >> 10, high)


def _step_wh(kw: int) -> int:
    return next(step for most, step in ((100, 10), (500, 50), (2000, 100), (10**9, 500)) if kw <= most)


@dataclass(frozen=True, slots=True)
class _Plan:
    installation: InstallationType
    kw: int
    count: int = 1
    auxiliary: bool = False


def _plans(
    seed: int, submeter: Submeter, number: int, archetype: Archetype, kw: int, kwh_a_year: int
) -> tuple[_Plan, ...]:
    """Which production a site has."""
    if submeter is Submeter.OTHER:
        return ()
    if submeter is Submeter.NONE:
        if archetype.name in _HEATED and draw(seed, 411, 0, 99) < 35:
            return (_plan(seed, InstallationType.COGENERATION_A, archetype, kw, kwh_a_year),)
        kwp = kwh_a_year * draw(seed, 412, 20, 110) // (100 * 950)
        return (_Plan(InstallationType.PV, min(max(kwp, 20), 25000)),)
    whole = _plan(seed, installation_of(number), archetype, kw, kwh_a_year)
    auxiliary = has_auxiliary(number)
    if production_units(number) == 1:
        return (_Plan(whole.installation, whole.kw, whole.count, auxiliary=auxiliary),)
    first = whole.kw * 5 // 8
    turbines = max(whole.count // 2, 1)
    return (
        _Plan(whole.installation, first, turbines, auxiliary=auxiliary),
        _Plan(whole.installation, whole.kw - first, max(whole.count - turbines, 1), auxiliary=auxiliary),
    )


_TURBINES_KW: Final = (3600, 3000, 2350, 2000, 800, 300, 60, 15)


def _plan(seed: int, installation: InstallationType, archetype: Archetype, kw: int, kwh_a_year: int) -> _Plan:
    """Production that fits a site which was built for some kW and uses some kWh a year."""
    match installation:
        case InstallationType.PV:
            wanted = kwh_a_year * draw(seed, 413, 30, 220) // (100 * 950)
            return _Plan(installation, min(max(wanted, 50), 5000))
        case InstallationType.WATER:
            wanted = kwh_a_year * draw(seed, 413, 25, 160) // (100 * 4000)
            return _Plan(installation, min(max(wanted, 15), 500))
        case InstallationType.WIND:
            wanted = kwh_a_year * draw(seed, 413, 60, 300) // (100 * 2200)
            turbine = next((size for size in _TURBINES_KW if size <= wanted), _TURBINES_KW[-1])
            count = min(max(wanted // turbine, 1), 6)
            return _Plan(installation, turbine * count, count)
        case _:
            percent = (70, 140) if archetype.name == "greenhouse" else (25, 90)
            return _Plan(InstallationType.COGENERATION_A, max(kw * draw(seed, 413, *percent) // 100, 30))


_FACING: Final = (
    (0, 256, 0), (0, 256, 0), (128, 0, 128), (128, 0, 128), (64, 192, 0), (0, 192, 64), (40, 176, 40), (120, 16, 120),
)  # fmt: skip


def _unit(seed: int, plan: _Plan, archetype: Archetype, step_wh: int, place: int) -> Unit:
    """An installation as it was planned; the second of a site has `place` 1."""
    most = max(plan.kw * 250 // step_wh, 1)
    plant: Plant
    match plan.installation:
        case InstallationType.PV:
            plant = Solar(seed, most, _FACING[draw(seed, 414, 0, 7)], draw(seed, 415, 78, 100))
        case InstallationType.WATER:
            plant = Watermill(seed, most, draw(seed, 416, 240, 420))
        case InstallationType.WIND:
            plant = WindTurbines(seed, most, plan.count)
        case _:
            plant = Cogeneration(seed, most, _HEATED.get(archetype.name, Heat.BUILDING), second=bool(place))
    return Unit(seed, plant, plan.installation, _AUXILIARY[plan.installation] if plan.auxiliary else None)
