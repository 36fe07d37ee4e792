"""`kwartier organisations`, `people`, `contracts`, `requests`, `consents`, `scenarios`: the guide's road by commands."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from kwartier.cli.errors import FailureError, MistakeError
from kwartier.cli.main import app
from kwartier.services.errors import ServiceError

ACME, BAKER = "0999.999.922", "0203.430.576"
OWN, OTHER = "541448800000000017", "541448800000000024"
_PAGE = Path(__file__).parents[2] / "docs" / "mandates.md"


class Kwartier:
    """The command, on a database of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'kwartier.db'}"

    def __call__(self, *words: str, code: int = 0) -> str:
        """Run it; what it printed."""
        done = CliRunner().invoke(app, [*words, "--database", self.url])
        assert done.exit_code == code, (done.output, done.exception)
        return done.output

    def json(self, *words: str, code: int = 0) -> Any:
        """Run it for a program."""
        return json.loads(self(*words, "--json", code=code))

    def fails(self, *words: str) -> str:
        """Run it in vain; what is said."""
        done = CliRunner().invoke(app, [*words, "--database", self.url])
        assert isinstance(done.exception, MistakeError | FailureError | ServiceError), done.output
        return str(done.exception)


@pytest.fixture
def run(tmp_path: Path) -> Kwartier:
    """One with two organisations and a headpoint of each."""
    run = Kwartier(tmp_path)
    for number, name, ean in ((ACME, "Acme", OWN), (BAKER, "Baker", OTHER)):
        run("organisations", "add", number, name, "--email", f"info@{name.lower()}.example")
        headpoint = ("--energy", "electricity", "--meter-type", "digital", "--meter", "1=A")
        run("headpoints", "add", ean, *headpoint, "--grid-user", f"{number}@2022-01-01")
    return run


def asked(run: Kwartier, *eans: str, code: int = 0) -> Any:
    """Ask for quarter-hours."""
    how = ("--organisation", ACME, "--service", "VH_kwartier_uur", "--from", "2024-01-01")
    return run.json("requests", "ask", *eans, *how, code=code)


def test_what_is_not_said_of_an_organisation_stays(run: Kwartier) -> None:
    """I1, M2: registering once more changes what is said alone, and tells what that was; consent goes on being asked."""
    first = run("organisations", "add", "0999999922", "Acme", "--kind", "non-profit", "--address", "Markt 1")
    assert "kind: company → non-profit" in first
    assert "address: none → Markt 1" in first
    assert "email:" not in first
    again = run("organisations", "add", "0999999922", "Acme Energy")
    assert again.splitlines()[-2:] == ["Organisation 0999.999.922 changed:", "  name: Acme → Acme Energy"]
    assert run("organisations", "add", "0999999922", "Acme Energy").endswith("0999.999.922 is as it was.\n")
    shown = run.json("organisations", "show", "0999999922")
    assert (shown["email"], shown["kind"], shown["address"]) == (
        "info@acme.example",
        "non-profit",
        "Markt 1",
    )
    run("organisations", "add", "0999999922", "Acme Energy", "--email", "", "--address", "")
    shown = run.json("organisations", "show", "0999999922")
    assert (shown["email"], shown["address"]) == (None, None)
    with_nothing = run("organisations", "add", "0403170701", "New")
    assert with_nothing.endswith("Organisation 0403.170.701 is registered.\n")


def test_organisations_and_people(run: Kwartier) -> None:
    """I1, I2: organisations and people are registered and listed; a role lets a person act, until it is ended."""
    assert [one["name"] for one in run.json("organisations", "list")] == ["Acme", "Baker"]
    assert run.json("organisations", "show", "0999999922")["choice"] == "without"
    eva = run.json("people", "add", "Eva", "eva@acme.example")["person"]
    assert run.json("people", "change", eva, "--language", "en")["language"] == "en"
    assert [one["person"] for one in run.json("people", "list", "--email", "eva@acme.example")] == [eva]
    by_eva = ("--organisation", ACME, "--by", eva)
    assert "administrators can" in run.fails("contracts", "ask", *by_eva)
    role = run.json("people", "grant", eva, "--organisation", ACME, "--role", "user", "--from", "2024-01-01")
    assert run.json("contracts", "ask", *by_eva)["state"] == "requested"
    run("people", "end-role", role["role"], "--organisation", ACME)
    [ended] = run.json("people", "roles", "--organisation", ACME)
    assert ended["to"] is not None
    assert run.json("people", "roles", "--person", eva) == [ended]
    assert "either --person or --organisation" in run.fails("people", "roles")


def test_a_contract_by_commands(run: Kwartier) -> None:
    """I6: asked with a fee, signed, approved, ended; what comes in the wrong order is told."""
    number = run.json("contracts", "ask", "--organisation", ACME, "--fee", "250.5")["contract"]
    assert "would have to be signed" in run.fails("contracts", "approve", number)
    run("contracts", "sign", number, "--organisation", ACME)
    assert "credentials renew" in run("contracts", "approve", number)
    shown = run.json("contracts", "show", number)
    assert (shown["state"], shown["fee"]) == ("approved", "250.50")
    issued = ("credentials", "issue", "--organisation", ACME, "--environment", "live", "--export")
    assert "CLIENT_SECRET" in run(*issued)
    assert [one["coverage"] for one in run.json("credentials", "list")] == ["all"]
    assert run.json("contracts", "end", number)["state"] == "ended"
    assert [one["contract"] for one in run.json("contracts", "list", "--organisation", ACME)] == [number]


def test_asking_by_commands(run: Kwartier) -> None:
    """M2: own EANs are approved, others' asked for; what can't be is told, with exit code 1, and does not stop the others."""
    done = asked(run, OWN, OTHER, "541448800000000999", code=1)
    assert [one["answer"] for one in done["answers"]] == ["approved", "requested", "not possible"]
    assert asked(run, OWN)["answers"][0]["answer"] == "already"
    own, other = done["answers"][0], done["answers"][1]
    [question] = run.json("consents", "list", "--organisation", ACME)
    assert (question["request"], question["open"], question["by"]) == (other["request"], 1, "e-mail")
    shown = run.json("consents", "show", other["request"])
    assert [(one["ean"], one["answer"], one["status"]) for one in shown["items"]] == [
        (OTHER, None, "Requested")
    ]
    assert "goes out again" in run("consents", "send-again", other["request"])
    assert "revoked" in run("consents", "revoke", other["request"])
    assert "ask anew" in run.fails("consents", "send-again", other["request"])
    assert "can be renewed from" in run.fails("requests", "renew", own["mandate"], "--organisation", ACME)
    assert "has no mandate" in run.fails("requests", "remove", own["mandate"], "--organisation", BAKER)
    assert "removed" in run("requests", "remove", own["mandate"], "--organisation", ACME)
    assert [one["status"] for one in run.json("requests", "list", "--organisation", ACME)] == ["Requested"]


def test_contacts_by_commands(run: Kwartier) -> None:
    """M2: where a grid user is asked is said for an EAN, by e-mail or at an address; one of the two is needed."""
    lines = ("--address", "Kerkstraat 1", "--address", "9000 Gent")
    assert "is asked" in run("organisations", "add-contact", OTHER, "Jan Maes", *lines)
    [contact] = run.json("organisations", "contacts", OTHER)
    assert (contact["who"], contact["address"], contact["email"]) == (
        "Jan Maes",
        "Kerkstraat 1, 9000 Gent",
        None,
    )
    bare = CliRunner().invoke(app, ["organisations", "add-contact", OTHER, "Jan", "--database", run.url])
    assert "e-mail address or a postal address" in str(bare.exception)


def test_scenarios_by_commands(run: Kwartier, tmp_path: Path) -> None:
    """M5: one by one, and from a file of which wrong rows are listed and the others registered."""
    asked(run, OWN)
    done = run.json(
        "scenarios", "register", OWN, "--kind", "move", "--effective", "2025-05-01", "--grid-user", "Jan"
    )
    assert (done["new"], done["cut"], done["effective"]) == (True, 1, "2025-04-30T22:00:00Z")
    file = tmp_path / "scenarios.csv"
    file.write_text(
        "ean;scenario;effective;grid_user\n"
        f"{OWN};Move;2025-05-01;Jan\n{OTHER};disconnection;2025-06-01T08:00:00Z;\n"
        f"{OTHER};divorce;2025-06-01;\n{OTHER};move;soon;\n541448800000000999;move;2025-06-01;\n;move;2025-06-01;\n"
    )
    counts = run.json("scenarios", "import", str(file), code=1)
    assert (counts["new"], counts["known"], [one["line"] for one in counts["wrong"]]) == (1, 1, [4, 5, 6, 7])
    told = run("scenarios", "import", str(file), code=1)
    assert "0 new, 2 known before, 4 wrong" in told
    assert "line 4: scenario 'divorce': allowed: supplier change" in told
    assert len(run.json("scenarios", "list")) == 2
    assert [one["scenario"] for one in run.json("scenarios", "list", "--ean", OTHER)] == ["disconnection"]
    file.write_text("who\nme\n")
    assert "nothing of it was registered" in run.fails("scenarios", "import", str(file))


@pytest.mark.parametrize(
    "words",
    [
        ("organisations", "list"),
        ("people", "list"),
        ("contracts", "list"),
        ("consents", "list"),
        ("scenarios", "list"),
        ("requests", "list", "--organisation", "0400.378.485"),
    ],
)
def test_lists_are_for_people_too(run: Kwartier, words: tuple[str, ...]) -> None:
    """C6: what there is not is said in a sentence, and what there is in a table."""
    shown = run(*words)
    assert "Acme" in shown or shown.rstrip().endswith(".")


def test_commands_of_the_page_exist() -> None:
    """Every command that docs/mandates.md shows is one, with the options it shows."""
    shown = re.findall(r"^kwartier (.+)$", _PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(shown) > 15
    for line in shown:
        words, group, path = shlex.split(line), get_command(app), list[str]()
        for word in words:
            if word not in getattr(group, "commands", {}):
                break
            group = group.commands[word]  # type: ignore[attr-defined]
            path.append(word)
        done = CliRunner().invoke(app, [*path, "--help"], catch_exceptions=False)
        assert done.exit_code == 0, line
        assert len(path) == 2, line
        assert not [word for word in words if word.startswith("--") and word not in done.output], line
