"""The figures of all processes that serve, added up for Prometheus."""

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from kwartier.telemetry.metrics import BUILD

__all__ = ["collected", "serving"]


def collected(folder: Path, alive: Callable[[], Collection[int]], version: str) -> CollectorRegistry:
    """The figures of a folder, as they are whenever they are asked for.

    Args:
        folder: of `shared_folder`.
        alive: the ids of the processes that serve. Gauges of others are forgotten, what they counted stays.
        version: of Kwartier.
    """
    registry = CollectorRegistry()
    registry.register(_Folder(folder, alive, version))
    return registry


def serving(folder: Path, alive: Callable[[], Collection[int]]) -> int:
    """How many processes of those that live put their figures into a folder: they serve."""
    return len(_counting(folder) & set(alive()))


def _counting(folder: Path) -> set[int]:
    """The processes that keep gauges in a folder: those that serve, and those that died since the last look."""
    return {int(file.stem.rpartition("_")[2]) for file in folder.glob("gauge_live*_*.db")}


class _Folder(Collector):
    """Reads what the processes wrote."""

    def __init__(self, folder: Path, alive: Callable[[], Collection[int]], version: str) -> None:
        self._folder = folder
        self._alive = alive
        self._version = version
        # Without a registry of its own: it is asked below, after the dead were told from the living.
        self._files = MultiProcessCollector(None, str(folder))  # type: ignore[no-untyped-call]

    def collect(self) -> Iterable[Metric]:
        """What is known."""
        alive = self._alive()
        for pid in _counting(self._folder).difference(alive):
            mark_process_dead(pid, str(self._folder))  # type: ignore[no-untyped-call]
        build = GaugeMetricFamily(BUILD.name, BUILD.meaning, labels=BUILD.labels)
        build.add_metric([self._version], 1)
        return [build, *self._files.collect()]  # type: ignore[no-untyped-call]

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: what there is depends on what was counted."""
        return []
