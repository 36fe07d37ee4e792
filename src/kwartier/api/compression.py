"""Answers compressed when the client accepts it (C11)."""

from typing import Any, Final

from isal import isal_zlib
from starlette.datastructures import Headers
from starlette.types import Message, Send

__all__ = ["accepts_gzip", "gzipping"]

_WORTH_IT: Final = 500  # bytes; below that the head weighs more than what is saved
_LEVEL: Final = 0
_GZIP_WINDOW: Final = 31


def accepts_gzip(headers: Headers) -> bool:
    """Whether the client accepts gzip (RFC 9110 §12.5.3)."""
    accepted: dict[str, bool] = {}
    for part in headers.get("accept-encoding", "").lower().replace(" ", "").split(","):
        coding, _, weight = part.partition(";q=")
        accepted[coding] = weight.strip("0.") != "" or not weight
    # The star speaks of codings that are not named.
    return accepted.get("gzip", accepted.get("*", False))


def gzipping(send: Send) -> Send:
    """A `send` that compresses the body of an answer as it comes by."""
    head: Message | None = None
    compressor: Any = None

    async def compress(message: Message) -> None:
        nonlocal head, compressor
        if message["type"] == "http.response.start":
            head = message
            return
        body: bytes = message.get("body", b"")
        more: bool = message.get("more_body", False)
        if head is not None:
            start, head = head, None
            names = {name for name, _ in start["headers"]}
            if b"content-encoding" not in names and (more or len(body) >= _WORTH_IT):
                compressor = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP_WINDOW)
                start["headers"] = [
                    *((name, value) for name, value in start["headers"] if name != b"content-length"),
                    (b"content-encoding", b"gzip"),
                ]
            await send(start)
        if compressor is not None:
            body = compressor.compress(body) + (b"" if more else compressor.flush())
        await send({"type": "http.response.body", "body": body, "more_body": more})

    return compress
