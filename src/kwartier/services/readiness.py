"""Whether the platform can serve: for the operator's probes."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kwartier.db.engine import Database, DatabaseError
from kwartier.db.migrate import HEAD
from kwartier.patience import within

__all__ = ["database_fault"]

_SECONDS: Final = 2.0
"""Who probes has little patience himself."""


def database_fault(database: Database) -> str | None:
    """Why the database can't be worked with, if so: it is not reached, or its schema is not that of this version."""
    try:
        with within(_SECONDS), database.glancing() as connection:
            revision = connection.execute(text("select version_num from alembic_version")).scalar()
    except DatabaseError as error:
        return str(error)
    except DBAPIError:
        return f"database {database.name}: it has no schema of ours"
    if revision != HEAD:
        return f"database {database.name}: its schema is {revision}, and {HEAD} is needed"
    return None
