"""The development outbox in the browser: messages that go nowhere, with their links. Only for this machine itself.

It is there where nothing takes mail and nobody else can reach the platform. A proxy that was not told of could let others
in all the same: so whatever does not come from this machine, by a name of this machine, sees nothing.
"""

from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from kwartier.domain.geography import is_loopback
from kwartier.domain.messages import Language, MessageState
from kwartier.gateway.context import Permission, needs
from kwartier.gateway.refusal import RefusalError
from kwartier.portal.pages import page
from kwartier.services.errors import UnknownMessageError
from kwartier.services.outbox_desk import OutboxDesk

__all__ = ["get_message", "get_messages"]

_LATEST: Final = 100
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@needs(Permission.NOTHING, everywhere=True)
def get_messages(request: Request) -> Response:
    """List the latest messages."""
    messages = _desk(request).listed(tuple(MessageState), _LATEST)
    shown = [(one, _desk(request).worded(one)) for one in messages]
    return page("messages.html", Language.ENGLISH, operator=_operator(request), messages=shown)


@needs(Permission.NOTHING, everywhere=True)
def get_message(request: Request) -> Response:
    """Show a message as its recipient reads it."""
    desk = _desk(request)
    try:
        message = desk.find(request.path_params["message_id"])
    except UnknownMessageError:
        raise _nothing() from None
    worded = desk.worded(message)
    kinds = [] if worded is None else [type(block).__name__ for block in worded.blocks]
    return page(
        "message.html",
        Language.ENGLISH,
        operator=_operator(request),
        message=message,
        worded=worded,
        kinds=kinds,
    )


def _desk(request: Request) -> OutboxDesk:
    """What shows messages.

    Raises:
        RefusalError: who asks is not this machine itself.
    """
    headers = request.headers
    host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    here = request.client is not None and is_loopback(request.client.host) and is_loopback(host)
    if not here or any(name in headers for name in _FORWARDED):
        raise _nothing()
    desk: OutboxDesk = request.app.state.desk
    return desk


def _nothing() -> RefusalError:
    return RefusalError(HTTPStatus.NOT_FOUND, "There is nothing at this path.")


def _operator(request: Request) -> str:
    operator: str = request.app.state.operator_name
    return operator
