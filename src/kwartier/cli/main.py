"""The command `kwartier`."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from typer.exceptions import TyperException

from kwartier import __version__
from kwartier.cli import (
    audit,
    bootstrap,
    care,
    consents,
    contracts,
    credentials,
    deliveries,
    demo,
    erasing,
    gas,
    grants,
    headpoints,
    keys,
    operators,
    organisations,
    outbox,
    people,
    quarantine,
    readings,
    requests,
    sandbox,
    scenarios,
    serve,
    work,
)
from kwartier.cli.errors import reported

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The metering-data platform of the guide for professional users: sandbox, API, credentials.",
)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("bootstrap")(bootstrap.bootstrap)
app.add_typer(credentials.app, name="credentials")
app.add_typer(operators.app, name="operators")
app.add_typer(keys.app, name="keys")
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(headpoints.app, name="headpoints")
app.add_typer(gas.app, name="gas")
app.add_typer(organisations.app, name="organisations")
app.add_typer(people.app, name="people")
app.add_typer(contracts.app, name="contracts")
app.add_typer(requests.app, name="requests")
app.add_typer(consents.app, name="consents")
app.add_typer(scenarios.app, name="scenarios")
app.add_typer(grants.app, name="grants")
app.add_typer(readings.app, name="readings")
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(quarantine.app, name="quarantine")
app.command("audit")(audit.audit)
app.command("work")(work.work)
app.add_typer(outbox.app, name="outbox")
app.command("backup")(care.backup)
app.command("restore")(care.restore)
readings.app.command("erase")(erasing.erase)
readings.app.command("retain")(erasing.retain)
readings.app.command("erasures")(erasing.erasures)


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
            sys.exit(app(standalone_mode=False))
    except TyperException as error:
        if not error.format_message():  # the help was shown, which is what was asked
            sys.exit(0)
        Console(stderr=True, soft_wrap=True).print(
            f"kwartier: {error.format_message()}", highlight=False, markup=False
        )
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
