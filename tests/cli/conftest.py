"""What tests of the user's commands share: a sandbox, and somebody who is logged in there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kwartier.testing import Sandbox
from support.commands import Command, no_keyring


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox; each test has a client of its own."""
    with Sandbox(rate_limit=10_000) as sandbox:
        yield sandbox


@pytest.fixture
def kwartier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Command:
    """The command, for somebody who never used it, on a system without a keyring."""
    no_keyring(monkeypatch)
    return Command(tmp_path, monkeypatch, capsysbinary)


@pytest.fixture
def user(kwartier: Command, sandbox: Sandbox) -> Command:
    """The command, for somebody who is logged in."""
    done = kwartier.log_in(sandbox.new_client().credentials)
    assert done.code == 0, done.error
    return kwartier
