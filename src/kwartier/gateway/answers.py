"""Answers in the envelope of the API (C10)."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from kwartier.wire.timestamps import write_timestamp

__all__ = ["NOT_KEPT", "StreamedAnswer", "data_answer"]

NOT_KEPT: Final = {"cache-control": "no-store"}
"""The header of what is somebody's own: nobody on the way keeps it."""

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_NOTHING_YET: Final[Message] = {"type": "http.response.body", "body": b"", "more_body": True}


def data_answer(data: Mapping[str, object], fetched_at: datetime) -> Response:
    """A small answer: `data`, and when it was fetched."""
    body = {"data": data, "_meta": {"fetchTime": write_timestamp(fetched_at)}}
    return Response(_encode(body).encode(), headers=NOT_KEPT, media_type="application/json")


class StreamedAnswer(Response):
    """An answer that is made while it is sent: a chunk is made when the one before it was taken.

    Making a chunk is a fraction of a millisecond of work, so it is done between two sends, without a thread.

    Args:
        chunks: of the body.
        media_type: of the body.
        headers: what the head says besides that nobody may keep it.
    """

    def __init__(self, chunks: Iterator[bytes], media_type: str, headers: Mapping[str, str]) -> None:
        self.chunks = chunks
        self.status_code = 200
        self.media_type = media_type
        self.background = None
        self.init_headers({**NOT_KEPT, **headers})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the chunks."""
        del scope, receive
        # Before the head goes out: what fails in the first chunk can still be answered as a failure.
        chunk = next(self.chunks, None)
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        while chunk is not None:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            # Nothing is held, and nothing new is made, until the server has got rid of what it was given.
            del chunk
            await send(_NOTHING_YET)
            chunk = next(self.chunks, None)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
