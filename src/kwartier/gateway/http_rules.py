"""What HTTP itself asks and refuses, before anybody's credentials are looked at (C5, C6)."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from kwartier.gateway.refusal import RefusalError

__all__ = [
    "MAX_HEADERS",
    "MAX_TARGET",
    "ClientGoneError",
    "HeadSentError",
    "allowed_methods",
    "bodiless",
    "check_body",
    "check_head",
    "check_media_type",
    "options_answer",
    "read_body",
    "wrong_method",
]

MAX_TARGET: Final = 8192  # bytes of path and query
MAX_HEADERS: Final = 32768  # bytes of names and values
# What stands once: of two, another program would take the other.
_SINGLE: Final = frozenset(
    {
        b"authorization",
        b"ocp-apim-subscription-key",
        b"subscription-key",
        b"host",
        b"content-type",
        b"content-encoding",
    }
)
_KEY, _ITS_OTHER_NAME = b"ocp-apim-subscription-key", b"subscription-key"
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")


_IDENTITY: Final = "identity"


class ClientGoneError(Exception):
    """The client hung up before its request was whole: there is nobody to answer, and nothing to do."""


class HeadSentError(Exception):
    """The head of an answer to `HEAD` is out: what would come after it need not be made."""


def allowed_methods(methods: Iterable[str]) -> str:
    """What `Allow` says of a path whose endpoints take these methods: with `HEAD` beside `GET`, and `OPTIONS`."""
    taken = {*methods, "OPTIONS"}
    if "GET" in taken:
        taken.add("HEAD")
    return ", ".join(sorted(taken, key=_METHODS.index))


def wrong_method(methods: Iterable[str]) -> RefusalError:
    """The refusal of another method than the path takes."""
    allowed = allowed_methods(methods)
    return RefusalError(
        HTTPStatus.METHOD_NOT_ALLOWED, f"This path takes {allowed}.", headers={"allow": allowed}
    )


def options_answer(methods: Iterable[str]) -> Response:
    """The answer to `OPTIONS`. It says nothing to pages of other origins: no browser lets them in here."""
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"allow": allowed_methods(methods)})


def bodiless(send: Send) -> Send:
    """A `send` for `HEAD`: the head as `GET` would get it, and no body (RFC 9110 §9.3.2).

    It raises HeadSentError where more of the body would follow.
    """

    async def pass_on(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        if message.get("more_body", False):
            raise HeadSentError

    return pass_on


def check_head(scope: Scope) -> None:
    """Refuse a target or headers that are too large, headers that stand twice and may not, and two subscription keys.

    Raises:
        RefusalError: 414, 431 or 400.
    """
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_TARGET:
        raise RefusalError(
            HTTPStatus.REQUEST_URI_TOO_LONG, f"Path and query together have at most {MAX_TARGET} bytes."
        )
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADERS:
        raise RefusalError(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"The headers have at most {MAX_HEADERS} bytes."
        )
    said = dict(scope["headers"])
    if len(said) < len(scope["headers"]):  # most heads have nothing twice
        names = [name for name, _ in scope["headers"]]
        doubled = sorted(name.decode() for name in _SINGLE if names.count(name) > 1)
        if doubled:
            raise RefusalError(
                HTTPStatus.BAD_REQUEST,
                "A header is given more than once that may stand once.",
                [f"{name}: given more than once" for name in doubled],
            )
    if _KEY in said and said.get(_ITS_OTHER_NAME, said[_KEY]) != said[_KEY]:
        raise RefusalError(
            HTTPStatus.BAD_REQUEST,
            "Two subscription keys are given, and one is meant.",
            [f"{_ITS_OTHER_NAME.decode()}: another key than in {_KEY.decode()}"],
        )


def check_body(headers: Headers, media_type: str, max_body: int) -> None:
    """Refuse a body by what the head says of it.

    Raises:
        RefusalError: 413 or 415.
    """
    check_media_type(headers, (media_type,))
    if headers.get("content-encoding", _IDENTITY).strip().lower() not in {_IDENTITY, ""}:
        raise RefusalError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"The body must come as it is: the only content-encoding that is taken here is {_IDENTITY}.",
            headers={"accept-encoding": _IDENTITY},
        )
    if _announces_more(headers.get("content-length", ""), max_body):
        raise _too_large(max_body)


def check_media_type(headers: Headers, allowed: Sequence[str]) -> str:
    """The media type that the head says a body is of.

    Raises:
        RefusalError: 415, it is none of those allowed.
    """
    given = headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in allowed:
        raise RefusalError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"The body must be {' or '.join(allowed)}.")
    return given


async def read_body(receive: Receive, max_body: int) -> bytes:
    """The body of a request whose endpoint takes one.

    Raises:
        RefusalError: 413.
        ClientGoneError: the body never came whole.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        body += message.get("body", b"")
        if len(body) > max_body:
            raise _too_large(max_body)
        if not message.get("more_body", False):
            return bytes(body)


def _too_large(max_body: int) -> RefusalError:
    return RefusalError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"The body has at most {max_body} bytes.",
        headers={"connection": "close"},
    )


def _announces_more(announced: str, max_body: int) -> bool:
    """Whether a length that was told is too large; by its digits first, since Python reads no number of thousands of them."""
    digits = announced.lstrip("0")
    return digits.isdecimal() and (len(digits) > len(str(max_body)) or int(digits) > max_body)
