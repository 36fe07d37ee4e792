"""The memory of workers under a load that lasts: from the first minute to the last."""

from collections.abc import Iterator
from datetime import datetime
from itertools import cycle
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

import psutil

from benchmarks.client import Client
from benchmarks.ours import EANS, checked, platform, some_question
from benchmarks.report import Figure
from kwartier.wire import paths

__all__ = ["measure"]

_MINUTES: Final = 4
_WORKERS: Final = 2


def measure(folder: Path, random: Random, today: datetime) -> Iterator[Figure]:
    """Megabytes of all workers together: the median of the last minute against that of the first."""
    with (
        TemporaryDirectory(dir=folder) as name,
        platform(Path(name), {"workers": str(_WORKERS)}) as ours,
    ):
        processes = psutil.Process(ours.server.pid).children()
        samples: list[tuple[float, float]] = []
        small = ours.get(f"{paths.MANDATE}?ean={EANS[0]}")
        begun = monotonic()
        for large in cycle([True, *[False] * 9]):
            if (passed := monotonic() - begun) > _MINUTES * 60:
                break
            # A connection each, so that every worker gets its share.
            with Client(ours.server.peer, buffer_bytes=8_000_000) as client:
                request = ours.energy(some_question(random, today)) if large else small
                checked(client.ask(request))
            samples.append((passed, sum(one.memory_full_info().uss for one in processes) / 1e6))
    first = median(megabytes for passed, megabytes in samples if passed < 60)
    last = median(megabytes for passed, megabytes in samples if passed >= (_MINUTES - 1) * 60)
    growth = 100 * (last / first - 1)
    yield Figure(f"memory of {_WORKERS} workers in minute {_MINUTES}, against the first", "MB", last, first)
    yield Figure("… growth", "%", growth, at_most=10)
