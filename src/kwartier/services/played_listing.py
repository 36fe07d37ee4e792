"""What a sandbox plays, as its control surface and its commands tell it: by the names of the wire, without what is absent."""

from collections.abc import Mapping
from typing import Any

from kwartier.domain.mandate import Phase, Status
from kwartier.domain.scenario import Scenario
from kwartier.services.played import PlayedMandate
from kwartier.services.played_world import PlayedHeadpoint
from kwartier.wire import vocabulary
from kwartier.wire.mandate_facts import FactDocument
from kwartier.wire.timestamps import write_timestamp

__all__ = ["listed_headpoint", "listed_mandate", "listed_scenario"]


def listed_mandate(one: PlayedMandate) -> dict[str, Any]:
    """A mandate: how it stands, what happened to it, how it will stand if nobody does anything, and what can be done."""
    mandate = one.mandate
    return _present(
        {
            "id": one.mandate_id,
            "ean": mandate.ean,
            "referenceNumber": mandate.reference_number,
            "energyType": vocabulary.ENERGY_TYPE.write(mandate.energy_type),
            "dataServiceType": vocabulary.DATA_SERVICE_TYPE.write(mandate.granularity),
            "own": mandate.own,
            "gridUser": mandate.grid_user,
            **_phase(one.phase),
            "facts": [FactDocument.of(fact).written() for fact in one.told],
            "next": [_phase(phase) for phase in one.ahead],
            "can": [act.value for act in one.can],
        }
    )


def listed_headpoint(one: PlayedHeadpoint) -> dict[str, Any]:
    """Whose an EAN is."""
    return _present({"ean": one.ean, "gridUser": one.grid_user, "own": one.own})


def listed_scenario(one: Scenario) -> dict[str, Any]:
    """A market scenario."""
    return _present(
        {
            "ean": one.ean,
            "kind": vocabulary.SCENARIO_KIND.write(one.kind),
            "effectiveDate": write_timestamp(one.effective),
            "registered": write_timestamp(one.registered_at),
            "gridUser": one.grid_user,
        }
    )


def _phase(phase: Phase) -> dict[str, Any]:
    approved = phase.status is Status.APPROVED
    end = phase.data_period.end
    return _present(
        {
            "since": write_timestamp(phase.start),
            "status": phase.status.value,
            "dataPeriodFrom": write_timestamp(phase.data_period.start),
            "dataPeriodTo": end and write_timestamp(end),
            "mandateExpirationDate": write_timestamp(phase.expiration)
            if approved and phase.expiration
            else None,
            "renewalStatus": phase.renewal_status and vocabulary.RENEWAL_STATUS.write(phase.renewal_status),
        }
    )


def _present(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}
