"""`kwartier credentials`, as a user runs it."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kwartier.cli.main import app
from support.running import command, running

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a credentials command on a database of its own; what it printed."""
    monkeypatch.setenv("KWARTIER_DATABASE", f"sqlite:///{tmp_path / 'kwartier.db'}")
    monkeypatch.setenv("KWARTIER_PUBLIC_URL", "https://metering.example/")

    def invoke(*words: str) -> str:
        done = CliRunner().invoke(app, ["credentials", *words], catch_exceptions=False)
        assert done.exit_code == 0
        return done.output

    return invoke


def _issue(run: Run, organisation: str = "0999.999.922") -> dict[str, str]:
    issued: dict[str, str] = json.loads(
        run("issue", "--environment", "sandbox", "--organisation", organisation, "--json")
    )
    return issued


def test_issue_prints_all_that_a_client_needs(run: Run) -> None:
    """I3: credentials of an environment are tenant, scope, grant type, token endpoint, id, secret and key."""
    issued = _issue(run)
    assert list(issued) == [
        "tenant_id",
        "scope",
        "grant_type",
        "token_endpoint",
        "client_id",
        "client_secret",
        "subscription_key",
        "base_url",
        "valid_until",
    ]
    assert issued["grant_type"] == "client_credentials"
    assert issued["token_endpoint"].startswith(f"https://metering.example/{issued['tenant_id']}/")
    assert issued["base_url"] == "https://metering.example/ext/mijnfluvius-profnetgebruiker-sbx/v1"


def test_a_secret_is_shown_once(run: Run) -> None:
    """I4: after issue the secret and the key are shown nowhere."""
    issued = _issue(run)
    listed = run("list") + run("list", "--json")
    assert issued["client_id"] in listed
    assert issued["client_secret"] not in listed
    assert issued["subscription_key"] not in listed


def test_issue_for_people_says_to_keep_the_secret_safe(run: Run) -> None:
    """I4: whoever sees the secret is told to keep it safe and to share it with nobody."""
    shown = run("issue", "--organisation", "BE0999999922")
    assert "client_secret" in shown
    assert "keep it safe" in shown


def test_renewal_gives_a_new_secret_and_a_new_year(run: Run) -> None:
    """I4: renewing keeps client id and key, and gives a new secret and a later end."""
    issued = _issue(run)
    renewed = json.loads(run("renew", issued["client_id"], "--json"))
    assert renewed["client_id"] == issued["client_id"]
    assert renewed["client_secret"] != issued["client_secret"]
    assert "subscription_key" not in renewed
    assert datetime.fromisoformat(renewed["valid_until"]) >= datetime.fromisoformat(issued["valid_until"])
    assert "The subscription key stays" in run("renew", issued["client_id"])


def test_list_shows_each_organisation_and_state(run: Run) -> None:
    """I4: the list tells until when credentials are valid, and which are revoked."""
    first, second = _issue(run, "0999.999.922"), _issue(run, "be 0202.239.951")
    assert "revoked" in run("revoke", second["client_id"])
    states = {row["client_id"]: row["state"] for row in json.loads(run("list", "--json"))}
    assert states == {first["client_id"]: "valid", second["client_id"]: "revoked"}


def test_a_list_without_a_database_says_how_to_begin(tmp_path: Path) -> None:
    """A command that only looks makes no database: a mistyped name is told, with what makes one."""
    file = tmp_path / "mistyped.db"
    done = command("credentials", "list", "--database", f"sqlite:///{file}")
    assert done.returncode == 1
    assert str(file) in done.stderr
    assert "credentials issue" in done.stderr
    assert not file.exists()


def test_issue_prints_shell_variables(run: Run) -> None:
    """I3: for a shell, everything is exported under its name in capitals."""
    shown = run("issue", "--organisation", "0999.999.922", "--export")
    assert "export CLIENT_SECRET=" in shown
    assert "export BASE_URL=https://metering.example/ext/" in shown


def test_issue_tells_the_address_at_which_it_is_served(tmp_path: Path) -> None:
    """I3: credentials issued beside a platform on any port have addresses that work."""
    with running(tmp_path) as platform:
        issue = ("credentials", "issue", "--organisation", "0999.999.922", "--json")
        issued = json.loads(command(*issue, "--database", platform.database).stdout)
        assert issued["base_url"].startswith(platform.address + "/")
        assert platform.token(issued).status_code == 200
