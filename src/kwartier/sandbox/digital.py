"""Digital meters of electricity: a physical meter, offtake and, with panels, injection (E8, S4)."""

from typing import Final

import numpy as np

from kwartier.domain.days import Grid, quarter_hours_of
from kwartier.domain.metering import Direction, Register, RegisterKind
from kwartier.domain.series import MeterVersions
from kwartier.sandbox.deliveries import Counted, delivered
from kwartier.sandbox.eans import SandboxMeter
from kwartier.sandbox.exchange import hung
from kwartier.sandbox.meter import measured, on_the_grid
from kwartier.sandbox.site import Site, site_of
from kwartier.sandbox.special import special_of

__all__ = ["digital_electricity"]

_OFFTAKE: Final = Register(Direction.OFFTAKE, RegisterKind.TOTAL)
_INJECTION: Final = Register(Direction.INJECTION, RegisterKind.TOTAL)


def digital_electricity(meter: SandboxMeter, days: range) -> tuple[MeterVersions, ...]:
    """All that came in about the quarter-hours of some days of a meter."""
    site, special = site_of(meter), special_of(meter)
    return hung(site.meter, delivered(site.seed, _counted(site, days), special=special), special)


def _counted(site: Site, days: range) -> Counted:
    registers = (_OFFTAKE,) if site.panels is None else (_OFFTAKE, _INJECTION)
    borders = quarter_hours_of(days)
    values = np.empty((len(registers), int(borders[-1] - borders[0])), np.int64)
    if days:
        on_the_grid(measured(site, days), borders, values)
    return Counted(Grid.QUARTER_HOUR, days, borders, registers, values)
