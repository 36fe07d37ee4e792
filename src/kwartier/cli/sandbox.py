"""`kwartier sandbox`: the control of a client's sandbox, as the control surface has it over HTTP."""

import json
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from kwartier.cli import sandbox_mandates, sandbox_world
from kwartier.cli.console import Console
from kwartier.cli.errors import MistakeError
from kwartier.cli.given import given_moment
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.cli.sandbox_opening import ClientOption, controlled
from kwartier.cli.tables import print_wide
from kwartier.clock import system_clock
from kwartier.domain.control import Endpoint, Fault, FaultKind
from kwartier.domain.errors import InvalidValueError
from kwartier.sandbox.special import special_rows
from kwartier.services.control import ClockReading, Control, listed
from kwartier.wire.timestamps import write_timestamp

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="Control a client's sandbox: clock, mandates, faults, reset, journal."
)
clock = typer.Typer(no_args_is_help=True, help="Show, set, advance or release a client's clock.")
faults = typer.Typer(no_args_is_help=True, help="List, add and clear faults on demand.")
app.add_typer(clock, name="clock")
app.add_typer(faults, name="faults")
app.add_typer(sandbox_mandates.app, name="mandates")
app.add_typer(sandbox_world.headpoints, name="headpoints")
app.add_typer(sandbox_world.scenarios, name="scenarios")
app.command("contract")(sandbox_world.contract)


@clock.command("show")
def show_clock(client: ClientOption, database: DatabaseOption = None) -> None:
    """Show a client's clock."""
    _say(controlled(client, database).clock(client, system_clock()))


@clock.command("set")
def set_clock(
    client: ClientOption,
    moment: Annotated[
        str,
        typer.Argument(
            metavar="MOMENT",
            help="What it is to show: a date, at midnight in Brussels, or YYYY-MM-DDTHH:MM:SSZ.",
        ),
    ],
    still: Annotated[bool, typer.Option("--still", help="Let it stand still.")] = False,
    database: DatabaseOption = None,
) -> None:
    """Set a client's clock; it goes on from there, or stands still."""
    read, control = given_moment("MOMENT", moment), controlled(client, database)
    try:
        _say(control.set_clock(client, read, system_clock(), running=not still))
    except InvalidValueError as error:
        raise MistakeError(f"MOMENT {moment}: {error}") from None


@clock.command("advance")
def advance_clock(
    client: ClientOption,
    days: Annotated[float, typer.Option(help="Days; negative: back.")] = 0,
    hours: Annotated[float, typer.Option(help="Hours.")] = 0,
    minutes: Annotated[float, typer.Option(help="Minutes.")] = 0,
    database: DatabaseOption = None,
) -> None:
    """Move a client's clock on."""
    by = timedelta(days=days, hours=hours, minutes=minutes)
    if not by:
        raise MistakeError("say how far, with --days, --hours or --minutes")
    _say(controlled(client, database).advance_clock(client, by, system_clock()))


@clock.command("release")
def release_clock(client: ClientOption, database: DatabaseOption = None) -> None:
    """Let a client's clock show real time again."""
    _say(controlled(client, database).release_clock(client, system_clock()))


@faults.command("list")
def list_faults(client: ClientOption, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """List a client's faults, with how often they struck."""
    _show_faults(controlled(client, database), client, as_json=as_json)


@faults.command("add")
def add_fault(
    client: ClientOption,
    endpoint: Annotated[Endpoint, typer.Option(help="What it strikes.")] = Endpoint.ANY,
    kind: Annotated[FaultKind, typer.Option(help="How the request goes wrong.")] = FaultKind.STATUS,
    status: Annotated[int | None, typer.Option(help="With which status it is refused.")] = None,
    retry_after: Annotated[int | None, typer.Option(help="Seconds that Retry-After says.")] = None,
    delay: Annotated[float | None, typer.Option(help="Seconds for which the answer is held back.")] = None,
    times: Annotated[
        int | None, typer.Option(help="How many requests it strikes.", show_default="all")
    ] = None,
    probability: Annotated[float, typer.Option(help="The part of the requests that it strikes.")] = 1.0,
    database: DatabaseOption = None,
) -> None:
    """Let something go wrong from now on: `--status 503 --times 2` fails twice, then succeeds."""
    held_back = None if delay is None else timedelta(seconds=delay)
    fault = Fault(endpoint, kind, status, retry_after, held_back, times, probability)
    control = controlled(client, database)
    control.add_faults(client, [fault])
    _show_faults(control, client)


@faults.command("clear")
def clear_faults(client: ClientOption, database: DatabaseOption = None) -> None:
    """Take all of a client's faults back."""
    controlled(client, database).remove_faults(client)
    Console().print("No faults any more.")


@app.command()
def reset(client: ClientOption, database: DatabaseOption = None) -> None:
    """Make a client's sandbox as it was at first: no mandates, faults or journal, and a clock with real time."""
    controlled(client, database).reset(client)
    Console().print("The sandbox is as it was at first.")


@app.command()
def journal(
    client: ClientOption,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many entries at most.")] = 20,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a client's last requests and their answers."""
    entries = controlled(client, database).journal(client, limit=limit)
    if as_json:
        typer.echo(json.dumps(entries, indent=2))
        return
    if not entries:
        Console().print("No requests yet.")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("number", "at", "request", "status", "bytes", "ms", "fault", "correlation id"):
        table.add_column(name, no_wrap=name != "request", overflow="fold")
    for entry in entries:
        table.add_row(*_row(entry))
    print_wide(table)


@app.command()
def models() -> None:
    """Show which sandbox meters show something special, by the last two digits of their EAN."""
    head, *rows = special_rows()
    table = Table(*head, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    print_wide(table)


def _row(entry: dict[str, Any]) -> tuple[str, ...]:
    request, response = entry["request"], entry["response"]
    query = f"?{request['query']}" if request["query"] else ""
    return (
        str(entry["number"]),
        entry["clock"],
        f"{request['method']} {request['path']}{query}",
        str(response["status"]),
        str(response["body"]["size"]),
        str(entry["durationMs"]),
        str(entry.get("fault", "")),
        entry["correlationId"],
    )


def _show_faults(control: Control, client: str, *, as_json: bool = False) -> None:
    kept = control.faults(client)
    if as_json:
        typer.echo(json.dumps([listed(one) for one in kept], indent=2))
        return
    if not kept:
        Console().print("No faults.")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("number", "endpoint", "fault", "still", "struck"):
        table.add_column(name)
    for one in kept:
        what = (
            one.fault.kind.value if one.fault.status is None else f"{one.fault.kind.value} {one.fault.status}"
        )
        still = "all" if one.remaining is None else str(one.remaining)
        table.add_row(str(one.seq), one.fault.endpoint.value, what, still, str(one.struck))
    print_wide(table)


def _say(reading: ClockReading) -> None:
    how = (
        "real time"
        if not reading.is_set
        else "set, going on"
        if reading.is_running
        else "set, standing still"
    )
    Console().print(f"{write_timestamp(reading.now)} ({how})", highlight=False)
