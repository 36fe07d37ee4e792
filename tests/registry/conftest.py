"""The database that these tests use, on each engine."""

from collections.abc import Iterator

import pytest

from kwartier.db.engine import Database
from support.engines import Template


@pytest.fixture
def database(any_template: Template) -> Iterator[Database]:
    """A database with the schema and nothing else."""
    with any_template() as url:
        database = Database(url)
        yield database
        database.close()
