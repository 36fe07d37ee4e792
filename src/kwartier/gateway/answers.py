"""Answers in the envelope of the API (C10)."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Final, TypeAlias

from pydantic_core import to_json
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from kwartier.wire.timestamps import write_timestamp

__all__ = ["NOT_KEPT", "StreamedAnswer", "data_answer", "json_answer", "list_answer"]

NOT_KEPT: Final = {"cache-control": "no-store"}
"""The header of what is somebody's own: nobody on the way keeps it."""

InThread: TypeAlias = Callable[[Callable[[], bytes | None]], Awaitable[bytes | None]]

_JSON: Final = "application/json"
_NOTHING_YET: Final[Message] = {"type": "http.response.body", "body": b"", "more_body": True}


def list_answer(name: str, pages: Iterator[Sequence[object]], fetched_at: datetime) -> Response:
    """A list in `data`, sent page by page if it is more than one: each is looked up when the one before it was taken.

    Args:
        name: of the list.
        pages: at least one, of which all but the last are followed by another.
        fetched_at: when it was fetched.
    """
    first, second = next(pages), next(pages, None)
    if second is None:
        return data_answer({name: first}, fetched_at)
    return StreamedAnswer(_listed(name, chain((first, second), pages), fetched_at), waits=True)


def _listed(name: str, pages: Iterable[Sequence[object]], fetched_at: datetime) -> Iterator[bytes]:
    """The bytes of a list, as `data_answer` writes it."""
    before, after = to_json({"data": {name: []}, "_meta": _meta(fetched_at)}).split(b"[]", 1)
    yield before + b"["
    between = b""
    for page in pages:
        if page:
            yield between + to_json(page)[1:-1]
            between = b","
    yield b"]" + after


def _meta(fetched_at: datetime) -> dict[str, str]:
    return {"fetchTime": write_timestamp(fetched_at)}


def data_answer(data: Mapping[str, object], fetched_at: datetime) -> Response:
    """A small answer: `data`, and when it was fetched."""
    body = to_json({"data": data, "_meta": _meta(fetched_at)})
    return Response(body, headers=NOT_KEPT, media_type=_JSON)


def json_answer(content: object) -> Response:
    """An answer that is somebody's own and has another form than the API's envelope."""
    return JSONResponse(content, headers=NOT_KEPT)


class StreamedAnswer(Response):
    """An answer that is made while it is sent: a chunk is made when the one before it was taken.

    Making a chunk is a fraction of a millisecond of work, so it is done between two sends, without a thread, unless it is
    said to wait for something else.

    Args:
        chunks: of the body.
        media_type: of the body.
        headers: what the head says besides that nobody may keep it.
        waits: whether making a chunk waits, for a database.

    Attributes:
        in_thread: has a chunk made that waits, where nobody waits for it in vain; whoever sends the answer sets it.
    """

    def __init__(
        self,
        chunks: Iterator[bytes],
        media_type: str = _JSON,
        headers: Mapping[str, str] | None = None,
        *,
        waits: bool = False,
    ) -> None:
        self.chunks = chunks
        self.waits = waits
        self.in_thread: InThread | None = None
        self.status_code = 200
        self.media_type = media_type
        self.background = None
        self.init_headers({**NOT_KEPT, **(headers or {})})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the chunks."""
        del scope, receive
        # Before the head goes out: what fails in the first chunk can still be answered as a failure.
        chunk = await self._next()
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        while chunk is not None:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            # Nothing is held, and nothing new is made, until the server has got rid of what it was given.
            del chunk
            await send(_NOTHING_YET)
            chunk = await self._next()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _next(self) -> bytes | None:
        """The next chunk; None after the last."""
        if self.waits and self.in_thread is not None:
            return await self.in_thread(lambda: next(self.chunks, None))
        return next(self.chunks, None)
