"""`kwartier keys`: list, rotate, revoke."""

from typing import Annotated

import typer

from kwartier.cli.console import Console
from kwartier.cli.opening import opened, print_json
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.cli.tables import print_rows
from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.domain.signing import signer
from kwartier.services import keys as services
from kwartier.services.key_cipher import KeyCipher
from kwartier.wire.timestamps import write_timestamp

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="The keys that tokens are signed with.")


def _opened(url: str | None) -> tuple[Database, KeyCipher]:
    """Where the keys are, and what they are encrypted with."""
    found = opened(url)
    return found.database, KeyCipher(found.settings.pepper.get_secret_value())


@app.command("list")
def list_all(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """List the keys, the newest first, with what each is good for now."""
    now = system_clock()
    where, cipher = _opened(database)
    keys = [(key.term, cipher.decrypt(key.encrypted_jwk) is not None) for key in services.list_all(where)]
    signs = signer([term for term, is_ours in keys if is_ours], now)
    rows = []
    for term, is_ours in keys:
        if not term.verifies(now):
            state = "ended"
        elif not is_ours:
            state = "other pepper"
        elif term == signs:
            state = "signs"
        else:
            state = "waits" if term.signs_from > now else "verifies"
        ends = "" if term.verifies_until is None else write_timestamp(term.verifies_until)
        rows.append(
            {
                "kid": term.kid,
                "signs_from": write_timestamp(term.signs_from),
                "verifies_until": ends,
                "state": state,
            }
        )
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, "No keys yet: `kwartier serve` makes the first.")


@app.command()
def rotate(
    at_once: Annotated[
        bool, typer.Option("--now", help="Sign with it at once, not after it was published for ten minutes.")
    ] = False,
    database: DatabaseOption = None,
) -> None:
    """Make the next key. The one before verifies until its last token has ended."""
    made = services.rotate(*_opened(database), system_clock(), at_once=at_once)
    Console(soft_wrap=True).print(
        f"Key {made.kid} signs from {write_timestamp(made.signs_from)}.", highlight=False
    )


@app.command()
def revoke(
    kid: Annotated[str, typer.Argument(metavar="KID", help="As `keys list` shows it.")],
    database: DatabaseOption = None,
) -> None:
    """Forget a key: every token that it signed ends at once, in every process."""
    signs = services.revoke(*_opened(database), kid, system_clock())
    Console(soft_wrap=True).print(f"Key {kid} is forgotten; key {signs.kid} signs now.", highlight=False)
