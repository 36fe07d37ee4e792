"""What endpoints of the control surface share: whose sandbox it is about, and what is refused."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import TypeVar

from starlette.requests import Request

from kwartier.domain.errors import InvalidValueError
from kwartier.gateway.bodies import wrong
from kwartier.gateway.context import context_of
from kwartier.gateway.refusal import RefusalError
from kwartier.services.control import Control
from kwartier.services.errors import UnknownMandateError, WrongMandateError

__all__ = ["allowed", "where"]

T = TypeVar("T")


def where(request: Request) -> tuple[Control, str, datetime]:
    """The control, whose sandbox it is about, and real time."""
    return request.app.state.control, context_of(request).client.client_id, request.app.state.clock()


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


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
