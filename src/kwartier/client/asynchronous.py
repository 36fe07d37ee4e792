"""The client for programs that do something else meanwhile."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar, Unpack

import anyio
import httpx

from kwartier.client.asking import EnergyOptions, MandateFilter, MockFields, Texts, energy_asked, texts
from kwartier.client.connecting import Connection, Settings
from kwartier.client.credentials import ConnectionDetails
from kwartier.client.environments import Environment
from kwartier.client.errors import NothingGrantedError
from kwartier.client.gaps import Gap
from kwartier.client.mandates import Mandate
from kwartier.client.operations import Progress, aware
from kwartier.client.peaks import MonthPeak
from kwartier.client.quota import Quota
from kwartier.client.steps import Reply, Send, Step, Steps
from kwartier.client.table import EnergyTable
from kwartier.client.token import TokenRefusedError
from kwartier.domain.period import Period

__all__ = ["AsyncClient"]

T = TypeVar("T")


class AsyncClient:
    """As `Client`, to be awaited;. Tasks may share it.

    Args:
        environment: where the API is: an `Environment`, or its base URL.
        credentials: what proves who asks.
        settings: how it goes about it.
        transport: another road than the network.
        wait: waits some seconds.

    Raises:
        ConfigurationError: something is missing, or is no address.
    """

    def __init__(
        self,
        environment: Environment | str,
        credentials: ConnectionDetails,
        settings: Settings | None = None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        wait: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._settings = settings or Settings()
        self._connection = Connection(environment, credentials, self._settings)
        self._http = httpx.AsyncClient(auth=self._connection.auth, transport=transport)
        self._ask = self._connection.operations
        self._wait = wait

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    @property
    def quota(self) -> Quota | None:
        """What is left of the requests; None: no answer told it yet."""
        return self._connection.budget.quota()

    async def mandates(self, **asked: Unpack[MandateFilter]) -> tuple[Mandate, ...]:
        """As `Client.mandates`."""
        return await self._run(self._ask.mandates(**asked))

    async def mock_mandate(self, ean: str, status: str = "Approved", **fields: Unpack[MockFields]) -> str:
        """As `Client.mock_mandate`."""
        return await self._run(self._ask.mock_mandate(ean, status, **fields))

    async def energy(
        self,
        ean: str,
        start: datetime,
        end: datetime,
        *,
        progress: Progress | None = None,
        **options: Unpack[EnergyOptions],
    ) -> EnergyTable:
        """As `Client.energy`."""
        return await self._run(
            self._ask.energy(energy_asked(ean, **options), Period(*aware(start, end)), progress)
        )

    async def energy_windows(
        self, ean: str, start: datetime, end: datetime, **options: Unpack[EnergyOptions]
    ) -> AsyncIterator[EnergyTable]:
        """As `Client.energy_windows`."""
        asked = energy_asked(ean, **options)
        refused: NothingGrantedError | None = None
        found = False
        for window in self._ask.windows(asked, start, end):
            try:
                table = await self._run(self._ask.window(asked, window))
            except NothingGrantedError as error:
                refused = error
                continue
            found = True
            yield table
        if refused is not None and not found:
            raise refused

    async def gaps(
        self,
        ean: str,
        start: datetime,
        end: datetime,
        *,
        granularity: Texts = (),
        progress: Progress | None = None,
    ) -> tuple[Gap, ...]:
        """As `Client.gaps`."""
        return await self._run(self._ask.gaps(ean, Period(*aware(start, end)), texts(granularity), progress))

    async def peaks(
        self, ean: str, start: datetime, end: datetime, *, progress: Progress | None = None
    ) -> tuple[MonthPeak, ...]:
        """As `Client.peaks`."""
        return await self._run(self._ask.peaks(ean, Period(*aware(start, end)), progress))

    async def _run(self, steps: Steps[T]) -> T:
        """Do what the steps say, to the end."""
        reply: Reply = None
        try:
            while True:
                reply = await self._do(steps.send(reply))
        except StopIteration as done:
            result: T = done.value
            return result

    async def _do(self, step: Step) -> Reply:
        if not isinstance(step, Send):
            await self._wait(step.seconds)
            return None
        try:
            return self._connection.noted(await self._http.send(self._connection.request(step.request)))
        except (httpx.RequestError, TokenRefusedError) as error:
            return error
