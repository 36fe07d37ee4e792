"""`kwartier serve`: the platform on a port."""

import os
import shlex
import socket
import sys
from typing import Annotated

import typer
import uvicorn
from pydantic import SecretStr
from rich.console import Console
from uvicorn.supervisors import Multiprocess

from kwartier.cli.errors import FailureError
from kwartier.cli.options import DatabaseOption
from kwartier.db.engine import Database
from kwartier.db.migrate import migrate
from kwartier.services.address import note_address
from kwartier.serving import listen, server_config
from kwartier.settings import ENV_PREFIX, Settings, load_settings
from kwartier.wire.paths import BASE_PATHS, CONTROL, SWAGGER

__all__ = ["serve"]


def serve(
    host: Annotated[
        str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="The port to listen on; 0 takes a free one.", show_default="8484")
    ] = None,
    database: DatabaseOption = None,
    workers: Annotated[int | None, typer.Option(help="How many processes serve.", show_default="1")] = None,
) -> None:
    """Serve the API and the sandbox, until stopped with Ctrl+C."""
    settings = load_settings({"host": host, "port": port, "database": database, "workers": workers})
    listening = _listen(settings)
    # The real port, where 0 was asked: it stands in every address that is printed and signed.
    settings = settings.model_copy(update={"port": listening.getsockname()[1]})
    opened = Database(settings.database)
    migrate(opened)
    note_address(opened, settings.public_address)
    opened.close()
    _announce(settings)
    _hand_to_workers(settings)
    config = server_config("kwartier.app:worker", factory=True, workers=settings.workers)
    try:
        if settings.workers > 1:
            Multiprocess(config, sockets=[listening]).run()
        else:
            uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()


def _listen(settings: Settings) -> socket.socket:
    try:
        listening = listen(settings.host, settings.port)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FailureError(f"can't listen on {settings.host} port {settings.port}: {reason}") from None
    listening.set_inheritable(True)
    return listening


def _hand_to_workers(settings: Settings) -> None:
    """Put the settings where processes that are started find them."""
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if value is not None:
            text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            os.environ[ENV_PREFIX + name.upper()] = text


def _announce(settings: Settings) -> None:
    console = Console(soft_wrap=True)
    console.print(f"[bold]Kwartier[/] at {settings.public_address}", highlight=False)
    for environment, (base_path, *_) in BASE_PATHS.items():
        console.print(
            f"  {environment.value:<9} {settings.public_address}{base_path}{SWAGGER}", highlight=False
        )
    for name, path in (("control", CONTROL + SWAGGER), ("journal", f"{CONTROL}/journal.html")):
        console.print(f"  {name:<9} {settings.public_address}{path}", highlight=False)
    console.print(f"  database  {settings.database}", highlight=False)
    issue = ["credentials", "issue", "--organisation", "0999.999.922", "--database", settings.database]
    console.print(f"Credentials: {shlex.join([*_this_command(), *issue])}", highlight=False)


def _this_command() -> list[str]:
    """As the user called it."""
    return [sys.executable, "-m", "kwartier"] if sys.argv[0].endswith("__main__.py") else [sys.argv[0]]
