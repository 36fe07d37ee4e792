"""What endpoints of the control surface share: whose sandbox, what the body asks, and refusals."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import TypeVar

from pydantic import ValidationError
from starlette.requests import Request

from kwartier.domain.errors import InvalidValueError
from kwartier.gateway.context import body_of, context_of
from kwartier.gateway.refusal import RefusalError
from kwartier.services.control import Control
from kwartier.services.errors import UnknownMandateError, WrongMandateError

__all__ = ["allowed", "read", "where", "wrong"]

T = TypeVar("T")


def where(request: Request) -> tuple[Control, str, datetime]:
    """The control, whose sandbox it is about, and real time."""
    return request.app.state.control, context_of(request).client.client_id, request.app.state.clock()


def read(reading: Callable[[bytes], T], request: Request) -> T:
    """The body, read.

    Raises:
        RefusalError: it is wrong (400); all that is wrong is named.
    """
    try:
        return reading(body_of(request))
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        ]
        raise wrong(faults) from None
    except (ValueError, RecursionError):
        raise wrong(["the body must be JSON"]) from None


def allowed(act: Callable[[], T]) -> T:
    """What is done, if it may be.

    Raises:
        RefusalError: it may not (400), it is not there (404), or it can't be done as things stand (409).
    """
    try:
        return act()
    except InvalidValueError as error:
        raise wrong([str(error)]) from None
    except UnknownMandateError as error:
        raise RefusalError(HTTPStatus.NOT_FOUND, _sentence(error)) from None
    except WrongMandateError as error:
        raise RefusalError(HTTPStatus.CONFLICT, _sentence(error)) from None


def wrong(faults: list[str]) -> RefusalError:
    """The refusal that names what is wrong."""
    return RefusalError(HTTPStatus.BAD_REQUEST, "The request is not correct.", faults)


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
