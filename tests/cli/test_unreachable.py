"""What the user's commands say of a platform that does not answer (K2, C6)."""

import socket
from collections.abc import Iterator

import pytest

from kwartier import Retrying
from kwartier.testing import Sandbox
from support.commands import Command


@pytest.fixture
def nowhere(kwartier: Command, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An address at which nobody listens, that of the profile."""
    monkeypatch.setattr(Retrying, "pause", lambda _self, attempts, _told: 0.0 if attempts < 3 else None)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        there = sandbox.new_client().credentials
        assert kwartier.log_in(there).code == 0
        file = kwartier.folder / "profiles.toml"
        file.write_text(file.read_text().replace(there.base_url.partition("/ext")[0], address))
        yield address


def test_a_refused_connection_is_said_before_it_is_tried_again(kwartier: Command, nowhere: str) -> None:
    """C6: where nobody listens is named, in words; who waits knows for what, and is told once."""
    done = kwartier("mandates")
    assert done.code == 1
    refused = f"kwartier: can't reach {nowhere}: connection refused"
    assert done.error.splitlines() == [f"{refused}; trying again …", refused]


def test_the_doctor_says_it_too(kwartier: Command, nowhere: str) -> None:
    """K5: there is no connection, and to where."""
    done = kwartier("doctor")
    assert done.code == 1
    assert f"There is no connection: can't reach {nowhere}: connection refused" in done.text
    assert done.error.count("trying again") == 1
