"""Organisations, and where grid users are asked for consent (I1, M2)."""

from http import HTTPStatus
from typing import Final

from pydantic import Field

from kwartier.backoffice.call import Call
from kwartier.backoffice.operation import Operation, Refusals
from kwartier.backoffice.paging import NEXT, PAGE, page_of
from kwartier.backoffice.parameters import NUMBER, WANTED_EAN
from kwartier.backoffice.shapes import AskedEan, AskedNumber, Asking, Moment, Shape
from kwartier.domain.contract import Choice
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.messages import Language, Recipient
from kwartier.domain.operators import OperatorScope
from kwartier.domain.organisation import Organisation, OrganisationKind
from kwartier.formats.headpoints_words import read_who
from kwartier.services.errors import UnknownOrganisationError
from kwartier.services.organisations import contact

__all__ = ["OPERATIONS"]


class OrganisationShape(Shape):
    """An organisation."""

    number: str = Field(description="Its enterprise number.")
    name: str = Field(description="Its name, for people.")
    kind: OrganisationKind = Field(description="What sort it is.")
    language: Language = Field(description="In which it is written to.")
    email: str | None = Field(default=None, description="Where it is asked for consent as a grid user.")
    address: list[str] = Field(description="The lines of its postal address, for letters.")
    registered_at: Moment = Field(description="When it was registered.")


class OrganisationsShape(Shape):
    """Organisations, by name."""

    organisations: list[OrganisationShape] = Field(description="The organisations found.")
    next: int | None = Field(default=None, description=NEXT)


class FoundOrganisationShape(Shape):
    """An organisation that was looked up."""

    organisation: OrganisationShape = Field(description="The organisation.")
    choice: Choice = Field(
        description="Whether it has a data access contract, which is `sign`, or goes on `without`."
    )


class PutOrganisationShape(Shape):
    """An organisation as it is registered now."""

    organisation: OrganisationShape = Field(description="The organisation.")


class ContactShape(Shape):
    """Where a grid user is asked for consent."""

    who: str = Field(description="The grid user, as the headpoint names him.")
    name: str = Field(description="His name, for people.")
    language: Language = Field(description="In which he is written to.")
    email: str | None = Field(default=None, description="His e-mail address.")
    address: list[str] = Field(description="The lines of his postal address, for letters.")


class ContactsShape(Shape):
    """Where the grid users of an EAN are asked for consent."""

    contacts: list[ContactShape] = Field(description="Those who are known.")


class PutOrganisation(Asking):
    """An organisation that is registered, or written anew."""

    number: AskedNumber = Field(description="Its enterprise number, with or without dots and BE.")
    name: str = Field(description="Its name, for people.")
    kind: OrganisationKind = Field(default=OrganisationKind.COMPANY, description="What sort it is.")
    language: Language = Field(default=Language.DUTCH, description="In which it is written to.")
    email: str | None = Field(default=None, description="Where it is asked for consent as a grid user.")
    address: list[str] = Field(default=[], description="The lines of its postal address, for letters.")


class PutContact(Asking):
    """Where a grid user is to be asked for consent: by e-mail, or by letter who has no e-mail address."""

    ean: AskedEan = Field(description="Of the headpoint, 18 digits.")
    who: str = Field(min_length=1, description="The grid user: an enterprise number or a name.")
    name: str | None = Field(default=None, description="His name, for people; left out: as `who`.")
    language: Language = Field(default=Language.DUTCH, description="In which he is written to.")
    email: str | None = Field(default=None, description="His e-mail address.")
    address: list[str] = Field(default=[], description="The lines of his postal address, for letters.")


def list_organisations(call: Call) -> OrganisationsShape:
    """List organisations, by name."""
    some, following = page_of(call, call.desk.organisations.list_all())
    return OrganisationsShape(organisations=[_shown(one) for one in some], next=following)


def show_organisation(call: Call) -> FoundOrganisationShape:
    """Show an organisation, and whether it has a contract or goes on without."""
    number = call.needed(NUMBER)
    found = call.desk.organisations.find(number)
    if found is None:
        raise UnknownOrganisationError(f"organisation {number} is not registered")
    return FoundOrganisationShape(organisation=_shown(found), choice=call.desk.contracts.choice(number))


def put_organisation(call: Call) -> PutOrganisationShape:
    """Register an organisation; of one that is registered what is known is replaced."""
    asked = call.body(PutOrganisation)
    made = call.desk.organisations.put(
        EnterpriseNumber(asked.number),
        asked.name,
        asked.kind,
        asked.language,
        asked.email,
        tuple(asked.address),
    )
    return PutOrganisationShape(organisation=_shown(made))


def list_contacts(call: Call) -> ContactsShape:
    """List where the grid users of an EAN are asked for consent."""
    found = call.desk.organisations.contacts(call.needed(WANTED_EAN))
    return ContactsShape(contacts=[_contact(who, told) for who, told in found])


def put_contact(call: Call) -> ContactShape:
    """Say where the grid user of an EAN is asked for consent; it comes before what his organisation says."""
    asked = call.body(PutContact)
    who = read_who(asked.who)
    told = contact(asked.name or who, asked.language, asked.email, tuple(asked.address))
    call.desk.organisations.put_contact(Ean(asked.ean), who, told)
    return _contact(who, told)


def _shown(one: Organisation) -> OrganisationShape:
    return OrganisationShape(
        number=one.number,
        name=one.name,
        kind=one.kind,
        language=one.language,
        email=one.email,
        address=list(one.address),
        registered_at=one.registered_at,
    )


def _contact(who: str, told: Recipient) -> ContactShape:
    return ContactShape(
        who=who, name=told.name, language=told.language, email=told.email, address=list(told.address)
    )


_UNKNOWN: Final[Refusals] = {
    UnknownOrganisationError: (HTTPStatus.NOT_FOUND, "No such organisation is registered.")
}
_READ, _WRITE = OperatorScope.READ, OperatorScope.WRITE

OPERATIONS: Final = (
    Operation("GET", "/organisations", _READ, list_organisations, OrganisationsShape, PAGE),
    Operation(
        "GET",
        "/organisation",
        _READ,
        show_organisation,
        FoundOrganisationShape,
        (NUMBER,),
        refused=_UNKNOWN,
    ),
    Operation("PUT", "/organisation", _WRITE, put_organisation, PutOrganisationShape, body=PutOrganisation),
    Operation("GET", "/contacts", _READ, list_contacts, ContactsShape, (WANTED_EAN,)),
    Operation("PUT", "/contact", _WRITE, put_contact, ContactShape, body=PutContact),
)
