"""`kwartier operators` and `kwartier bootstrap`, as a user runs them."""

import json
from pathlib import Path

import httpx
import pytest

from support.running import command, running

pytestmark = pytest.mark.slow  # many commands, each a process of its own

_EVERYTHING = "backoffice.read backoffice.write backoffice.deliver backoffice.audit"


def test_operators_are_issued_listed_renewed_and_revoked(tmp_path: Path) -> None:
    """I4: an operator's secret is shown once; the list shows names as they are, and how each stands."""
    on = ("--database", f"sqlite:///{tmp_path / 'kwartier.db'}")
    issue = ("operators", "issue", "Head-end [red] of Antwerp", "--scope", "backoffice.deliver")
    issued = json.loads(command(*issue, "--scope", "backoffice.read", "--json", *on).stdout)
    assert issued["scope"] == "backoffice.read backoffice.deliver"
    renewed = command("operators", "renew", issued["client_id"], *on).stdout
    assert "keep it safe" in renewed
    assert issued["client_secret"] not in renewed
    [row] = json.loads(command("operators", "list", "--json", *on).stdout)
    assert (row["name"], row["state"]) == ("Head-end [red] of Antwerp", "valid")
    assert "Head-end [red] of Antwerp" in command("operators", "list", *on).stdout
    assert "is revoked" in command("operators", "revoke", issued["client_id"], *on).stdout
    [row] = json.loads(command("operators", "list", "--json", *on).stdout)
    assert row["state"] == "revoked"
    assert issued["client_secret"] not in json.dumps(row)


def test_an_operator_is_exported_for_a_shell(tmp_path: Path) -> None:
    """I4: what the lines of docs/backoffice.md use is set by eval, a scope of several words among them."""
    on = ("--database", f"sqlite:///{tmp_path / 'kwartier.db'}")
    scopes = ("--scope", "backoffice.deliver", "--scope", "backoffice.read")
    printed = command("operators", "issue", "Eva; [x]", *scopes, "--export", *on).stdout
    lines = dict(line.removeprefix("export ").split("=", 1) for line in printed.splitlines())
    assert {"PLATFORM", "TOKEN_ENDPOINT", "SCOPE", "CLIENT_ID", "CLIENT_SECRET"} < set(lines)
    assert lines["SCOPE"] == "'backoffice.read backoffice.deliver'"
    assert "NAME" not in lines


def test_an_operator_needs_a_scope_that_there_is(tmp_path: Path) -> None:
    """C1: without a scope, or with another, it is told which there are."""
    on = ("--database", f"sqlite:///{tmp_path / 'kwartier.db'}")
    for words in ((), ("--scope", "everything")):
        done = command("operators", "issue", "Eva", *words, *on)
        assert done.returncode == 2
        assert "scope" in done.stderr
    assert not (tmp_path / "kwartier.db").exists()


def test_bootstrap_makes_a_platform_that_works(tmp_path: Path) -> None:
    """I3: on nothing at all, one command makes database, operator and credentials, whose secrets get tokens."""
    on = ("--database", f"sqlite:///{tmp_path / 'kwartier.db'}")
    words = ("bootstrap", "--organisation", "0999.999.922", "--operator", "Eva [x]")
    made = json.loads(command(*words, "--json", *on).stdout)
    assert made["operator"]["scope"] == _EVERYTHING
    assert made["operator"]["name"] == "Eva [x]"
    with running(tmp_path) as platform:
        endpoint = platform.address + "/" + made["operator"]["token_endpoint"].split("/", 3)[3]
        for one in made.values():
            names = ("grant_type", "scope", "client_id", "client_secret")
            answer = httpx.post(endpoint, data={name: one[name] for name in names}, timeout=60)
            assert answer.status_code == 200, answer.text
            assert answer.json()["access_token"]


def test_bootstrap_again_does_no_harm(tmp_path: Path) -> None:
    """I4: where there is an operator, bootstrap fails in one line and changes nothing; secrets are shown for people too."""
    on = ("--database", f"sqlite:///{tmp_path / 'kwartier.db'}")
    words = ("bootstrap", "--organisation", "0999.999.922", "--operator", "Eva [x]", *on)
    shown = command(*words).stdout
    assert shown.count("client_secret") == 2
    assert "Eva [x]" in shown
    assert "keep them safe" in shown
    before = [command(group, "list", "--json", *on).stdout for group in ("operators", "credentials")]
    done = command(*words)
    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing was changed" in done.stderr
    assert done.stderr.count("\n") == 1
    after = [command(group, "list", "--json", *on).stdout for group in ("operators", "credentials")]
    assert after == before
    assert [len(json.loads(text)) for text in after] == [1, 1]
