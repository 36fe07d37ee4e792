"""docs/client-commands.md: its commands run, and say what stands below them (K5, K6)."""

import json
import re
import shlex
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from kwartier.cli.errors import _EXIT_CODES
from kwartier.testing import Sandbox
from kwartier.wire.timestamps import write_timestamp
from support.commands import Command

_PAGE: Final = (Path(__file__).parents[2] / "docs" / "client-commands.md").read_text(encoding="utf-8")
_BLOCK: Final = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_THEN: Final = datetime(2026, 11, 28, 12, tzinfo=UTC)


def _told(shown: str) -> "re.Pattern[str]":
    """What a command may print: `…` stands for anything, and alone on a line for any lines."""
    lines = [
        r"(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + r" *\n"
        for line in shown.splitlines()
    ]
    return re.compile("".join(lines))


@pytest.mark.slow
def test_the_page_runs(
    kwartier: Command, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command, in the order of the page, prints what stands below it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    client = sandbox.new_client()
    client.control.clock.set(_THEN, running=False)
    given = asdict(client.credentials) | {"valid_until": write_timestamp(client.credentials.valid_until)}
    (tmp_path / "activation.json").write_text(json.dumps(given), encoding="utf-8")
    shown = [part for block in _BLOCK.findall(_PAGE) for part in block.split("$ ")[1:]]
    assert len(shown) > 10
    for part in shown:
        line, _, printed = part.partition("\n")
        name, *words = shlex.split(line)
        assert name == "kwartier"
        done = kwartier(*words)
        assert _told(printed).fullmatch(done.text), f"{line}\n{done.text}{done.error}"
        assert not done.error, line
    assert {path.suffix for path in tmp_path.iterdir() if path.is_file()} == {
        ".csv",
        ".json",
        ".parquet",
        ".png",
        ".xlsx",
    }


def test_exit_codes_of_the_page_are_those_of_the_commands() -> None:
    """K6: each code that a command gives is explained."""
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", _PAGE, re.MULTILINE)}
    assert codes == {0, 1, 2, 130, *_EXIT_CODES.values()}
