"""The command `kwartier`."""

import sys
from typing import Annotated, Final

import typer
from typer.exceptions import TyperException

from kwartier import __version__
from kwartier.cli.console import Console, warn
from kwartier.cli.errors import message_of, reported
from kwartier.cli.lazy import Place, lazy_group

__all__ = ["app", "main"]

_STOPPED: Final = 130
_USER: Final = "With credentials, over HTTP"
_PLATFORM: Final = "The platform"
_OPERATOR: Final = "The operator, on the database"

_COMMANDS: Final = {
    "login": Place("login", "login", _USER),
    "logout": Place("login", "logout", _USER),
    "profiles": Place("login", "profiles", _USER),
    "mandates": Place("mandates", "mandates", _USER),
    "mock": Place("mandates", "mock", _USER),
    "energy": Place("energy", "energy", _USER),
    "peak": Place("peak", "peak", _USER),
    "gaps": Place("gaps", "gaps", _USER),
    "plot": Place("plot", "app", _USER),
    "report": Place("report", "app", _USER),
    "doctor": Place("doctor", "doctor", _USER),
    "serve": Place("serve", "serve", _PLATFORM),
    "demo": Place("demo", "demo", _PLATFORM),
    "bootstrap": Place("bootstrap", "bootstrap", _PLATFORM),
    "credentials": Place("credentials", "app", _OPERATOR),
    "operators": Place("operators", "app", _OPERATOR),
    "keys": Place("keys", "app", _OPERATOR),
    "sandbox": Place("sandbox", "app", _OPERATOR),
    "headpoints": Place("headpoints", "app", _OPERATOR),
    "gas": Place("gas", "app", _OPERATOR),
    "organisations": Place("organisations", "app", _OPERATOR),
    "people": Place("people", "app", _OPERATOR),
    "contracts": Place("contracts", "app", _OPERATOR),
    "requests": Place("requests", "app", _OPERATOR),
    "consents": Place("consents", "app", _OPERATOR),
    "scenarios": Place("scenarios", "app", _OPERATOR),
    "grants": Place("grants", "app", _OPERATOR),
    "readings": Place("readings", "app", _OPERATOR),
    "deliveries": Place("deliveries", "app", _OPERATOR),
    "quarantine": Place("quarantine", "app", _OPERATOR),
    "audit": Place("audit", "audit", _OPERATOR),
    "work": Place("work", "work", _OPERATOR),
    "outbox": Place("outbox", "app", _OPERATOR),
    "backup": Place("care", "backup", _OPERATOR),
    "restore": Place("care", "restore", _OPERATOR),
}

app = typer.Typer(
    cls=lazy_group(_COMMANDS),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The metering-data platform of the guide for professional users: sandbox, API, credentials, client.",
)


def _say_version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it with the option's value
    if wanted:
        Console().print(f"kwartier {__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Say the version.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    del version


def main() -> None:
    """Run the command; what is wrong is said in one line, and a mistake of the user's exits with 2."""
    try:
        with reported():
            sys.exit(app(standalone_mode=False, prog_name="kwartier"))
    except TyperException as error:
        if not error.format_message():  # the help was shown, which is what was asked
            sys.exit(0)
        warn(message_of(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(_STOPPED)
    except typer.Abort as abort:
        if isinstance(
            abort.__context__, KeyboardInterrupt
        ):  # Ctrl+C, and not a question that was answered with no
            sys.exit(_STOPPED)
        warn("nothing was done")
        sys.exit(1)
