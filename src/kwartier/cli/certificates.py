"""`kwartier credentials certificate`: add, list, remove."""

from pathlib import Path
from typing import Annotated

import typer

from kwartier.cli.console import Console
from kwartier.cli.errors import MistakeError
from kwartier.cli.opening import opened, print_json
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.cli.tables import print_rows
from kwartier.clock import system_clock
from kwartier.services import certificates as services
from kwartier.wire.timestamps import write_timestamp

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="Certificates whose keys sign assertions in place of the secret."
)

_ClientId = Annotated[
    str, typer.Argument(metavar="CLIENT_ID", help="As `credentials list` or `operators list` shows it.")
]


@app.command()
def add(
    client_id: _ClientId,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The certificate alone, as PEM; signed by itself is fine.")
    ],
    database: DatabaseOption = None,
) -> None:
    """Register a certificate. It counts until its own end, or that of the credentials."""
    try:
        pem = file.read_text(encoding="ascii")
    except OSError as error:
        raise MistakeError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise MistakeError(f"{file}: the file holds one certificate, as PEM") from None
    added = services.add(opened(database).database, client_id, pem, system_clock())
    Console(soft_wrap=True).print(
        f"Certificate {added.thumbprint.hex()} counts until {write_timestamp(added.valid_until)}.",
        highlight=False,
    )


@app.command("list")
def list_all(client_id: _ClientId, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """List the certificates of a client, by when they end."""
    now = system_clock()
    rows = [
        {
            "thumbprint": one.thumbprint.hex(),
            "valid_from": write_timestamp(one.valid_from),
            "valid_until": write_timestamp(one.valid_until),
            "state": "expired" if now >= one.valid_until else "valid" if now >= one.valid_from else "later",
        }
        for one in services.list_all(opened(database).database, client_id)
    ]
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, "No certificates.")


@app.command()
def remove(
    client_id: _ClientId,
    thumbprint: Annotated[
        str, typer.Argument(metavar="THUMBPRINT", help="As `certificate list` shows it: its SHA-256.")
    ],
    database: DatabaseOption = None,
) -> None:
    """Forget a certificate: no new token for its key, while tokens that it got go on for their hour at most."""
    services.remove(opened(database).database, client_id, thumbprint)
    Console(soft_wrap=True).print(f"Certificate {thumbprint} is forgotten.", highlight=False)
