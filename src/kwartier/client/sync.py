"""The client for programs that wait for an answer."""

from collections.abc import Callable, Iterator
from datetime import datetime
from time import sleep
from types import TracebackType
from typing import Self, TypeVar, Unpack

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

__all__ = ["Client"]

T = TypeVar("T")


class Client:
    """A client of the guide's API, this system's or the operator's own (K1). Threads may share it.

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
        transport: httpx.BaseTransport | None = None,
        wait: Callable[[float], None] = sleep,
    ) -> None:
        self._settings = settings or Settings()
        self._connection = Connection(environment, credentials, self._settings)
        self._http = httpx.Client(auth=self._connection.auth, transport=transport)
        self._ask = self._connection.operations
        self._wait = wait

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @property
    def quota(self) -> Quota | None:
        """What is left of the requests; None: no answer told it yet."""
        return self._connection.budget.quota()

    def mandates(self, **asked: Unpack[MandateFilter]) -> tuple[Mandate, ...]:
        """The mandates that fit; all that is given must (M9, M10).

        Raises:
            ApiError: it can't be had; the tree is drawn in `kwartier.client`.
        """
        return self._run(self._ask.mandates(**asked))

    def mock_mandate(self, ean: str, status: str = "Approved", **fields: Unpack[MockFields]) -> str:
        """Make a mandate in a sandbox; its status (S2).

        With a `reference_number` it is tried again when it failed; without one it might be there twice.

        Raises:
            ApiError: it can't be made.
        """
        return self._run(self._ask.mock_mandate(ean, status, **fields))

    def energy(
        self,
        ean: str,
        start: datetime,
        end: datetime,
        *,
        progress: Progress | None = None,
        **options: Unpack[EnergyOptions],
    ) -> EnergyTable:
        """The readings of a period of any length, split into windows that the API allows (K2).

        Args:
            ean: of the headpoint.
            start: where the period begins.
            end: where it ends; may lie ahead.
            progress: called after each window, with how many have come and how many there are.
            options: what is asked for; left out: all that is granted.

        Raises:
            ConfigurationError: the period can't be asked for.
            NothingGrantedError: no mandate gives any of it.
            ApiError: it can't be had.
        """
        return self._run(self._ask.energy(energy_asked(ean, **options), Period(*aware(start, end)), progress))

    def energy_windows(
        self, ean: str, start: datetime, end: datetime, **options: Unpack[EnergyOptions]
    ) -> Iterator[EnergyTable]:
        """The same, a window at a time, oldest first: no more than that is in memory.

        By time of reading, each value is in one of them. By time of insertion, a later one may correct an earlier one.
        Windows in which nothing is granted are passed over.

        Raises:
            ConfigurationError: the period can't be asked for.
            NothingGrantedError: no mandate gives any of it; at the end.
            ApiError: it can't be had.
        """
        asked = energy_asked(ean, **options)
        refused: NothingGrantedError | None = None
        found = False
        for window in self._ask.windows(asked, start, end):
            try:
                table = self._run(self._ask.window(asked, window))
            except NothingGrantedError as error:
                refused = error
                continue
            found = True
            yield table
        if refused is not None and not found:
            raise refused

    def gaps(
        self,
        ean: str,
        start: datetime,
        end: datetime,
        *,
        granularity: Texts = (),
        progress: Progress | None = None,
    ) -> tuple[Gap, ...]:
        """The intervals of a period without a value, and why: no mandate, not yet published, or missing (E11).

        Args:
            ean: of the headpoint.
            start: where the period begins.
            end: where it ends; what is not over yet is no gap.
            granularity: which intervals; left out: those of the mandates.
            progress: as for `energy`.

        Raises:
            ApiError: mandates or readings can't be had.
        """
        return self._run(self._ask.gaps(ean, Period(*aware(start, end)), texts(granularity), progress))

    def peaks(
        self, ean: str, start: datetime, end: datetime, *, progress: Progress | None = None
    ) -> tuple[MonthPeak, ...]:
        """The peak power of each Brussels month that begins in the period, or what is missing for it (P1).

        Raises:
            NothingGrantedError: no mandate gives quarter-hours of it.
            ApiError: readings can't be had.
        """
        return self._run(self._ask.peaks(ean, Period(*aware(start, end)), progress))

    def _run(self, steps: Steps[T]) -> T:
        """Do what the steps say, to the end."""
        reply: Reply = None
        try:
            while True:
                reply = self._do(steps.send(reply))
        except StopIteration as done:
            result: T = done.value
            return result

    def _do(self, step: Step) -> Reply:
        if not isinstance(step, Send):
            self._wait(step.seconds)
            return None
        try:
            return self._connection.noted(self._http.send(self._connection.request(step.request)))
        except (httpx.RequestError, TokenRefusedError) as error:
            return error
