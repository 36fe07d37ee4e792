"""What the user's commands say of slips: in words of their own, with the same exit code everywhere (C6, K6)."""

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import httpx
import pytest
import typer

from kwartier.cli.tables import shown
from support.commands import Command
from support.running import lately

EAN = "541440110000000007"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("energy", EAN, "--from", "2026-06-31"), "--from 2026-06-31: there is no day 2026-06-31"),
        (("gaps", EAN, "--from", "2026-01-01", "--to", "2026-13-01"), "--to 2026-13-01: there is no day"),
        (("energy", EAN, "--from", "2026-02-30T00:00:00Z"), "there is no day 2026-02-30"),
        (("energy", EAN, "--from", "30/06/2026"), "a moment is written YYYY-MM-DD"),
        (("plot", "day", EAN, "2026-11-31"), "DATE 2026-11-31: there is no such date"),
        (("plot", "month", EAN, "2026-13"), "MONTH 2026-13: there is no such month"),
        (("plot", "day", EAN, "11/6/2025"), "it is written as 2025-06-11"),
        (("audit", "--from", "2026-06-31"), "--from 2026-06-31: there is no day"),
        (("contracts", "end", "DTC-1", "--at", "2026-06-31"), "--at 2026-06-31: there is no day"),
        (("sandbox", "clock", "set", "2026-06-31", "--client", "x"), "MOMENT 2026-06-31: there is no day"),
        (("energy", EAN, "--from", "2026-01-01", "--format", "pdf"), "'--format': 'pdf' is not one of"),
    ],
)
def test_what_cannot_be_is_said(kwartier: Command, words: tuple[str, ...], told: str) -> None:
    """C6: a day that is in no calendar is told from another way to write one; nothing is said of a library."""
    done = kwartier(*words)
    assert done.code == 2
    assert told in done.error
    assert done.error.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("peak", EAN, "--year", "2019"),
        ("plot", "year", EAN, "2019"),
        ("plot", "peaks", EAN, "2019"),
        ("energy", EAN, "--from", "2019-01-01"),
        ("gaps", EAN, "--from", "2019-01-01"),
    ],
)
def test_a_period_that_begins_too_early_is_wrong_use(user: Command, words: tuple[str, ...]) -> None:
    """K6, E2: exit code 2, whoever sees it first."""
    user.well("mock", EAN)
    done = user(*words)
    assert done.code == 2, done.error
    assert "three years back" in done.error


def test_operations_of_the_api_are_named_as_commands_too(user: Command) -> None:
    """C6: the API's words name its operations; who uses commands reads which these are."""
    done = user("energy", EAN, "--from", lately(1)["from"])
    assert done.code == 4
    assert "`kwartier mandates` is GET mandate" in done.error
    assert "`kwartier mock EAN` is POST mandate/mock" in done.error


@pytest.mark.parametrize(
    ("stopped", "code", "told"), [(False, 1, "kwartier: nothing was done\n"), (True, 130, "")]
)
def test_a_no_is_told_from_a_stop(
    kwartier: Command, monkeypatch: pytest.MonkeyPatch, code: int, told: str, *, stopped: bool
) -> None:
    """K6: who answers a question with no did not press Ctrl+C, and reads that nothing was done."""

    def asked(**_: object) -> NoReturn:
        if not stopped:
            raise typer.Abort
        try:
            raise KeyboardInterrupt  # noqa: TRY301 - as the library does it
        except KeyboardInterrupt:
            raise typer.Abort from None

    monkeypatch.setattr("kwartier.cli.main.app", asked)
    done = kwartier("readings", "erase")
    assert (done.code, done.error) == (code, told)


@pytest.mark.parametrize(
    "words", [("serve", "--port", "0"), ("credentials", "issue", "--organisation", "0999.999.922")]
)
def test_a_mistyped_path_makes_no_platform(kwartier: Command, tmp_path: Path, words: tuple[str, ...]) -> None:
    """C6: where the folder is missing nothing is made, and which folder that is stands there."""
    done = kwartier(*words, "--database", f"sqlite:///{tmp_path}/mistyped/deeper/kwartier.db")
    assert done.code == 2
    assert f"there is no folder {tmp_path}/mistyped/deeper" in done.error
    assert not (tmp_path / "mistyped").exists()


def test_a_port_that_is_taken_has_another_beside_it(kwartier: Command, tmp_path: Path) -> None:
    """C6: which option gets one further is said."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = kwartier("serve", "--port", port, "--database", f"sqlite:///{tmp_path / 'kwartier.db'}")
    assert done.code == 1
    assert "--port takes another" in done.error


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_who_stops_a_platform_reads_that_it_was_heard(tmp_path: Path, workers: int) -> None:
    """C6: at the first Ctrl+C it says that it stops, also when nothing is under way."""
    words = (
        "serve",
        "--port",
        "0",
        "--database",
        f"sqlite:///{tmp_path / 'kwartier.db'}",
        "--workers",
        str(workers),
    )
    with subprocess.Popen(
        [sys.executable, "-m", "kwartier", *words], stdout=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout is not None
        address = serving.stdout.readline().rpartition(" at ")[2].strip()
        httpx.get(address, timeout=60)  # it listens before it serves, and answers when it does
        serving.send_signal(signal.SIGINT)
        assert "Stopping" in serving.stdout.read()
    assert serving.returncode == 0


def test_a_requested_mandate_without_an_ean_is_explained(user: Command) -> None:
    """M11: why no EAN stands there is said once, below the table, and not where all have one."""
    user.well("mock", EAN)
    assert user.well("mandates").error == ""
    for _ in range(2):
        user.well("mock", EAN, "--status", "Requested")
    assert user.well("mandates").error.count("once the mandate was Approved") == 1


def test_yes_and_no_are_words() -> None:
    """K6: tables are for people."""
    assert [shown(value) for value in (True, False, None, 0, "x")] == ["yes", "no", "", "0", "x"]


def test_a_sandbox_clock_takes_a_date(kwartier: Command, tmp_path: Path) -> None:
    """A3: a date as other commands take one; one that can't be shown is repeated with why."""
    database = ("--database", f"sqlite:///{tmp_path / 'kwartier.db'}")
    issued = kwartier.well("credentials", "issue", "--organisation", "0999.999.922", "--json", *database).json
    on = ("--client", issued["client_id"], *database)
    assert (
        "2026-02-28T23:00:00Z (set, standing still)"
        in kwartier.well("sandbox", "clock", "set", "2026-03-01", "--still", *on).text
    )
    done = kwartier("sandbox", "clock", "set", "1999-01-01", *on)
    assert (done.code, done.error) == (
        2,
        "kwartier: MOMENT 1999-01-01: a sandbox clock shows a moment from 2018 up to 2099\n",
    )
