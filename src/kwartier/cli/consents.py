"""`kwartier consents`: what grid users are asked, and what they answered (M2, M3)."""

from typing import Annotated, Any

import typer

from kwartier.cli.console import Console
from kwartier.cli.credentials import organisation_number
from kwartier.cli.opening import opened, print_json, print_listed, print_one
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.clock import system_clock
from kwartier.formats.headpoints_words import write_period
from kwartier.services.consents import Consents, ConsentView, ItemView
from kwartier.wire.timestamps import write_timestamp
from kwartier.wire.vocabulary import DATA_SERVICE_TYPE

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="Consent: what grid users are asked, behind a link, and what they answered."
)

_Request = Annotated[str, typer.Argument(metavar="REQUEST", help="Its id, as `consents list` shows it.")]


@app.command("list")
def list_all(
    organisation: Annotated[
        str | None,
        typer.Option(help="Asked by this enterprise number.", metavar="NUMBER", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 100,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what was asked, the last first."""
    number = None if organisation is None else organisation_number(organisation)
    found = _consents(database).list_all(number, limit)
    print_listed([_row(one) for one in found], "Nothing was asked.", as_json=as_json)


@app.command()
def show(request: _Request, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Show what was asked, EAN by EAN, with the answers."""
    view = _consents(database).show(request)
    row, items = _row(view), [_item_row(one) for one in view.items]
    if as_json:
        print_json(row | {"items": items})
        return
    print_one(row, as_json=False)
    Console().print()
    print_listed(items, "Nothing was asked.", as_json=False)


@app.command("send-again")
def send_again(request: _Request, database: DatabaseOption = None) -> None:
    """Send a question again, behind a new link; the one before opens nothing from now on."""
    sent = _consents(database).send_again(request)
    Console(soft_wrap=True).print(f"Request {sent.request_id} goes out again.", highlight=False, markup=False)


@app.command()
def revoke(request: _Request, database: DatabaseOption = None) -> None:
    """Let a link open nothing from now on; what was answered stays."""
    revoked = _consents(database).revoke(request)
    Console(soft_wrap=True).print(
        f"The link of request {revoked.request_id} is revoked.", highlight=False, markup=False
    )


def _consents(database: str | None) -> Consents:
    on = opened(database)
    return Consents(on.database, on.hasher, system_clock)


def _row(view: ConsentView) -> dict[str, Any]:
    request = view.request
    answers = [one.item.answer for one in view.items]
    return {
        "request": request.request_id,
        "organisation": view.asker.number,
        "asked_by": request.asked_by,
        "asked_at": write_timestamp(request.asked_at),
        "answer_before": write_timestamp(request.answer_before),
        "renewal": request.is_renewal,
        "to": request.recipient.name,
        "by": "e-mail" if request.recipient.email else "letter",
        "yes": answers.count(True),
        "no": answers.count(False),
        "open": sum(one.can_be_answered for one in view.items),
        "revoked_at": None if request.revoked_at is None else write_timestamp(request.revoked_at),
    }


def _item_row(view: ItemView) -> dict[str, Any]:
    item = view.item
    start, end = write_period(item.data_period)
    return {
        "item": item.item,
        "ean": item.ean,
        "service": DATA_SERVICE_TYPE.write(item.granularity),
        "data_from": start,
        "data_to": end,
        "mandate": item.mandate_id,
        "answer": None if item.answer is None else "yes" if item.answer else "no",
        "answered_at": None if item.answered_at is None else write_timestamp(item.answered_at),
        "status": "Removed" if view.phase is None else view.phase.status.value,
    }
