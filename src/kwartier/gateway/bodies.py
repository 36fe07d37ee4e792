"""Reading a JSON body into a model, all its faults at once (C6)."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TypeVar

from pydantic import ValidationError
from starlette.requests import Request

from kwartier.gateway.context import body_of
from kwartier.gateway.refusal import RefusalError

__all__ = ["read_body_of", "wrong"]

T = TypeVar("T")


def read_body_of(request: Request, read: Callable[[bytes], T]) -> T:
    """What stands in a body.

    Args:
        request: whose it is.
        read: as `model_validate_json` of a model does.

    Raises:
        RefusalError: 400, with everything that is wrong with it.
    """
    try:
        return read(body_of(request))
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        ]
        raise wrong(faults) from None
    except (ValueError, RecursionError):
        raise wrong(["the body must be JSON"]) from None


def wrong(faults: Sequence[str]) -> RefusalError:
    """The refusal that names what is wrong."""
    return RefusalError(HTTPStatus.BAD_REQUEST, "The request is not correct.", faults)
