"""What HTTP itself refuses, before anybody's credentials are looked at (C5, C6)."""

from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Receive, Scope

from kwartier.api.refusal import RefusalError

__all__ = ["MAX_HEADERS", "MAX_TARGET", "check_head", "read_body"]

MAX_TARGET: Final = 8192  # bytes of path and query
MAX_HEADERS: Final = 32768  # bytes of names and values


def check_head(scope: Scope) -> None:
    """Refuse a target or headers that are too large.

    Raises:
        RefusalError: 414 or 431.
    """
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_TARGET:
        raise RefusalError(
            HTTPStatus.REQUEST_URI_TOO_LONG, f"Path and query together have at most {MAX_TARGET} bytes."
        )
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADERS:
        raise RefusalError(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"The headers have at most {MAX_HEADERS} bytes."
        )


async def read_body(receive: Receive, headers: Headers, media_type: str, max_body: int) -> bytes:
    """The body of a request whose endpoint takes one.

    Raises:
        RefusalError: 413 or 415.
    """
    given = headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != media_type:
        raise RefusalError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"The body must be {media_type}.")
    too_large = RefusalError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"The body has at most {max_body} bytes.",
        headers={"connection": "close"},
    )
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_body:
        raise too_large
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > max_body:
            raise too_large
        if not message.get("more_body", False):
            return bytes(body)
