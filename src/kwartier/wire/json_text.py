"""JSON as others write it."""

import json
from typing import Any

from kwartier.domain.errors import InvalidValueError

__all__ = ["read_json"]


def read_json(text: str | bytes) -> Any:
    """Read JSON of which nobody knows who wrote it.

    Raises:
        InvalidValueError: it is none, or more brackets lie in each other than anybody means.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise InvalidValueError("no JSON: too many brackets lie in each other") from None
    except ValueError as error:
        raise InvalidValueError(f"no JSON: {error}"[:200]) from None
