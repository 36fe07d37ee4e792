"""The HTTP surface of the guide: an app per environment, and one for tokens."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI

from kwartier.api import examples, explained, models
from kwartier.api.control import AFTER, ENDPOINTS, LIMIT, NUMBER
from kwartier.api.control_models import Advance, SetClock
from kwartier.api.energy import get_energy, writes_arrow
from kwartier.api.health import get_health
from kwartier.api.journal_page import journal_pages
from kwartier.api.languages import LANGUAGES
from kwartier.api.mandates import get_mandate
from kwartier.api.mock import post_mock_mandate
from kwartier.api.parameters import ENERGY_PARAMETERS, MANDATE_PARAMETERS, MOCK_FIELDS
from kwartier.api.played import BODIES, LISTED, PLAYED
from kwartier.api.start_page import start_page
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.played import Act
from kwartier.gateway.documentation import (
    also,
    described,
    json_body,
    model_body,
    query,
    refusals,
    summary_of,
)
from kwartier.gateway.documented import Pages, documented_app
from kwartier.gateway.openapi import refusal
from kwartier.gateway.targets import Targets
from kwartier.gateway.token import Identity, get_authorization, get_discovery, get_keys, post_token
from kwartier.gateway.token_documentation import DISCOVERY, KEYS, TOKEN
from kwartier.services.control import Control
from kwartier.services.environment import Environment
from kwartier.services.state import SandboxState
from kwartier.services.state_v1 import FirstState
from kwartier.services.tokens import scope_of
from kwartier.wire import paths
from kwartier.wire.faults import FaultDocument
from kwartier.wire.frame import MEDIA_TYPE

__all__ = ["add_api"]


def add_api(
    targets: Targets,
    environments: Sequence[Environment],
    control: Control,
    identity: Identity,
    *,
    shows_messages: bool,
) -> None:
    """Add everything that the guide describes: an app per environment, what clients control, and one for tokens.

    Args:
        targets: where paths lead.
        environments: those that are served.
        control: what clients control of the sandbox, if that is among them.
        identity: who grants tokens.
        shows_messages: whether messages go nowhere, and are read in the browser.

    Raises:
        TypeError: an endpoint that declares no permission.
    """
    for environment in environments:
        is_sandbox = environment.name is EnvironmentName.SANDBOX
        controlled = control if is_sandbox else None
        for base_path in paths.BASE_PATHS[environment.name]:
            app = _environment_app(environment, base_path, identity)
            targets.add(app, base_path, environment, controlled)
        if is_sandbox:
            targets.add(_control_app(control, identity), paths.CONTROL, environment, control)
    # Its faults strike requests for tokens too; those of live clients find none.
    served = [one.name for one in environments]
    targets.add(_identity_app(identity, served, shows_messages=shows_messages), "", None, control)


_ABOUT: Final = {
    EnvironmentName.SANDBOX: "All mandates and readings here are fictitious. ",
    EnvironmentName.LIVE: "",
}


def _environment_app(environment: Environment, base_path: str, identity: Identity) -> FastAPI:
    app = documented_app(
        f"Kwartier {environment.name.value}",
        f"Metering data for professional users. {_ABOUT[environment.name]}"
        "Values are informative: technically validated or marked as not, never for billing or market processes.",
    )
    _get(
        app,
        paths.MANDATE,
        get_mandate,
        refusals([HTTPStatus.BAD_REQUEST])
        | {200: {"model": models.MandatesModel, **described(examples.MANDATES_ANSWER)}},
        query(MANDATE_PARAMETERS),
    )
    _get(
        app,
        paths.ENERGY,
        get_energy,
        refusals([HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND])
        | {200: {"model": models.EnergyModel, **_energy_described()}},
        query(ENERGY_PARAMETERS),
    )
    if environment.name is EnvironmentName.SANDBOX:
        app.add_api_route(
            paths.MOCK_MANDATE,
            post_mock_mandate,
            methods=["POST"],
            summary=summary_of(post_mock_mandate),
            response_model=None,
            responses=refusals([HTTPStatus.BAD_REQUEST])
            | {200: {"model": models.MockAnswerModel, **described(examples.MOCK_ANSWER)}},
            openapi_extra=json_body(MOCK_FIELDS, examples.MOCK_REQUESTS),
        )
    _get(app, paths.HEALTH, get_health, {200: {"model": models.HealthModel, **described({})}}, {})
    _add_pages(app, base_path, identity, scope_of(environment.name))
    return app


def _energy_described() -> dict[str, Any]:
    """The answer in both its forms; the second is there if its library is."""
    told = described(examples.energy_answers())
    if writes_arrow():
        told["content"] |= also(MEDIA_TYPE, _ABOUT_ARROW)
    return told


_ABOUT_ARROW: Final = (
    "An extension: the same values as a table in an Arrow IPC stream, a row for each value, to who likes it better than "
    "JSON. Refusals stay JSON."
)


def _get(
    app: FastAPI, path: str, endpoint: Any, responses: dict[int | str, dict[str, Any]], extra: dict[str, Any]
) -> None:
    app.add_api_route(
        path,
        endpoint,
        response_model=None,
        responses=responses,
        openapi_extra=extra,
        summary=summary_of(endpoint),
    )


def _control_app(control: Control, identity: Identity) -> FastAPI:
    app = documented_app(
        "Kwartier sandbox control",
        "What you control of your own sandbox, with the credentials of the sandbox: its clock, the life of mandates, faults on "
        "demand, reset, state and journal. Exempt from limits and faults.",
    )
    app.state.control, app.state.clock = control, identity.clock
    for method, path, endpoint, answer in (*ENDPOINTS, *PLAYED):
        app.add_api_route(
            path,
            endpoint,
            methods=[method],
            summary=summary_of(endpoint),
            response_model=None,
            responses=_REFUSED.get((method, path), {}) | {200: {"model": answer, **described({})}},
            openapi_extra=_EXTRAS.get((method, path)),
        )
    scope = scope_of(EnvironmentName.SANDBOX)
    _add_pages(app, paths.CONTROL, identity, scope)
    for path, page in journal_pages(paths.token_path(identity.tenant_id), scope).items():
        app.add_api_route(path, page, response_model=None, include_in_schema=False)
    return app


_EXTRAS: Final = {
    ("PUT", "/clock"): model_body(SetClock),
    ("POST", "/clock/advance"): model_body(Advance),
    ("POST", "/faults"): model_body(FaultDocument, or_list=True),
    ("DELETE", "/faults"): query([NUMBER]),
    ("GET", "/journal"): query([AFTER, LIMIT]),
    ("PUT", "/state"): model_body(SandboxState, FirstState),
    ("GET", "/mandates"): query(LISTED),
} | {operation: model_body(model) for operation, model in BODIES.items()}
_REFUSED: Final = {
    ("DELETE", "/faults"): refusals([HTTPStatus.BAD_REQUEST])
    | {int(HTTPStatus.NOT_FOUND): refusal("There is no fault of this number.")},
    ("GET", "/journal"): refusals([HTTPStatus.BAD_REQUEST]),
    ("GET", "/mandates"): refusals([HTTPStatus.BAD_REQUEST]),
    ("POST", "/mandates"): refusals([HTTPStatus.CONFLICT]),
    ("POST", "/scenarios"): refusals([HTTPStatus.CONFLICT]),
} | {
    ("POST", f"/mandates/{act.value}"): refusals([HTTPStatus.CONFLICT])
    | {int(HTTPStatus.NOT_FOUND): refusal("You have no such mandate.")}
    for act in Act
}


def _add_pages(app: FastAPI, base_path: str, identity: Identity, scope: str) -> None:
    Pages(identity, LANGUAGES, {scope: "this environment"}, explained.BODIES).add(app, base_path)


def _identity_app(identity: Identity, served: Sequence[EnvironmentName], *, shows_messages: bool) -> FastAPI:
    app = documented_app(
        "Kwartier tokens", "Tokens for every environment, and the keys with which they are checked."
    )
    app.state.identity = identity
    tenant = identity.tenant_id
    links = [
        (f"The {name.value} API, to read and to try", paths.BASE_PATHS[name][0] + paths.SWAGGER)
        for name in served
    ]
    if EnvironmentName.SANDBOX in served:
        links += [
            (
                "The control of your sandbox: clock, mandates, faults, reset, state",
                paths.CONTROL + paths.SWAGGER,
            ),
            ("The journal of your sandbox", f"{paths.CONTROL}/journal.html"),
        ]
    if EnvironmentName.LIVE in served:
        links.append(("The backoffice, for who runs the platform", paths.BACKOFFICE + paths.SWAGGER))
    if shows_messages:
        links.append(("The messages to people, which go nowhere here", paths.DEVELOPMENT_OUTBOX))
    links.append(("Tokens", paths.SWAGGER))
    app.add_api_route("/", start_page(links), response_model=None, include_in_schema=False)
    for path, endpoint, told in (
        (paths.token_path(tenant), post_token, TOKEN | {"methods": ["POST"]}),
        (paths.jwks_path(tenant), get_keys, KEYS),
        (paths.discovery_path(tenant), get_discovery, DISCOVERY),
    ):
        app.add_api_route(path, endpoint, response_model=None, summary=summary_of(endpoint), **told)
    app.add_api_route(
        paths.authorization_path(tenant), get_authorization, response_model=None, include_in_schema=False
    )
    _add_pages(app, "", identity, scope_of(served[0]))
    return app
