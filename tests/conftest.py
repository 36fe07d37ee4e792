"""What all tests have: engines, and how hypothesis runs here."""

import os
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

# No deadline: how fast the machine is at the moment is not what these tests are about. In CI the same examples each time:
# what a new one would find is found by a developer, and not by a change that has nothing to do with it.
for _name, _examples in {"kwartier": 25, "thorough": 100}.items():
    settings.register_profile(
        _name,
        deadline=None,
        max_examples=_examples,
        suppress_health_check=[HealthCheck.too_slow],
        derandomize="CI" in os.environ,
    )
settings.load_profile("kwartier")

pytest_plugins = ["support.engines", "support.store"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the whole suite stand on another engine; tests about engines themselves run on each in any case."""
    parser.addoption(
        "--engine", choices=("sqlite", "postgresql"), default="sqlite", help="on which engine platforms stand"
    )


_BOUNDS: Final = (
    "gateway.glances._SLOW_SECONDS",
    "gateway.journaling._LATE_SECONDS",
    "gateway.journaling._PATIENCE_SECONDS",
    "gateway.working._ANSWER_SECONDS",
    "gateway.working._PATIENCE_SECONDS",
    "services.database_limiter._SECONDS",
)


@pytest.fixture(scope="session", autouse=True)
def _patient() -> Iterator[Mapping[str, float]]:
    """What is served in this process is not given up because the machine is busy; the bounds as they are otherwise."""
    usual = {}
    with pytest.MonkeyPatch.context() as patch:
        for bound in _BOUNDS:
            module, _, name = f"kwartier.{bound}".rpartition(".")
            usual[f"{module}.{name}"] = getattr(import_module(module), name)
            patch.setattr(f"{module}.{name}", 60.0)
        yield usual


@pytest.fixture
def usual_bounds(_patient: Mapping[str, float], monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what is given up: the bounds as they are otherwise."""
    for bound, seconds in _patient.items():
        monkeypatch.setattr(bound, seconds)


_ON_BOTH_IN_MAKE_TEST = {"db", "registry", "readings"}
"""The rooms that are about engines; what stands on them is tried on the second engine in `make test-all`."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs on PostgreSQL beside SQLite, outside the rooms that are about engines."""
    for item in items:
        room = item.path.parent.name
        if room not in _ON_BOTH_IN_MAKE_TEST and "postgresql" in item.name.partition("[")[2]:
            item.add_marker("second_engine")
