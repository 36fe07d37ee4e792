"""Faults on demand: what the sandbox does to a request when its integrator asked for it."""

from http import HTTPStatus
from typing import Final

import anyio
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Send

from kwartier.domain.control import Endpoint, Fault, FaultKind
from kwartier.gateway.refusal import RefusalError

__all__ = ["CutError", "suffer"]

_MALFORMED: Final = b'{"data":{"headpoint":{"$type":"meter'
_TOLD: Final = "This is a fault that you asked for."
_CHALLENGE: Final = {"www-authenticate": 'Bearer realm="kwartier", error="invalid_token"'}
_TOKEN_ERRORS: Final = {
    HTTPStatus.BAD_REQUEST: "invalid_request",
    HTTPStatus.UNAUTHORIZED: "invalid_client",
    HTTPStatus.FORBIDDEN: "unauthorized_client",
    HTTPStatus.NOT_FOUND: "invalid_request",
    HTTPStatus.TOO_MANY_REQUESTS: "temporarily_unavailable",
    HTTPStatus.INTERNAL_SERVER_ERROR: "server_error",
    HTTPStatus.SERVICE_UNAVAILABLE: "temporarily_unavailable",
}


class CutError(Exception):
    """An answer that is cut off on demand; the connection is to be closed."""


async def suffer(fault: Fault, endpoint: Endpoint | None, send: Send) -> Send:
    """Let a fault strike a request: refuse it as a real refusal would be, hold it back, or spoil what is sent.

    Returns:
        A `send` for what answers the request.

    Raises:
        RefusalError: where the fault is a refusal.
    """
    match fault.kind:
        case FaultKind.STATUS:
            raise _refusal(fault, endpoint)
        case FaultKind.EXPIRED_TOKEN:
            told = f"The token is not valid or has expired: get a new one. {_TOLD}"
            raise RefusalError(HTTPStatus.UNAUTHORIZED, told, headers=_CHALLENGE)
        case FaultKind.DELAY:
            await anyio.sleep(0 if fault.delay is None else fault.delay.total_seconds())
            return send
        case FaultKind.CUT:
            return _cutting(send)
        case FaultKind.MALFORMED:
            return _malforming(send)


class _TokenRefusalError(RefusalError):
    """A refusal of the token endpoint, in the form of RFC 6749 §5.2."""

    def response(self) -> Response:
        """The refusal as an answer."""
        body = {"error": _TOKEN_ERRORS[self.status], "error_description": self.message}
        return JSONResponse(body, self.status, {"cache-control": "no-store", **self.headers})


def _refusal(fault: Fault, endpoint: Endpoint | None) -> RefusalError:
    status = HTTPStatus(fault.status or HTTPStatus.INTERNAL_SERVER_ERROR)
    headers = dict(_CHALLENGE) if status is HTTPStatus.UNAUTHORIZED else {}
    wait = fault.retry_after_seconds
    if wait is None and status is HTTPStatus.TOO_MANY_REQUESTS:
        wait = 1  # a limit always says when to go on (C4)
    if wait is not None:
        headers["retry-after"] = str(wait)
    if endpoint is Endpoint.TOKEN:
        return _TokenRefusalError(status, _TOLD, headers=headers)
    return RefusalError(status, _TOLD, [_TOLD] if status is HTTPStatus.BAD_REQUEST else (), headers)


def _cutting(send: Send) -> Send:
    async def cut(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        body: bytes = message.get("body", b"")
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        raise CutError

    return cut


def _malforming(send: Send) -> Send:
    async def malform(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message["headers"] if name != b"content-length"]
            await send({**message, "headers": [*kept, (b"content-length", b"%d" % len(_MALFORMED))]})
        elif not message.get("more_body", False):
            await send({"type": "http.response.body", "body": _MALFORMED, "more_body": False})

    return malform
