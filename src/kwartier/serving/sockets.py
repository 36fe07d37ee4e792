"""Sockets that listen: on a port, as a file, or handed over by systemd.

OSError
└── SocketTakenError      the file of a unix socket can't be taken
"""

import os
import socket
import stat
from collections.abc import MutableMapping
from pathlib import Path
from typing import Final

__all__ = ["SocketTakenError", "handed_over", "listen", "listen_unix", "remove_unix"]

_BACKLOG: Final = 2048
# What the kernel takes in of an answer that is not read. Left to itself it takes megabytes, for every slow client.
_SEND_BUFFER: Final = 256 * 1024
_FIRST_HANDED_OVER: Final = 3
_HANDED_OVER: Final = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")


class SocketTakenError(OSError):
    """The file of a unix socket is another's."""


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


def listen_unix(path: Path, mode: int) -> socket.socket:
    """A unix socket that listens. A file that a dead server left is replaced.

    Args:
        path: of its file.
        mode: of its file, as for `chmod`.

    Raises:
        SocketTakenError: somebody listens there, or the file is no socket.
        OSError: the file can't be made.
    """
    _clear(path)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Nobody gets in between its making and its mode.
    before = os.umask(0o777)
    try:
        listening.bind(str(path))
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(before)
    path.chmod(mode)
    listening.listen(_BACKLOG)
    return listening


def remove_unix(path: Path, inode: int) -> None:
    """Remove the file of a unix socket of ours, known by its inode; another's that came in its place is left."""
    try:
        is_ours = path.lstat().st_ino == inode
    except FileNotFoundError:
        return
    if is_ours:
        path.unlink(missing_ok=True)


def handed_over(environment: MutableMapping[str, str], own_pid: int) -> socket.socket | None:
    """The socket that systemd handed over to this process (sd_listen_fds(3)), if it did.

    Args:
        environment: of this process; what it says of handed-over sockets is taken out.
        own_pid: of this process.

    Raises:
        OSError: it handed over several, or what it handed over does not listen.
    """
    told = {name: environment.pop(name, "") for name in _HANDED_OVER}
    if told["LISTEN_PID"] != str(own_pid) or told["LISTEN_FDS"] in {"", "0"}:
        return None
    if told["LISTEN_FDS"] != "1":
        raise OSError(f"systemd handed over {told['LISTEN_FDS']} sockets, and one is allowed")
    listening = socket.socket(fileno=_FIRST_HANDED_OVER)
    if not listening.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        raise OSError("what systemd handed over does not listen: Accept=no is needed in the socket unit")
    return listening


def _clear(path: Path) -> None:
    """Remove a socket file that nobody listens on.

    Raises:
        SocketTakenError: it is more than that.
    """
    try:
        is_socket = stat.S_ISSOCK(path.lstat().st_mode)
    except FileNotFoundError:
        return
    if not is_socket:
        raise SocketTakenError("there is a file that is no socket; it is left alone")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        # A full queue must not keep us waiting: then somebody is there too.
        probe.settimeout(0)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except BlockingIOError:
            pass
    raise SocketTakenError("somebody listens there already")
