"""`kwartier serve`: the platform on a port."""

import os
import shlex
import socket
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import SecretStr

from kwartier.cli.console import Console
from kwartier.cli.counting import counting
from kwartier.cli.ending import TellingServer, TellingSupervisor
from kwartier.cli.folder import check_folder
from kwartier.cli.listening import listening
from kwartier.cli.options import DatabaseOption
from kwartier.cli.pages import pages
from kwartier.cli.sending import sending
from kwartier.cli.sweeping import sweeping
from kwartier.cli.watching import watching
from kwartier.db.engine import Database, without_password
from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.domain.credentials import EnvironmentName
from kwartier.services.address import note_address
from kwartier.serving import Grace, server_config
from kwartier.serving.notify import READY, notify
from kwartier.settings import ENV_PREFIX, Settings, load_settings
from kwartier.telemetry.events import Log
from kwartier.telemetry.logs import configure_logs

__all__ = ["serve"]

_LOG: Final = Log("kwartier.serving")


def serve(
    host: Annotated[
        str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="The port to listen on; 0 takes a free one.", show_default="8484")
    ] = None,
    unix_socket: Annotated[
        Path | None,
        typer.Option(
            help="A unix socket to listen on instead; needs the setting public_url.", show_default=False
        ),
    ] = None,
    unix_socket_mode: Annotated[
        str | None, typer.Option(help="Who may connect to it, as for chmod.", show_default="660")
    ] = None,
    database: DatabaseOption = None,
    workers: Annotated[int | None, typer.Option(help="How many processes serve.", show_default="1")] = None,
) -> None:
    """Serve the API and the sandbox, until stopped with Ctrl+C."""
    options = {
        "host": host,
        "port": port,
        "unix_socket": unix_socket,
        "unix_socket_mode": unix_socket_mode,
        "database": database,
        "workers": workers,
    }
    chosen = load_settings(options)
    check_folder(chosen)
    with listening(chosen) as (opened, settings):
        _prepare(settings)
        _announce(settings, opened)
        _hand_to_workers(settings)
        configure_logs(settings.log_level, settings.log_format)
        _warn_of_pepper(settings)
        if not _run(settings, opened):
            raise typer.Exit(1)


def _prepare(settings: Settings) -> None:
    """Bring the databases up to date, before anybody is served."""
    # With it comes all that serves, which other commands do without.
    from kwartier.app import borders  # noqa: PLC0415

    borders(settings)
    database = Database(settings.database)
    migrate(database)
    note_address(database, settings.public_address)
    database.close()
    if EnvironmentName.LIVE in settings.served:
        readings = readings_database(settings.database)
        migrate(readings, READINGS)
        readings.close()


def _warn_of_pepper(settings: Settings) -> None:
    """Warn of hashes without a pepper where others can reach the platform: it did not start, or geography is named."""
    if settings.geography is not None and not settings.pepper.get_secret_value():
        _LOG.warning("pepper_missing")


def _run(settings: Settings, opened: socket.socket) -> bool:
    """Serve until told to stop; whether it ended as it should."""
    config = server_config("kwartier.app:worker", factory=True, workers=settings.workers, log_config=None)
    grace = Grace(settings.shutdown_grace_seconds, settings.shutdown_drain_seconds)
    with (
        counting(settings),
        sending(settings) as send_no_more,
        sweeping(settings) as sweep_no_more,
        watching(settings) as watch,
    ):

        def end() -> None:
            send_no_more()
            sweep_no_more()

        if settings.workers > 1:
            supervisor = TellingSupervisor(
                config, [opened], grace, on_ready=partial(notify, READY), on_end=end
            )
            watch(supervisor)
            return supervisor.run()
        server = TellingServer(config, grace, on_ready=partial(notify, READY), on_end=end)
        watch(server)
        server.run([opened])
        return not server.has_cut


def _hand_to_workers(settings: Settings) -> None:
    """Put the settings where processes that are started find them."""
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if value is not None:
            text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            os.environ[ENV_PREFIX + name.upper()] = text


def _announce(settings: Settings, opened: socket.socket) -> None:
    console = Console(soft_wrap=True)
    console.print(f"[bold]Kwartier[/] at {settings.public_address}", highlight=False)
    if opened.family == socket.AF_UNIX:
        console.print(f"  {'socket':<10} {opened.getsockname()}", highlight=False)
    for name, address in pages(
        settings.public_address, settings.served, shows_messages=settings.messages_stay_here
    ):
        console.print(f"  {name:<10} {address}", highlight=False)
    shown = without_password(settings.database)
    console.print(f"  {'database':<10} {shown}", highlight=False)
    # A password stays in the settings, where the command finds it too.
    where = ["--database", shown] if shown == settings.database else []
    issue = ["credentials", "issue", "--organisation", "0999.999.922", *where]
    console.print(f"Credentials: {shlex.join([*_this_command(), *issue])}", highlight=False)


def _this_command() -> list[str]:
    """As the user called it."""
    return [sys.executable, "-m", "kwartier"] if sys.argv[0].endswith("__main__.py") else [sys.argv[0]]
