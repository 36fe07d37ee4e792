"""An environment: the same code with other furniture (DESIGN, "How data flows")."""

from dataclasses import dataclass
from typing import Protocol

from kwartier.db.engine import Database
from kwartier.domain.credentials import Credentials, EnvironmentName
from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.metering import Headpoint
from kwartier.domain.resolve import Inserted
from kwartier.domain.series import MeterVersions
from kwartier.sandbox import generator
from kwartier.sandbox.eans import sandbox_meter
from kwartier.sandbox.gas_submeters import gas_headpoints_of_submeter
from kwartier.sandbox.submeters import headpoints_of_submeter

__all__ = ["Environment", "VersionSource", "holder_of", "sandbox"]


class VersionSource(Protocol):
    """Where versions of readings come from: computed in the sandbox, stored in live."""

    def check(self, ean: Ean) -> None:
        """Refuse an EAN of which there can be nothing.

        Raises:
            InvalidValueError: it is none of this environment; the text says what is allowed.
        """

    def headpoints_of_submeter(self, ean: Ean) -> tuple[Ean, ...]:
        """The headpoints on which a sub-headpoint hangs; none if the EAN is that of a headpoint (E6)."""

    def headpoint(self, ean: Ean) -> Headpoint:
        """The headpoint of an EAN that was checked."""

    def versions(self, ean: Ean, grid: Grid, slots: range, inserted: Inserted) -> tuple[MeterVersions, ...]:
        """All versions about these slots that may count, per meter; others may be among them."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What an environment stands on: a book of mandates in a database, and a source of versions."""

    name: EnvironmentName
    database: Database
    source: VersionSource

    def holder(self, client: Credentials) -> str:
        """By whom a client's mandates are kept and found."""
        return holder_of(self.name, client.client_id)


def holder_of(environment: EnvironmentName, client_id: str) -> str:
    """By whom mandates of an environment are kept and found: in the sandbox each client has its own (S1)."""
    return f"{environment.value}:{client_id}"


class _SandboxSource:
    """The fictitious meters."""

    def check(self, ean: Ean) -> None:
        if not self.headpoints_of_submeter(ean):
            sandbox_meter(ean)

    def headpoints_of_submeter(self, ean: Ean) -> tuple[Ean, ...]:
        return headpoints_of_submeter(ean) or gas_headpoints_of_submeter(ean)

    def headpoint(self, ean: Ean) -> Headpoint:
        return generator.headpoint(sandbox_meter(ean))

    def versions(self, ean: Ean, grid: Grid, slots: range, inserted: Inserted) -> tuple[MeterVersions, ...]:
        return generator.versions(sandbox_meter(ean), grid, slots, inserted)


def sandbox(database: Database) -> Environment:
    """The sandbox: mandates that its clients make, readings that are computed (S1, S4)."""
    return Environment(EnvironmentName.SANDBOX, database, _SandboxSource())
