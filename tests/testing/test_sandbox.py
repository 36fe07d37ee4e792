"""Sandboxes: started, stopped, several at once, and nobody meets."""

import subprocess
import sys
import threading
from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
import uvicorn

import kwartier.testing
from kwartier.testing import (
    NotRunningError,
    Sandbox,
    SandboxClient,
    SandboxError,
    StartError,
)
from testing.asking import Ask

EAN = "541440110000000007"
MOMENT = datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_a_sandbox_starts_and_stops() -> None:
    """It answers inside, and leaves neither thread nor port nor file behind."""
    before = set(threading.enumerate())
    with Sandbox() as sandbox:
        address = sandbox.base_url + "/api/health"
        assert httpx.get(address, timeout=60).json() == {"status": "ok"}
        assert httpx.get(sandbox.esco_base_url + "/api/health", timeout=60).json() == {"status": "ok"}
        folder = Path(sandbox.client._server._platform.database.name).parent
        assert folder.is_dir()
    assert set(threading.enumerate()) <= before
    assert not folder.exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(address, timeout=60)


def test_a_sandbox_starts_again() -> None:
    """Stopping twice changes nothing; started again, all is new."""
    sandbox = Sandbox()
    sandbox.start()
    first = sandbox.credentials
    with pytest.raises(StartError, match="runs already"):
        sandbox.start()
    sandbox.stop()
    sandbox.stop()
    with sandbox:
        assert sandbox.credentials.client_id != first.client_id
        assert sandbox.control.journal() == []


def test_a_sandbox_that_does_not_run_says_so() -> None:
    """Before the start and after the stop there is nothing to ask, and the text says what to do."""
    sandbox = Sandbox()
    with pytest.raises(NotRunningError, match="with Sandbox"):
        _ = sandbox.base_url
    with sandbox:
        control = sandbox.control
    with pytest.raises(NotRunningError, match="stopped"):
        control.faults()
    with pytest.raises(SandboxError):
        sandbox.new_client()


def test_a_sandbox_that_can_not_start_cleans_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Why it does not start is told as the cause, in the thread of whoever asked for it."""

    async def fail(*_: object) -> None:
        raise RuntimeError("no luck")

    monkeypatch.setattr(uvicorn.Server, "startup", fail)
    before = set(threading.enumerate())
    with pytest.raises(StartError) as refused:
        Sandbox().start()
    assert str(refused.value.__cause__) == "no luck"
    assert set(threading.enumerate()) <= before


def test_a_sandbox_stops_while_an_answer_is_held_back(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    """A client that has given up does not keep the sandbox up, and nobody's log is filled with it."""
    with Sandbox() as sandbox:
        sandbox.control.delay(60, endpoint="mandate")
        with pytest.raises(httpx.ReadTimeout):
            ask(sandbox.client, timeout=httpx.Timeout(60, read=0.1))
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]


def test_two_sandboxes_never_meet(ask: Ask) -> None:
    """S1: two at once have ports, credentials and clocks of their own."""
    with Sandbox() as one, Sandbox() as other:
        one.control.clock.set(MOMENT)
        one.control.fail(500, times=None)
        assert not other.control.clock.read().is_set
        assert ask(other.client).status_code == HTTPStatus.OK
        swapped = asdict(one.credentials) | {"token_endpoint": other.token_endpoint}
        names = ("grant_type", "scope", "client_id", "client_secret")
        refused = httpx.post(
            swapped["token_endpoint"], data={name: swapped[name] for name in names}, timeout=60
        )
        assert refused.json()["error"] == "invalid_client"


def test_two_clients_of_a_sandbox_never_meet(kwartier_sandbox: SandboxClient, ask: Ask) -> None:
    """S1: clock, mandates, faults and journal of one client are nothing to another."""
    other = kwartier_sandbox.new_client()
    kwartier_sandbox.control.clock.set(MOMENT)
    kwartier_sandbox.control.mandate(EAN)
    kwartier_sandbox.control.fail(500, times=None)
    assert ask(other).json()["data"]["mandates"] == []
    assert not other.control.clock.read().is_set
    assert other.control.faults() == []
    assert len(other.control.journal()) == 2  # its own question, and the token for it


def test_settings_of_the_user_do_not_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ask: Ask) -> None:
    """A sandbox is the same whatever variables, files and proxies there are."""
    monkeypatch.setenv("KWARTIER_RATE_LIMIT", "nonsense")
    monkeypatch.setenv("KWARTIER_PUBLIC_URL", "https://metering.example")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    (tmp_path / "kwartier.toml").write_text("nonsense = 1")
    monkeypatch.chdir(tmp_path)
    with Sandbox() as sandbox:
        assert sandbox.base_url.startswith("http://127.0.0.1:")
        sandbox.control.mandate(EAN)
        monkeypatch.undo()
        answer = ask(sandbox.client)
        assert answer.headers["ratelimit-limit"] == "300"
        assert len(answer.json()["data"]["mandates"]) == 1


def test_a_limit_and_a_lifetime_are_asked_for(ask: Ask) -> None:
    """C4: whoever tests for them has a low limit."""
    with Sandbox(rate_limit=2, token_lifetime=60) as sandbox:
        assert [ask(sandbox.client).status_code for _ in range(3)] == [200, 200, 429]
        sandbox.control.clock.read()
        assert ask(sandbox.new_client()).status_code == HTTPStatus.OK


def test_credentials_hide_their_secrets_and_become_variables(kwartier_sandbox: SandboxClient) -> None:
    """A2: what is printed of credentials holds no secret; as variables they are whole."""
    known = kwartier_sandbox.credentials
    assert known.client_secret not in repr(known)
    assert known.subscription_key not in repr(known)
    variables = known.as_environment("METERING_")
    assert variables["METERING_CLIENT_SECRET"] == known.client_secret
    assert variables["METERING_BASE_URL"] == kwartier_sandbox.base_url
    assert variables["METERING_VALID_UNTIL"] == f"{known.valid_until:%Y-%m-%dT%H:%M:%SZ}"
    assert all(isinstance(text, str) for text in variables.values())


def test_all_names_are_there() -> None:
    """`__all__` is the promise, sorted, and another name is an AttributeError as everywhere."""
    assert all(hasattr(kwartier.testing, name) for name in kwartier.testing.__all__)
    assert sorted(kwartier.testing.__all__) == list(kwartier.testing.__all__)
    with pytest.raises(AttributeError, match="Sandpit"):
        _ = kwartier.testing.Sandpit


def test_a_base_installation_says_what_is_missing() -> None:
    """Without the server's packages the plugin loads, and using it says in one line how to get them."""
    program = (
        "import sys; sys.modules['uvicorn'] = None; import kwartier.testing.plugin as plugin; "
        "from kwartier.testing import Sandbox"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=240
    )
    assert done.stderr.splitlines()[-1].endswith("uvicorn is missing: pip install 'kwartier[server]'")
