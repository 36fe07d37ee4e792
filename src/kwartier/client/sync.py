"""The client for programs that wait for an answer."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

import httpx

from kwartier.client.credentials import ConnectionDetails
from kwartier.client.environments import Environment
from kwartier.client.gaps import Gap
from kwartier.client.mandates import Mandate
from kwartier.client.peaks import MonthPeak
from kwartier.client.quota import Quota
from kwartier.client.table import EnergyTable

__all__ = ["Client", "Progress"]

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many windows of a period have come, and how many there are."""

Texts: TypeAlias = str | Iterable[str]
"""One, or several."""


class Client:
    """A client of the guide's API: this system's or the operator's own (K1).

    Args:
        environment: where it is: an `Environment`, or its base URL.
        credentials: what proves who asks.
        timeout_seconds: how long it waits for the next bytes of an answer.
        patience_seconds: how long it waits in all for a quota or a server, before it gives up.
        quota_folder: where processes share what is left of the quota; None: the user's cache folder.
        share_quota: whether they do.
        transport: another road than the network.
    """

    def __init__(
        self,
        environment: Environment | str,
        credentials: ConnectionDetails,
        *,
        timeout_seconds: float = 60,
        patience_seconds: float = 180,
        quota_folder: Path | None = None,
        share_quota: bool = True,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        raise NotImplementedError

    @property
    def quota(self) -> Quota | None:
        """What is left of the requests; None: no answer told it yet."""
        raise NotImplementedError

    def mandates(
        self,
        *,
        reference_number: str | None = None,
        status: str | None = None,
        ean: str | None = None,
        energy_type: str | None = None,
        data_service_types: Texts = (),
        expires_before: datetime | None = None,
        renewal_status: str | None = None,
        updated_from: datetime | None = None,
        updated_to: datetime | None = None,
    ) -> tuple[Mandate, ...]:
        """The mandates that fit (M9, M10)."""
        raise NotImplementedError

    def mock_mandate(
        self,
        ean: str,
        status: str = "Approved",
        *,
        reference_number: str | None = None,
        energy_type: str | None = None,
        data_service_type: str | None = None,
        data_period_from: datetime | None = None,
        data_period_to: datetime | None = None,
        expires_at: datetime | None = None,
        renewal_status: str | None = None,
    ) -> str:
        """Make a mandate in a sandbox (S2); returns its status."""
        raise NotImplementedError

    def energy(
        self,
        ean: str,
        start: datetime,
        end: datetime,
        *,
        period_type: str = "readTime",
        granularity: Texts = (),
        complex_energy_types: Texts = (),
        reference_number: str | None = None,
        progress: Progress | None = None,
    ) -> EnergyTable:
        """The readings of a period of any length; split into windows that the API allows (K2)."""
        raise NotImplementedError

    def energy_windows(
        self,
        ean: str,
        start: datetime,
        end: datetime,
        *,
        period_type: str = "readTime",
        granularity: Texts = (),
        complex_energy_types: Texts = (),
        reference_number: str | None = None,
    ) -> Iterator[EnergyTable]:
        """The same, a window at a time, as they come; together they are what `energy` gives."""
        raise NotImplementedError

    def gaps(
        self,
        ean: str,
        start: datetime,
        end: datetime,
        *,
        granularity: Texts = (),
        progress: Progress | None = None,
    ) -> tuple[Gap, ...]:
        """The intervals of a period without a value, and why (E11)."""
        raise NotImplementedError

    def peaks(
        self, ean: str, start: datetime, end: datetime, *, progress: Progress | None = None
    ) -> tuple[MonthPeak, ...]:
        """The peak power of each Brussels month that begins in the period (P1)."""
        raise NotImplementedError
