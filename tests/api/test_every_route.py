"""Every refusal in its order, on every route that there is: none is forgotten when a route is added."""

from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

import httpx
import pytest
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.operators import OperatorScope
from kwartier.gateway.context import Permission, declared_by
from kwartier.gateway.gateway import Gateway
from kwartier.gateway.targets import Target, Targets
from kwartier.telemetry.requests import Watching
from kwartier.wire import paths
from support.engines import Template
from support.office import Office
from support.platform import Client, Platform, assert_refused, new_platform

_BODIES: Final = {"application/json": b"{}", "application/x-www-form-urlencoded": b""}


class _Nowhere:
    """Lets nobody in."""

    def admits(self, address: object) -> bool:
        """No."""
        del address
        return False


def gateway(platform: Platform) -> Gateway:
    """The gateway of a platform."""
    assert isinstance(platform.app, Watching)
    assert isinstance(platform.app._app, Gateway)
    return platform.app._app


def routes(platform: Platform) -> list[tuple[str, str, Target]]:
    """Every method of every path."""
    found = [
        (method, path, target)
        for path, methods in gateway(platform)._targets.by_path.items()
        for method, target in methods.items()
    ]
    assert len(found) > 40
    return found


def needing(platform: Platform, *permissions: Permission) -> list[tuple[str, str, Target]]:
    """The routes that need something."""
    found = [one for one in routes(platform) if one[2].declared.permission in permissions]
    assert len(found) > 8
    return found


def ask(
    platform: Platform, method: str, path: str, target: Target, headers: dict[str, str]
) -> httpx.Response:
    """Ask for a route, with a body that its head says nothing against."""
    media_type = next(iter(target.declared.streams), target.declared.takes)
    sent = headers if media_type is None else headers | {"Content-Type": media_type}
    return platform.http.request(method, path, headers=sent, content=_BODIES.get(media_type or "", b""))


@pytest.fixture
def strict(template: Template, portal: BlockingPortal) -> Iterator[Platform]:
    """A platform where a subscription may ask once a minute."""
    with new_platform(template, portal, rate_limit=1) as platform:
        yield platform


@pytest.fixture
def clients(strict: Platform) -> dict[EnvironmentName, Client]:
    """Somebody with credentials for each environment."""
    return {name: strict.client(name) for name in EnvironmentName}


def whose(clients: dict[EnvironmentName, Client], target: Target) -> Client:
    """Whose credentials a route needs."""
    assert target.environment is not None
    return clients[target.environment.name]


_HERE_ALONE: Final = {paths.DEVELOPMENT_OUTBOX}
_ASKING: Final = (Permission.SUBSCRIPTION, Permission.CONTROL)


def test_first_comes_from_where(strict: Platform, clients: dict[EnvironmentName, Client]) -> None:
    """C3, C5: from outside nothing is served but what everybody may see, whatever else is wrong or right."""
    entrance = gateway(strict)._working._entrance
    gateway(strict)._working._entrance = replace(entrance, geography=_Nowhere())
    guarded = {(method, path) for method, path, _ in needing(strict, *_ASKING, Permission.OPERATOR)}
    refused = set()
    for method, path, target in routes(strict):
        headers = whose(clients, target).headers if target.environment is not None else {}
        answer = ask(strict, method, path, target, headers)
        if answer.status_code == HTTPStatus.FORBIDDEN:
            assert_refused(answer, HTTPStatus.FORBIDDEN, "European Economic Area")
            assert "ratelimit-limit" not in answer.headers
            refused.add((method, path))
        else:
            # A page that is open to the world has nothing behind a link that nobody was given.
            expected = HTTPStatus.NOT_FOUND if path.endswith("}") or path in _HERE_ALONE else HTTPStatus.OK
            if path == paths.authorization_path(strict.settings.tenant_id):
                expected = HTTPStatus.BAD_REQUEST  # nobody signs in there
            assert answer.status_code == expected, (method, path, answer.text)
            assert target.declared.permission is Permission.NOTHING
    assert guarded < refused
    assert ("POST", strict.token_path.lower()) in refused


def test_then_the_subscription_key(strict: Platform, clients: dict[EnvironmentName, Client]) -> None:
    """C2, C5: without a key, with an unknown one and with another environment's: 401 with a challenge."""
    for method, path, target in needing(strict, *_ASKING):
        good = whose(clients, target).headers
        other = next(one for one in clients.values() if one is not whose(clients, target)).headers
        for key in ({}, {"Subscription-Key": "0" * 64}, {"Subscription-Key": other["Subscription-Key"]}):
            answer = ask(strict, method, path, target, {"Authorization": good["Authorization"]} | key)
            assert_refused(answer, HTTPStatus.UNAUTHORIZED, "subscription key")
            assert answer.headers["www-authenticate"] == 'Bearer realm="kwartier"'
            assert "ratelimit-limit" not in answer.headers


def test_then_the_token(strict: Platform, clients: dict[EnvironmentName, Client]) -> None:
    """C2, C5: with a good key, and no token, a bad one, or another's: 401 with a challenge."""
    stranger = strict.client(EnvironmentName.SANDBOX)
    for method, path, target in needing(strict, *_ASKING):
        key = {"Subscription-Key": whose(clients, target).headers["Subscription-Key"]}
        bearers: list[dict[str, str]] = [
            {},
            {"Authorization": "Bearer nonsense"},
            {"Authorization": stranger.headers["Authorization"]},
        ]
        for bearer in bearers:
            answer = ask(strict, method, path, target, key | bearer)
            assert_refused(answer, HTTPStatus.UNAUTHORIZED, "token")
            assert answer.headers["www-authenticate"].startswith("Bearer")


def test_an_operator_needs_a_token_and_its_scope(
    strict: Platform, clients: dict[EnvironmentName, Client]
) -> None:
    """C2, C5: every operation of the backoffice is 401 without an operator's token, and 403 without the scope it needs."""
    for method, path, target in needing(strict, Permission.OPERATOR):
        bearers: list[dict[str, str]] = [
            {},
            {"Authorization": "Bearer nonsense"},
            *({"Authorization": client.headers["Authorization"]} for client in clients.values()),
        ]
        for bearer in bearers:
            answer = ask(strict, method, path, target, bearer)
            assert_refused(answer, HTTPStatus.UNAUTHORIZED, "token")
            assert answer.headers["www-authenticate"].startswith("Bearer")
    for scope in OperatorScope:
        others = Office(strict, set(OperatorScope) - {scope}).headers
        without = [
            ask(strict, method, path, target, others)
            for method, path, target in needing(strict, Permission.OPERATOR)
            if target.declared.scope is scope
        ]
        assert without
        for answer in without:
            assert_refused(answer, HTTPStatus.FORBIDDEN, scope.value)


def test_then_the_limit(strict: Platform, clients: dict[EnvironmentName, Client]) -> None:
    """C4, C5: who has asked as often as he may gets 429 with when to go on, before a fault of his request is told."""
    for name, client in clients.items():
        assert client.ask("GET", paths.MANDATE).status_code == HTTPStatus.OK
        for method, path, target in needing(strict, Permission.SUBSCRIPTION):
            if target.environment is None or target.environment.name is not name:
                continue
            answer = ask(strict, method, path, target, client.headers)
            assert_refused(answer, HTTPStatus.TOO_MANY_REQUESTS, "requests a minute")
            assert 0 < int(answer.headers["retry-after"]) <= 60
            assert (answer.headers["ratelimit-limit"], answer.headers["ratelimit-remaining"]) == ("1", "0")


def test_then_what_is_asked(template: Template, portal: BlockingPortal) -> None:
    """C5, C6: where something can be wrong with what is asked, it is 400 with everything that is wrong, and the limit told."""
    wrong: dict[str, Any] = {
        paths.MANDATE: {"params": {"status": "x", "ean": "1"}},
        paths.ENERGY: {"params": {"ean": "1"}},
        paths.MOCK_MANDATE: {"json": {"ean": "1"}},
    }
    with new_platform(template, portal) as platform:
        seen = set()
        for method, path, target in needing(platform, Permission.SUBSCRIPTION):
            assert target.environment is not None
            base = next(
                one for one in paths.BASE_PATHS[target.environment.name] if path.startswith(one.lower())
            )
            [below] = [name for name in wrong if path == (base + name).lower()]
            client = platform.client(target.environment.name)
            answer = client.ask(method, below, base=base, **wrong[below])
            body = assert_refused(answer, HTTPStatus.BAD_REQUEST)
            assert len(body["ValidationErrorMessages"]) >= 2
            assert int(answer.headers["ratelimit-remaining"]) < int(answer.headers["ratelimit-limit"])
            seen.add(below)
    assert seen == set(wrong)


def test_no_answer_to_credentials_is_kept(template: Template, portal: BlockingPortal) -> None:
    """C6, A2: whatever is answered where credentials are needed, and at the token endpoint, is kept by nobody on the way."""
    with new_platform(template, portal) as platform:
        clients = {name: platform.client(name) for name in EnvironmentName}
        office = Office(platform, set(OperatorScope)).headers
        statuses = set()
        for method, path, target in needing(platform, *_ASKING, Permission.OPERATOR):
            headers = office if target.environment is None else whose(clients, target).headers
            for sent in (headers, {}, headers | {"Content-Type": "text/plain"}):
                answer = ask(platform, method, path, target, sent)
                statuses.add(answer.status_code)
                assert "no-store" in answer.headers["cache-control"], (method, path, answer.status_code)
        assert {200, 400, 401, 404} <= statuses
        for form in (
            {},
            {"grant_type": "password"},
            {"grant_type": "client_credentials", "client_id": "x", "client_secret": "x"},
        ):
            assert "no-store" in platform.http.post(platform.token_path, data=form).headers["cache-control"]


def test_a_route_that_declares_nothing_is_not_served() -> None:
    """C5: a route without a declared permission fails at start, and is never open by mistake."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    def forgotten(_request: Request) -> Response:
        return Response()

    app.add_api_route("/forgotten", forgotten, response_model=None)
    with pytest.raises(TypeError, match="declares no permission"):
        declared_by(forgotten)
    with pytest.raises(TypeError, match="declares no permission"):
        Targets().add(app)
