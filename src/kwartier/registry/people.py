"""People and their roles as rows (I2)."""

from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from kwartier.db.schema import person as people
from kwartier.db.schema import role as roles
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.messages import Language
from kwartier.domain.people import Person, Role, RoleKind
from kwartier.domain.period import Period

__all__ = [
    "acting_for",
    "add",
    "add_role",
    "change",
    "end_role",
    "find",
    "find_role",
    "list_all",
    "roles_in",
    "roles_of",
]


def add(connection: Connection, person: Person) -> None:
    """Write a new person."""
    connection.execute(insert(people).values(person_id=person.person_id, **_changeable(person)))


def change(connection: Connection, person: Person) -> None:
    """Write a person who is known anew."""
    connection.execute(
        update(people).where(people.c.person_id == person.person_id).values(**_changeable(person))
    )


def find(connection: Connection, person_id: str) -> Person | None:
    """The person of an id."""
    row = connection.execute(select(people).where(people.c.person_id == person_id)).one_or_none()
    return None if row is None else _read(row)


def list_all(connection: Connection, email: str | None = None) -> list[Person]:
    """All people, or those of an e-mail address, by name."""
    query = select(people).order_by(people.c.name, people.c.person_id)
    if email is not None:
        query = query.where(people.c.email == email)
    return [_read(row) for row in connection.execute(query)]


def add_role(connection: Connection, role: Role) -> None:
    """Write a new role."""
    connection.execute(
        insert(roles).values(
            role_id=role.role_id,
            person_id=role.person_id,
            organisation=role.organisation,
            kind=role.kind.value,
            title=role.title,
            since=role.period.start,
            until=role.period.end,
            granted_by=role.granted_by,
        )
    )


def end_role(connection: Connection, role_id: str, moment: datetime, by: str | None) -> None:
    """Let a role end at a moment; by whom (the id of a person, None: the operator) is kept."""
    connection.execute(update(roles).where(roles.c.role_id == role_id).values(until=moment, ended_by=by))


def find_role(connection: Connection, role_id: str) -> Role | None:
    """The role of an id."""
    row = connection.execute(select(roles).where(roles.c.role_id == role_id)).one_or_none()
    return None if row is None else _read_role(row)


def roles_of(connection: Connection, person_id: str) -> list[Role]:
    """All roles of a person, also those that ended, in order of time."""
    query = select(roles).where(roles.c.person_id == person_id)
    return [_read_role(row) for row in connection.execute(query.order_by(roles.c.since, roles.c.role_id))]


def roles_in(connection: Connection, organisation: EnterpriseNumber) -> list[Role]:
    """All roles in an organisation, also those that ended, in order of time."""
    query = select(roles).where(roles.c.organisation == organisation)
    return [_read_role(row) for row in connection.execute(query.order_by(roles.c.since, roles.c.role_id))]


def acting_for(connection: Connection, organisation: str, moment: datetime) -> list[Person]:
    """Everyone who may act for an organisation at a moment, each once, by name."""
    query = (
        select(people)
        .join(roles, roles.c.person_id == people.c.person_id)
        .where(
            roles.c.organisation == organisation,
            roles.c.since <= moment,
            roles.c.until.is_(None) | (roles.c.until > moment),
        )
        .distinct()
        .order_by(people.c.name, people.c.person_id)
    )
    return [_read(row) for row in connection.execute(query)]


def _changeable(person: Person) -> dict[str, object]:
    return {
        "name": person.name,
        "email": person.email,
        "language": person.language.value,
        "registered_at": person.registered_at,
    }


def _read(row: Row[tuple[object, ...]]) -> Person:
    return Person(row.person_id, row.name, row.email, Language(row.language), row.registered_at)


def _read_role(row: Row[tuple[object, ...]]) -> Role:
    return Role(
        role_id=row.role_id,
        person_id=row.person_id,
        organisation=EnterpriseNumber(row.organisation),
        kind=RoleKind(row.kind),
        period=Period(row.since, row.until),
        title=row.title,
        granted_by=row.granted_by,
    )
