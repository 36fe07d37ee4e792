"""An environment: the same code with other furniture (DESIGN, "How data flows")."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from kwartier.db.engine import Database
from kwartier.domain.credentials import Credentials, EnvironmentName
from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.metering import Headpoint
from kwartier.domain.resolve import Inserted
from kwartier.domain.series import MeterVersions
from kwartier.sandbox import generator
from kwartier.sandbox.eans import sandbox_meter
from kwartier.sandbox.gas_submeters import gas_headpoints_of_submeter
from kwartier.sandbox.submeters import headpoints_of_submeter
from kwartier.services.audit import Audit, Counted

__all__ = [
    "LIVE_HOLDERS",
    "Environment",
    "VersionSource",
    "holder_of",
    "live",
    "organisation_of",
    "sandbox",
]


class VersionSource(Protocol):
    """Where versions of readings come from: computed in the sandbox, stored in live."""

    def settled(self, moment: datetime) -> datetime:
        """The latest moment, up to the given one, about which no more can become known (R1)."""

    def check(self, ean: Ean) -> None:
        """Refuse an EAN of which there can be nothing.

        Raises:
            InvalidValueError: it is none of this environment; the text says what is allowed.
        """

    def headpoints_of_submeter(self, ean: Ean) -> tuple[Ean, ...]:
        """The headpoints on which a sub-headpoint hangs; none if the EAN is that of a headpoint (E6)."""

    def headpoint(self, ean: Ean) -> Headpoint | None:
        """The headpoint of an EAN that was checked; None: nothing is known of it."""

    def versions(self, ean: Ean, grid: Grid, slots: range, inserted: Inserted) -> tuple[MeterVersions, ...]:
        """All versions about these slots that may count, per meter; others may be among them."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What an environment stands on: a book of mandates in a database, and a source of versions.

    Attributes:
        audit: where accesses to its readings are written; the fictitious ones of a sandbox are in its journal.
    """

    name: EnvironmentName
    database: Database
    source: VersionSource
    audit: Audit | None = None

    def holder(self, client: Credentials) -> str:
        """By whom a client's mandates are kept and found: its organisation, in the sandbox itself (M12, S1)."""
        if self.name is EnvironmentName.SANDBOX:
            return holder_of(self.name, client.client_id)
        return holder_of(self.name, client.organisation)


LIVE_HOLDERS: Final = f"{EnvironmentName.LIVE.value}:"
"""How the names of those begin by whom live mandates are kept."""


def organisation_of(holder: str) -> EnterpriseNumber:
    """Whose live mandates a holder keeps."""
    return EnterpriseNumber(holder.removeprefix(LIVE_HOLDERS))


def holder_of(environment: EnvironmentName, who: str) -> str:
    """By whom mandates of an environment are kept and found.

    Args:
        environment: which.
        who: an enterprise number, in the sandbox a client id.
    """
    return f"{environment.value}:{who}"


class _SandboxSource:
    """The fictitious meters."""

    def settled(self, moment: datetime) -> datetime:
        return moment

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


def live(database: Database, source: VersionSource, counted: Counted | None = None) -> Environment:
    """The live environment: mandates of organisations, every access to readings in the audit.

    Args:
        database: the registry.
        source: of readings.
        counted: is told of rows of the audit.
    """
    return Environment(EnvironmentName.LIVE, database, source, Audit(database, counted))
