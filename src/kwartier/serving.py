"""How the platform stands on a port: the socket, and the server's options, said once for all who serve it."""

import socket
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp

__all__ = ["listen", "server_config"]

_BACKLOG: Final = 2048
# What the kernel takes in of an answer that is not read. Left to itself it takes megabytes, for every slow client.
_SEND_BUFFER: Final = 256 * 1024
_OPTIONS: Final[dict[str, Any]] = {
    "loop": "auto",
    "http": "auto",
    "ws": "none",
    "log_level": "warning",
    "access_log": False,
    "server_header": False,
    "timeout_graceful_shutdown": 30,  # seconds
}


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one.

    From here on a client that comes before the server is ready waits, and is not refused.

    Raises:
        OSError: the port is taken, or the address is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio switches Nagle's algorithm off.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def server_config(app: ASGIApp | str, **differing: Any) -> uvicorn.Config:
    """The options of the server, with what differs.

    Args:
        app: the app, or where it is found.
        differing: options of uvicorn, by name.
    """
    return uvicorn.Config(app, **(_OPTIONS | differing))
