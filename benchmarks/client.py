"""A lean HTTP client: one socket kept alive, one buffer, so that what is measured is the server."""

import select
import socket
from time import perf_counter
from types import TracebackType
from typing import Final, NamedTuple, Self

__all__ = ["Answer", "Client", "Peer", "request_text"]

_BUFFER_BYTES: Final = 40_000_000
_HEAD_END: Final = b"\r\n\r\n"
_TIMEOUT_SECONDS: Final = 60


class Peer(NamedTuple):
    """Where a server listens."""

    host: str
    port: int


class Answer(NamedTuple):
    """An answer, read whole.

    Attributes:
        status: of HTTP.
        head: status line and headers, in lower case.
        body: without the framing of chunks.
        seconds: from before the request was sent until the last byte of the answer was here.
    """

    status: int
    head: bytes
    body: bytes
    seconds: float


def request_text(target: str, headers: dict[str, str], method: str = "GET", body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {target} HTTP/1.1", "Host: loopback"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Client:
    """A connection that is kept; use as a context manager."""

    def __init__(self, peer: Peer, buffer_bytes: int = _BUFFER_BYTES) -> None:
        self._peer = peer
        self._socket = self._connected()
        # Written once now, so that no answer pays for pages that the system hands out.
        self._buffer = bytearray(b"\1") * buffer_bytes
        self._view = memoryview(self._buffer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def _connected(self) -> socket.socket:
        connection = socket.create_connection(self._peer, _TIMEOUT_SECONDS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _is_closed(self) -> bool:
        """Whether the server closed it while another contender was asked."""
        readable, _, _ = select.select([self._socket], [], [], 0)
        return bool(readable)

    def ask(self, request: bytes) -> Answer:
        """Send a request and read its answer whole."""
        if self._is_closed():
            self._socket.close()
            self._socket = self._connected()
        begun = perf_counter()
        self._socket.sendall(request)
        filled = 0
        while (end := self._buffer.find(_HEAD_END, 0, filled)) < 0:
            filled = self._fill(filled)
        head = bytes(self._view[:end]).lower()
        length = _content_length(head)
        start = end + len(_HEAD_END)
        if length is None:
            pieces, stop, filled = self._read_chunks(start, filled)
        else:
            pieces, stop = [slice(start, start + length)], start + length
            while filled < stop:
                filled = self._fill(filled)
        seconds = perf_counter() - begun
        if filled != stop:
            raise ValueError("the server sent more than its answer")
        return Answer(int(head[9:12]), head, b"".join(self._view[piece] for piece in pieces), seconds)

    def _read_chunks(self, place: int, filled: int) -> tuple[list[slice], int, int]:
        """Read a body in chunks that begins at `place`: its pieces, its end, and how far the buffer is filled.

        A chunk is its size in hexadecimal digits, a line end, the bytes, a line end; the last one has no bytes.
        """
        pieces: list[slice] = []
        while True:
            while (line_end := self._buffer.find(b"\r\n", place, filled)) < 0:
                filled = self._fill(filled)
            size = int(self._view[place:line_end].tobytes(), 16)
            piece = slice(line_end + 2, line_end + 2 + size)
            place = piece.stop + 2
            while filled < place:
                filled = self._fill(filled)
            if size == 0:
                return pieces, place, filled
            pieces.append(piece)

    def _fill(self, filled: int) -> int:
        received = self._socket.recv_into(self._view[filled:])
        if received == 0:
            raise ConnectionError("the server closed the connection, or the answer is larger than the buffer")
        return filled + received


def _content_length(head: bytes) -> int | None:
    """The length that a head tells; None for an answer in chunks."""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value)
    if b"transfer-encoding: chunked" not in head:
        raise ValueError("an answer without length or chunks")
    return None
