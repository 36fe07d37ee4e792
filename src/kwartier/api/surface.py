"""The whole HTTP surface: an app per environment, one for tokens, and the gateway before them."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import ASGIApp

from kwartier import __version__
from kwartier.api import examples, models
from kwartier.api.context import declared_by
from kwartier.api.control import AFTER, ENDPOINTS, LIMIT, NUMBER
from kwartier.api.control_models import Advance, SetClock
from kwartier.api.documentation import (
    described,
    document_pages,
    json_body,
    model_body,
    openapi_document,
    query,
    refusals,
    summary_of,
)
from kwartier.api.energy import get_energy
from kwartier.api.entrance import Entrance, Target
from kwartier.api.gateway import Gateway
from kwartier.api.health import get_health
from kwartier.api.journal_page import journal_pages
from kwartier.api.limits import RateLimiter
from kwartier.api.mandates import get_mandate
from kwartier.api.mock import post_mock_mandate
from kwartier.api.parameters import ENERGY_PARAMETERS, MANDATE_PARAMETERS, MOCK_FIELDS
from kwartier.api.start_page import start_page
from kwartier.api.token import Identity, get_discovery, get_keys, post_token
from kwartier.domain.credentials import EnvironmentName
from kwartier.services.authentication import Authenticator
from kwartier.services.control import Control
from kwartier.services.environment import Environment
from kwartier.services.state import SandboxState
from kwartier.services.tokens import scope_of
from kwartier.wire import paths
from kwartier.wire.faults import FaultDocument

__all__ = ["surface"]

_EVERYWHERE: Final = (
    HTTPStatus.REQUEST_URI_TOO_LONG,
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    HTTPStatus.INTERNAL_SERVER_ERROR,
)
_ASKING: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.TOO_MANY_REQUESTS,
    *_EVERYWHERE,
)


def surface(
    sandbox: Environment,
    control: Control,
    identity: Identity,
    authenticator: Authenticator,
    limiter: RateLimiter,
) -> ASGIApp:
    """Everything that is served, as one ASGI app.

    Raises:
        TypeError: an endpoint that declares no permission.
    """
    targets: dict[str, dict[str, Target]] = {}
    for base_path in paths.BASE_PATHS[sandbox.name]:
        app = _environment_app(sandbox, base_path, identity)
        _add_targets(targets, app, base_path, sandbox, control)
    _add_targets(targets, _control_app(control, identity), paths.CONTROL, sandbox, control)
    _add_targets(targets, _identity_app(identity), "", None, control)
    return Gateway(targets, Entrance(authenticator, limiter), identity.clock)


def _add_targets(
    targets: dict[str, dict[str, Target]],
    app: FastAPI,
    base_path: str,
    environment: Environment | None,
    control: Control | None,
) -> None:
    for route in app.routes:
        if not isinstance(route, Route):
            raise TypeError(f"{route} is no route of an endpoint")
        by_method = targets.setdefault((base_path + route.path).lower(), {})
        for method in route.methods or ():
            by_method[method] = Target(app, route.endpoint, declared_by(route.endpoint), environment, control)


def _app(title: str, description: str = "") -> FastAPI:
    """An app that documents its endpoints; the gateway calls them itself."""
    return FastAPI(
        title=title,
        version=__version__,
        description=description,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )


def _environment_app(environment: Environment, base_path: str, identity: Identity) -> FastAPI:
    app = _app(
        f"Kwartier {environment.name.value}",
        "Metering data for professional users. All mandates and readings here are fictitious. "
        "Values are informative: technically validated or marked as not, never for billing or market processes.",
    )
    _get(
        app,
        paths.MANDATE,
        get_mandate,
        refusals(_ASKING) | {200: {"model": models.MandatesModel, **described(examples.MANDATES_ANSWER)}},
        query(MANDATE_PARAMETERS),
    )
    _get(
        app,
        paths.ENERGY,
        get_energy,
        refusals([*_ASKING, HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN])
        | {200: {"model": models.EnergyModel, **described(examples.ENERGY_ANSWERS)}},
        query(ENERGY_PARAMETERS),
    )
    app.add_api_route(
        paths.MOCK_MANDATE,
        post_mock_mandate,
        methods=["POST"],
        response_model=None,
        responses=refusals([*_ASKING, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE])
        | {200: {"model": models.MockAnswerModel, **described(examples.MOCK_ANSWER)}},
        openapi_extra=json_body(MOCK_FIELDS, examples.MOCK_REQUESTS),
    )
    _get(app, paths.HEALTH, get_health, refusals(_EVERYWHERE) | {200: {"model": models.HealthModel}}, {})
    _add_pages(app, base_path, identity, scope_of(environment.name))
    return app


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
    app = _app(
        "Kwartier sandbox control",
        "What you control of your own sandbox, with the credentials of the sandbox: its clock, faults on demand, reset, "
        "state and journal. Exempt from limits and faults.",
    )
    app.state.control, app.state.clock = control, identity.clock
    for method, path, endpoint, answer in ENDPOINTS:
        app.add_api_route(
            path,
            endpoint,
            methods=[method],
            summary=summary_of(endpoint),
            response_model=None,
            responses=refusals([HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, *_EVERYWHERE])
            | {200: {"model": answer}},
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
    ("POST", "/faults"): model_body(FaultDocument),
    ("DELETE", "/faults"): query([NUMBER]),
    ("GET", "/journal"): query([AFTER, LIMIT]),
    ("PUT", "/state"): model_body(SandboxState),
}


def _add_pages(app: FastAPI, base_path: str, identity: Identity, scope: str) -> None:
    token_address = identity.public_address + paths.token_path(identity.tenant_id)
    document = openapi_document(app, base_path, token_address, scope)
    for path, endpoint in document_pages(app, document, scope).items():
        app.add_api_route(path, endpoint, response_model=None, include_in_schema=False)


def _identity_app(identity: Identity) -> FastAPI:
    app = _app("Kwartier tokens")
    app.state.identity = identity
    tenant = identity.tenant_id
    links = [
        (
            "The sandbox's API, to read and to try",
            paths.BASE_PATHS[EnvironmentName.SANDBOX][0] + paths.SWAGGER,
        ),
        ("The control of your sandbox: clock, faults, reset, state", paths.CONTROL + paths.SWAGGER),
        ("The journal of your sandbox", f"{paths.CONTROL}/journal.html"),
    ]
    app.add_api_route("/", start_page(links), response_model=None)
    app.add_api_route(paths.token_path(tenant), post_token, methods=["POST"], response_model=None)
    app.add_api_route(paths.jwks_path(tenant), get_keys, response_model=None)
    app.add_api_route(paths.discovery_path(tenant), get_discovery, response_model=None)
    return app
