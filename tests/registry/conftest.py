"""The database that these tests use."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kwartier.db.engine import Database
from support.platform import template

__all__ = ["database", "template"]


@pytest.fixture
def database(template: Path, tmp_path: Path) -> Iterator[Database]:
    """A database with the schema and nothing else."""
    file = tmp_path / "kwartier.db"
    shutil.copyfile(template, file)
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()
