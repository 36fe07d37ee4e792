"""A platform whose requests are counted."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from anyio.from_thread import BlockingPortal
from prometheus_client import CollectorRegistry

from kwartier.app import assemble
from kwartier.telemetry.metrics import Metrics
from support.platform import HOST, Platform, _AppTransport

__all__ = ["Counted", "counted", "counting"]


class Counted:
    """A platform whose requests are counted.

    Attributes:
        platform: with its requests going through what counts them.
        metrics: where they are counted.
    """

    def __init__(self, platform: Platform, registry: CollectorRegistry, metrics: Metrics) -> None:
        self.platform = platform
        self.registry = registry
        self.metrics = metrics

    def value(self, name: str, **labels: str) -> float:
        """The value of a series, 0 where there is none yet."""
        return self.registry.get_sample_value(name, labels) or 0.0

    def samples(self) -> list[tuple[str, dict[str, str], float]]:
        """All series."""
        return [
            (sample.name, sample.labels, sample.value)
            for family in self.registry.collect()
            for sample in family.samples
        ]


@contextmanager
def counting(platform: Platform, portal: BlockingPortal) -> Iterator[Counted]:
    """A platform whose requests are counted, for as long as the context lasts."""
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    assembled = assemble(platform.settings, platform.clock, metrics)
    before = platform.http
    platform.http = httpx.Client(transport=_AppTransport(assembled.app, portal), base_url=HOST)
    try:
        yield Counted(platform, registry, metrics)
    finally:
        platform.http.close()
        platform.http = before
        assembled.database.close()


@pytest.fixture
def counted(fresh_platform: Platform, portal: BlockingPortal) -> Iterator[Counted]:
    """A platform of the test's own whose requests are counted."""
    with counting(fresh_platform, portal) as counted:
        yield counted
