"""The platform that these tests use, on one engine after the other, and an operator who may do everything."""

from collections.abc import Iterator

import pytest
from anyio.from_thread import BlockingPortal

from support.engines import Template
from support.office import Office
from support.platform import new_platform, portal

__all__ = ["office", "portal"]


@pytest.fixture
def office(any_template: Template, portal: BlockingPortal) -> Iterator[Office]:
    """An operator on a platform of his own, with some headpoints."""
    with new_platform(any_template, portal) as platform:
        made = Office(platform)
        made.know()
        yield made
