"""What these tests use: a platform, or a database on each engine."""

from collections.abc import Iterator

import pytest

from kwartier.db.engine import Database
from support.engines import Template
from support.platform import client, fresh_platform, platform, portal, shared_platform

__all__ = ["client", "fresh_platform", "platform", "portal", "shared_platform"]


@pytest.fixture
def database(any_template: Template) -> Iterator[Database]:
    """A database with the schema and nothing else, on one engine after the other."""
    with any_template() as url:
        database = Database(url)
        yield database
        database.close()
