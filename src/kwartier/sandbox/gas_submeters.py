"""Submeters of gas below AMR offtake: parts of the site, under EANs of their own (E9, S3)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.ean import Ean
from kwartier.domain.metering import Direction, EnergyType, MeterType, SubHeadpoint
from kwartier.sandbox.eans import PREFIXES, Submeter, sandbox_meter
from kwartier.sandbox.gas_sites import gas_seed
from kwartier.sandbox.mix import draw

__all__ = ["gas_headpoints_of_submeter", "gas_submeters", "parts_of"]

_PREFIX: Final = "54149800000000"
"""With which the EANs of the submeters begin; then the three digits of the meter and the submeter's own, from 1."""

_HEADPOINTS: Final = tuple(
    prefix
    for prefix, (kind, _) in PREFIXES.items()
    if (kind.meter_type, kind.energy_type, kind.submeter) == (MeterType.AMR, EnergyType.GAS, Submeter.OTHER)
)
"""The prefixes of the headpoints that have them, one for each granularity."""


def gas_submeters(seed: int, number: int) -> tuple[SubHeadpoint, ...]:
    """The submeters of a site: what makes something, and at half of the sites a part of the heating too."""
    return tuple(
        SubHeadpoint(Ean(f"{_PREFIX}{number:03d}{place}"), str(place), Direction.OFFTAKE)
        for place in range(1, 2 + draw(seed, 440, 0, 1))
    )


def parts_of(seed: int, load: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """What the headpoint and each of its submeters measure, shape (1 + count, …): together no more than the whole.

    Args:
        seed: the site's.
        load: what heating and process burn, shape (2, …).
        count: how many submeters there are, at most 2.
    """
    heat, process = load
    parts = [heat + process, process * draw(seed, 441, 150, 250) >> 8, heat * draw(seed, 442, 60, 230) >> 8]
    return np.stack(parts[: 1 + count])


def gas_headpoints_of_submeter(ean: Ean) -> tuple[Ean, ...]:
    """The headpoints below which a submeter of gas hangs, for each granularity; none, if the EAN is not of one (E6)."""
    number, place = ean[len(_PREFIX) : -1], ean[-1]
    if not ean.startswith(_PREFIX) or place not in "12":
        return ()
    headpoints = tuple(Ean(f"{prefix}000000{number}") for prefix in _HEADPOINTS)
    meter = sandbox_meter(headpoints[0])
    return headpoints if int(place) <= len(gas_submeters(gas_seed(meter), meter.number)) else ()
