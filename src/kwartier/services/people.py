"""People, and for whom they may act (I2)."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.messages import Language, Recipient
from kwartier.domain.organisation import Organisation, shown_name
from kwartier.domain.people import (
    Acting,
    Allowed,
    Person,
    Refused,
    Role,
    RoleKind,
    email_address,
    may_act,
    may_administer,
)
from kwartier.domain.period import Period
from kwartier.registry import organisations
from kwartier.registry import people as registry
from kwartier.services.errors import NotAllowedError, UnknownPersonError

__all__ = ["People", "check_acting", "who_is_told"]


def check_acting(connection: Connection, by: Acting, moment: datetime) -> None:
    """Refuse who may not act for an organisation; the operator always may (I2).

    Raises:
        NotAllowedError: the person may not.
    """
    if by.person_id is not None:
        _accept(may_act(registry.roles_of(connection, by.person_id), by.organisation, moment), by)


def who_is_told(connection: Connection, organisation: str, moment: datetime) -> list[Recipient]:
    """To whom goes what an organisation is told: who may act for it, or else its own address; perhaps nobody."""
    acting = [
        Recipient(one.name, one.language, one.email)
        for one in registry.acting_for(connection, organisation, moment)
    ]
    known = organisations.find(connection, organisation)
    if acting or known is None or not (known.email or known.address):
        return acting
    return [Recipient(known.name, known.language, known.email, known.address)]


class People:
    """The people of a platform.

    Args:
        database: the registry.
        clock: real time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(self, name: str, email: str, language: Language) -> Person:
        """Register a person, under a random id.

        Raises:
            InvalidValueError: a name or an e-mail address that can't be.
        """
        person = Person(uuid4().hex, shown_name(name), email_address(email), language, self._clock())
        with self._database.writing() as connection:
            registry.add(connection, person)
        return person

    def change(self, person_id: str, *, name: str, email: str, language: Language) -> Person:
        """Write anew what is known of a person.

        Raises:
            UnknownPersonError: no such person.
            InvalidValueError: a name or an e-mail address that can't be.
        """
        with self._database.writing(_about(person_id)) as connection:
            known = _known(connection, person_id)
            changed = replace(known, name=shown_name(name), email=email_address(email), language=language)
            registry.change(connection, changed)
        return changed

    def find(self, person_id: str) -> Person:
        """The person of an id.

        Raises:
            UnknownPersonError: no such person.
        """
        with self._database.reading() as connection:
            return _known(connection, person_id)

    def list_all(self, email: str | None = None) -> list[Person]:
        """All people, or those of an e-mail address, by name."""
        with self._database.reading() as connection:
            return registry.list_all(connection, email)

    def roles_of(self, person_id: str) -> list[Role]:
        """All functions and roles of a person, also those that ended.

        Raises:
            UnknownPersonError: no such person.
        """
        with self._database.reading() as connection:
            _known(connection, person_id)
            return registry.roles_of(connection, person_id)

    def roles_in(self, organisation: EnterpriseNumber) -> list[Role]:
        """All functions and roles in an organisation, also those that ended."""
        with self._database.reading() as connection:
            return registry.roles_in(connection, organisation)

    def may_act(self, person_id: str, organisation: EnterpriseNumber) -> Allowed | Refused:
        """Whether a person may act for an organisation now."""
        with self._database.reading() as connection:
            return may_act(registry.roles_of(connection, person_id), organisation, self._clock())

    def organisations_of(self, person_id: str) -> list[Organisation]:
        """The organisations for which a person may act now, among which he chooses at sign-in (I2)."""
        now = self._clock()
        with self._database.reading() as connection:
            roles = registry.roles_of(connection, person_id)
            numbers = sorted({role.organisation for role in roles if now in role.period})
            found = [organisations.find(connection, number) for number in numbers]
        return [one for one in found if one is not None]

    def grant(
        self,
        by: Acting,
        person_id: str,
        kind: RoleKind,
        *,
        title: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Role:
        """Register a function in the enterprise register, or grant a role, in the organisation for which `by` acts.

        Args:
            by: the operator, or a person who administers the organisation and may grant roles, but no functions.
            person_id: to whom.
            kind: a function or a role.
            title: what a function is called.
            since: from when on; None: now.
            until: until when; None: until it is ended.

        Raises:
            NotAllowedError: `by` does not administer the organisation.
            UnknownPersonError: no such person.
            InvalidValueError: the organisation is not registered, or the role would end before it begins.
        """
        with self._database.writing(_about(person_id)) as connection:
            now = self._clock()
            _check_administering(connection, by, now)
            if kind is RoleKind.FUNCTION and by.person_id is not None:
                raise NotAllowedError(
                    "functions come from the enterprise register: the operator registers them"
                )
            _known(connection, person_id)
            if organisations.find(connection, by.organisation) is None:
                raise InvalidValueError(f"organisation {by.organisation} is not registered")
            period = Period(since or now, until)
            if period.is_empty:
                raise InvalidValueError("the role ends before it begins")
            titled = None if title is None else shown_name(title)
            role = Role(uuid4().hex, person_id, by.organisation, kind, period, titled, by.person_id)
            registry.add_role(connection, role)
        return role

    def end_role(self, by: Acting, role_id: str) -> Role:
        """Let a function or role end now; one that ended stays as it was.

        Raises:
            NotAllowedError: `by` does not administer the organisation, or it is a function and `by` is not the operator.
            UnknownPersonError: the organisation has no such role.
        """
        with self._database.writing(f"role {role_id}") as connection:
            now = self._clock()
            _check_administering(connection, by, now)
            role = registry.find_role(connection, role_id)
            if role is None or role.organisation != by.organisation:
                raise UnknownPersonError(f"organisation {by.organisation} has no role {role_id}")
            if role.kind is RoleKind.FUNCTION and by.person_id is not None:
                raise NotAllowedError("functions come from the enterprise register: the operator ends them")
            if role.period.end is not None and role.period.end <= now:
                return role
            registry.end_role(connection, role_id, now, by.person_id)
        return replace(role, period=Period(role.period.start, now))


def _check_administering(connection: Connection, by: Acting, moment: datetime) -> None:
    if by.person_id is not None:
        _accept(may_administer(registry.roles_of(connection, by.person_id), by.organisation, moment), by)


def _accept(decision: Allowed | Refused, by: Acting) -> None:
    if isinstance(decision, Refused):
        raise NotAllowedError(
            f"person {by.person_id} and organisation {by.organisation}: {decision.reason.value}"
        )


def _known(connection: Connection, person_id: str) -> Person:
    person = registry.find(connection, person_id)
    if person is None:
        raise UnknownPersonError(
            f"there is no person {person_id}; `kwartier people list` shows those there are"
        )
    return person


def _about(person_id: str) -> str:
    return f"person {person_id}"
