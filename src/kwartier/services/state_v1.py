"""The first form of a sandbox's state: mock mandates alone, each in the words of the request that made it."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from kwartier.domain.control import MAX_FAULTS
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.mandate import Fact, Mandate, Mocked
from kwartier.domain.period import Period
from kwartier.services.mandates import told_by
from kwartier.services.state_parts import MAX_MANDATES, MAX_TEXT, ClockState, Document, check_text
from kwartier.wire import vocabulary
from kwartier.wire.faults import FaultDocument
from kwartier.wire.mandate_facts import Moment
from kwartier.wire.timestamps import read_timestamp

__all__ = ["FirstState", "read_first"]


class MandateState(Document):
    """A mock mandate, in the words of the request that made it."""

    ean: str
    status: str
    madeAt: Moment  # noqa: N815 - the names of the wire
    referenceNumber: str | None = Field(default=None, min_length=1, max_length=MAX_TEXT)  # noqa: N815
    dataPeriodFrom: Moment  # noqa: N815
    dataPeriodTo: Moment | None = None  # noqa: N815
    mandateExpirationDate: Moment  # noqa: N815
    renewalStatus: str | None = None  # noqa: N815


class FirstState(Document):
    """Mandates, clock and faults of a sandbox, as earlier versions exported them."""

    version: Literal[1] = Field(description="Of this form.")
    clock: ClockState | None = Field(description="Null: real time.")
    faults: list[FaultDocument] = Field(max_length=MAX_FAULTS, description="Those that are not used up.")
    mandates: list[MandateState] = Field(max_length=MAX_MANDATES)


def read_first(state: FirstState) -> list[tuple[Mandate, Sequence[Fact]]]:
    """The mandates of the first form; they were on own EANs, for there were no others.

    Raises:
        InvalidValueError: it says what can't be.
    """
    return [_read(one) for one in state.mandates]


def _read(one: MandateState) -> tuple[Mandate, Sequence[Fact]]:
    ean = Ean.parse(one.ean)
    energy_type, granularity = told_by(ean)
    start = read_timestamp(one.dataPeriodFrom)
    end = None if one.dataPeriodTo is None else read_timestamp(one.dataPeriodTo)
    if end is not None and end <= start:
        raise InvalidValueError(f"mandates: {ean}: dataPeriodTo must be after dataPeriodFrom")
    check_text(f"mandates: {ean}", "reference number", one.referenceNumber)
    fact = Mocked(
        at=read_timestamp(one.madeAt),
        status=vocabulary.STATUS.read(one.status),
        data_period=Period(start, end),
        expiration=read_timestamp(one.mandateExpirationDate),
        renewal_status=None
        if one.renewalStatus is None
        else vocabulary.RENEWAL_STATUS.read(one.renewalStatus),
    )
    return Mandate(one.referenceNumber, ean, energy_type, granularity, own=True), [fact]
