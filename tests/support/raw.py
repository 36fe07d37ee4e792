"""Requests as bytes on a socket, and what comes back: for what no client library would send."""

import json
import socket
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

__all__ = ["PATIENCE", "RawAnswer", "connect", "read_all", "read_answer", "send_raw"]

PATIENCE: Final = 60.0  # seconds; a server that is silent for longer hangs


@dataclass(frozen=True)
class RawAnswer:
    """An answer off a socket."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body."""
        read: dict[str, Any] = json.loads(self.body)
        return read


def connect(address: str) -> socket.socket:
    """A connection to a platform."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    return socket.create_connection((parts.hostname, parts.port or 80), timeout=PATIENCE)


def read_answer(connection: socket.socket, method: str = "GET") -> RawAnswer:
    """One answer whose length is told, and not a byte more; the connection stays open if the server leaves it so."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        assert byte, f"the connection was closed after {head!r}"
        head += byte
    answer = _parsed(head.removesuffix(b"\r\n\r\n"), b"")
    length = 0 if method == "HEAD" else int(answer.headers.get("content-length", "0"))
    body = connection.recv(length, socket.MSG_WAITALL) if length else b""
    assert len(body) == length
    return RawAnswer(answer.status, answer.headers, body)


def _parsed(head: bytes, body: bytes) -> RawAnswer:
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return RawAnswer(int(lines[0].split()[1]), headers, body)


def read_all(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def send_raw(address: str, data: bytes, method: str = "GET") -> tuple[RawAnswer, bytes]:
    """Send bytes on a connection of their own: the first answer, and what comes after it until the server closes."""
    with connect(address) as connection:
        connection.sendall(data)
        everything = read_all(connection)
    head, _, rest = everything.partition(b"\r\n\r\n")
    assert head, "the server closed the connection without an answer"
    answer = _parsed(head, b"")
    length = 0 if method == "HEAD" else int(answer.headers.get("content-length", "0"))
    return RawAnswer(answer.status, answer.headers, rest[:length]), rest[length:]
