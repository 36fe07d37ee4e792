"""Sites behind AMR meters of electricity, as their meters tell them."""

from datetime import date
from typing import Final

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from kwartier.domain.days import Grid, quarter_hours_of
from kwartier.domain.ean import Ean
from kwartier.domain.metering import Direction, RegisterKind, SubHeadpoint
from kwartier.domain.resolve import Inserted, resolve
from kwartier.domain.series import MeterVersions, Series
from kwartier.sandbox.amr_flows import of_site, of_units
from kwartier.sandbox.amr_site import amr_site
from kwartier.sandbox.eans import SandboxMeter, Submeter, sandbox_meter
from kwartier.sandbox.generator import versions
from kwartier.sandbox.meter import on_the_grid
from kwartier.sandbox.weather import climate

EVER: Final = Inserted(end_us=2**62)
OFFTAKE, INJECTION = "541450010", "541450210"
PRODUCED_OFFTAKE, PRODUCED_INJECTION, OTHER = "541450011", "541450211", "541450012"
KINDS: Final = [OFFTAKE, INJECTION, PRODUCED_OFFTAKE, PRODUCED_INJECTION, OTHER]
SITES: Final = {OFFTAKE: INJECTION, PRODUCED_OFFTAKE: PRODUCED_INJECTION}

Counts = dict[tuple[str, Direction], Series]


def meter(prefix: str, number: int) -> SandboxMeter:
    """The meter with a prefix and a number."""
    return sandbox_meter(Ean(f"{prefix}000000{number:03d}"))


def day(text: str) -> int:
    """The Brussels day of a date."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def quarters(days: range) -> range:
    """The quarter-hours of some days."""
    borders = quarter_hours_of(days)
    return range(int(borders[0]), int(borders[-1]))


def came_in(
    prefix: str, number: int, days: range, grid: Grid = Grid.QUARTER_HOUR
) -> tuple[MeterVersions, ...]:
    """All that ever came in about some days."""
    slots = days if grid is Grid.DAY else quarters(days)
    return versions(meter(prefix, number), grid, slots, EVER)


def known(prefix: str, number: int, days: range, grid: Grid = Grid.QUARTER_HOUR) -> Counts:
    """What is known in the end, by sequence number (empty: headpoint) and direction."""
    slots = days if grid is Grid.DAY else quarters(days)
    found: Counts = {}
    for point in came_in(prefix, number, days, grid):
        name = point.meter.seq_number if isinstance(point.meter, SubHeadpoint) else ""
        series = resolve(point.versions, [slots], EVER)
        assert series.first_slot == slots.start
        assert len(series) == len(slots)
        found[name, series.registers[0].direction] = series
    return found


def row(series: Series, kind: RegisterKind) -> NDArray[np.int64]:
    """The values of the one register of a kind."""
    (found,) = [place for place, register in enumerate(series.registers) if register.kind is kind]
    values: NDArray[np.int64] = series.values[found]
    return values


def total(series: Series) -> NDArray[np.int64]:
    """The values of the register of all active energy."""
    return row(series, RegisterKind.TOTAL)


def own_and_net(submeter: Submeter, number: int, days: range) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What a site uses itself, and what its production makes beyond that and its auxiliaries; Wh."""
    site = amr_site(submeter, number)
    weather = climate(site.region, days)
    used, _ = of_site(site, weather)
    net = -used
    for (made, _), auxiliary in of_units(site, weather):
        net += made if auxiliary is None else made - auxiliary[0]
    borders = quarter_hours_of(days)
    values = np.empty((2, int(borders[-1] - borders[0])), np.int64)
    on_the_grid(np.stack([used, net]), borders, values)
    values *= site.step_wh
    return values[0], values[1]


# Numbers that end in 80 to 99 show something special, of which not all comes in.
numbers = st.integers(0, 999).filter(lambda number: number % 100 < 80)
first_days = st.one_of(
    st.integers(day("2016-01-01"), day("2032-01-01")),
    st.sampled_from(["2024-03-29", "2024-10-25", "2023-12-30", "2024-07-19"]).map(day),
)
