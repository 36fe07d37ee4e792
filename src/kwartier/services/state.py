"""A sandbox's state as a document: written by an export, read by an import."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, TypeAlias

from kwartier.domain.control import ClockSetting, Endpoint, Fault, FaultKind
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.mandate import Fact, Mandate
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.registry.control import KeptFault
from kwartier.registry.facts import read_fact, write_fact
from kwartier.wire.timestamps import read_timestamp

__all__ = ["History", "fault_document", "read_state", "write_state"]

_VERSION: Final = 1

History: TypeAlias = tuple[Mandate, Sequence[Fact]]
"""A mandate and what happened to it."""


def write_state(
    clock: ClockSetting | None, faults: Iterable[KeptFault], histories: Iterable[History]
) -> dict[str, Any]:
    """The document of a clock, of the faults that are not used up, and of mandates."""
    return {
        "version": _VERSION,
        "clock": None
        if clock is None
        else {"shown": clock.shown.isoformat(), "since": clock.since and clock.since.isoformat()},
        "faults": [fault_document(kept.fault, kept.remaining) for kept in faults if kept.remaining != 0],
        "mandates": [_mandate_document(mandate, history) for mandate, history in histories],
    }


def read_state(state: Mapping[str, Any]) -> tuple[ClockSetting | None, list[Fault], list[History]]:
    """What a document says.

    Raises:
        InvalidValueError: it is no state that was exported.
    """
    if state.get("version") != _VERSION:
        raise InvalidValueError(f"a state that was exported has version {_VERSION}")
    try:
        clock = state["clock"] and ClockSetting(
            read_timestamp(state["clock"]["shown"]),
            state["clock"]["since"] and read_timestamp(state["clock"]["since"]),
        )
        return (
            clock,
            [_read_fault(document) for document in state["faults"]],
            [_read_mandate(document) for document in state["mandates"]],
        )
    except InvalidValueError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidValueError("this is no state that was exported") from error


def fault_document(fault: Fault, remaining: int | None) -> dict[str, Any]:
    """A fault as the control surface writes it."""
    written = {
        "endpoint": fault.endpoint.value,
        "kind": fault.kind.value,
        "status": fault.status,
        "retryAfterSeconds": fault.retry_after_seconds,
        "delaySeconds": None if fault.delay is None else fault.delay.total_seconds(),
        "times": remaining,
        "probability": fault.probability,
    }
    return {name: value for name, value in written.items() if value is not None}


def _read_fault(document: Mapping[str, Any]) -> Fault:
    delay = document.get("delaySeconds")
    return Fault(
        endpoint=Endpoint(document["endpoint"]),
        kind=FaultKind(document["kind"]),
        status=document.get("status"),
        retry_after_seconds=document.get("retryAfterSeconds"),
        delay=None if delay is None else timedelta(seconds=delay),
        times=document.get("times"),
        probability=document["probability"],
    )


def _mandate_document(mandate: Mandate, history: Sequence[Fact]) -> dict[str, Any]:
    facts = [(fact.at, *write_fact(fact)) for fact in history]
    return {
        "referenceNumber": mandate.reference_number,
        "ean": mandate.ean,
        "energyType": mandate.energy_type.value,
        "granularity": mandate.granularity.value,
        "facts": [{"at": at.isoformat(), "kind": kind, "details": details} for at, kind, details in facts],
    }


def _read_mandate(document: Mapping[str, Any]) -> History:
    mandate = Mandate(
        reference_number=document["referenceNumber"],
        ean=Ean.parse(document["ean"]),
        energy_type=EnergyType(document["energyType"]),
        granularity=Granularity(document["granularity"]),
    )
    facts = [
        read_fact(fact["kind"], read_timestamp(fact["at"]), fact["details"]) for fact in document["facts"]
    ]
    if not facts:
        raise InvalidValueError("a mandate has facts")
    return mandate, facts
