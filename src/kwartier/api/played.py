"""What a sandbox plays: whose EANs are, mandates that are asked for and answered, the market, a contract (M2, M3, M5, I6)."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from kwartier.api.controlled import allowed, where
from kwartier.api.parameters import EAN_FILTER
from kwartier.api.played_models import (
    AskMandate,
    ContractAnswer,
    GiveHeadpoint,
    HeadpointsAnswer,
    MandateAnswer,
    MandatesAnswer,
    NameMandate,
    PlayContract,
    PlayScenario,
    ScenariosAnswer,
)
from kwartier.domain.ean import Ean
from kwartier.domain.played import Act
from kwartier.gateway.answers import json_answer
from kwartier.gateway.asked import Asked, Parameter, whole_number
from kwartier.gateway.bodies import read_body_of
from kwartier.gateway.context import JSON, Permission, needs
from kwartier.services.control import Control
from kwartier.services.played import PlayedMandate
from kwartier.services.played_listing import listed_headpoint, listed_mandate, listed_scenario
from kwartier.services.played_mandates import AskedMandate
from kwartier.wire import vocabulary
from kwartier.wire.timestamps import read_timestamp

__all__ = ["BODIES", "LISTED", "PLAYED"]

_MAX_LISTED: Final = 1000
LIMIT: Final = Parameter(
    "limit",
    whole_number(_MAX_LISTED),
    "How many mandates at most, the last made; left out: 100.",
    "100",
    whole=True,
)
LISTED: Final = (EAN_FILTER, LIMIT)
"""What the list of mandates can be narrowed by."""


@needs(Permission.CONTROL)
def get_headpoints(request: Request) -> Response:
    """List the EANs of which you said whose they are; all others are your own."""
    return _headpoints(*where(request))


@needs(Permission.CONTROL, takes=JSON)
def post_headpoints(request: Request) -> Response:
    """Let an EAN be another's, or your own again, for what is asked from now on."""
    control, client_id, now = where(request)
    asked = read_body_of(request, GiveHeadpoint.model_validate_json)
    allowed(lambda: control.world.give(client_id, Ean(asked.ean), asked.grid_user, now))
    return _headpoints(control, client_id, now)


@needs(Permission.CONTROL)
def get_mandates(request: Request) -> Response:
    """List your mandates: how they stand, what happened, what time will bring, and what can be done."""
    control, client_id, now = where(request)
    asked = Asked.in_query(request.scope["query_string"])
    ean, limit = asked.one(EAN_FILTER), asked.one(LIMIT)
    if not asked.is_faultless:
        raise asked.refusal()
    return _mandates(control.mandates.list_all(client_id, now, ean, 100 if limit is None else limit))


@needs(Permission.CONTROL, takes=JSON)
def post_mandates(request: Request) -> Response:
    """Ask for a mandate, as a portal user does: Approved at once for an EAN of your own, else Requested."""
    control, client_id, now = where(request)
    asked = read_body_of(request, AskMandate.model_validate_json)
    service = asked.data_service_type
    wanted = AskedMandate(
        ean=Ean(asked.ean),
        granularity=None if service is None else vocabulary.DATA_SERVICE_TYPE.read(service),
        data_from=_moment(asked.data_period_from),
        data_to=_moment(asked.data_period_to),
        reference_number=asked.reference_number,
    )
    return _mandate(allowed(lambda: control.mandates.ask(client_id, wanted, now)))


@needs(Permission.CONTROL)
def get_scenarios(request: Request) -> Response:
    """List the market scenarios that you registered."""
    control, client_id, now = where(request)
    told = [listed_scenario(one) for one in control.world.scenarios(client_id, now)]
    return json_answer({"data": {"scenarios": told}})


@needs(Permission.CONTROL, takes=JSON)
def post_scenarios(request: Request) -> Response:
    """Let something happen in the market: the grid user moves, say. Answers your mandates for the EAN."""
    control, client_id, now = where(request)
    asked = read_body_of(request, PlayScenario.model_validate_json)
    return _mandates(
        allowed(
            lambda: control.world.register(
                client_id,
                Ean(asked.ean),
                vocabulary.SCENARIO_KIND.read(asked.kind),
                now,
                effective=_moment(asked.effective_date),
                grid_user=asked.grid_user,
            )
        )
    )


@needs(Permission.CONTROL)
def get_contract(request: Request) -> Response:
    """Read how far your data access contract is played to be."""
    control, client_id, _ = where(request)
    return json_answer({"data": {"contract": control.world.contract(client_id).value}})


@needs(Permission.CONTROL, takes=JSON)
def put_contract(request: Request) -> Response:
    """Play that your data access contract is so far, to try the 403 of EANs of others."""
    control, client_id, _ = where(request)
    asked = read_body_of(request, PlayContract.model_validate_json)
    control.world.set_contract(client_id, asked.contract)
    return json_answer({"data": {"contract": asked.contract.value}})


_SAID: Final = {
    Act.CONSENT: "Have the grid user consent to what is open: the mandate, or its renewal.",
    Act.REFUSE: "Have the grid user refuse what is open: the mandate, or its renewal.",
    Act.END: "Have the grid user end a mandate: it is Finished.",
    Act.RENEW: "Ask for the renewal of a mandate: at once for an EAN of your own, else the grid user has to consent.",
    Act.REMOVE: "Remove a mandate, as a portal user does: it is seen nowhere any more.",
}


def _acting(act: Act) -> Callable[..., Response]:
    @needs(Permission.CONTROL, takes=JSON)
    def post_act(request: Request) -> Response:
        control, client_id, now = where(request)
        asked = read_body_of(request, NameMandate.model_validate_json)
        return _mandate(allowed(lambda: control.mandates.act(client_id, act, asked.mandate, now)))

    post_act.__doc__ = _SAID[act]
    return post_act


PLAYED: Final[tuple[tuple[str, str, Callable[..., Response], type[BaseModel]], ...]] = (
    ("GET", "/headpoints", get_headpoints, HeadpointsAnswer),
    ("POST", "/headpoints", post_headpoints, HeadpointsAnswer),
    ("GET", "/mandates", get_mandates, MandatesAnswer),
    ("POST", "/mandates", post_mandates, MandateAnswer),
    *(("POST", f"/mandates/{act.value}", _acting(act), MandateAnswer) for act in Act),
    ("GET", "/scenarios", get_scenarios, ScenariosAnswer),
    ("POST", "/scenarios", post_scenarios, MandatesAnswer),
    ("GET", "/contract", get_contract, ContractAnswer),
    ("PUT", "/contract", put_contract, ContractAnswer),
)
"""Method, path below the prefix, endpoint, and the shape of its answer."""

_NAMING: Final[dict[tuple[str, str], type[BaseModel]]] = {
    ("POST", f"/mandates/{act.value}"): NameMandate for act in Act
}
BODIES: Final[dict[tuple[str, str], type[BaseModel]]] = _NAMING | {
    ("POST", "/headpoints"): GiveHeadpoint,
    ("POST", "/mandates"): AskMandate,
    ("POST", "/scenarios"): PlayScenario,
    ("PUT", "/contract"): PlayContract,
}
"""The shape of the body, where one is taken."""


def _moment(text: str | None) -> datetime | None:
    return None if text is None else read_timestamp(text)


def _mandate(one: PlayedMandate) -> Response:
    return json_answer({"data": {"mandate": listed_mandate(one)}})


def _mandates(found: list[PlayedMandate]) -> Response:
    return json_answer({"data": {"mandates": [listed_mandate(one) for one in found]}})


def _headpoints(control: Control, client_id: str, now: datetime) -> Response:
    told = [listed_headpoint(one) for one in control.world.headpoints(client_id, now)]
    return json_answer({"data": {"headpoints": told}})
