"""Mandates: what one is, what happens to it, and how it stands (M1, M2, M5).

A mandate is what happened to it (asked, consented, refused, …), in order: `timeline.py` tells what follows from that.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeAlias

from kwartier.domain.ean import Ean
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import Period
from kwartier.domain.scenario import ScenarioKind

__all__ = [
    "Asked",
    "Consented",
    "Ended",
    "Fact",
    "Mandate",
    "Mocked",
    "Phase",
    "Refused",
    "Removed",
    "RenewalAsked",
    "RenewalStatus",
    "StandingMandate",
    "Status",
    "UseEnded",
]


class Status(Enum):
    """The status of a mandate (M2). A removed one is seen nowhere."""

    REQUESTED = "Requested"
    APPROVED = "Approved"
    REJECTED = "Rejected"
    FINISHED = "Finished"
    REMOVED = "Removed"


class RenewalStatus(Enum):
    """Where an Approved mandate stands with its renewal (M3)."""

    TO_BE_RENEWED = "ToBeRenewed"
    RENEWAL_REQUESTED = "RenewalRequested"
    EXPIRED = "Expired"


@dataclass(frozen=True, slots=True)
class Asked:
    """A portal user asked for the mandate; for his own EAN that approves it at once (M2)."""

    at: datetime
    data_period: Period
    by_grid_user: bool = False


@dataclass(frozen=True, slots=True)
class Consented:
    """The grid user consents to what is open: the mandate or its renewal."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """The grid user refuses what is open: the mandate or its renewal."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """The grid user has the operator end the mandate."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Removed:
    """A portal user of the organisation removes the mandate."""

    at: datetime


@dataclass(frozen=True, slots=True)
class RenewalAsked:
    """A portal user asks for renewal; for his own EAN that renews it at once (M3)."""

    at: datetime
    by_grid_user: bool = False


@dataclass(frozen=True, slots=True)
class Mocked:
    """A sandbox mandate, made as the integrator asked for it (S2).

    A given renewal status is shown as given; without one the clock decides.
    """

    at: datetime
    status: Status
    data_period: Period
    expiration: datetime
    renewal_status: RenewalStatus | None = None


@dataclass(frozen=True, slots=True)
class UseEnded:
    """A market scenario ends the use of the EAN by the grid user under whom the mandate was given (M5).

    Attributes:
        at: when the scenario was registered, or the mandate asked for, whichever was later.
        effective: when the use ends; it may lie before or after that.
        kind: what happened.
    """

    at: datetime
    effective: datetime
    kind: ScenarioKind


Fact: TypeAlias = Asked | Consented | Refused | Ended | Removed | RenewalAsked | Mocked | UseEnded


@dataclass(frozen=True, slots=True)
class Mandate:
    """What never changes about a mandate (M1).

    Attributes:
        reference_number: the key between customer, energy service provider and operator, if any.
        ean: the one EAN it is for.
        energy_type: what that EAN meters.
        granularity: its data service type: `VH_dag` or `VH_kwartier_uur`.
        own: whether the requester was the grid user of the EAN at approval (I5, M5).
        ean_named_by_grid_user: whether the grid user chose the EAN, so that filters must not tell it (M11).
        grid_user: who that was, an enterprise number or a name; None: nobody knew (M5).
    """

    reference_number: str | None
    ean: Ean
    energy_type: EnergyType
    granularity: Granularity
    own: bool = False
    ean_named_by_grid_user: bool = False
    grid_user: str | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """How a mandate stands from `start` up to, and not including, `end` (None: for good).

    `start` is what users know as its last-updated time (M6).
    """

    start: datetime
    end: datetime | None
    status: Status
    data_period: Period
    renewal_status: RenewalStatus | None = None
    expiration: datetime | None = None


@dataclass(frozen=True, slots=True)
class StandingMandate:
    """A mandate, under the id by which it is kept, and the phase in which it stands at some moment."""

    mandate_id: str
    mandate: Mandate
    phase: Phase
