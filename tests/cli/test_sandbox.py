"""`kwartier sandbox`, as a user runs it."""

import json
import shlex
from pathlib import Path

import pytest

from support.running import command

_PAGE = (Path(__file__).parent.parent.parent / "docs" / "sandbox-control.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.slow  # many commands, each a process of its own


class Sandbox:
    """A client's sandbox, and the command."""

    def __init__(self, folder: Path) -> None:
        self._database = ("--database", f"sqlite:///{folder / 'kwartier.db'}")
        issue = ("credentials", "issue", "--organisation", "0999.999.922", "--json")
        self.client_id: str = json.loads(self.run(*issue, of_client=False))["client_id"]

    def run(self, *words: str, of_client: bool = True, code: int = 0) -> str:
        """Run a command; what it printed."""
        client = ("--client", self.client_id) if of_client else ()
        done = command(*words, *client, *self._database)
        assert done.returncode == code, done.stderr
        return done.stdout or done.stderr


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """A client of the sandbox."""
    return Sandbox(tmp_path)


def test_the_clock_is_set_advanced_and_released(sandbox: Sandbox) -> None:
    """A3: the command moves a client's clock as the control surface does."""
    still = sandbox.run("sandbox", "clock", "set", "2026-03-01T08:00:00Z", "--still")
    assert still == "2026-03-01T08:00:00Z (set, standing still)\n"
    later = sandbox.run("sandbox", "clock", "advance", "--days", "1", "--hours", "2")
    assert later == "2026-03-02T10:00:00Z (set, standing still)\n"
    assert sandbox.run("sandbox", "clock", "show") == later
    assert "real time" in sandbox.run("sandbox", "clock", "release")


def test_faults_are_added_listed_and_cleared(sandbox: Sandbox) -> None:
    """A fault that fails twice is listed with what is left of it, and taken back."""
    sandbox.run("sandbox", "faults", "add", "--status", "503", "--times", "2", "--endpoint", "energy")
    [fault] = json.loads(sandbox.run("sandbox", "faults", "list", "--json"))
    assert fault == {
        "number": 1,
        "endpoint": "energy",
        "kind": "status",
        "status": 503,
        "probability": 1.0,
        "left": 2,
        "struck": 0,
    }
    assert "status 503" in sandbox.run("sandbox", "faults", "list")
    sandbox.run("sandbox", "faults", "clear")
    assert sandbox.run("sandbox", "faults", "list") == "No faults.\n"


def test_a_reset_and_an_empty_journal(sandbox: Sandbox) -> None:
    """S1: after a reset the clock shows real time, and the journal is empty."""
    sandbox.run("sandbox", "clock", "set", "2026-03-01T08:00:00Z")
    assert "as it was" in sandbox.run("sandbox", "reset")
    assert "real time" in sandbox.run("sandbox", "clock", "show")
    assert sandbox.run("sandbox", "journal") == "No requests yet.\n"
    assert json.loads(sandbox.run("sandbox", "journal", "--json")) == []


def test_the_life_of_a_mandate(sandbox: Sandbox) -> None:
    """M2, M3: the commands ask, answer and renew as the control surface does, and say in one line what can't be."""
    ean, mandates = "541440110000000007", ("sandbox", "mandates")
    sandbox.run("sandbox", "headpoints", "give", ean, "--grid-user", "Bakkerij De Smet")
    asked = json.loads(sandbox.run(*mandates, "ask", ean, "--from", "2025-01-01", "--json"))
    assert (asked["status"], asked["dataPeriodFrom"]) == ("Requested", "2024-12-31T23:00:00Z")
    assert "ToBeRenewed" in sandbox.run(*mandates, "consent", ean)
    said = sandbox.run(*mandates, "renew", ean, code=1)
    assert ("can be renewed from" in said, said.count("\n")) == (True, 1)
    assert "Removed" in sandbox.run(*mandates, "remove", asked["id"])
    assert sandbox.run(*mandates, "list") == "No mandates.\n"


def test_the_market(sandbox: Sandbox) -> None:
    """M5: a scenario is registered, listed and refused by its name."""
    register = ("sandbox", "scenarios", "register", "541440110000000007", "--kind")
    assert sandbox.run(*register, "move", "--effective", "2025-10-01") == "No mandates.\n"
    assert "disconnection" in sandbox.run(*register, "flood", code=2)
    [told] = json.loads(sandbox.run("sandbox", "scenarios", "list", "--json"))
    assert (told["kind"], told["effectiveDate"]) == ("move", "2025-09-30T22:00:00Z")


def test_the_commands_of_the_page(sandbox: Sandbox) -> None:
    """M2, M5, I6: the commands of docs/sandbox-control.md run as they stand there."""
    lines = [line for line in _PAGE.splitlines() if line.startswith("kwartier sandbox ")]
    assert len(lines) == 6
    told = [sandbox.run(*shlex.split(line)[1:]) for line in lines]
    assert "2026-01-14T23:00:00Z" in told[4]
    assert told[5] == "approved\n"


def test_the_contract(sandbox: Sandbox) -> None:
    """I6, S1: a contract is not needed until the command says that it is missing."""
    assert sandbox.run("sandbox", "contract") == "not-needed\n"
    assert sandbox.run("sandbox", "contract", "approved") == "approved\n"
    assert sandbox.run("sandbox", "headpoints", "list") == "All EANs are the client's own.\n"


def test_wrong_controls_are_one_line(sandbox: Sandbox) -> None:
    """What is wrong is said in one line: an unknown client, a moment, a status."""
    nobody = ("sandbox", "reset", "--client", "nobody")
    assert "nobody" in sandbox.run(*nobody, of_client=False, code=1)
    assert "YYYY" in sandbox.run("sandbox", "clock", "set", "tomorrow", code=2)
    said = sandbox.run("sandbox", "faults", "add", "--status", "418", code=2)
    assert "429" in said
    assert said.count("\n") == 1
