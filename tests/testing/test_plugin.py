"""The pytest plugin, as it stands in everybody's runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from kwartier.testing import SandboxClient

pytestmark = pytest.mark.slow  # many commands, each a process of its own

EAN = "541440110000000007"

_NOSY = """
import sys

def pytest_sessionfinish():
    print("loaded:", sorted(name for name in sys.modules if name.startswith(("kwartier", "httpx", "uvicorn"))))
"""
_OF_ITS_OWN = """
import pytest

from kwartier.testing import RefusedError, Sandbox

NUMBERS = range(3)

@pytest.fixture(scope="session")
def kwartier_sandbox_server():
    with Sandbox(rate_limit=7) as sandbox:
        yield sandbox

@pytest.mark.parametrize("number", NUMBERS)
def test_alone(kwartier_sandbox, kwartier_sandbox_server, number):
    assert kwartier_sandbox.control.faults() == []
    assert kwartier_sandbox.control.journal() == []
    assert kwartier_sandbox.credentials != kwartier_sandbox_server.credentials
    for _ in range(7):
        kwartier_sandbox.control.mandate("541440110000000007")
    with pytest.raises(RefusedError, match="429"):
        kwartier_sandbox.control.mandate("541440110000000007")
    kwartier_sandbox.control.fail()
"""


def _pytest(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def test_whoever_does_not_use_it_does_not_pay_for_it(tmp_path: Path) -> None:
    """In a run without its fixtures the plugin loads itself, and no room of the platform."""
    (tmp_path / "conftest.py").write_text(_NOSY)
    done = _pytest(tmp_path, "--collect-only")
    assert "loaded: ['kwartier', 'kwartier.testing', 'kwartier.testing.plugin']" in done.stdout, done.stdout


def test_fixtures_tell_what_they_are(tmp_path: Path) -> None:
    """`pytest --fixtures` shows both, with a sentence."""
    done = _pytest(tmp_path, "--fixtures")
    assert "kwartier_sandbox_server [session scope]" in done.stdout
    assert "A sandbox of the test's own" in done.stdout


def test_the_server_of_a_session_can_be_another(tmp_path: Path) -> None:
    """Whoever overrides the session's fixture has its settings, and still a sandbox of its own for each test."""
    (tmp_path / "test_it.py").write_text(_OF_ITS_OWN)
    done = _pytest(tmp_path)
    assert "3 passed" in done.stdout, done.stdout


def test_one_makes_a_mess(kwartier_sandbox: SandboxClient) -> None:
    """S1: what this test leaves behind, the next does not find; in whichever order they run."""
    _is_clean(kwartier_sandbox)
    kwartier_sandbox.control.mandate(EAN)
    kwartier_sandbox.control.fail(500, times=None)
    kwartier_sandbox.control.clock.advance(days=400)


def test_another_makes_the_same_mess(kwartier_sandbox: SandboxClient) -> None:
    """S1: what this test leaves behind, the other does not find."""
    test_one_makes_a_mess(kwartier_sandbox)


def _is_clean(client: SandboxClient) -> None:
    state = client.control.export_state()
    assert (state["mandates"], state["faults"], state["clock"]) == ([], [], None)
    assert client.control.journal() == []
