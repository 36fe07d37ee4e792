"""POST mandate/mock: the sandbox's fictitious mandates (S2, S3)."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from kwartier.api import parameters as p
from kwartier.domain.control import Endpoint
from kwartier.domain.errors import InvalidValueError
from kwartier.gateway.answers import data_answer
from kwartier.gateway.asked import Asked
from kwartier.gateway.context import JSON, Permission, body_of, context_of, needs
from kwartier.services.mandates import MockMandate, default_data_from, make_mock_mandate, told_by
from kwartier.wire import vocabulary

__all__ = ["post_mock_mandate"]


@needs(Permission.SUBSCRIPTION, takes=JSON, struck_as=Endpoint.MOCK)
def post_mock_mandate(request: Request) -> Response:
    """Make a fictitious mandate, as you ask for it.

    A mandate of the same reference number, EAN and level of detail is replaced.
    """
    context = context_of(request)
    mock = _read(Asked.in_body(body_of(request)), context.moment)
    status = make_mock_mandate(context.environment, context.client, mock, context.moment)
    return data_answer({"status": vocabulary.STATUS.write(status)}, context.moment)


def _read(asked: Asked, moment: datetime) -> MockMandate:
    status, ean = asked.one(p.MOCK_STATUS), asked.one(p.MOCK_EAN)
    energy_type, granularity = asked.one(p.MOCK_ENERGY_TYPE), asked.one(p.MOCK_DATA_SERVICE_TYPE)
    data_from, data_to = asked.one(p.MOCK_DATA_FROM), asked.one(p.MOCK_DATA_TO)
    reference_number, expiration = asked.one(p.REFERENCE_NUMBER), asked.one(p.MOCK_EXPIRATION)
    renewal_status = asked.one(p.MOCK_RENEWAL_STATUS)
    data_from = data_from or default_data_from(moment)
    if data_to is not None and data_to <= data_from:
        asked.fault(p.MOCK_DATA_TO.name, "must be after dataPeriodFrom, which is three years ago if left out")
    if ean is not None:
        try:
            told_energy_type, told_granularity = told_by(ean)
        except InvalidValueError as error:
            asked.fault(p.MOCK_EAN.name, str(error))
        else:
            if energy_type not in {None, told_energy_type}:
                told = vocabulary.ENERGY_TYPE.write(told_energy_type)
                asked.fault(p.MOCK_ENERGY_TYPE.name, f"the EAN says {told}")
            if granularity not in {None, told_granularity}:
                told = vocabulary.DATA_SERVICE_TYPE.write(told_granularity)
                asked.fault(p.MOCK_DATA_SERVICE_TYPE.name, f"the EAN says {told}")
    if status is None or ean is None or not asked.is_faultless:
        raise asked.refusal()
    return MockMandate(
        status=status,
        ean=ean,
        reference_number=reference_number,
        data_from=data_from,
        data_to=data_to,
        expiration=expiration,
        renewal_status=renewal_status,
    )
