"""Organisations as rows."""

from sqlalchemy import Connection, Row, delete, insert, select

from kwartier.db.schema import organisation as table
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.messages import Language
from kwartier.domain.organisation import Organisation, OrganisationKind

__all__ = ["find", "list_all", "put", "read_address", "write_address"]


def put(connection: Connection, organisation: Organisation) -> None:
    """Write an organisation; what was known of one of the same number is replaced."""
    connection.execute(delete(table).where(table.c.number == organisation.number))
    connection.execute(
        insert(table).values(
            number=organisation.number,
            name=organisation.name,
            kind=organisation.kind.value,
            language=organisation.language.value,
            email=organisation.email,
            address=write_address(organisation.address),
            registered_at=organisation.registered_at,
        )
    )


def find(connection: Connection, number: str) -> Organisation | None:
    """The organisation of an enterprise number."""
    row = connection.execute(select(table).where(table.c.number == number)).one_or_none()
    return None if row is None else _read(row)


def list_all(connection: Connection) -> list[Organisation]:
    """All organisations, by name."""
    return [_read(row) for row in connection.execute(select(table).order_by(table.c.name, table.c.number))]


def write_address(lines: tuple[str, ...]) -> str | None:
    """The lines of a postal address, as a column keeps them; None: there are none."""
    return "\n".join(lines) or None


def read_address(text: str | None) -> tuple[str, ...]:
    """The lines of a postal address."""
    return tuple(text.split("\n")) if text else ()


def _read(row: Row[tuple[object, ...]]) -> Organisation:
    return Organisation(
        number=EnterpriseNumber(row.number),
        name=row.name,
        kind=OrganisationKind(row.kind),
        language=Language(row.language),
        registered_at=row.registered_at,
        email=row.email,
        address=read_address(row.address),
    )
