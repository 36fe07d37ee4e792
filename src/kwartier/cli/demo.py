"""`kwartier demo`: the integrator's first quarter-hours, then the life of a mandate, played over HTTP as outsiders would."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kwartier.cli.console import Console
from kwartier.cli.errors import FailureError
from kwartier.cli.pages import pages
from kwartier.domain.credentials import EnvironmentName
from kwartier.settings import ENV_PREFIX
from kwartier.wire import paths

if TYPE_CHECKING:
    from kwartier.cli.player import Player

__all__ = ["demo"]

_ORGANISATION = "0999.999.922"

Json = dict[str, Any]


def demo(
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the platform running, and say how to reach it.")
    ] = False,
) -> None:
    """Start the platform on a free port and play the main jobs: energy of the sandbox; the life of a live mandate."""
    # A serving process has no use for an HTTP client.
    from kwartier.cli.live_player import LivePlayer  # noqa: PLC0415
    from kwartier.cli.player import Player  # noqa: PLC0415
    from kwartier.cli.teller import Teller  # noqa: PLC0415

    console = Console(soft_wrap=True, highlight=False)
    with TemporaryDirectory(prefix="kwartier-demo-") as folder:
        database = f"sqlite:///{Path(folder) / 'kwartier.db'}"
        with _platform(database) as (process, address):
            console.print(f"[bold]The platform[/] runs at {address}, with a database of its own.")
            run, teller = _commands(database, address), Teller(console)
            made = run("bootstrap", "--organisation", _ORGANISATION, "--operator", "Demonstration")
            console.print("\n[bold]An integrator[/] tries the sandbox:\n")
            player = Player(teller, made["credentials"])
            quarter_hours = player.play()
            console.print("\n[bold]An operator, a bakery and a mill[/] in the live environment:\n")
            LivePlayer(teller, run, made["operator"], address, quarter_hours).play()
            if keep:
                _say_how_to_go_on(console, player, address)
                _wait_for_the_user(process)
    if not keep:
        console.print("\nDone. [bold]make demo KEEP=1[/] leaves it running, for you to try.")


@contextmanager
def _platform(database: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A platform of its own, stopped at the end; the process, and the address at which it answers."""
    command = [sys.executable, "-m", "kwartier", "serve", "--port", "0", "--database", database]
    environment = _own_environment() | {ENV_PREFIX + "LOG_LEVEL": "error"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603 - ours
        try:
            first_line = process.stdout.readline() if process.stdout else ""
            if " at http" not in first_line:
                raise FailureError("the platform did not start")
            yield process, first_line.rpartition(" at ")[2].strip()
        finally:
            process.send_signal(signal.SIGTERM)


def _commands(database: str, address: str) -> Callable[..., Any]:
    """Runs commands on the database of the platform; what they print as JSON."""
    environment = _own_environment() | {ENV_PREFIX + "PUBLIC_URL": address}

    def run(*words: str) -> Any:
        command = [sys.executable, "-m", "kwartier", *words, "--json", "--database", database]
        return json.loads(subprocess.check_output(command, env=environment))  # noqa: S603 - our own command

    return run


def _own_environment() -> dict[str, str]:
    """The environment without settings of another platform."""
    return {name: value for name, value in os.environ.items() if not name.startswith(ENV_PREFIX)}


def _say_how_to_go_on(console: Console, player: "Player", address: str) -> None:
    known = player.credentials
    console.print("\n[bold]It stays up[/] until you press Ctrl+C. Its pages and your credentials:\n")
    for name, value in pages(address, list(EnvironmentName), shows_messages=True):
        console.print(f"  {name:<17} {value}")
    console.print()
    for name, value in known.items():
        console.print(f"  {name:<17} {value}")
    token = (
        f"curl -s {known['token_endpoint']} -d grant_type={known['grant_type']} -d scope={known['scope']} "
        f"-d client_id={known['client_id']} -d client_secret={known['client_secret']} "
        """| sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'"""
    )
    query = "&".join(f"{name}={value}" for name, value in player.question(player.days_ean).items())
    console.print("\nThe last half-year by day, in one line:\n")
    console.print(
        f'curl -s -H "Authorization: Bearer $({token})" -H "Subscription-Key: {known["subscription_key"]}" '
        f'"{known["base_url"]}{paths.ENERGY}?{query}"',
        markup=False,
    )


def _wait_for_the_user(process: "subprocess.Popen[str]") -> None:
    try:
        process.wait()
    except KeyboardInterrupt:
        return
