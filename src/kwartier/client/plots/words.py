"""What pictures say in words: days, months, totals, units."""

from datetime import datetime, timedelta
from typing import Final

import numpy as np

from kwartier.client.plots.curve import INJECTION, OFFTAKE, Curve
from kwartier.domain.days import BRUSSELS
from kwartier.domain.metering import Unit
from kwartier.wire.energy import UNIT

__all__ = ["MONTHS", "clock", "day_name", "energy_told", "month_name", "power_unit"]

# Not by the locale of the machine: a picture is the same everywhere.
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day_name(moment: datetime) -> str:
    """The Brussels day in which a moment lies."""
    local = moment.astimezone(BRUSSELS)
    return f"{_DAYS[local.weekday()]} {local.day} {month_name(moment)}"


def month_name(moment: datetime) -> str:
    """The Brussels month in which a moment lies."""
    local = moment.astimezone(BRUSSELS)
    return f"{MONTHS[local.month - 1]} {local.year}"


def clock(curve: Curve, hours: float) -> str:
    """What the clocks show some hours after a curve begins."""
    local = (curve.period.start + timedelta(hours=hours)).astimezone(BRUSSELS)
    return f"{local:%H:%M}"


def power_unit(curve: Curve) -> str:
    """The unit of the mean power of energy in a curve."""
    return "kW" if curve.unit == UNIT.write(Unit.KWH) else f"{curve.unit}/h"


def energy_told(curve: Curve) -> str:
    """How much was taken and given in all, and what is missing."""
    told = [
        f"{direction} {_grouped(np.nansum(curve.energy[direction]))} {curve.unit}"
        for direction in (OFFTAKE, INJECTION)
        if direction in curve.energy
    ]
    missing = int((~curve.known).sum())
    if missing:
        told.append(f"{missing} of {len(curve)} intervals without a value")
    return ", ".join(told)


def _grouped(energy: float) -> str:
    """A number with thin spaces between its thousands."""
    return f"{energy:,.1f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
