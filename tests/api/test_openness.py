"""What is open to anybody, and that all else is not."""

from http import HTTPStatus
from typing import Final, NoReturn

import pytest

from kwartier.db.engine import Database
from kwartier.gateway.gateway import Gateway
from kwartier.gateway.targets import Target
from kwartier.wire import paths
from support.platform import Platform, assert_refused

_PAGES: Final = {
    f"/swagger/{name}"
    for name in (
        "index.html",
        "index.nl.html",
        "start.js",
        "start.nl.js",
        "swagger-ui.css",
        "swagger-ui-bundle.js",
        "v1/swagger.json",
        "v1/swagger.nl.json",
    )
}
_BASES: Final = [base for bases in paths.BASE_PATHS.values() for base in bases]
_LINK: Final = "/consent/{token}"
# Open, and yet nothing is found by who has no link, or does not ask from the machine itself.
_BY_NAME: Final = {_LINK, paths.DEVELOPMENT_OUTBOX, f"{paths.DEVELOPMENT_OUTBOX}/{{message_id}}"}
_CONTROL: Final = {"/ready", "/journal.html", "/journal.css", "/journal.js"}


def _open(platform: Platform) -> set[tuple[str, str]]:
    """What anybody may ask: pages, health, tokens and keys."""
    tenant = platform.settings.tenant_id
    got = {base + path for base in (*_BASES, paths.CONTROL, paths.BACKOFFICE, "") for path in _PAGES}
    got |= {base + paths.HEALTH for base in _BASES}
    got |= {paths.CONTROL + path for path in _CONTROL}
    got |= {"/", "/portal.css", paths.jwks_path(tenant), paths.discovery_path(tenant), *_BY_NAME}
    got.add(paths.authorization_path(tenant))
    return {("GET", path) for path in got} | {("POST", paths.token_path(tenant)), ("POST", _LINK)}


def _served(platform: Platform) -> dict[tuple[str, str], Target]:
    """Every path that is served, with each method that it takes, and where it leads."""
    app = platform.app
    while not isinstance(app, Gateway):
        app = app._app  # type: ignore[attr-defined]  # what stands around the gateway
    return {
        (method, path): target
        for path, methods in app._targets.by_path.items()
        for method, target in methods.items()
    }


def test_what_is_answered_without_a_thread_asks_no_database(
    fresh_platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C6: nobody else would be served while a page waits for a database that is slow, or away."""

    def asked(*_: object) -> NoReturn:
        raise AssertionError("the database is asked")

    without = {path for (_, path), one in _served(fresh_platform).items() if one.declared.asks_nothing}
    for way in ("reading", "glancing", "writing", "noting"):
        monkeypatch.setattr(Database, way, asked)
    monkeypatch.setattr(Database, "quick", property(asked))
    assert {base + paths.HEALTH for base in _BASES} < without
    for path in without:
        assert fresh_platform.http.get(path).status_code < HTTPStatus.INTERNAL_SERVER_ERROR, path


def _media_type(target: Target) -> str:
    """A media type that a path takes."""
    return next(iter(target.declared.streams), target.declared.takes or "application/json")


@pytest.mark.parametrize("shown", ["nothing", "rubbish"])
def test_only_what_is_meant_to_be_open_is(platform: Platform, shown: str) -> None:
    """C5: without credentials, or with wrong ones, all that is served is 401 but pages, links, health, tokens and keys."""
    rubbish = {"Authorization": "Bearer e30.e30.e30", "Ocp-Apim-Subscription-Key": "x"}
    headers = rubbish if shown == "rubbish" else {}
    is_open = _open(platform)
    served = _served(platform)
    assert is_open <= served.keys()
    closed = served.keys() - is_open
    assert len(closed) > 15
    for method, path in sorted(closed):
        sent = headers | {"Content-Type": _media_type(served[method, path])}
        answer = platform.http.request(
            method, path, headers=sent, content=b"{}" if method in {"POST", "PUT"} else None
        )
        assert_refused(answer, HTTPStatus.UNAUTHORIZED)
        assert answer.headers["www-authenticate"].startswith("Bearer ")
    for method, path in sorted(is_open):
        answer = platform.http.request(method, path)
        expected = HTTPStatus.NOT_FOUND if path in _BY_NAME else HTTPStatus.OK
        if path == paths.authorization_path(platform.settings.tenant_id):
            expected = HTTPStatus.BAD_REQUEST
        if method == "POST":
            expected = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        assert answer.status_code == expected, f"{method} {path}"
