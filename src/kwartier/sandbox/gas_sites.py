"""The sites behind the fictitious gas meters: who is there, where, and whose gas they get (S4)."""

from typing import Final

from kwartier.domain.metering import PhysicalMeter
from kwartier.sandbox.eans import SandboxMeter
from kwartier.sandbox.gas_factors import ZONES
from kwartier.sandbox.gas_household import gas_household
from kwartier.sandbox.gas_load import GasLoad
from kwartier.sandbox.gas_trades import AMR_TRADES, DIGITAL_TRADES
from kwartier.sandbox.gas_works import GasWorks, gas_works
from kwartier.sandbox.mix import SEED, Purpose, draw, mix
from kwartier.sandbox.weather import Region

__all__ = ["amr_load", "digital_load", "gas_meter", "gas_region", "gas_seed", "gas_zone"]

_WH_OF_MWH: Final = 1_000_000
_DM3_OF_MWH: Final = 87_000  # of rich gas

_CONSTANT: Final = 50
"""The last two digits of digital meters whose energy is computed with the constant factor."""


def gas_seed(meter: SandboxMeter) -> int:
    """From which everything about the site of a gas meter is drawn.

    Neither granularity nor direction of the EAN has a part in it: AMR offtake and injection are one site (S4).
    """
    kind = int(f"{meter.kind.digits[:2]}0{meter.kind.digits[-1]}")
    return mix(SEED + mix(kind * 1000 + meter.number) + Purpose.SITE)


def gas_region(seed: int) -> Region:
    """Where a site lies."""
    return Region(draw(seed, 1, 0, 3))


def gas_zone(seed: int, number: int) -> int | None:
    """From which receiving station a digital meter gets its gas; None: its factor is constant (E12)."""
    return None if number % 100 == _CONSTANT else draw(seed, 420, 0, ZONES - 1)


def gas_meter(number: int) -> PhysicalMeter:
    """The digital meter that hangs at a site."""
    # A multiplication modulo a prime never gives two meters one number.
    serial = (number * 48_271 + 2_012_345) % 9_999_991
    return PhysicalMeter(seq_number="1", meter_id=f"7FLO212{serial:07d}")


def digital_load(seed: int, number: int) -> GasLoad:
    """What burns gas behind a digital meter, in thousandths of m3."""
    trade = DIGITAL_TRADES.get(number % 10)
    return gas_household(seed) if trade is None else gas_works(seed, trade, _DM3_OF_MWH)


def amr_load(seed: int, number: int) -> GasWorks:
    """What burns gas behind an AMR meter, in Wh."""
    return gas_works(seed, AMR_TRADES[number % 10], _WH_OF_MWH)
