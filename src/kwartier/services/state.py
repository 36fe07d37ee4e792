"""A sandbox's state as a document: written by an export, read by an import."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kwartier.domain.control import MAX_FAULTS, ClockSetting, Fault
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.mandate import Fact, Mandate, Mocked
from kwartier.domain.period import Period
from kwartier.registry.control import KeptFault
from kwartier.services.mandates import told_by
from kwartier.wire import vocabulary
from kwartier.wire.faults import FaultDocument
from kwartier.wire.timestamps import read_timestamp

__all__ = ["History", "SandboxState", "read_state", "write_state"]

_MAX_MANDATES: Final = 50_000
_MAX_TEXT: Final = 255

History: TypeAlias = tuple[Mandate, Sequence[Fact]]
"""A mandate and what happened to it."""


def _moment(text: str) -> str:
    read_timestamp(text)
    return text


_Moment = Annotated[str, AfterValidator(_moment)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ClockState(_Document):
    """A clock that was set."""

    now: _Moment = Field(description="What it showed; it goes on from there when it is imported.")
    running: bool = Field(description="Whether it goes on.")


class MandateState(_Document):
    """A mock mandate, in the words of the request that made it."""

    ean: str
    status: str
    madeAt: _Moment  # noqa: N815 - the names of the wire
    referenceNumber: str | None = Field(default=None, min_length=1, max_length=_MAX_TEXT)  # noqa: N815
    dataPeriodFrom: _Moment  # noqa: N815
    dataPeriodTo: _Moment | None = None  # noqa: N815
    mandateExpirationDate: _Moment  # noqa: N815
    renewalStatus: str | None = None  # noqa: N815


class SandboxState(_Document):
    """Mandates, clock and faults of a sandbox, to be kept and imported again."""

    version: Literal[1] = Field(description="Of this form.")
    clock: ClockState | None = Field(description="Null: real time.")
    faults: list[FaultDocument] = Field(max_length=MAX_FAULTS, description="Those that are not used up.")
    mandates: list[MandateState] = Field(max_length=_MAX_MANDATES)


def write_state(
    clock: ClockSetting | None, faults: Iterable[KeptFault], histories: Iterable[History], now: datetime
) -> dict[str, Any]:
    """The document of a clock, of the faults that are not used up, and of mock mandates.

    Args:
        clock: None: real time.
        faults: some may be used up.
        histories: of mandates.
        now: real time.
    """
    return {
        "version": 1,
        "clock": clock and {"now": clock.at(now).isoformat(), "running": clock.since is not None},
        "faults": [
            FaultDocument.of(kept.fault, kept.remaining).written() for kept in faults if kept.remaining != 0
        ],
        "mandates": [
            _written(mandate, fact)
            for mandate, history in histories
            for fact in history
            if isinstance(fact, Mocked)
        ],
    }


def read_state(state: SandboxState, now: datetime) -> tuple[ClockSetting | None, list[Fault], list[History]]:
    """What a document says; a clock goes on from what it showed when it was exported.

    Raises:
        InvalidValueError: it says what can't be: the same checks as for what is asked one by one.
    """
    clock = None
    if state.clock is not None:
        clock = ClockSetting(read_timestamp(state.clock.now), now if state.clock.running else None)
    histories = [_read(one) for one in state.mandates]
    keys = [(mandate.ean, mandate.reference_number) for mandate, _ in histories]
    if len(set(keys)) < len(keys):
        raise InvalidValueError("mandates: two of the same EAN and reference number")
    return clock, [document.fault() for document in state.faults], histories


def _written(mandate: Mandate, fact: Mocked) -> dict[str, Any]:
    end = fact.data_period.end
    told = {
        "ean": mandate.ean,
        "status": vocabulary.STATUS.write(fact.status),
        "madeAt": fact.at.isoformat(),
        "referenceNumber": mandate.reference_number,
        "dataPeriodFrom": fact.data_period.start.isoformat(),
        "dataPeriodTo": end and end.isoformat(),
        "mandateExpirationDate": fact.expiration.isoformat(),
        "renewalStatus": fact.renewal_status and vocabulary.RENEWAL_STATUS.write(fact.renewal_status),
    }
    return {name: value for name, value in told.items() if value is not None}


def _read(one: MandateState) -> History:
    ean = Ean.parse(one.ean)
    energy_type, granularity = told_by(ean)
    start = read_timestamp(one.dataPeriodFrom)
    end = None if one.dataPeriodTo is None else read_timestamp(one.dataPeriodTo)
    if end is not None and end <= start:
        raise InvalidValueError(f"mandates: {ean}: dataPeriodTo must be after dataPeriodFrom")
    reference = one.referenceNumber
    if reference is not None and not reference.isprintable():
        raise InvalidValueError(f"mandates: {ean}: a reference number has printable characters")
    fact = Mocked(
        at=read_timestamp(one.madeAt),
        status=vocabulary.STATUS.read(one.status),
        data_period=Period(start, end),
        expiration=read_timestamp(one.mandateExpirationDate),
        renewal_status=None
        if one.renewalStatus is None
        else vocabulary.RENEWAL_STATUS.read(one.renewalStatus),
    )
    return Mandate(reference, ean, energy_type, granularity), [fact]
