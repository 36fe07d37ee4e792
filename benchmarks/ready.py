"""A sandbox for others' tests: how long until it is ready, in processes that have just begun."""

import subprocess
import sys
from collections.abc import Iterator
from statistics import median
from typing import Final

from benchmarks.processes import ROOT, own_environment
from benchmarks.report import Figure

__all__ = ["measure"]

_MOST: Final = 9
_PROGRAM: Final = """
from time import perf_counter
begun = perf_counter()
from kwartier.testing import Sandbox
imported = perf_counter()
with Sandbox() as sandbox:
    sandbox.control.faults()
    print(imported - begun, perf_counter() - imported)
"""


def measure(rounds: int) -> Iterator[Figure]:
    """Seconds to import it, and from then until it has answered its first request."""
    taken = [_once() for _ in range(min(rounds, _MOST))]
    yield Figure("sandbox ready, after import", "s", median(ready for _, ready in taken), at_most=1)
    yield Figure("… the import itself", "s", median(imported for imported, _ in taken))


def _once() -> tuple[float, float]:
    told = subprocess.check_output([sys.executable, "-c", _PROGRAM], cwd=ROOT, env=own_environment({}))
    imported, ready = map(float, told.split())
    return imported, ready
