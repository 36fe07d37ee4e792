"""Answers compressed when the client accepts it (C11)."""

import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, Protocol

from isal import isal_zlib
from starlette.datastructures import Headers
from starlette.types import Message, Send

from kwartier.gateway.preferences import weights_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["CODINGS", "chosen_coding", "compressing"]

_WORTH_IT: Final = 500  # bytes; below that the head weighs more than what is saved
_GZIP_LEVEL: Final = 0
_GZIP_WINDOW: Final = 31
# Of 4.1 MB of quarter-hours level 1 makes 0.21 MB in 2.3 ms, where gzip makes 0.37 MB in 1.5 ms; from level 5 on it is
# 9 ms, longer than making the answer. A window of 128 kB is as good as a larger one, and every slow client holds one.
_ZSTD_OPTIONS: Final[dict[int, int]] = {
    zstd.CompressionParameter.compression_level: 1,
    zstd.CompressionParameter.window_log: 17,
}
_IDENTITY: Final = "identity"


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


def _zstd() -> _Compressor:
    return zstd.ZstdCompressor(options=_ZSTD_OPTIONS)


def _gzip() -> _Compressor:
    made: _Compressor = isal_zlib.compressobj(_GZIP_LEVEL, isal_zlib.DEFLATED, _GZIP_WINDOW)
    return made


# Who has no preference gets the smallest: what is not sent need not be kept for a client that reads slowly either, and
# that costs more than the millisecond between the two.
CODINGS: Final[Mapping[str, Callable[[], _Compressor]]] = {"zstd": _zstd, "gzip": _gzip}
"""The codings that there are, the better one first."""


def chosen_coding(headers: Headers) -> str | None:
    """The coding that the client likes best of those that there are; None: the body as it is (RFC 9110 §12.5.3).

    The higher weight wins, and of equal ones the first of `CODINGS`. A client that refuses everything, the body as it
    is included, still gets that: 406 would help nobody.
    """
    return _coding_by(tuple(headers.getlist("accept-encoding")))


@lru_cache(maxsize=64)
def _coding_by(accepted: tuple[str, ...]) -> str | None:
    """The coding by the lines of `Accept-Encoding`, of which clients say a few."""
    weights = weights_of(accepted)
    if "x-gzip" in weights:  # an older name
        weights["gzip"] = weights["x-gzip"]
    # The star speaks of codings that are not named. Many who write it are older than zstd, so it gives them gzip.
    weights.setdefault("gzip", weights.get("*", 0))
    best = max(CODINGS, key=lambda coding: weights.get(coding, 0))
    weight = weights.get(best, 0)
    # Who does not name it takes the body as it is too, but likes whatever he names better.
    return best if weight > 0 and weight >= weights.get(_IDENTITY, 0) else None


def compressing(send: Send, coding: str) -> Send:
    """A `send` that compresses the body of an answer as it comes by, where that is worth it."""
    head: Message | None = None
    compressor: _Compressor | None = None

    async def compress(message: Message) -> None:
        nonlocal head, compressor
        if message["type"] == "http.response.start":
            head = message
            return
        body: bytes = message.get("body", b"")
        more: bool = message.get("more_body", False)
        if head is not None and _is_worth_it(head, body, more=more):
            compressor = CODINGS[coding]()
        if compressor is not None:
            body = compressor.compress(body) + (b"" if more else compressor.flush())
        if head is not None:
            start, head = head, None
            if compressor is not None:
                start["headers"] = _headers(start, coding, None if more else len(body))
            await send(start)
        await send({"type": "http.response.body", "body": body, "more_body": more})

    return compress


def _is_worth_it(head: Message, body: bytes, *, more: bool) -> bool:
    return (more or len(body) >= _WORTH_IT) and all(
        name != b"content-encoding" for name, _ in head["headers"]
    )


def _headers(head: Message, coding: str, length: int | None) -> list[tuple[bytes, bytes]]:
    """The headers of a head whose body is compressed, with its length where that is known."""
    kept = [(name, value) for name, value in head["headers"] if name != b"content-length"]
    known = [] if length is None else [(b"content-length", b"%d" % length)]
    return [*kept, *known, (b"content-encoding", coding.encode())]
