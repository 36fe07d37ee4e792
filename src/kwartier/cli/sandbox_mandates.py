"""`kwartier sandbox mandates`: the life of a client's mandates, as portal and grid users play it (M2, M3)."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

import typer

from kwartier.cli.given import optional_moment, read_ean
from kwartier.cli.opening import print_fields, print_json, print_listed
from kwartier.cli.options import DatabaseOption, DataToOption, JsonOption, ReferenceOption
from kwartier.cli.sandbox_opening import ClientOption, controlled
from kwartier.cli.tables import shown
from kwartier.clock import system_clock
from kwartier.domain.played import Act
from kwartier.services.played import PlayedMandate
from kwartier.services.played_listing import listed_mandate
from kwartier.services.played_mandates import AskedMandate

__all__ = ["app", "print_mandates"]

app = typer.Typer(
    no_args_is_help=True,
    help="Ask for mandates in a client's sandbox, and have the grid user consent, refuse or end them.",
)

_Mandate = Annotated[
    str, typer.Argument(metavar="MANDATE", help="Its id; or its EAN, where only one for it can be meant.")
]
_SHOWN: Final = ("id", "ean", "status", "renewalStatus", "dataPeriodFrom", "dataPeriodTo", "gridUser")


@app.command("list")
def list_mandates(
    client: ClientOption,
    ean: Annotated[
        str | None, typer.Option(metavar="EAN", help="Only those for it.", show_default=False)
    ] = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List a client's mandates as they stand by its clock, mock ones too, the first made first."""
    control = controlled(client, database)
    found = control.mandates.list_all(client, system_clock(), None if ean is None else read_ean(ean))
    print_mandates(found, as_json=as_json)


@app.command()
def ask(
    ean: Annotated[str, typer.Argument(metavar="EAN", help="One of the sandbox.")],
    client: ClientOption,
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="MOMENT",
            help="Where the data period begins: a date, at midnight in Brussels, or YYYY-MM-DDTHH:MM:SSZ.",
            show_default="three years ago",
        ),
    ] = None,
    end: DataToOption = None,
    reference_number: ReferenceOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for a mandate, as a portal user does: Approved at once for an EAN of the client's own, else Requested."""
    asked = AskedMandate(
        read_ean(ean),
        data_from=optional_moment("--from", start),
        data_to=optional_moment("--to", end),
        reference_number=reference_number,
    )
    _print(controlled(client, database).mandates.ask(client, asked, system_clock()), as_json=as_json)


_SAID: Final = {
    Act.CONSENT: "Have the grid user consent to what is open: the mandate, or its renewal.",
    Act.REFUSE: "Have the grid user refuse what is open: the mandate, or its renewal.",
    Act.END: "Have the grid user end a mandate: it is Finished.",
    Act.RENEW: "Ask for renewal: at once for an EAN of the client's own, else the grid user has to consent.",
    Act.REMOVE: "Remove a mandate, as a portal user does: it is seen nowhere any more.",
}


def _command(act: Act) -> Callable[..., None]:
    def run(
        mandate: _Mandate,
        client: ClientOption,
        database: DatabaseOption = None,
        as_json: JsonOption = False,
    ) -> None:
        control = controlled(client, database)
        _print(control.mandates.act(client, act, mandate, system_clock()), as_json=as_json)

    return run


for _act in Act:
    app.command(_act.value, help=_SAID[_act])(_command(_act))


def print_mandates(found: list[PlayedMandate], *, as_json: bool) -> None:
    """Print mandates, for programs whole."""
    told = [listed_mandate(one) for one in found]
    rows = told if as_json else [{name: one.get(name) for name in _SHOWN} for one in told]
    print_listed(rows, "No mandates.", as_json=as_json)


def _print(one: PlayedMandate, *, as_json: bool) -> None:
    told = listed_mandate(one)
    if as_json:
        print_json(told)
        return
    facts, ahead, can = told.pop("facts"), told.pop("next"), told.pop("can")
    fields = {name: shown(value) for name, value in told.items()}
    fields["so far"] = ", ".join(f"{fact['fact']} {fact['at']}" for fact in facts)
    fields["next"] = ", ".join(_becomes(phase) for phase in ahead) or "nothing, if nobody does anything"
    fields["can"] = ", ".join(can) or "nothing"
    print_fields(fields)


def _becomes(phase: Mapping[str, Any]) -> str:
    return f"{phase.get('renewalStatus', phase['status'])} {phase['since']}"
