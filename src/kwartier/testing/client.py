"""Somebody who uses a sandbox, apart from everybody else who does."""

from kwartier.testing.control import Control
from kwartier.testing.server import Server

__all__ = ["SandboxClient"]


class SandboxClient:
    """Credentials with a sandbox of their own: mandates, clock, faults and journal are nobody else's.

    Attributes:
        credentials: what your client needs.
        control: what your test needs.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self.credentials = server.issue()
        self.control = Control(server.asking(self.credentials), server.base_path)

    @property
    def base_url(self) -> str:
        """The address of the guide's API."""
        return self.credentials.base_url

    @property
    def esco_base_url(self) -> str:
        """The address of the same API under the paths of the sister API's clients."""
        return self.credentials.esco_base_url

    @property
    def token_endpoint(self) -> str:
        """Where tokens are asked for."""
        return self.credentials.token_endpoint

    def new_client(self) -> "SandboxClient":
        """Somebody else, on the same server."""
        return SandboxClient(self._server)
