"""Find mandates, and make mock ones in the sandbox (M9-M12, S1, S2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kwartier.domain.credentials import Credentials
from kwartier.domain.days import add_months, first_midnight
from kwartier.domain.ean import Ean
from kwartier.domain.mandate import (
    Mandate,
    Mocked,
    RenewalStatus,
    StandingMandate,
    Status,
)
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import Period
from kwartier.domain.played import grid_user_at
from kwartier.domain.timeline import expiration_after
from kwartier.registry import mandates as registry
from kwartier.registry import played
from kwartier.registry.mandates import MandateFilter
from kwartier.sandbox.eans import sandbox_meter
from kwartier.services.environment import Environment

__all__ = [
    "MandateFilter",
    "MockMandate",
    "default_data_from",
    "has_few_mandates",
    "make_mock_mandate",
    "mandate_pages",
    "told_by",
]

_DATA_MONTHS_BACK = 36
_PAGE: Final = 500
"""How many mandates are looked up together."""
_FEW_PHASES = 100  # of all mandates together: read and written in about a millisecond


@dataclass(frozen=True, slots=True)
class MockMandate:
    """A mandate as an integrator asks for it; what is None follows from the moment, the rest from the EAN (S2)."""

    status: Status
    ean: Ean
    data_from: datetime
    data_to: datetime | None = None
    reference_number: str | None = None
    expiration: datetime | None = None
    renewal_status: RenewalStatus | None = None


def mandate_pages(
    environment: Environment, client: Credentials, narrowed: MandateFilter, moment: datetime
) -> Iterator[list[StandingMandate]]:
    """The client's mandates as they stand at a moment, the last updated last, a page at a time (M9, M12).

    What is written meanwhile is of a later moment, and changes none of them. There is one page at least, perhaps empty.
    """
    after: StandingMandate | None = None
    while True:
        holder = environment.holder(client)
        page = registry.standing_page(environment.database.quick, holder, moment, narrowed, (after, _PAGE))
        yield page
        if len(page) < _PAGE:
            return
        after = page[-1]


def has_few_mandates(environment: Environment, client: Credentials) -> bool:
    """Whether a client has so few mandates that reading through all of them takes no time to speak of."""
    return not registry.has_more_phases(environment.database.quick, environment.holder(client), _FEW_PHASES)


def default_data_from(moment: datetime) -> datetime:
    """Where the data period of a mock mandate starts if that is left out: three years ago, at local midnight (S2)."""
    return first_midnight(add_months(moment, -_DATA_MONTHS_BACK))


def told_by(ean: Ean) -> tuple[EnergyType, Granularity]:
    """What a sandbox EAN says of its mandates, and nothing may contradict (S2, S3).

    Raises:
        InvalidValueError: the EAN is none of the sandbox; the text has the grammar.
    """
    meter = sandbox_meter(ean)
    return meter.kind.energy_type, meter.granularity


def make_mock_mandate(
    environment: Environment, client: Credentials, mock: MockMandate, moment: datetime
) -> Status:
    """Make a fictitious mandate as asked; one of the same reference number, EAN and granularity goes (S2).

    Raises:
        InvalidValueError: the EAN is none of the sandbox (S3).
    """
    energy_type, granularity = told_by(mock.ean)
    fact = Mocked(
        at=moment,
        status=mock.status,
        data_period=Period(mock.data_from, mock.data_to),
        expiration=mock.expiration or expiration_after(moment),
        renewal_status=mock.renewal_status,
    )
    holder = environment.holder(client)
    with environment.database.writing(holder) as connection:
        told = played.told(connection, client.client_id, mock.ean)
        user = grid_user_at(moment, told, client.organisation)
        own = user == client.organisation
        mandate = Mandate(mock.reference_number, mock.ean, energy_type, granularity, own=own, grid_user=user)
        registry.remove_alike(connection, holder, mandate)
        registry.add(connection, holder, mandate, [fact])
    return mock.status
