"""`kwartier credentials`: issue, list, renew, revoke."""

import json
import shlex
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from kwartier.cli.errors import MistakeError
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.migrate import migrate
from kwartier.domain.credentials import Credentials, EnvironmentName
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from kwartier.services import credentials as services
from kwartier.services.address import noted_address
from kwartier.services.credentials import IssuedCredentials
from kwartier.services.secrets import Hasher
from kwartier.settings import Settings, load_settings
from kwartier.wire.timestamps import write_timestamp

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Issue, list, renew and revoke credentials.")

_TABLE_WIDTH = 120

_ClientId = Annotated[str, typer.Argument(metavar="CLIENT_ID", help="As `credentials list` shows it.")]


@app.command()
def issue(
    organisation: Annotated[
        str, typer.Option(help="The enterprise number, with or without dots and BE.", metavar="NUMBER")
    ],
    environment: Annotated[
        EnvironmentName, typer.Option(help="For which environment.")
    ] = EnvironmentName.SANDBOX,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
    as_exports: Annotated[bool, typer.Option("--export", help="Print shell variables, for eval.")] = False,
) -> None:
    """Issue credentials, valid for one year. The client secret is shown this once."""
    try:
        number = EnterpriseNumber.parse(organisation)
    except InvalidValueError as error:
        raise MistakeError(f"--organisation {organisation}: {error}") from None
    settings, opened, hasher = _opened(database, may_be_new=True)
    issued = services.issue(opened, hasher, environment, number, system_clock())
    _show(issued, _details(issued, settings, opened), as_json=as_json, as_exports=as_exports)


@app.command("list")
def list_all(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """List credentials, with their state."""
    _, opened, _ = _opened(database)
    now = system_clock()
    rows = [_row(one, now) for one in services.list_all(opened)]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    if not rows:
        Console().print(
            "No credentials yet: `kwartier credentials issue --organisation NUMBER`.", highlight=False
        )
        return
    table = Table(box=None, pad_edge=False)
    for name in rows[0]:
        # Nothing is cut off: a client id that can't be copied is of no use.
        table.add_column(name.replace("_", " "), no_wrap=True)
    for row in rows:
        table.add_row(*row.values())
    Console(width=max(Console().width, _TABLE_WIDTH)).print(table)


@app.command()
def renew(client_id: _ClientId, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Give credentials a new secret and a new year; the old secret and its tokens end at once."""
    settings, opened, hasher = _opened(database)
    renewed = services.renew(opened, hasher, client_id, system_clock())
    _show(renewed, _details(renewed, settings, opened), as_json=as_json)


@app.command()
def revoke(client_id: _ClientId, database: DatabaseOption = None) -> None:
    """End credentials and their tokens at once."""
    _, opened, _ = _opened(database)
    revoked = services.revoke(opened, client_id, system_clock())
    Console().print(
        f"Credentials {revoked.client_id} of {revoked.organisation} are revoked.", highlight=False
    )


def _details(issued: IssuedCredentials, settings: Settings, opened: Database) -> dict[str, str]:
    """What a client needs, with the address at which the platform is served from this database."""
    chosen = {"public_url", "host", "port"} & settings.model_fields_set
    address = None if chosen else noted_address(opened)
    return services.connection_details(issued, settings.tenant_id, address or settings.public_address)


def _show(
    issued: IssuedCredentials, shown: dict[str, str], *, as_json: bool, as_exports: bool = False
) -> None:
    if as_json:
        typer.echo(json.dumps(shown, indent=2))
        return
    if as_exports:
        for name, value in shown.items():
            typer.echo(f"export {name.upper()}={shlex.quote(value)}")
        return
    console = Console(soft_wrap=True)
    width = max(map(len, shown))
    for name, value in shown.items():
        console.print(f"[bold]{name:<{width}}[/]  {value}", highlight=False)
    console.print("\nThe client secret is shown this once: keep it safe, and share it with nobody.")
    if issued.subscription_key is None:
        console.print("The subscription key stays as it was.")


def _row(one: Credentials, now: datetime) -> dict[str, str]:
    return {
        "client_id": one.client_id,
        "environment": one.environment.value,
        "organisation": one.organisation,
        "valid_until": write_timestamp(one.valid_until),
        "state": one.fault(now) or "valid",
    }


def _opened(database: str | None, *, may_be_new: bool = False) -> tuple[Settings, Database, Hasher]:
    settings = load_settings({"database": database})
    opened = Database(settings.database, may_be_new=may_be_new)
    migrate(opened)
    return settings, opened, Hasher(settings.pepper.get_secret_value())
