"""The pytest plugin. It is imported in every run of pytest where Kwartier is installed, so it imports nothing else."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kwartier.testing import Sandbox, SandboxClient

__all__ = ["kwartier_sandbox", "kwartier_sandbox_server"]


@pytest.fixture(scope="session")
def kwartier_sandbox_server() -> Iterator["Sandbox"]:
    """A `kwartier.testing.Sandbox` that runs for the whole session; with pytest-xdist each worker has one."""
    from kwartier.testing import Sandbox  # noqa: PLC0415 - only whoever uses it pays for it

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def kwartier_sandbox(kwartier_sandbox_server: "Sandbox") -> "SandboxClient":
    """A sandbox of the test's own: new credentials, no mandates, no faults, an empty journal, a clock of real time."""
    return kwartier_sandbox_server.new_client()
