"""`kwartier demo`: the integrator's first quarter-hours, played over HTTP as an outsider would."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console

from kwartier.cli.errors import FailureError
from kwartier.cli.picture import week_picture
from kwartier.clock import system_clock
from kwartier.domain.days import day_of, midnight
from kwartier.domain.question import MAX_DAYS
from kwartier.settings import ENV_PREFIX
from kwartier.wire import paths
from kwartier.wire.timestamps import write_timestamp

__all__ = ["demo"]

_ORGANISATION = "0999.999.922"
_QUARTER_HOURS_EAN = "541440110000000007"
_DAYS_EAN = "541440100000000007"

Json = dict[str, Any]


def demo(
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the platform running, and say how to reach it.")
    ] = False,
) -> None:
    """Start the platform on a free port and play the main job: credentials, token, mandates, energy."""
    console = Console(soft_wrap=True, highlight=False)
    with TemporaryDirectory(prefix="kwartier-demo-") as folder:
        database = f"sqlite:///{Path(folder) / 'kwartier.db'}"
        with _platform(database) as (process, address):
            console.print(f"[bold]The platform[/] runs at {address}, with a database of its own.")
            player = _Player(console, _credentials(database, address))
            player.play()
            if keep:
                _say_how_to_go_on(console, player)
                _wait_for_the_user(process)
    console.print("\nDone. [bold]make demo KEEP=1[/] leaves it running, for you to try.")


@contextmanager
def _platform(database: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A platform of its own, stopped at the end; the process, and the address at which it answers."""
    command = [sys.executable, "-m", "kwartier", "serve", "--port", "0", "--database", database]
    environment = _own_environment() | {ENV_PREFIX + "LOG_LEVEL": "warning"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603 - ours
        try:
            first_line = process.stdout.readline() if process.stdout else ""
            if " at http" not in first_line:
                raise FailureError("the platform did not start")
            yield process, first_line.rpartition(" at ")[2].strip()
        finally:
            process.send_signal(signal.SIGTERM)


def _credentials(database: str, address: str) -> Json:
    command = [sys.executable, "-m", "kwartier", "credentials", "issue", "--json"]
    command += ["--organisation", _ORGANISATION, "--database", database]
    environment = _own_environment() | {ENV_PREFIX + "PUBLIC_URL": address}
    issued: Json = json.loads(subprocess.check_output(command, env=environment))  # noqa: S603 - our own command
    return issued


def _own_environment() -> dict[str, str]:
    """The environment without settings of another platform."""
    return {name: value for name, value in os.environ.items() if not name.startswith(ENV_PREFIX)}


def _say_how_to_go_on(console: Console, player: "_Player") -> None:
    known = player.credentials
    console.print("\n[bold]It stays up[/] until you press Ctrl+C. Its pages and your credentials:\n")
    console.print(f"  swagger           {known['base_url']}{paths.SWAGGER}")
    for name, value in known.items():
        console.print(f"  {name:<17} {value}")
    token = (
        f"curl -s {known['token_endpoint']} -d grant_type={known['grant_type']} -d scope={known['scope']} "
        f"-d client_id={known['client_id']} -d client_secret={known['client_secret']} "
        """| sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'"""
    )
    query = "&".join(f"{name}={value}" for name, value in player.question(_DAYS_EAN).items())
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


@dataclass
class _Player:
    """An integrator with a console: does the main job, and tells of it."""

    console: Console
    credentials: Json
    steps: int = 0

    def play(self) -> None:
        """From credentials to a picture of a week."""
        known = self.credentials
        self._say("Credentials", f"client id {known['client_id']}, valid until {known['valid_until'][:10]}")
        with httpx.Client(timeout=30) as http:
            form = {name: known[name] for name in ("grant_type", "scope", "client_id", "client_secret")}
            token = self._done(http.post(known["token_endpoint"], data=form)).json()
            self._say("POST token", f"a {token['token_type']} token for {token['expires_in']} seconds")
            http.headers["Authorization"] = f"Bearer {token['access_token']}"
            http.headers["Ocp-Apim-Subscription-Key"] = known["subscription_key"]
            for ean in (_QUARTER_HOURS_EAN, _DAYS_EAN):
                body = {"status": "Approved", "ean": ean}
                made = self._done(http.post(known["base_url"] + paths.MOCK_MANDATE, json=body)).json()["data"]
                self._say("POST mandate/mock", f"{ean} is {made['status']}")
            found = self._done(http.get(known["base_url"] + paths.MANDATE)).json()["data"]["mandates"]
            self._say("GET mandate", ", ".join(f"{one['ean']} {one['dataServiceType']}" for one in found))
            quarter_hours = self._energy(http, _QUARTER_HOURS_EAN, "quarterHourlyEnergy", "quarter-hours")
            self._energy(http, _DAYS_EAN, "dailyEnergy", "days")
        self.console.print()
        self.console.print(week_picture(quarter_hours))

    def question(self, ean: str) -> dict[str, str]:
        """The last 185 days of an EAN, by reading."""
        today = day_of(system_clock())
        return {
            "ean": ean,
            "periodType": "readTime",
            "from": write_timestamp(midnight(today - MAX_DAYS)),
            "to": write_timestamp(midnight(today)),
        }

    def _energy(self, http: httpx.Client, ean: str, key: str, what: str) -> list[Json]:
        begun = perf_counter()
        answer = self._done(http.get(self.credentials["base_url"] + paths.ENERGY, params=self.question(ean)))
        took = (perf_counter() - begun) * 1e3
        slots: list[Json] = answer.json()["data"]["headpoint"]["physicalMeters"][0][key]
        size = len(answer.content) / 1e6
        self._say("GET energy", f"{len(slots)} {what} of {ean}, {size:.1f} MB in {took:.0f} ms")
        return slots

    def _done(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code != httpx.codes.OK:
            raise FailureError(
                f"{answer.request.method} {answer.url.path}: {answer.status_code} {answer.text}"
            )
        return answer

    def _say(self, step: str, told: str) -> None:
        self.steps += 1
        self.console.print(f"{self.steps:>2}  [bold]{step:<18}[/] {told}")
