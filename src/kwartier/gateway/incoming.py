"""The body of a request as it comes: read by a thread, received by the loop (R4)."""

from asyncio import AbstractEventLoop, run_coroutine_threadsafe
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from threading import Lock

from starlette.types import Message, Receive

from kwartier.gateway.http_rules import ClientGoneError
from kwartier.gateway.unpacking import unpacked

__all__ = ["Incoming"]


class Incoming:
    """A body of any length, of which nothing is received before it is asked for: what is not read waits at the client.

    Args:
        receive: of the request.
        loop: in which it is received.
        media_type: as the head has it.
        packing: as `check_packing` tells.
    """

    def __init__(
        self, receive: Receive, loop: AbstractEventLoop, media_type: str = "", packing: str | None = None
    ) -> None:
        self.media_type = media_type
        self._receive = receive
        self._loop = loop
        self._packing = packing
        self._lock = Lock()
        self._awaited: Future[Message] | None = None
        self._is_broken_off = False

    def parts(self) -> Iterator[bytes]:
        """The body, part by part; to be called once, in a thread that may wait.

        Raises:
            ClientGoneError: it never came whole, or it was broken off.
            RefusalError: 400, it can't be unpacked.
        """
        yield from unpacked(self._packed(), self._packing)

    def check(self) -> None:
        """Look whether there is still somebody to work for.

        Raises:
            ClientGoneError: it was broken off.
        """
        if self._is_broken_off:
            raise ClientGoneError

    def break_off(self) -> None:
        """Let whoever reads, or looks, give up: at the end of the request, and of the server."""
        with self._lock:
            self._is_broken_off = True
            awaited = self._awaited
        if awaited is not None:
            awaited.cancel()

    def _packed(self) -> Iterator[bytes]:
        more = True
        while more:
            message = self._next()
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            part: bytes = message.get("body", b"")
            if part:
                yield part
            more = message.get("more_body", False)

    def _next(self) -> Message:
        with self._lock:
            self.check()
            receiving = self._received()
            try:
                self._awaited = run_coroutine_threadsafe(receiving, self._loop)
            except RuntimeError:  # the loop is closed: the server has ended
                receiving.close()
                raise ClientGoneError from None
        try:
            return self._awaited.result()
        except CancelledError:
            raise ClientGoneError from None

    async def _received(self) -> Message:
        return await self._receive()
