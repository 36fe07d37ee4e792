"""People, and for which organisations they may act (I2)."""

from http import HTTPStatus
from typing import Final

from pydantic import Field

from kwartier.backoffice.call import Call
from kwartier.backoffice.operation import Operation, Refusals
from kwartier.backoffice.paging import NEXT, PAGE, page_of
from kwartier.backoffice.parameters import NUMBER, read_name
from kwartier.backoffice.shapes import (
    AskedId,
    AskedMoment,
    AskedNumber,
    Asking,
    Moment,
    PeriodShape,
    Shape,
    period_of,
)
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.messages import Language
from kwartier.domain.operators import OperatorScope
from kwartier.domain.people import Acting, Person, Role, RoleKind
from kwartier.gateway.asked import Parameter
from kwartier.services.errors import UnknownPersonError

__all__ = ["OPERATIONS"]

_PERSON: Final = Parameter(
    "person", read_name, "The id of a person.", "3f1c0a4e5b6d47c8a9e0b1c2d3e4f506", required=True
)
_EMAIL: Final = Parameter(
    "email", read_name, "Those of this e-mail address; left out: any.", "eva@example.com"
)


class PersonShape(Shape):
    """A person."""

    person: str = Field(description="The id, which says nothing of the person.")
    name: str = Field(description="The name.")
    email: str = Field(description="The e-mail address.")
    language: Language = Field(description="In which the person is written to.")
    registered_at: Moment = Field(description="When the person was registered.")


class RoleShape(Shape):
    """A function of a person in an organisation, or a role there."""

    role: str = Field(description="Its id.")
    person: str = Field(description="Whose it is.")
    organisation: str = Field(description="In which organisation, by its enterprise number.")
    kind: RoleKind = Field(
        description="`function`: one in the enterprise register, which administers. `administrator`: to act, and to grant "
        "roles. `user`: to act."
    )
    title: str | None = Field(default=None, description="What a function is called.")
    period: PeriodShape = Field(description="For how long.")
    granted_by: str | None = Field(
        default=None, description="The person who granted it; left out: the operator registered it."
    )


class PeopleShape(Shape):
    """People, by name."""

    people: list[PersonShape] = Field(description="The people found.")
    next: int | None = Field(default=None, description=NEXT)


class FoundPersonShape(Shape):
    """A person that was looked up."""

    person: PersonShape = Field(description="The person.")
    roles: list[RoleShape] = Field(description="All functions and roles, also those that ended.")


class RolesShape(Shape):
    """The functions and roles in an organisation, also those that ended."""

    roles: list[RoleShape] = Field(description="The functions and roles.")
    next: int | None = Field(default=None, description=NEXT)


class AddPerson(Asking):
    """A person who is registered."""

    name: str = Field(description="The name.")
    email: str = Field(description="The e-mail address.")
    language: Language = Field(default=Language.DUTCH, description="In which the person is written to.")


class ChangePerson(AddPerson):
    """A person of whom is written anew what is known."""

    person: AskedId = Field(description="The id of the person.")


class GrantRole(Asking):
    """A function that is registered, or a role that is granted."""

    person: AskedId = Field(description="To whom.")
    organisation: AskedNumber = Field(description="In which organisation, by its enterprise number.")
    kind: RoleKind = Field(description="A function in the enterprise register, or a role.")
    title: str | None = Field(default=None, description="What a function is called.")
    since: AskedMoment | None = Field(default=None, alias="from", description="From when on; left out: now.")
    until: AskedMoment | None = Field(default=None, alias="to", description="Until when; left out: open.")


class EndRole(Asking):
    """A function or role that is to end now."""

    role: AskedId = Field(description="Its id.")
    organisation: AskedNumber = Field(description="In which organisation, by its enterprise number.")


def list_people(call: Call) -> PeopleShape:
    """List people, by name."""
    some, following = page_of(call, call.desk.people.list_all(call.given(_EMAIL)))
    return PeopleShape(people=[_shown(one) for one in some], next=following)


def show_person(call: Call) -> FoundPersonShape:
    """Show a person, with all functions and roles."""
    person_id, people = call.needed(_PERSON), call.desk.people
    return FoundPersonShape(
        person=_shown(people.find(person_id)), roles=[_role(one) for one in people.roles_of(person_id)]
    )


def add_person(call: Call) -> PersonShape:
    """Register a person, under a random id."""
    asked = call.body(AddPerson)
    return _shown(call.desk.people.add(asked.name, asked.email, asked.language))


def change_person(call: Call) -> PersonShape:
    """Write anew what is known of a person."""
    asked = call.body(ChangePerson)
    return _shown(
        call.desk.people.change(asked.person, name=asked.name, email=asked.email, language=asked.language)
    )


def list_roles(call: Call) -> RolesShape:
    """List the functions and roles in an organisation, also those that ended."""
    some, following = page_of(call, call.desk.people.roles_in(call.needed(NUMBER)))
    return RolesShape(roles=[_role(one) for one in some], next=following)


def grant_role(call: Call) -> RoleShape:
    """Register a person's function in an organisation, or grant a role there."""
    asked = call.body(GrantRole)
    acting = Acting(EnterpriseNumber(asked.organisation))
    given = call.desk.people.grant(
        acting, asked.person, asked.kind, title=asked.title, since=asked.since, until=asked.until
    )
    return _role(given)


def end_role(call: Call) -> RoleShape:
    """End a function or role now; one that ended stays as it was."""
    asked = call.body(EndRole)
    return _role(call.desk.people.end_role(Acting(EnterpriseNumber(asked.organisation)), asked.role))


def _shown(one: Person) -> PersonShape:
    return PersonShape(
        person=one.person_id,
        name=one.name,
        email=one.email,
        language=one.language,
        registered_at=one.registered_at,
    )


def _role(one: Role) -> RoleShape:
    return RoleShape(
        role=one.role_id,
        person=one.person_id,
        organisation=one.organisation,
        kind=one.kind,
        title=one.title,
        period=period_of(one.period),
        granted_by=one.granted_by,
    )


_UNKNOWN: Final[Refusals] = {
    UnknownPersonError: (HTTPStatus.NOT_FOUND, "There is no such person, or no such role.")
}
_READ, _WRITE = OperatorScope.READ, OperatorScope.WRITE

OPERATIONS: Final = (
    Operation("GET", "/people", _READ, list_people, PeopleShape, (_EMAIL, *PAGE)),
    Operation("POST", "/people", _WRITE, add_person, PersonShape, body=AddPerson),
    Operation("GET", "/person", _READ, show_person, FoundPersonShape, (_PERSON,), refused=_UNKNOWN),
    Operation("PUT", "/person", _WRITE, change_person, PersonShape, body=ChangePerson, refused=_UNKNOWN),
    Operation("GET", "/roles", _READ, list_roles, RolesShape, (NUMBER, *PAGE)),
    Operation("POST", "/roles", _WRITE, grant_role, RoleShape, body=GrantRole, refused=_UNKNOWN),
    Operation("POST", "/roles/end", _WRITE, end_role, RoleShape, body=EndRole, refused=_UNKNOWN),
)
