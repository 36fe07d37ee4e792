"""`kwartier people`: add, show, list; functions and roles (I2)."""

from typing import Annotated

import typer

from kwartier.cli.credentials import organisation_number
from kwartier.cli.errors import MistakeError
from kwartier.cli.given import moment_of
from kwartier.cli.opening import opened, print_listed, print_one
from kwartier.cli.options import DatabaseOption, JsonOption, LanguageOption, OrganisationOption, PersonOption
from kwartier.clock import system_clock
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.messages import Language
from kwartier.domain.people import Acting, Person, Role, RoleKind
from kwartier.services.people import People
from kwartier.wire.timestamps import write_timestamp

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="People, and for which organisations they may act.")

_Person = Annotated[str, typer.Argument(metavar="PERSON", help="The id, as `people list` shows it.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    email: Annotated[str, typer.Argument(metavar="EMAIL")],
    language: LanguageOption = Language.DUTCH,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register a person, under a random id."""
    print_one(_row(_people(database, may_be_new=True).add(name, email, language)), as_json=as_json)


@app.command("list")
def list_all(
    email: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Those of this address.", show_default=False)
    ] = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List people, by name."""
    found = _people(database).list_all(email)
    print_listed([_row(one) for one in found], "No people.", as_json=as_json)


@app.command()
def change(
    person: _Person,
    name: Annotated[str | None, typer.Option(help="Another name.", show_default=False)] = None,
    email: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Another address.", show_default=False)
    ] = None,
    language: Annotated[Language | None, typer.Option(help="Another language.", show_default=False)] = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change what is known of a person."""
    people = _people(database)
    known = people.find(person)
    changed = people.change(
        person, name=name or known.name, email=email or known.email, language=language or known.language
    )
    print_one(_row(changed), as_json=as_json)


@app.command()
def grant(
    person: _Person,
    organisation: OrganisationOption,
    role: Annotated[
        RoleKind,
        typer.Option(help="A function in the enterprise register, or a role: administrator, or user."),
    ] = RoleKind.USER,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What the function is called.", show_default=False)
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="MOMENT", help="From when on; now if not told.", show_default=False),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--to", metavar="MOMENT", help="Until when; open if not told.", show_default=False),
    ] = None,
    by: PersonOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register a person's function in an organisation, or grant a role there."""
    option, value = "--from", since
    try:
        start = None if since is None else moment_of(since)
        option, value = "--to", until
        end = None if until is None else moment_of(until)
    except InvalidValueError as error:
        raise MistakeError(f"{option} {value}: {error}") from None
    acting = Acting(organisation_number(organisation), by)
    given = _people(database).grant(acting, person, role, title=title, since=start, until=end)
    print_one(_role_row(given), as_json=as_json)


@app.command("end-role")
def end_role(
    role: Annotated[str, typer.Argument(metavar="ROLE", help="The id, as `people roles` shows it.")],
    organisation: OrganisationOption,
    by: PersonOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a function or role now."""
    ended = _people(database).end_role(Acting(organisation_number(organisation), by), role)
    print_one(_role_row(ended), as_json=as_json)


@app.command()
def roles(
    person: Annotated[
        str | None, typer.Option(metavar="PERSON", help="Of this person.", show_default=False)
    ] = None,
    organisation: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="In this organisation.", show_default=False)
    ] = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List functions and roles of a person or in an organisation, also those that ended."""
    people = _people(database)
    if (person is None) == (organisation is None):
        raise MistakeError("say either --person or --organisation")
    if person is not None:
        found = people.roles_of(person)
    else:
        found = people.roles_in(organisation_number(organisation or ""))
    print_listed([_role_row(one) for one in found], "No functions or roles.", as_json=as_json)


def _people(database: str | None, *, may_be_new: bool = False) -> People:
    return People(opened(database, may_be_new=may_be_new).database, system_clock)


def _row(one: Person) -> dict[str, str]:
    return {
        "person": one.person_id,
        "name": one.name,
        "email": one.email,
        "language": one.language.value,
        "registered_at": write_timestamp(one.registered_at),
    }


def _role_row(one: Role) -> dict[str, str | None]:
    end = one.period.end
    return {
        "role": one.role_id,
        "person": one.person_id,
        "organisation": one.organisation,
        "kind": one.kind.value,
        "title": one.title,
        "from": write_timestamp(one.period.start),
        "to": None if end is None else write_timestamp(end),
        "granted_by": one.granted_by,
    }
