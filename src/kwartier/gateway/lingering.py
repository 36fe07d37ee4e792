"""A transport that hears a client out before it closes: closed at once, the client would lose the answer (C6)."""

import socket
import struct
from asyncio import AbstractEventLoop, Transport
from collections.abc import Callable
from typing import Any, Final

__all__ = ["Lingering"]

_LINGER_SECONDS: Final = 2.0
_AT_ONCE: Final = struct.pack("ii", 1, 0)


class Lingering:
    """A transport whose `close` first says that nothing more comes, and gives the client time to read that.

    A socket that is closed while there is something to read resets the connection (RFC 9112 §9.6).

    Args:
        transport: what it stands before.
        loop: where time passes.
        must_linger: asked when it is to be closed.
    """

    def __init__(
        self, transport: Transport, loop: AbstractEventLoop, must_linger: Callable[[], bool]
    ) -> None:
        self._transport = transport
        self._loop = loop
        self._must_linger = must_linger
        self._is_lingering = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    @property
    def is_lingering(self) -> bool:
        """Whether it only waits for the client to have read."""
        return self._is_lingering

    def write(self, data: bytes) -> None:
        """Send, unless it was said that nothing more comes, or there is nobody left who has to be told so yet."""
        if not self.is_closing():
            self._transport.write(data)

    def is_closing(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._is_lingering or self._transport.is_closing()

    def forget(self) -> None:
        """Close, and have the kernel give up too what it still holds for the client."""
        raw = self._transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._transport.abort()

    def close(self) -> None:
        """Close, now or when the client had time."""
        if self.is_closing():
            return
        if self._must_linger() and self._transport.can_write_eof():
            self._is_lingering = True
            self._transport.write_eof()
            self._loop.call_later(_LINGER_SECONDS, self._transport.close)
        else:
            self._transport.close()
