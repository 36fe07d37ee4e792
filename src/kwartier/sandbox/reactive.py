"""Reactive energy (E8): what coils take (inductive) and what cables, lamps and capacitors give (capacitive).

A flow is one signed number: above zero inductive, below zero capacitive. Tangents are of 1024.
"""

from math import isqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.metering import InstallationType
from kwartier.sandbox.mix import Purpose, quarter_words

__all__ = ["of_auxiliary", "of_load", "of_plant", "tangent"]

# Of what is made, while it makes something, and of the full power always; of 1024.
_PLANTS: Final = {
    InstallationType.PV: (0, -10),  # the filters of inverters
    InstallationType.WIND: (-95, -12),  # the guide's example: 31.5 kVArh capacitive with 294 kWh
    InstallationType.WATER: (310, 25),  # induction generators
    InstallationType.COGENERATION_A: (-60, 0),  # synchronous, overexcited
}
_OF_MOTORS: Final = 634  # cosine 0.85


def tangent(power_factor: int) -> int:
    """The tangent of phi for a cosine in percent, of 1024."""
    return isqrt((10000 - power_factor * power_factor) << 20) // power_factor


def of_load(
    seed: int, used: NDArray[np.int32], days: range, power_factor: int, given: int
) -> NDArray[np.int32]:
    """The reactive flow of a load, in steps, of the shape of `used`.

    Args:
        seed: the site's.
        used: what it uses, in steps, shape (d, 96).
        days: when.
        power_factor: cosine of phi, percent.
        given: what cables and capacitors give in every quarter-hour, in steps.
    """
    words = quarter_words(seed, Purpose.REACTIVE, days)
    flow = (words & np.uint16(63)).astype(np.int32)
    flow += np.int32(tangent(power_factor) - 32)
    flow *= used
    flow >>= 10
    flow -= np.int32(given)
    return flow


def of_plant(made: NDArray[np.int32], installation: InstallationType, most: int) -> NDArray[np.int32]:
    """The reactive flow of an installation of production, in steps, of the shape of `made`."""
    per_made, always = _PLANTS[installation]
    flow = made * np.int32(per_made)
    flow += np.int32(most * always)
    # Towards zero: what is less than a step is not counted.
    return np.where(flow < 0, -(-flow >> 10), flow >> 10).astype(np.int32)


def of_auxiliary(used: NDArray[np.int32]) -> NDArray[np.int32]:
    """The reactive flow of what an installation uses itself, mostly motors, in steps."""
    return used * np.int32(_OF_MOTORS) >> 10
