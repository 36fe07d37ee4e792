"""GET mandate (M9-M12)."""

from starlette.requests import Request
from starlette.responses import Response

from kwartier.api import parameters as p
from kwartier.domain.control import Endpoint
from kwartier.domain.mandate import StandingMandate, Status
from kwartier.gateway.answers import list_answer
from kwartier.gateway.asked import Asked
from kwartier.gateway.context import Permission, context_of, needs
from kwartier.services.mandates import MandateFilter, has_few_mandates, mandate_pages
from kwartier.wire import vocabulary
from kwartier.wire.timestamps import write_timestamp

__all__ = ["get_mandate"]


@needs(Permission.SUBSCRIPTION, struck_as=Endpoint.MANDATE, is_small=has_few_mandates)
def get_mandate(request: Request) -> Response:
    """Find your mandates: which EANs, since when and until when, at what level of detail, and how they stand."""
    context = context_of(request)
    narrowed = _read(Asked.in_query(request.scope["query_string"]))
    pages = mandate_pages(context.environment, context.client, narrowed, context.moment)
    return list_answer("mandates", ([_written(one) for one in page] for page in pages), context.moment)


def _read(asked: Asked) -> MandateFilter:
    narrowed = MandateFilter(
        reference_number=asked.one(p.REFERENCE_NUMBER),
        status=asked.one(p.STATUS),
        ean=asked.one(p.EAN_FILTER),
        energy_type=asked.one(p.ENERGY_TYPE),
        granularities=asked.all(p.DATA_SERVICE_TYPES),
        expires_before=asked.one(p.EXPIRES_BEFORE),
        renewal_status=asked.one(p.RENEWAL_STATUS),
        last_updated_from=asked.one(p.LAST_UPDATED_FROM),
        last_updated_to=asked.one(p.LAST_UPDATED_TO),
    )
    if not asked.is_faultless:
        raise asked.refusal()
    return narrowed


def _written(one: StandingMandate) -> dict[str, str]:
    """A mandate as the wire has it; what is absent is left out (M10, M11, C10)."""
    mandate, phase = one.mandate, one.phase
    approved = phase.status is Status.APPROVED
    shows_ean = approved or phase.status is Status.FINISHED
    end = phase.data_period.end
    fields = {
        "referenceNumber": mandate.reference_number,
        "status": vocabulary.STATUS.write(phase.status),
        "ean": mandate.ean if shows_ean else None,
        "energyType": vocabulary.ENERGY_TYPE.write(mandate.energy_type) if shows_ean else None,
        "dataPeriodFrom": write_timestamp(phase.data_period.start),
        "dataPeriodTo": write_timestamp(end) if end else None,
        "dataServiceType": vocabulary.DATA_SERVICE_TYPE.write(mandate.granularity),
        "mandateExpirationDate": write_timestamp(phase.expiration) if approved and phase.expiration else None,
        "renewalStatus": phase.renewal_status and vocabulary.RENEWAL_STATUS.write(phase.renewal_status),
    }
    return {name: value for name, value in fields.items() if value is not None}
