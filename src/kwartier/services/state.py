"""A sandbox's state as a document: written by an export, read by an import."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from kwartier.domain.control import MAX_FAULTS, ClockSetting, Fault
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.mandate import Asked, Fact, Mandate, Mocked
from kwartier.domain.played import GridUserTold, PlayedContract
from kwartier.domain.scenario import Scenario
from kwartier.registry.played import Told
from kwartier.services.mandates import told_by
from kwartier.services.played import MAX_FACTS
from kwartier.services.state_parts import (
    MAX_MANDATES,
    MAX_TEXT,
    ClockState,
    Document,
    check_text,
    clock_of,
    written_clock,
)
from kwartier.services.state_v1 import FirstState, read_first
from kwartier.wire import vocabulary
from kwartier.wire.faults import FaultDocument
from kwartier.wire.mandate_facts import FactDocument, Moment
from kwartier.wire.timestamps import read_timestamp, write_exactly

__all__ = ["STATES", "AnyState", "KeptState", "SandboxState", "read_state", "write_state"]

_MAX_TOLD: Final = 10_000
_MAX_FACTS: Final = 60_000


@dataclass(frozen=True, slots=True)
class KeptState:
    """What is kept of a sandbox.

    Attributes:
        clock: None: real time.
        faults: those that are not used up, each striking as many requests as it still does.
        contract: how far it is played to be.
        told: what was said of EANs, in order.
        mandates: each with what happened to it, in order.
    """

    clock: ClockSetting | None
    faults: Sequence[Fault]
    contract: PlayedContract
    told: Sequence[Told]
    mandates: Sequence[tuple[Mandate, Sequence[Fact]]]


class ToldState(Document):
    """What was said of an EAN: whose it is, or what the market did."""

    ean: str = Field(description="Of which EAN of the sandbox.")
    at: Moment = Field(description="When it was said, by the clock of the sandbox.")
    gridUser: str | None = Field(  # noqa: N815 - the names of the wire
        default=None, min_length=1, max_length=MAX_TEXT, description="Who uses the EAN from then on."
    )
    kind: str | None = Field(default=None, description="Of a market scenario; left out: whose the EAN is.")
    effectiveDate: Moment | None = Field(  # noqa: N815
        default=None, description="When a market scenario happens or happened."
    )


class PlayedMandateState(Document):
    """A mandate, with what happened to it."""

    ean: str = Field(description="The sandbox EAN that the mandate is for.")
    referenceNumber: str | None = Field(  # noqa: N815
        default=None, min_length=1, max_length=MAX_TEXT, description="The reference number that was given."
    )
    own: bool = Field(description="Whether the client's organisation was the grid user.")
    gridUser: str | None = Field(  # noqa: N815
        default=None, min_length=1, max_length=MAX_TEXT, description="Under which grid user it was given."
    )
    facts: list[FactDocument] = Field(
        min_length=1, max_length=MAX_FACTS, description="What happened to it, the first first."
    )


class SandboxState(Document):
    """All that is kept of a sandbox but its journal, to be imported again."""

    version: Literal[2] = Field(description="Of this form.")
    clock: ClockState | None = Field(description="Null: real time.")
    faults: list[FaultDocument] = Field(max_length=MAX_FAULTS, description="Those that are not used up.")
    contract: PlayedContract = Field(strict=False, description="How far the contract is played to be.")
    told: list[ToldState] = Field(max_length=_MAX_TOLD, description="What was said of EANs, in order.")
    mandates: list[PlayedMandateState] = Field(
        max_length=MAX_MANDATES, description="Each with what happened to it, the first made first."
    )


AnyState: TypeAlias = Annotated[SandboxState | FirstState, Field(discriminator="version")]
STATES: Final[TypeAdapter[SandboxState | FirstState]] = TypeAdapter(AnyState)
"""Reads a state of any version."""


def write_state(state: KeptState, now: datetime) -> dict[str, Any]:
    """The document of a state, of the newest version.

    Args:
        state: what is kept.
        now: real time.
    """
    return {
        "version": 2,
        "clock": written_clock(state.clock, now),
        "faults": [FaultDocument.of(fault, fault.times).written() for fault in state.faults],
        "contract": state.contract.value,
        "told": [_written_told(one) for one in state.told],
        "mandates": [_written(mandate, facts) for mandate, facts in state.mandates],
    }


def read_state(state: SandboxState | FirstState, now: datetime) -> KeptState:
    """What a document says; a clock goes on from what it showed when it was exported.

    Raises:
        InvalidValueError: it says what can't be: the same checks as for what is asked one by one.
    """
    clock, faults = clock_of(state.clock, now), [document.fault() for document in state.faults]
    if isinstance(state, FirstState):
        kept = KeptState(clock, faults, PlayedContract.NOT_NEEDED, (), read_first(state))
    else:
        if sum(len(one.facts) for one in state.mandates) > _MAX_FACTS:
            raise InvalidValueError(f"mandates: at most {_MAX_FACTS} facts in all")
        told = [_read_told(one) for one in state.told]
        kept = KeptState(clock, faults, state.contract, told, [_read(one) for one in state.mandates])
    _check_mocks([mandate for mandate, facts in kept.mandates if isinstance(facts[0], Mocked)])
    return kept


def _check_mocks(mandates: Sequence[Mandate]) -> None:
    """The same mock mandate again would have replaced the first (S2)."""
    keys = [(mandate.ean, mandate.reference_number) for mandate in mandates]
    if len(set(keys)) < len(keys):
        raise InvalidValueError("mandates: two of the same EAN and reference number")


def _written(mandate: Mandate, facts: Sequence[Fact]) -> dict[str, Any]:
    told = {
        "ean": mandate.ean,
        "referenceNumber": mandate.reference_number,
        "own": mandate.own,
        "gridUser": mandate.grid_user,
        "facts": [FactDocument.of(fact).written() for fact in facts],
    }
    return {name: value for name, value in told.items() if value is not None}


def _read(one: PlayedMandateState) -> tuple[Mandate, Sequence[Fact]]:
    ean = Ean.parse(one.ean)
    energy_type, granularity = told_by(ean)
    check_text(f"mandates: {ean}", "reference number", one.referenceNumber)
    check_text(f"mandates: {ean}", "grid user", one.gridUser)
    try:
        facts = [document.read() for document in one.facts]
    except InvalidValueError as error:
        raise InvalidValueError(f"mandates: {ean}: {error}") from None
    if not isinstance(facts[0], Asked | Mocked):
        raise InvalidValueError(f"mandates: {ean}: the first fact is that it was `asked` or `mocked`")
    if any(isinstance(fact, Asked | Mocked) for fact in facts[1:]):
        raise InvalidValueError(f"mandates: {ean}: it is `asked` or `mocked` once")
    if any(later.at < earlier.at for earlier, later in pairwise(facts)):
        raise InvalidValueError(f"mandates: {ean}: facts stand in the order in which they happened")
    mandate = Mandate(one.referenceNumber, ean, energy_type, granularity, own=one.own, grid_user=one.gridUser)
    return mandate, facts


def _written_told(one: Told) -> dict[str, Any]:
    scenario = one if isinstance(one, Scenario) else None
    told = {
        "ean": one.ean,
        "at": write_exactly(one.at if isinstance(one, GridUserTold) else one.registered_at),
        "gridUser": one.grid_user,
        "kind": scenario and vocabulary.SCENARIO_KIND.write(scenario.kind),
        "effectiveDate": scenario and write_exactly(scenario.effective),
    }
    return {name: value for name, value in told.items() if value is not None}


def _read_told(one: ToldState) -> Told:
    ean = Ean.parse(one.ean)
    told_by(ean)
    check_text(f"told: {ean}", "grid user", one.gridUser)
    at = read_timestamp(one.at)
    if one.kind is not None and one.effectiveDate is not None:
        kind = vocabulary.SCENARIO_KIND.read(one.kind)
        return Scenario(ean, kind, read_timestamp(one.effectiveDate), at, one.gridUser)
    if one.kind is None and one.effectiveDate is None and one.gridUser is not None:
        return GridUserTold(ean, at, one.gridUser)
    raise InvalidValueError(
        f"told: {ean}: a market scenario has kind and effectiveDate; whose an EAN is has gridUser alone"
    )
