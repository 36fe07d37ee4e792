"""How the platform stands on a port or a socket: listening, processes, and how they end. Said once for all who serve it."""

from kwartier.serving.server import Grace, Server, server_config
from kwartier.serving.sockets import SocketTakenError, handed_over, listen, listen_unix, remove_unix
from kwartier.serving.workers import Supervisor

__all__ = [
    "Grace",
    "Server",
    "SocketTakenError",
    "Supervisor",
    "handed_over",
    "listen",
    "listen_unix",
    "remove_unix",
    "server_config",
]
