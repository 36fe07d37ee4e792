"""`kwartier deliveries`: list, show, withdraw, sweep."""

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.markup import escape

from kwartier.cli.console import Console
from kwartier.cli.errors import FailureError
from kwartier.cli.opening import print_fields, print_json
from kwartier.cli.opening_readings import opened_readings
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.cli.tables import print_table
from kwartier.domain.delivery import Delivery
from kwartier.wire.timestamps import write_exactly, write_timestamp

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="List, show, withdraw and sweep deliveries of readings.")

_DeliveryId = Annotated[str, typer.Argument(metavar="DELIVERY", help="As `deliveries list` shows it.")]


@app.command("list")
def list_newest(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 100,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List deliveries, the newest first."""
    found = opened_readings(database).deliveries.newest(limit)
    if as_json:
        print_json([_described(one) for one in found])
    elif not found:
        Console().print("No deliveries.")
    else:
        head = ("delivery", "source", "state", "received at", "published at", "rows", "stored", "set aside")
        print_table(head, [_cells(one) for one in found])


@app.command()
def show(delivery: _DeliveryId, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Show a delivery: what came of its rows, how many of them wait in quarantine, and in which deliveries others came again.

    Of one that was withdrawn, `dropped` is how many rows waited until then.
    """
    on = opened_readings(database)
    found = on.deliveries.find(delivery)
    if found is None:
        raise FailureError(
            f"there is no delivery {delivery}; `kwartier deliveries list` shows those there are"
        )
    rest = on.about(found)
    shown = _described(found) | {"waiting": rest.waiting, "dropped": rest.dropped}
    if as_json:
        print_json(shown | {"retried_by": [_described(one) for one in rest.retries]})
        return
    again = [f"{one.delivery_id} ({one.state.value})" for one in rest.retries]
    shown |= {"retried_by": "\n".join(again) or None}
    print_fields({name.replace("_", " "): str(value) for name, value in shown.items() if value is not None})


@app.command()
def withdraw(delivery: _DeliveryId, database: DatabaseOption = None) -> None:
    """Take a published delivery back: the newest values of the others come again, as a delivery of its own.

    What was retried of it is taken back too, and what waits of it in quarantine waits no more.
    """
    done = opened_readings(database).withdraw(delivery)
    taking = done.delivery
    at = "" if taking.published_at is None else f", visible from {write_exactly(taking.published_at)}"
    told = [f"Delivery {delivery} is withdrawn by '{taking.delivery_id}'{at}"]
    told += [f"Withdrawn with it: '{one.delivery_id}'" for one in done.retries]
    if done.dropped:
        told.append(f"{done.dropped} of its rows waited in quarantine, and wait no more")
    Console(soft_wrap=True).print("\n".join(told), highlight=False, markup=False)


@app.command()
def sweep(database: DatabaseOption = None) -> None:
    """Remove what is left of deliveries that were broken off: begun, not published, and idle for two minutes."""
    swept = opened_readings(database).deliveries.sweep()
    console = Console(soft_wrap=True)
    for one in swept:
        console.print(f"Swept {one.delivery_id}", highlight=False, markup=False)
    if not swept:
        console.print("Nothing to sweep.")


def _described(one: Delivery) -> dict[str, Any]:
    return {
        "delivery": one.delivery_id,
        "number": one.number,
        "source": one.source,
        "state": one.state.value,
        "received_at": write_timestamp(one.received_at),
        "published_at": None if one.published_at is None else write_exactly(one.published_at),
        "withdraws": one.withdraws,
        "retries": one.retries,
        **asdict(one.counts),
    }


def _cells(one: Delivery) -> list[str]:
    shown = _described(one)
    names = ("delivery", "source", "state", "received_at", "published_at", "rows", "stored", "quarantined")
    return [escape("" if shown[name] is None else str(shown[name])) for name in names]
