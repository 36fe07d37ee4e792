"""`kwartier organisations`: add, show, list; where grid users are asked."""

from typing import Annotated

import typer

from kwartier.cli.console import Console
from kwartier.cli.credentials import organisation_number
from kwartier.cli.errors import FailureError
from kwartier.cli.given import read_ean
from kwartier.cli.opening import opened, print_listed, print_one
from kwartier.cli.options import DatabaseOption, EmailOption, JsonOption, LanguageOption, LinesOption
from kwartier.clock import system_clock
from kwartier.domain.messages import Language, Recipient
from kwartier.domain.organisation import Organisation, OrganisationKind
from kwartier.formats.headpoints_words import read_who
from kwartier.services.contracts import Contracts
from kwartier.services.organisations import Organisations, OrganisationSaid, Registered, contact
from kwartier.wire.timestamps import write_timestamp

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Organisations, and where grid users are asked for consent.")

_Number = Annotated[
    str, typer.Argument(metavar="NUMBER", help="The enterprise number, with or without dots and BE.")
]
_Ean = Annotated[str, typer.Argument(metavar="EAN", help="Of the headpoint: 18 digits.")]


@app.command()
def add(
    number: _Number,
    name: Annotated[str, typer.Argument(metavar="NAME", help="For people.")],
    kind: Annotated[
        OrganisationKind | None,
        typer.Option(help="What sort it is.", show_default=f"{OrganisationKind.COMPANY.value}, of a new one"),
    ] = None,
    language: Annotated[
        Language | None,
        typer.Option(help="In which it is written to.", show_default=f"{Language.DUTCH.value}, of a new one"),
    ] = None,
    email: EmailOption = None,
    address: LinesOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register an organisation. Of one that is registered only what is given changes; `--email ''` takes it away."""
    said: OrganisationSaid = {}
    if kind is not None:
        said["kind"] = kind
    if language is not None:
        said["language"] = language
    if email is not None:
        said["email"] = email or None
    if address is not None:
        said["address"] = tuple(filter(None, address))
    on = opened(database, may_be_new=True)
    done = Organisations(on.database, system_clock).register(organisation_number(number), name, **said)
    print_one(_row(done.organisation), as_json=as_json)
    if not as_json:
        _tell(done)


@app.command()
def show(number: _Number, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Show an organisation, and whether it has a contract or goes on without."""
    on, asked = opened(database), organisation_number(number)
    found = Organisations(on.database, system_clock).find(asked)
    if found is None:
        raise FailureError(f"organisation {asked} is not registered")
    choice = Contracts(on.database, system_clock).choice(asked)
    print_one(_row(found) | {"choice": choice.value}, as_json=as_json)


@app.command("list")
def list_all(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """List organisations, by name."""
    found = Organisations(opened(database).database, system_clock).list_all()
    print_listed([_row(one) for one in found], "No organisations.", as_json=as_json)


@app.command("add-contact")
def add_contact(
    ean: _Ean,
    who: Annotated[
        str,
        typer.Argument(
            metavar="WHO", help="The grid user, as `headpoints show` names him: a number or a name."
        ),
    ],
    name: Annotated[
        str | None, typer.Option(help="For people, if it is another.", show_default=False)
    ] = None,
    language: LanguageOption = Language.DUTCH,
    email: EmailOption = None,
    address: LinesOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say where the grid user of an EAN is asked for consent; it comes before what his organisation says."""
    on, asked = opened(database), read_who(who)
    told = contact(name or asked, language, email, tuple(address or ()))
    Organisations(on.database, system_clock).put_contact(read_ean(ean), asked, told)
    if as_json:
        print_one(_contact_row(asked, told), as_json=True)
    else:
        Console(soft_wrap=True).print(
            f"{asked} is asked about {ean} there from now on.", highlight=False, markup=False
        )


@app.command()
def contacts(ean: _Ean, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """List where the grid users of an EAN are asked."""
    found = Organisations(opened(database).database, system_clock).contacts(read_ean(ean))
    print_listed([_contact_row(who, told) for who, told in found], "No contacts.", as_json=as_json)


def _tell(done: Registered) -> None:
    """Say what became of it: new, as it was, or what is another."""
    number = done.organisation.number
    if done.before is None:
        said = [f"Organisation {number} is registered."]
    else:
        before, now = _row(done.before), _row(done.organisation)
        changed = [
            f"  {name}: {before[name] or 'none'} → {now[name] or 'none'}"
            for name in now
            if now[name] != before[name]
        ]
        said = (
            [f"Organisation {number} changed:", *changed]
            if changed
            else [f"Organisation {number} is as it was."]
        )
    for line in said:
        Console(soft_wrap=True).print(line, highlight=False, markup=False)


def _row(one: Organisation) -> dict[str, str | None]:
    return {
        "number": one.number,
        "name": one.name,
        "kind": one.kind.value,
        "language": one.language.value,
        "email": one.email,
        "address": ", ".join(one.address) or None,
        "registered_at": write_timestamp(one.registered_at),
    }


def _contact_row(who: str, told: Recipient) -> dict[str, str | None]:
    return {
        "who": who,
        "name": told.name,
        "language": told.language.value,
        "email": told.email,
        "address": ", ".join(told.address) or None,
    }
