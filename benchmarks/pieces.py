"""The pieces of one answer, in this process: generator, resolver, renderer."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from statistics import median
from time import perf_counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Figure
from kwartier.api.render import energy_answer
from kwartier.domain.days import Grid, slots_within
from kwartier.domain.ean import Ean
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Granularity,
    Headpoint,
    MeterType,
    PhysicalMeter,
    Register,
    RegisterKind,
    State,
)
from kwartier.domain.period import Period, epoch_microseconds
from kwartier.domain.question import GRIDS, MAX_DAYS
from kwartier.domain.resolve import Inserted, resolve
from kwartier.domain.series import MeterSeries, Series, Versions
from kwartier.sandbox.eans import KINDS, MeterKind, SandboxMeter, sandbox_meter
from kwartier.sandbox.generator import versions

__all__ = ["answer_of", "any_mix", "measure"]

_SLOTS: Final = MAX_DAYS * 96
_YEARS: Final = 3  # how far back may be asked
_HEADPOINT: Final = Headpoint(Ean("541440110000000007"), EnergyType.ELECTRICITY, MeterType.DIGITAL)
_METER: Final = PhysicalMeter("1", "1SAG1100000007")
_REGISTERS: Final = tuple(
    Register(direction, RegisterKind.TOTAL) for direction in (Direction.OFFTAKE, Direction.INJECTION)
)


def measure(random: Random, today: datetime, times: int) -> Iterator[Figure]:
    """The figures of the pieces, each for 185 days of one headpoint, another EAN and window every time."""
    for kind in KINDS:
        for granularity in Granularity:
            taken = [_seconds(_generating(random, today, kind, granularity)) for _ in range(times)]
            name = f"versions, {kind}, {granularity.value}"
            yield Figure(name, "ms", median(taken) * 1e3, at_most=3)
    taken = [_seconds(_resolving(random, today)) for _ in range(times)]
    yield Figure("resolver, those quarter-hours", "ms", median(taken) * 1e3)
    numbers = np.random.default_rng(random.randrange(1 << 32))
    taken = [_seconds(_rendering(_alike(numbers))) for _ in range(times)]
    yield Figure(f"renderer, {_SLOTS} slots of one shape", "ms", median(taken) * 1e3, at_most=1.7)
    taken = [_seconds(_rendering(any_mix(numbers))) for _ in range(times)]
    yield Figure(f"renderer, {_SLOTS} slots of any mix", "ms", median(taken) * 1e3, at_most=6)


def _seconds(work: Callable[[], int]) -> float:
    begun = perf_counter()
    made = work()
    taken = perf_counter() - begun
    assert made > 0
    return taken


def _some(
    random: Random, today: datetime, kind: MeterKind, granularity: Granularity
) -> tuple[SandboxMeter, Period]:
    """Any meter of a kind, and any window that may be asked."""
    meter = sandbox_meter(Ean(f"{kind.prefix(granularity)}000000{random.randrange(1000):03}"))
    days = random.randrange(_YEARS * 365 - MAX_DAYS)
    end = today - timedelta(days=days, minutes=random.randrange(1440))
    return meter, Period(end - timedelta(days=MAX_DAYS), end)


def _generating(
    random: Random, today: datetime, kind: MeterKind, granularity: Granularity
) -> Callable[[], int]:
    meter, period = _some(random, today, kind, granularity)
    grid = GRIDS[kind.energy_type, granularity]
    slots, known_now = slots_within(grid, period), Inserted(epoch_microseconds(today))
    return lambda: sum(part.versions.slots.size for part in versions(meter, grid, slots, known_now))


def _resolving(random: Random, today: datetime) -> Callable[[], int]:
    meter, period = _some(random, today, KINDS[1], Granularity.QUARTER_HOURLY)
    slots, known_now = slots_within(Grid.QUARTER_HOUR, period), Inserted(epoch_microseconds(today))
    found: list[Versions] = [part.versions for part in versions(meter, Grid.QUARTER_HOUR, slots, known_now)]
    return lambda: sum(len(resolve(one, [slots], known_now)) for one in found)


def _rendering(series: Series) -> Callable[[], int]:
    return lambda: sum(map(len, answer_of(series)))


def answer_of(series: Series) -> Iterator[bytes]:
    """The answer with these readings of one meter, as it is made."""
    fetched_at = datetime.fromisoformat("2025-01-01T00:00:00Z")
    return energy_answer(_HEADPOINT, [MeterSeries(_METER, (series,))], fetched_at)


def _alike(numbers: np.random.Generator) -> Series:
    """Readings below 10 kWh, all READ: every slot looks the same."""
    shape = (len(_REGISTERS), _SLOTS)
    values = numbers.integers(0, 10_000, shape)
    return _series(numbers, values, np.full(shape, State.READ, np.uint8))


def any_mix(numbers: np.random.Generator) -> Series:
    """One to six digits, two states, a tenth missing: hardly two slots look the same."""
    shape = (len(_REGISTERS), _SLOTS)
    values = 10 ** numbers.integers(3, 9, shape) - 1
    states = numbers.choice(
        np.array([State.SILENT, State.READ, State.EST], np.uint8), shape, p=[0.1, 0.7, 0.2]
    )
    return _series(numbers, values, states)


def _series(numbers: np.random.Generator, values: NDArray[np.int64], states: NDArray[np.uint8]) -> Series:
    first_slot = 1_900_000 + int(numbers.integers(0, 50_000))
    return Series(Grid.QUARTER_HOUR, first_slot, _REGISTERS, values, states)
