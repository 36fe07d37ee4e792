"""The gas conversion factors of the fictitious zones: provisional, definitive, constant (E12, S4)."""

from functools import lru_cache
from typing import Final

import numpy as np

from kwartier.domain.days import Grid, slot_starts
from kwartier.domain.gas import CONSTANT_FACTOR, Factors, FactorVersion
from kwartier.domain.metering import GasFactor
from kwartier.sandbox.mix import SEED, Purpose, bits

__all__ = ["LAST_FACTOR_SECONDS", "ZONES", "factors_of"]

ZONES: Final = 16
"""How many receiving stations there are, each with gas of its own."""

_SECOND_US: Final = 1_000_000
_DAY: Final = 86400
_PROVISIONAL: Final = 3 * _DAY  # at least so long before the month begins
_DEFINITIVE: Final = (2 * _DAY, 5 * _DAY)  # after the month's end: from, and over how long

LAST_FACTOR_SECONDS: Final = 31 * _DAY + _DAY // 4 + sum(_DEFINITIVE)
"""Before this, counted from the start (00:00 UTC) of its date, the definitive factor of a gas day is known."""

_MEAN: Final = 114_700  # of rich gas, ten-thousandths of a kWh/m3
_MONTHS_KEPT: Final = 4096


def factors_of(zone: int | None, months: range) -> Factors:
    """The versions of the factor of some gas months.

    Args:
        zone: of which receiving station; None: the constant factor, of meters that have no zone.
        months: months since January 1970.
    """
    return {month: _CONSTANT if zone is None else _of_month(zone, month) for month in months}


_CONSTANT: Final = (FactorVersion(0, CONSTANT_FACTOR, GasFactor.CONSTANT),)


@lru_cache(maxsize=_MONTHS_KEPT)
def _of_month(zone: int, month: int) -> tuple[FactorVersion, FactorVersion]:
    """The provisional and the definitive factor of a month, which always differ."""
    # All zones get their gas from the same pipelines, and each has a mixture of its own.
    shared, own = (
        int(bits(seed, Purpose.GAS_FACTORS, range(month, month + 1))[0, 0])
        for seed in (SEED, SEED + 1 + zone)
    )
    definitive = _MEAN + (shared & 1023) * 2 - 1023 + (own & 511) * 2 - 511
    error = 60 + (own >> 9 & 511)
    provisional = definitive + (error if own >> 18 & 1 else -error)
    begins, ends = _borders_s(month)
    before_s = _PROVISIONAL + ((own >> 19 & 0xFFFF) * 3 * _DAY >> 16)
    earliest, spread = _DEFINITIVE
    after_s = earliest + ((own >> 35 & 0xFFFF) * spread >> 16)
    return (
        FactorVersion((begins - before_s) * _SECOND_US, provisional, GasFactor.PROVISIONAL),
        FactorVersion((ends + after_s) * _SECOND_US, definitive, GasFactor.DEFINITIVE),
    )


def _borders_s(month: int) -> tuple[int, int]:
    """When a gas month begins and ends, epoch seconds."""
    first_days = np.arange(month, month + 2).astype("M8[M]").astype("M8[D]").astype(np.int64)
    begins, ends = slot_starts(Grid.GAS_DAY, first_days).tolist()
    return begins, ends
