"""What a command does or shows for one organisation says nothing of another (M12, I2)."""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from kwartier.cli.errors import reported
from kwartier.cli.main import app

_OURS, _THEIRS = "0999.999.922", "0203.430.576"
_OUR_EAN, _THEIR_EAN, _NO_EAN = "541448800000000007", "541448800000000014", "541448800000000991"


@dataclass(frozen=True)
class Told:
    """What a command said, and how it ended."""

    said: str
    code: int


def _run(*words: str) -> Told:
    """Run a command in this process."""
    runner = CliRunner()

    def invoke() -> Any:
        with reported():
            done = runner.invoke(app, [*words], catch_exceptions=True)
            if done.exception is not None and not isinstance(done.exception, SystemExit):
                raise done.exception
            return done

    try:
        done = invoke()
    except Exception as error:  # noqa: BLE001 - whatever it says is what is looked at
        return Told(str(error), 1)
    return Told(done.output, done.exit_code)


def _json(*words: str) -> Any:
    told = _run(*words, "--json")
    assert told.code == 0, told.said
    return json.loads(told.said)


@dataclass(frozen=True)
class World:
    """Two organisations that have all that there is, and what is theirs by name; the other names are nobody's."""

    theirs: dict[str, str]
    nobodys: dict[str, str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """A database in which both organisations have people, contracts, mandates and credentials."""
    folder = tmp_path_factory.mktemp("world")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KWARTIER_DATABASE", f"sqlite:///{folder / 'kwartier.db'}")
        return folder, _made()


@pytest.fixture
def world(made: tuple[Path, World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A copy of it for each test."""
    folder, world = made
    for file in folder.iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.setenv("KWARTIER_DATABASE", f"sqlite:///{tmp_path / 'kwartier.db'}")
    return world


def _made() -> World:
    told: dict[str, dict[str, str]] = {}
    _json("operators", "issue", "an operator", "--scope", "backoffice.read")
    for number, ean, name in ((_OURS, _OUR_EAN, "ours"), (_THEIRS, _THEIR_EAN, "theirs")):
        assert _run("organisations", "add", number, f"{name} ltd").code == 0
        headpoint = ("headpoints", "add", ean, "--energy", "electricity", "--meter-type", "digital")
        assert _run(*headpoint, "--meter", "1=M1", "--grid-user", f"{number}@2020-01-01").code == 0
        person = _json("people", "add", f"person of {name}", f"{name}@example.be")
        role = _json("people", "grant", person["person"], "--organisation", number, "--role", "function")
        contract = _json("contracts", "ask", "--organisation", number)
        asked = ("--service", "VH_dag", "--from", "2024-01-01", "--reference-number", f"{name}-reference")
        [mandate] = _json("requests", "ask", ean, "--organisation", number, *asked)["answers"]
        credentials = _json("credentials", "issue", "--organisation", number, "--environment", "live")
        told[name] = {
            "ean": ean,
            "person": person["person"],
            "role": role["role"],
            "contract": contract["contract"],
            "mandate": mandate["mandate"],
            "client": credentials["client_id"],
            "reference": f"{name}-reference",
            "name": f"{name} ltd",
        }
    nobodys = {name: uuid4().hex for name in told["theirs"]} | {"ean": _NO_EAN, "contract": "C-999999"}
    return World(told["theirs"], nobodys)


_Ways = Callable[[dict[str, str]], Sequence[Sequence[str]]]

_WAYS: Final[dict[str, _Ways]] = {
    "audit": lambda named: [[], ["--ean", named["ean"]]],
    "bootstrap": lambda _: [["--operator", "another"]],
    "credentials issue": lambda _: [[]],
    "people grant": lambda named: [[named["person"], "--role", "administrator", "--by", named["person"]]],
    "people end-role": lambda named: [[named["role"]], [named["role"], "--by", named["person"]]],
    "people roles": lambda _: [[]],
    "contracts ask": lambda named: [["--by", named["person"]]],
    "contracts sign": lambda named: [[named["contract"]], [named["contract"], "--by", named["person"]]],
    "contracts list": lambda _: [[]],
    "requests ask": lambda named: [
        [_OUR_EAN, "--service", "VH_dag", "--from", "2024-01-01", "--by", named["person"]]
    ],
    "requests renew": lambda named: [[named["mandate"]]],
    "requests remove": lambda named: [[named["mandate"]]],
    "requests list": lambda _: [[]],
    "consents list": lambda _: [[]],
    "grants add": lambda _: [[_OUR_EAN, "--service", "VH_kwartier_uur", "--from", "2024-01-01"]],
    "grants list": lambda named: [[], ["--ean", named["ean"]]],
}
"""Ways to run each command that is about one organisation, with something of another's in place of a name."""

_OWN: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}|[\w-]{43}|\d{4}-\d\d-\d\d[T ][\d:.Z+]+")
"""Identifiers, secrets and moments that are made anew each time."""


def _commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """All commands, by their words."""
    if not isinstance(group, TyperGroup):
        yield " ".join(path), group
        return
    for name, inside in group.commands.items():
        yield from _commands(inside, (*path, name))


def test_every_command_about_an_organisation_has_its_ways() -> None:
    """M12: no command that takes an organisation is forgotten here."""
    taking = {
        words
        for words, one in _commands(typer.main.get_command(app))
        if any(parameter.name == "organisation" for parameter in one.params)
    }
    assert taking == _WAYS.keys()


@pytest.mark.parametrize("words", _WAYS)
def test_a_command_for_one_organisation_says_nothing_of_another(world: World, words: str) -> None:
    """M12, I2: with somebody's name or with nobody's it ends alike, and shows nothing of theirs that was not typed."""
    for theirs, nobodys in zip(_WAYS[words](world.theirs), _WAYS[words](world.nobodys), strict=True):
        told = []
        for way, named in ((theirs, world.theirs), (nobodys, world.nobodys)):
            done = _run(*words.split(), *way, "--organisation", _OURS)
            said = done.said
            for value in named.values():
                said = said.replace(value, "NAMED") if value in way else said
            told.append((done.code, _OWN.sub("…", said)))
            shown = {name: value for name, value in world.theirs.items() if value not in way}
            assert not [name for name, value in shown.items() if value in done.said], done.said
            assert _THEIRS not in done.said
        if theirs != nobodys:
            assert told[0] == told[1]


@pytest.mark.parametrize("words", ["requests renew", "requests remove", "contracts sign", "people end-role"])
def test_an_organisation_changes_nothing_of_another(world: World, words: str) -> None:
    """I2, M12: what is another's can't be renewed, removed, signed or ended in one's own name."""
    before = _run("requests", "list", "--organisation", _THEIRS, "--json").said
    before += _run("contracts", "list", "--organisation", _THEIRS, "--json").said
    before += _run("people", "roles", "--organisation", _THEIRS, "--json").said
    for way in _WAYS[words](world.theirs):
        assert _run(*words.split(), *way, "--organisation", _OURS).code == 1
    after = _run("requests", "list", "--organisation", _THEIRS, "--json").said
    after += _run("contracts", "list", "--organisation", _THEIRS, "--json").said
    after += _run("people", "roles", "--organisation", _THEIRS, "--json").said
    assert after == before
    assert "theirs" in before
