"""Where `kwartier serve` listens: on a port, on a unix socket, or on what systemd handed over."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kwartier.cli.errors import FailureError, MistakeError
from kwartier.serving import handed_over, listen, listen_unix, remove_unix
from kwartier.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["listening"]


@contextmanager
def listening(settings: Settings) -> Iterator[tuple[socket.socket, Settings]]:
    """A socket that listens as long as the context lasts, and the settings with the address that it really has.

    Raises:
        MistakeError: settings that contradict each other.
        FailureError: it can't listen there.
    """
    path: Path | None = None
    try:
        given = handed_over(os.environ, os.getpid())
        if given is not None:
            _refuse_beside("the socket that systemd hands over", settings, {"host", "port", "unix_socket"})
            opened = given
        elif settings.unix_socket is not None:
            _refuse_beside("setting unix_socket", settings, {"host", "port"})
            path = settings.unix_socket.absolute()
            _need_public_url(settings)
            opened = listen_unix(path, int(settings.unix_socket_mode, 8))
        else:
            opened = listen(settings.host, settings.port)
    except OSError as error:
        other = "; --port takes another, and --port 0 one that is free" if _is_taken(settings, error) else ""
        raise FailureError(f"can't listen on {_place(settings)}: {error.strerror or error}{other}") from None
    inode = 0 if path is None else path.lstat().st_ino
    opened.set_inheritable(True)
    try:
        yield opened, _with_address(settings, opened)
    finally:
        if path is not None:
            remove_unix(path, inode)
        opened.close()


def _with_address(settings: Settings, opened: socket.socket) -> Settings:
    """The settings with the real host and port, where there are: they stand in every address that is printed and signed."""
    if opened.family == socket.AF_UNIX:
        _need_public_url(settings)
        return settings
    host, port = opened.getsockname()[:2]
    is_named = settings.unix_socket is None and "host" in settings.model_fields_set
    return settings.model_copy(update={"port": port, "host": settings.host if is_named else host})


def _refuse_beside(chosen: str, settings: Settings, others: set[str]) -> None:
    beside = sorted(others & settings.model_fields_set)
    if beside:
        raise MistakeError(f"{chosen} and {' and '.join(beside)} can't both be: leave out one of them")


def _need_public_url(settings: Settings) -> None:
    if settings.public_url is None:
        raise MistakeError(
            "setting public_url is needed with a unix socket: the address of the proxy, such as https://metering.example"
        )


def _is_taken(settings: Settings, error: OSError) -> bool:
    return settings.unix_socket is None and error.errno == errno.EADDRINUSE


def _place(settings: Settings) -> str:
    if settings.unix_socket is not None:
        return f"unix socket {settings.unix_socket}"
    return f"{settings.host} port {settings.port}"
