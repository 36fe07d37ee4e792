"""Faults on demand: what the sandbox does to a request when its integrator asked for it."""

from http import HTTPStatus
from typing import Final

import anyio
from starlette.types import Message, Send

from kwartier.api.refusal import RefusalError
from kwartier.domain.control import Fault, FaultKind

__all__ = ["CutError", "suffer"]

_MALFORMED: Final = b'{"data":{"headpoint":{"$type":"meter'
_TOLD: Final = "This is a fault that you asked for."


class CutError(Exception):
    """An answer that is cut off on demand; the connection is to be closed."""


async def suffer(fault: Fault, send: Send) -> Send:
    """Let a fault strike a request: refuse it, hold it back, or spoil what is sent.

    Returns:
        A `send` for what answers the request.

    Raises:
        RefusalError: where the fault is a refusal.
    """
    match fault.kind:
        case FaultKind.STATUS:
            headers = (
                {} if fault.retry_after_seconds is None else {"retry-after": str(fault.retry_after_seconds)}
            )
            raise RefusalError(HTTPStatus(fault.status or 500), _TOLD, headers=headers)
        case FaultKind.EXPIRED_TOKEN:
            headers = {"www-authenticate": 'Bearer realm="kwartier", error="invalid_token"'}
            raise RefusalError(
                HTTPStatus.UNAUTHORIZED,
                f"The token is not valid or has expired: get a new one. {_TOLD}",
                headers=headers,
            )
        case FaultKind.DELAY:
            await anyio.sleep(0 if fault.delay is None else fault.delay.total_seconds())
            return send
        case FaultKind.CUT:
            return _cutting(send)
        case FaultKind.MALFORMED:
            return _malforming(send)


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
