"""Lists page by page."""

from collections.abc import Sequence
from typing import Final, TypeVar

from kwartier.backoffice.call import Call
from kwartier.backoffice.parameters import LIMIT, SKIP, limit_of

__all__ = ["NEXT", "PAGE", "page_of", "reach_of"]

T = TypeVar("T")

PAGE: Final = (SKIP, LIMIT)
"""What asks for a page."""

NEXT: Final = "What `skip` is to be for those that follow; left out at the end."
"""What is said of the field that leads on."""


def reach_of(call: Call) -> int:
    """How many a service has to find, so that it can be told whether others follow the page."""
    return (call.given(SKIP) or 0) + limit_of(call.given(LIMIT)) + 1


def page_of(call: Call, found: Sequence[T]) -> tuple[Sequence[T], int | None]:
    """The page that was asked for, and what `skip` is to be for the next, if there is one.

    Args:
        call: what was asked.
        found: all, or as many as `reach_of`.
    """
    first = call.given(SKIP) or 0
    after = first + limit_of(call.given(LIMIT))
    return found[first:after], after if len(found) > after else None
