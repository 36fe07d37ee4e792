"""Where paths lead: exact ones, and those whose last part is a name of the caller's."""

from typing import Final

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from kwartier.gateway.context import Permission, needs
from kwartier.gateway.targets import Targets


@needs(Permission.NOTHING)
def endpoint(_request: Request) -> Response:
    """Answer."""
    return Response()


def made() -> Targets:
    """Some paths below a base path."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    for path in ("/Things", "/things/{name}", "/things/known"):
        app.add_api_route(path, endpoint, response_model=None)
    targets = Targets()
    targets.add(app, "/base")
    return targets


TARGETS: Final = made()


@pytest.mark.parametrize(
    ("path", "declared", "named"),
    [
        ("/base/things", "/base/things", {}),
        ("/BASE/THINGS/", "/base/things", {}),
        ("/base/things/Known", "/base/things/known", {}),
        ("/base/things/aB9", "/base/things/{name}", {"name": "aB9"}),
        ("/Base/Things/aB9/", "/base/things/{name}", {"name": "aB9"}),
        ("/base/things/{name}", "/base/things/{name}", {"name": "{name}"}),
        ("/base/things/{other}", "/base/things/{name}", {"name": "{other}"}),
    ],
)
def test_a_path_leads_to_what_was_declared(path: str, declared: str, named: dict[str, str]) -> None:
    """C7: case and a slash at the end count for nothing, but in a name of the caller's, which stays as it is."""
    found = TARGETS.find(path)
    assert found is not None
    assert (found.path, dict(found.named)) == (declared, named)
    assert found.by_method.keys() == {"GET"}


@pytest.mark.parametrize(
    "path", ["/", "", "/base", "/base/things/a/b", "/base/other/a", "//things/a", "/things/a"]
)
def test_other_paths_lead_nowhere(path: str) -> None:
    """A name is one part of a path, and only where it was declared."""
    assert TARGETS.find(path) is None
