"""Telling systemd how it goes (sd_notify(3)), where it asked to be told."""

import os
import socket
from typing import Final

__all__ = ["READY", "STOPPING", "notify"]

READY: Final = "READY=1"
STOPPING: Final = "STOPPING=1"
_VARIABLE: Final = "NOTIFY_SOCKET"


def notify(state: str) -> None:
    """Tell systemd a state; nothing happens where nobody asked, or nobody listens any more."""
    address = os.environ.get(_VARIABLE)
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]  # a name without a file
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as telling:
        try:
            telling.sendto(state.encode(), address)
        except OSError:
            return
