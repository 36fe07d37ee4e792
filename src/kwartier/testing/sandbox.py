"""A sandbox for tests: the platform in this process, with credentials and the control of it."""

from types import TracebackType
from typing import Self

from kwartier.testing.client import SandboxClient
from kwartier.testing.control import Control
from kwartier.testing.credentials import Credentials
from kwartier.testing.errors import NotRunningError, StartError
from kwartier.testing.server import Server

__all__ = ["Sandbox"]


class Sandbox:
    """The platform on a free port of loopback, in a thread of this process, with a database that goes when it stops.

    A context manager, for any framework; or `start()` and `stop()`. There may be several at once.

    Args:
        rate_limit: requests a minute of one client.
        token_lifetime: of access tokens [s].
    """

    def __init__(self, *, rate_limit: int = 300, token_lifetime: int = 3600) -> None:
        self._rate_limit = rate_limit
        self._token_lifetime = token_lifetime
        self._server: Server | None = None
        self._client: SandboxClient | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start; it is ready when this returns.

        Raises:
            StartError: it can't, or runs already.
        """
        if self._server is not None:
            raise StartError("the sandbox runs already")
        self._server = Server(self._rate_limit, self._token_lifetime)
        self._client = SandboxClient(self._server)

    def stop(self) -> None:
        """Stop, and remove all that was kept; stopping twice changes nothing."""
        server, self._server, self._client = self._server, None, None
        if server is not None:
            server.stop()

    @property
    def client(self) -> SandboxClient:
        """The client whose credentials and control the sandbox shows.

        Raises:
            NotRunningError: the sandbox was not started, or was stopped.
        """
        if self._client is None:
            raise NotRunningError(
                "the sandbox does not run: `with Sandbox() as sandbox:`, or `sandbox.start()`"
            )
        return self._client

    @property
    def credentials(self) -> Credentials:
        """What your client needs."""
        return self.client.credentials

    @property
    def control(self) -> Control:
        """What your test needs."""
        return self.client.control

    @property
    def base_url(self) -> str:
        """The address of the guide's API."""
        return self.client.base_url

    @property
    def esco_base_url(self) -> str:
        """The address of the same API under the paths of the sister API's clients."""
        return self.client.esco_base_url

    @property
    def token_endpoint(self) -> str:
        """Where tokens are asked for."""
        return self.client.token_endpoint

    def new_client(self) -> SandboxClient:
        """Somebody else with credentials: mandates, clock, faults and journal are not shared."""
        return self.client.new_client()
