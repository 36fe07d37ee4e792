"""The floor: the same server software sending bytes that it already has. Nothing that makes its answer can be faster."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.processes import serve_like_us
from kwartier.api.render import CHUNK_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BODY_VARIABLE", "CHUNKED", "WHOLE", "app"]

WHOLE: Final = "/whole"
CHUNKED: Final = "/chunked"
BODY_VARIABLE: Final = "BENCHMARK_BODY"


def app() -> ASGIApp:
    """An app that sends the content of the file that `BENCHMARK_BODY` names."""
    body = Path(os.environ[BODY_VARIABLE]).read_bytes()
    pieces = [body[start : start + CHUNK_BYTES] for start in range(0, len(body), CHUNK_BYTES)]
    kind = (b"content-type", b"application/json")
    heads: Mapping[str, list[tuple[bytes, bytes]]] = {
        WHOLE: [kind, (b"content-length", b"%d" % len(body))],
        CHUNKED: [kind],
    }

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        headers = heads.get(scope["path"])
        status = 404 if headers is None else 200
        await send({"type": "http.response.start", "status": status, "headers": headers or []})
        if scope["path"] == WHOLE:
            await send({"type": "http.response.body", "body": body})
            return
        for piece in pieces if headers else []:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return serve


if __name__ == "__main__":
    serve_like_us("benchmarks.floor:app", int(sys.argv[1]))
