"""GET mandate/energy (E1-E10)."""

from datetime import datetime
from functools import cache
from http import HTTPStatus
from importlib.util import find_spec
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kwartier.api import parameters as p
from kwartier.api.render import energy_answer
from kwartier.domain.access import Reason, Refused
from kwartier.domain.control import Endpoint
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.period import Period
from kwartier.domain.question import EnergyQuestion, end_fault, start_fault
from kwartier.gateway.answers import StreamedAnswer
from kwartier.gateway.asked import Asked
from kwartier.gateway.context import JSON, Permission, context_of, needs
from kwartier.gateway.preferences import likes_better
from kwartier.gateway.refusal import RefusalError
from kwartier.services.energy import SubmeterAsked, read_energy
from kwartier.services.environment import Environment
from kwartier.wire.frame import MEDIA_TYPE

__all__ = ["get_energy", "writes_arrow"]

_BY_ACCEPT: Final = {"vary": "accept"}


@needs(Permission.SUBSCRIPTION, struck_as=Endpoint.ENERGY)
def get_energy(request: Request) -> Response:
    """Get the energy of an EAN for which you have an approved mandate, over at most 185 days."""
    context = context_of(request)
    question = _read(Asked.in_query(request.scope["query_string"]), context.environment, context.moment)
    answer = read_energy(
        context.environment, context.client, question, context.moment, context.correlation_id
    )
    if isinstance(answer, SubmeterAsked):
        raise _ask_the_headpoint(answer, question, context.environment.name)
    if isinstance(answer, Refused):
        raise _refusal(answer, question, context.environment.name)
    told = answer.headpoint, answer.meters, answer.moment
    if writes_arrow() and likes_better(request.headers.getlist("accept"), MEDIA_TYPE, JSON):
        # Tens of megabytes, which a worker of which nobody asks it does without.
        from kwartier.api.arrow import energy_stream  # noqa: PLC0415

        return StreamedAnswer(energy_stream(*told), MEDIA_TYPE, _BY_ACCEPT)
    return StreamedAnswer(energy_answer(*told), JSON, _BY_ACCEPT)


@cache
def writes_arrow() -> bool:
    """Whether the library for Arrow is installed; without it, every answer is JSON."""
    return find_spec("pyarrow") is not None


def _read(asked: Asked, environment: Environment, now: datetime) -> EnergyQuestion:
    ean, period_type = asked.one(p.EAN), asked.one(p.PERIOD_TYPE)
    start, end = asked.one(p.FROM), asked.one(p.TO)
    reference_number, granularities = asked.one(p.REFERENCE_NUMBER), asked.all(p.GRANULARITY)
    complex_energy_types = asked.all(p.COMPLEX_ENERGY_TYPES)
    if ean is not None:
        try:
            environment.source.check(ean)
        except InvalidValueError as error:
            asked.fault(p.EAN.name, str(error))
    if start is not None and period_type is not None:
        _note(asked, p.FROM.name, start_fault(period_type, start, now))
    if start is not None and end is not None:
        _note(asked, p.TO.name, end_fault(start, end))
    if ean is None or period_type is None or start is None or end is None or not asked.is_faultless:
        raise asked.refusal()
    return EnergyQuestion(
        ean, period_type, Period(start, end), granularities, complex_energy_types, reference_number
    )


def _note(asked: Asked, name: str, fault: str | None) -> None:
    if fault is not None:
        asked.fault(name, fault)


_NOTHING: Final = (
    "Nothing is granted for EAN {ean}: {why}. Check the period and the granularity that you ask for, and with GET "
    "mandate the status, data period and expiration of your mandates; {missing}."
)
_MISSING: Final = {
    EnvironmentName.SANDBOX: "make a missing one with POST mandate/mock",
    EnvironmentName.LIVE: "ask for a missing one in the portal",
}
_NO_HEADPOINT: Final = (
    "You have a mandate for EAN {ean}, but the platform knows no meter of it yet: ask the operator."
)

_NOT_COVERED: Final = (
    "EAN {ean} is not one of your own: that needs a data access contract that is approved, and credentials that were "
    "renewed after it was. {missing}."
)
_TO_COVER: Final = {
    Reason.NO_CONTRACT: "Your organisation has no contract: ask for one in the portal",
    Reason.CONTRACT_NOT_APPROVED: "Your organisation's contract is not approved yet: a message tells when it is",
    Reason.TO_RENEW: "Your organisation's contract is approved: renew the credentials now, and get a new token with them",
    Reason.CONTRACT_ENDED: "Your organisation's contract has ended: ask for a new one in the portal",
}

_WHY: Final = {
    Reason.NO_MANDATE: "there is no mandate for this EAN",
    Reason.LATER: "there is a mandate for this EAN, but it was made later than what your sandbox clock shows",
    Reason.NOT_APPROVED: "there is a mandate for this EAN, but none that is Approved",
    Reason.GRANULARITY: "no approved mandate gives this granularity",
    Reason.PERIOD: "no approved mandate gives this period: it lies outside the data period, or after the expiration",
}


def _ask_the_headpoint(
    asked: SubmeterAsked, question: EnergyQuestion, environment: EnvironmentName
) -> RefusalError:
    """A sub-headpoint is never given on its own; who has a mandate on its headpoint is told to ask for that (E6)."""
    message = _nothing(Reason.NO_MANDATE, question, environment)
    if asked.headpoints:
        message = (
            f"EAN {question.ean} is that of a submeter, whose readings come with its headpoint: "
            f"ask for {' or '.join(asked.headpoints)}."
        )
    return RefusalError(HTTPStatus.NOT_FOUND, message)


def _refusal(refused: Refused, question: EnergyQuestion, environment: EnvironmentName) -> RefusalError:
    """Why nothing is given, and what to do about it, in the terms of the guide (C6, E6)."""
    missing = _TO_COVER.get(refused.reason)
    if missing is not None:
        return RefusalError(HTTPStatus.FORBIDDEN, _NOT_COVERED.format(ean=question.ean, missing=missing))
    if refused.reason is Reason.NO_HEADPOINT:
        return RefusalError(HTTPStatus.NOT_FOUND, _NO_HEADPOINT.format(ean=question.ean))
    return RefusalError(HTTPStatus.NOT_FOUND, _nothing(refused.reason, question, environment))


def _nothing(reason: Reason, question: EnergyQuestion, environment: EnvironmentName) -> str:
    why = _WHY[reason]
    if reason is Reason.NO_MANDATE and question.reference_number is not None:
        why += " with this reference number"
    return _NOTHING.format(ean=question.ean, why=why, missing=_MISSING[environment])
