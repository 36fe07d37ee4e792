"""What flows through each meter of an AMR site, in steps, by quarter-hour on the clock (S4).

A flow is active energy and reactive energy, each of shape (d, 96); reactive energy is one signed number, above zero
inductive, below zero capacitive.
"""

from functools import cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kwartier.sandbox.amr_site import AmrSite
from kwartier.sandbox.archetypes import curve
from kwartier.sandbox.mix import Purpose, draw, quarter_words
from kwartier.sandbox.production import auxiliary
from kwartier.sandbox.reactive import of_auxiliary, of_load, of_plant, tangent
from kwartier.sandbox.weather import Climate

__all__ = ["Flow", "of_headpoint", "of_parts", "of_site", "of_units"]

Flow: TypeAlias = tuple[NDArray[np.int32], NDArray[np.int32]]


def of_site(site: AmrSite, climate: Climate) -> Flow:
    """What the site uses itself, without its production and that one's auxiliaries."""
    used = site.load(climate)
    kind = site.archetype
    given = site.load.most * kind.capacitive // 100
    return used, of_load(site.seed, used, climate.days, kind.power_factor, given)


def of_units(site: AmrSite, climate: Climate) -> list[tuple[Flow, Flow | None]]:
    """What each installation of production makes, and what it uses itself, if that counts."""
    found: list[tuple[Flow, Flow | None]] = []
    for unit in site.units:
        made = unit.plant(site.region, climate)
        production = made, of_plant(made, unit.installation, unit.plant.most)
        if unit.auxiliary is None:
            found.append((production, None))
            continue
        used = auxiliary(unit.seed, unit.plant.most, made, climate.days, unit.auxiliary)
        found.append((production, (used, of_auxiliary(used))))
    return found


def of_headpoint(own: Flow, units: list[tuple[Flow, Flow | None]], *, injects: bool) -> Flow:
    """What the headpoint counts in one direction: each quarter-hour netted, reactive energy where active energy goes."""
    net, reactive = own
    for (made, made_reactive), used in units:
        net = net - made
        reactive = reactive + made_reactive
        if used is not None:
            net += used[0]
            reactive += used[1]
    if not units:
        return net, reactive
    if injects:
        net = -net
        return np.maximum(net, 0), reactive * (net > 0)
    return np.maximum(net, 0), reactive * (net >= 0)


_PARTS: Final = (
    "0:7 5:7 7:38 17:38 20:12",  # a tenant, a line, a shop floor: by day
    "0:24 24:24",  # what always runs: cooling, compressed air, servers
    "0:28 5:26 7:8 18:8 21:28",  # what is charged or heated at night
)
"""What a submeter of offtake takes of the whole, percent by hour; together never all."""


def of_parts(site: AmrSite, own: Flow, count: int, climate: Climate) -> list[Flow]:
    """What some submeters of offtake count: parts of what the site uses, together never more than the whole."""
    used, _ = own
    words = quarter_words(site.seed, Purpose.SUBMETERS, climate.days)
    per_kwh = np.int32(tangent(site.archetype.power_factor))
    found: list[Flow] = []
    for place in range(count):
        chance = words >> np.uint16(place * 5) & np.uint16(31)
        share = (chance.astype(np.int32) + draw(site.seed, 420 + place, 180, 225)) * _part(place)
        share >>= 8
        part = used * share
        part >>= 12
        found.append((part, part * per_kwh >> 10))
    return found


@cache
def _part(place: int) -> NDArray[np.int32]:
    return curve(_PARTS[place])
