"""`kwartier credentials`, as a user runs it."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from typer.main import get_command
from typer.testing import CliRunner

from kwartier.cli.main import app
from kwartier.db.engine import Database
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.operators import ABOUT
from kwartier.services import credentials as services
from kwartier.services.secrets import Hasher
from support.certificates import Holder
from support.contracts import approved_contract
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_issue_tells_the_address_at_which_it_is_served(tmp_path: Path) -> None:
    """I3: credentials issued beside a platform on any port have addresses that work."""
    with running(tmp_path) as platform:
        issue = ("credentials", "issue", "--organisation", "0999.999.922", "--json")
        issued = json.loads(command(*issue, "--database", platform.database).stdout)
        assert issued["base_url"].startswith(platform.address + "/")
        assert platform.token(issued).status_code == 200


def _contract(folder: Path) -> None:
    """An approved contract of the organisation."""
    database = Database(f"sqlite:///{folder / 'kwartier.db'}")
    approved_contract(database, EnterpriseNumber.parse("0999.999.922"), datetime.now(UTC))
    database.close()


def test_live_credentials_say_what_they_cover(run: Run, tmp_path: Path) -> None:
    """I5: coverage is fixed at issue, own EANs or all by the contract, and shown in the list."""
    live = ("issue", "--organisation", "0999.999.922", "--environment", "live", "--json")
    own = json.loads(run(*live))
    _contract(tmp_path)
    all_ = json.loads(run(*live, "--coverage", "all"))
    sandbox = _issue(run)
    covered = {row["client_id"]: row["coverage"] for row in json.loads(run("list", "--json"))}
    expected = {own["client_id"]: "own", all_["client_id"]: "all", sandbox["client_id"]: "all"}
    assert covered == expected


def test_an_overlap_is_said_and_listed(run: Run, tmp_path: Path) -> None:
    """C2: who renews with an overlap is told until when the old secret goes on, and for what."""
    live = ("issue", "--organisation", "0999.999.922", "--environment", "live", "--json")
    issued = json.loads(run(*live))
    _contract(tmp_path)
    said = run("renew", issued["client_id"], "--overlap", "7", "--coverage", "all")
    assert "The old secret goes on until" in said
    assert "covers own EANs" in said
    [row] = json.loads(run("list", "--json"))
    left = datetime.fromisoformat(row["old_secret_until"]) - datetime.now(UTC)
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    assert row["coverage"] == "all"
    assert "The old secret goes on" not in run("renew", issued["client_id"])
    [row] = json.loads(run("list", "--json"))
    assert row["old_secret_until"] is None


def test_what_expires_is_warned_of(run: Run, tmp_path: Path) -> None:
    """I4: the list tells what expires soon, and warns of what ends within thirty days, with what to do."""
    _issue(run)
    database = Database(f"sqlite:///{tmp_path / 'kwartier.db'}")
    number = EnterpriseNumber.parse("0202.239.951")
    ends_in = {}
    for days in (70, 50, 20, -1):
        issued_at = datetime.now(UTC) - timedelta(days=365 - days)
        made = services.issue(database, Hasher(""), EnvironmentName.SANDBOX, number, issued_at)
        ends_in[made.credentials.client_id] = days
    database.close()
    rows = {
        ends_in[row["client_id"]]: (row["state"], row["days_left"])
        for row in json.loads(run("list", "--json"))
        if row["client_id"] in ends_in
    }
    states = {days: state for days, (state, _) in rows.items()}
    assert states == {70: "valid", 50: "expires soon", 20: "expires soon", -1: "expired"}
    assert rows[-1][1] is None
    assert 18 <= rows[20][1] <= 20
    told = re.findall(r"kwartier credentials renew (\S+)`", run("list"))
    assert [ends_in[client_id] for client_id in told] == [20]


def _write(holder: Holder, folder: Path) -> str:
    """The files that a client has; the path of the certificate."""
    key = holder.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "client.key").write_bytes(key)
    (folder / "client.pem").write_text(holder.pem, encoding="ascii")
    return str(folder / "client.pem")


def test_certificates_are_added_listed_and_removed(run: Run, tmp_path: Path) -> None:
    """C1: a certificate is registered from its file, listed with its term, and forgotten by its thumbprint."""
    client_id = _issue(run)["client_id"]
    assert run("certificate", "list", client_id) == "No certificates.\n"
    file = _write(Holder.new(client_id, "", datetime.now(UTC), kind="ec"), tmp_path)
    added = run("certificate", "add", client_id, file)
    [row] = json.loads(run("certificate", "list", client_id, "--json"))
    assert row["thumbprint"] in added
    assert row["thumbprint"] in run("certificate", "list", client_id)
    assert row["state"] == "valid"
    run("certificate", "remove", client_id, row["thumbprint"])
    assert json.loads(run("certificate", "list", client_id, "--json")) == []


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"-----BEGIN PRIVATE KEY-----"])
@pytest.mark.slow
def test_a_file_that_is_no_certificate_is_told(tmp_path: Path, content: bytes | None) -> None:
    """C1: what is no certificate is told in one line, with exit code 2, and no more of it."""
    file = tmp_path / "client.pem"
    if content is not None:
        file.write_bytes(content)
    database = f"sqlite:///{tmp_path / 'kwartier.db'}"
    command("credentials", "issue", "--organisation", "0999.999.922", "--database", database)
    done = command("credentials", "certificate", "add", "nobody", str(file), "--database", database)
    assert done.returncode == 2
    assert done.stderr.startswith("kwartier: ")
    assert done.stderr.count("\n") == 1


_PAGE = Path(__file__).parents[2] / "docs" / "credentials.md"


@pytest.mark.slow
def test_the_page_shows_how_to_come_with_a_certificate(tmp_path: Path) -> None:
    """C1: the program on the page gets a token with a certificate as the page's command makes it."""
    page = _PAGE.read_text(encoding="utf-8")
    made = re.findall(r"^openssl req -x509 -newkey (\S+)", page, re.MULTILINE)
    assert made == ["rsa:2048", "ec"]
    [program] = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    with running(tmp_path) as platform:
        issued = platform.credentials()
        holder = Holder.new(issued["client_id"], "", datetime.now(UTC), kind=made[0].replace(":", ""))
        platform.command("credentials", "certificate", "add", issued["client_id"], _write(holder, tmp_path))
        settings = {name.upper(): issued[name] for name in ("client_id", "token_endpoint", "scope")}
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
            env=os.environ | settings,
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.count(".") == 2
        headers = {
            "Authorization": f"Bearer {done.stdout.strip()}",
            "Subscription-Key": issued["subscription_key"],
        }
        assert httpx.get(f"{issued['base_url']}/api/mandate", headers=headers, timeout=60).status_code == 200


def test_the_page_tells_of_every_scope() -> None:
    """C1: the page explains each scope of operators in the words of the code."""
    page = _PAGE.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(backoffice\.\w+)` \| (.+) \|$", page, re.MULTILINE))
    assert rows == {scope.value: about for scope, about in ABOUT.items()}


def test_commands_of_the_page_exist() -> None:
    """Every command that the page shows is one, with the options it shows."""
    page = _PAGE.read_text(encoding="utf-8")
    shown = re.findall(r"^kwartier (.+)$", page, re.MULTILINE)
    assert len(shown) > 8
    for line in shown:
        words = shlex.split(line)
        named = [word for word in words if re.fullmatch(r"[a-z]+", word)]
        done = CliRunner().invoke(app, [*_path(named), "--help"], catch_exceptions=False)
        assert done.exit_code == 0, line
        options = [word for word in words if word.startswith("--")]
        assert not [option for option in options if option not in done.output], line


def _path(words: list[str]) -> list[str]:
    """The words that name a command."""
    group = get_command(app)
    path: list[str] = []
    for word in words:
        commands = getattr(group, "commands", {})
        if word not in commands:
            break
        group = commands[word]
        path.append(word)
    assert path, words
    assert not getattr(group, "commands", {}), words
    return path
