"""The database of a command, and what is shown of what it issued."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import typer

from kwartier.cli.console import Console
from kwartier.cli.folder import check_folder
from kwartier.cli.tables import print_rows, shown
from kwartier.db.engine import Database
from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.services.address import noted_address
from kwartier.services.secrets import Hasher
from kwartier.settings import Settings, load_settings

__all__ = [
    "KEEP_IT_SAFE",
    "Opened",
    "OpenedWithReadings",
    "opened",
    "opened_with_readings",
    "print_exports",
    "print_fields",
    "print_json",
    "print_listed",
    "print_one",
]

KEEP_IT_SAFE = "The client secret is shown this once: keep it safe, and share it with nobody."


@dataclass(frozen=True, slots=True)
class Opened:
    """What a command works on."""

    settings: Settings
    database: Database

    @property
    def hasher(self) -> Hasher:
        """With the pepper of the settings.

        Raises:
            OtherPepperError: those who serve have another one, and would know no hash of this.
        """
        # Most commands hash nothing, and do without the libraries for keys.
        from kwartier.services.key_cipher import KeyCipher  # noqa: PLC0415
        from kwartier.services.keys import check_pepper  # noqa: PLC0415

        pepper = self.settings.pepper.get_secret_value()
        check_pepper(self.database, KeyCipher(pepper))
        return Hasher(pepper)

    @property
    def address(self) -> str:
        """Under which the platform is reached that serves from this database, or would be."""
        chosen = {"public_url", "host", "port"} & self.settings.model_fields_set
        return (None if chosen else noted_address(self.database)) or self.settings.public_address


def opened(database: str | None, *, may_be_new: bool = False) -> Opened:
    """Open a database, brought up to date.

    Raises:
        DatabaseError: there is none, and it may not be made.
        MistakeError: it may be made, in a folder that is not there.
    """
    settings = load_settings({"database": database})
    if may_be_new:
        check_folder(settings)
    found = Database(settings.database, may_be_new=may_be_new)
    migrate(found)
    return Opened(settings, found)


@dataclass(frozen=True, slots=True)
class OpenedWithReadings(Opened):
    """What a command works on that needs to know of headpoints."""

    readings: Database


def opened_with_readings(database: str | None) -> OpenedWithReadings:
    """Open a database and the readings beside it, brought up to date; a platform may have no readings yet.

    Raises:
        DatabaseError: there is no database.
    """
    on = opened(database)
    readings = readings_database(on.settings.database)
    migrate(readings, READINGS)
    return OpenedWithReadings(on.settings, on.database, readings)


def print_json(shown: object) -> None:
    """Print for programs."""
    typer.echo(json.dumps(shown, indent=2))


def print_listed(rows: Sequence[Mapping[str, object]], nothing: str, *, as_json: bool) -> None:
    """Print what a command lists, for programs or for people."""
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, nothing)


def print_one(row: Mapping[str, object], *, as_json: bool) -> None:
    """Print one thing, for programs or for people; what is not there is left out for people."""
    if as_json:
        print_json(row)
    else:
        print_fields(
            {name.replace("_", " "): shown(value) for name, value in row.items() if value is not None}
        )


def print_exports(shown: Mapping[str, str]) -> None:
    """Print for a shell."""
    for name, value in shown.items():
        typer.echo(f"export {name.upper()}={shlex.quote(value)}")


def print_fields(shown: Mapping[str, str]) -> None:
    """Print for people: a name and a value on each line, of which nothing is cut off."""
    console = Console(soft_wrap=True)
    width = max(map(len, shown))
    for name, value in shown.items():
        console.print(f"[bold]{name:<{width}}[/]  ", end="", highlight=False)
        console.print(value, highlight=False, markup=False)
