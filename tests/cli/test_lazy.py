"""Commands are loaded when they are used: quickly, and without what others need (K6)."""

import subprocess
import sys

import pytest

from kwartier.cli.main import app

pytestmark = pytest.mark.slow  # each is a process of its own

_EXTRAS = (
    "alembic",
    "fastapi",
    "joserfc",
    "matplotlib",
    "maxminddb",
    "polars",
    "pyarrow",
    "sqlalchemy",
    "starlette",
    "structlog",
    "uvicorn",
    "xlsxwriter",
)
_BASE_ALONE = f"""
import sys
sys.modules.update(dict.fromkeys({_EXTRAS!r}))
sys.argv[0] = "kwartier"
from kwartier.cli.main import main
main()
"""


def base_alone(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run the command where only the base is installed."""
    command = [sys.executable, "-c", _BASE_ALONE, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)


def test_nothing_is_loaded_before_it_is_used() -> None:
    """K6: neither packages of the server nor those of the client, nor even numpy."""
    code = "import sys; import kwartier.cli.main; print(*sorted(sys.modules))"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert "kwartier.cli.main" in loaded
    heavy = {"sqlalchemy", "fastapi", "httpx", "numpy", "polars", "pydantic", "matplotlib"}
    assert not heavy & set(loaded)


def test_the_user_needs_no_server_package() -> None:
    """K6: with the base alone the help shows all commands, and says what some of them need."""
    done = base_alone("--help")
    assert done.returncode == 0, done.stderr
    assert "Fetch the readings of an EAN." in done.stdout
    assert "Needs pip install 'kwartier[server]'." in done.stdout


@pytest.mark.parametrize(
    "words",
    [("mandates",), ("energy", "541440110000000007", "--from", "2026-01-01"), ("doctor",), ("profiles",)],
)
def test_the_users_commands_run_with_the_base_alone(words: tuple[str, ...]) -> None:
    """K1: they get as far as looking for a profile."""
    done = base_alone(*words, "--help")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("serve", "--port", "0"), "pip install 'kwartier[server]'"),
        (("report", "read", "x.csv"), "pip install 'kwartier[frames]'"),
    ],
)
def test_what_is_missing_is_one_line(words: tuple[str, ...], told: str) -> None:
    """K6: a command that lacks a package names the extra; exit code 1."""
    done = base_alone(*words)
    assert done.returncode == 1
    assert done.stderr.startswith("kwartier: ")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_every_command_can_be_loaded() -> None:
    """K6: the table of commands names what there is."""
    from typer.main import get_command  # noqa: PLC0415 - of this alone

    commands = get_command(app).commands  # type: ignore[attr-defined] # a group has them
    assert len(commands) > 20
    assert all(commands[name].name == name for name in commands)
