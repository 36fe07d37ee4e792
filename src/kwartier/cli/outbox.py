"""`kwartier outbox`: list, show, retry, discard."""

from dataclasses import dataclass
from typing import Annotated

import typer

from kwartier.cli.console import Console
from kwartier.cli.errors import MistakeError
from kwartier.cli.opening import opened, print_fields, print_json
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.cli.sending import wording_of
from kwartier.cli.tables import print_rows
from kwartier.clock import system_clock
from kwartier.domain.messages import MessageState
from kwartier.services.outbox_desk import OPEN, KeptMessage, OutboxDesk
from kwartier.services.outgoing.wording import plain
from kwartier.wire.timestamps import write_timestamp

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="What is sent to people: what waits, what failed, and what may have arrived."
)

_STATES = f"Messages in this state, once for each: {', '.join(MessageState)}."
_MessageId = Annotated[str, typer.Argument(metavar="MESSAGE_ID", help="As `outbox list` shows it.")]


@dataclass(frozen=True, slots=True)
class _Opened:
    desk: OutboxDesk
    stays_here: bool


def _open(database: str | None) -> _Opened:
    on = opened(database)
    return _Opened(
        OutboxDesk(on.database, wording_of(on.settings, on.address)), on.settings.messages_stay_here
    )


@app.command("list")
def list_all(
    states: Annotated[
        list[MessageState] | None,
        typer.Option(
            "--state", metavar="STATE", help=_STATES, show_default="all but what was sent or dropped"
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 100,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List messages, the last put first. It says nothing of to whom they go."""
    rows = [_row(one) for one in _open(database).desk.listed(states or OPEN, limit)]
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, "No messages.")


@app.command()
def show(
    message_id: _MessageId,
    text: Annotated[
        bool,
        typer.Option("--text", help="Show what it says, with its link: in the development outbox alone."),
    ] = False,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one message: to whom it goes, and why it was not taken."""
    on = _open(database)
    if text and not on.stays_here:
        raise MistakeError(
            "--text: a message holds a link by which somebody is answered for; it is shown only where messages go nowhere"
        )
    message = on.desk.find(message_id)
    fields = _row(message) | _addressed(message)
    if as_json:
        print_json(fields)
    else:
        print_fields(fields)
    if text and (worded := on.desk.worded(message)) is not None:
        typer.echo(f"\n{worded.subject}\n\n{plain(worded)}", nl=False)


@app.command()
def retry(message_id: _MessageId, database: DatabaseOption = None) -> None:
    """Send a message that failed, or of which it is not known whether it arrived."""
    _open(database).desk.retry(message_id, system_clock())
    Console(soft_wrap=True).print(f"Message {message_id} is sent again.", highlight=False)


@app.command()
def discard(message_id: _MessageId, database: DatabaseOption = None) -> None:
    """Never send a message that waits, failed, or may have arrived."""
    _open(database).desk.discard(message_id, system_clock())
    Console(soft_wrap=True).print(f"Message {message_id} is never sent.", highlight=False)


def _row(message: KeptMessage) -> dict[str, str]:
    return {
        "message_id": message.message_id,
        "kind": message.kind.value,
        "about": message.about,
        "state": message.state.value,
        "put_at": write_timestamp(message.put_at),
        "due_at": write_timestamp(message.due_at),
        "attempts": str(message.attempts),
    }


def _addressed(message: KeptMessage) -> dict[str, str]:
    recipient = message.recipient
    return {
        "ended_at": "" if message.ended_at is None else write_timestamp(message.ended_at),
        "to": "(forgotten)" if recipient is None else recipient.name,
        "address": "" if recipient is None else recipient.email or ", ".join(recipient.address),
        "reason": message.reason or "",
    }
