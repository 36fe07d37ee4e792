"""The OpenAPI document of an environment, and the Swagger page that shows it (C8)."""

import json
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from kwartier.api.asked import Parameter
from kwartier.api.context import Permission, declared_by, needs
from kwartier.api.models import ErrorModel, schema_of
from kwartier.wire import paths

__all__ = [
    "described",
    "document_pages",
    "json_body",
    "model_body",
    "openapi_document",
    "page_policy",
    "query",
    "refusals",
    "summary_of",
]

_FOLDER: Final = paths.SWAGGER.rpartition("/")[0]
_ASSETS: Final = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
_SECURITY: Final[list[dict[str, list[str]]]] = [
    {"credentials": [], "subscriptionKey": []},
    {"bearer": [], "subscriptionKey": []},
]

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="swagger-ui-bundle.js"></script>
<script src="start.js"></script>
</body>
</html>
"""
_START: Final = """SwaggerUIBundle({
  url: "v1/swagger.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  tryItOutEnabled: true,
  validatorUrl: null,
}).initOAuth({ scopes: "{scope}" });
"""


def page_policy(*, inline_styles: bool) -> dict[str, str]:
    """Headers of a page that loads nothing from elsewhere and runs no inline script; Swagger UI sets inline styles."""
    styles = " 'unsafe-inline'" if inline_styles else ""
    return {
        "content-security-policy": f"default-src 'none'; script-src 'self'; style-src 'self'{styles}; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }


_POLICY: Final = page_policy(inline_styles=True)

_REFUSED: Final = {
    HTTPStatus.BAD_REQUEST: "Parameters are wrong or missing; all of them are named.",
    HTTPStatus.UNAUTHORIZED: "The subscription key or the token is missing, wrong or expired.",
    HTTPStatus.FORBIDDEN: "The credentials do not cover this EAN: a contract or their renewal is missing.",
    HTTPStatus.NOT_FOUND: "No mandate gives this EAN, period and granularity.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "Path and query are too long.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is of another media type.",
    HTTPStatus.TOO_MANY_REQUESTS: "More requests than the rate limit allows; `Retry-After` says when to go on.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The headers are too large.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something failed on the server's side.",
}


def refusals(statuses: Iterable[HTTPStatus]) -> dict[int | str, dict[str, Any]]:
    """The refusals that an endpoint can give."""
    return {int(status): {"model": ErrorModel, "description": _REFUSED[status]} for status in statuses}


def query(parameters: Iterable[Parameter[Any]]) -> dict[str, Any]:
    """Query parameters as OpenAPI has them."""
    return {
        "parameters": [
            {
                "name": parameter.name,
                "in": "query",
                "required": parameter.required,
                "description": parameter.description,
                "schema": schema_of(parameter),
                # Without an example of their own, optional ones stay empty in "try it".
                **({"example": _example(parameter)} if parameter.required else {}),
            }
            for parameter in parameters
        ]
    }


def json_body(fields: Iterable[Parameter[Any]], examples: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """A JSON body of texts as OpenAPI has it."""
    fields = list(fields)
    schema = {
        "type": "object",
        "required": [field.name for field in fields if field.required],
        "properties": {field.name: schema_of(field) | {"description": field.description} for field in fields},
    }
    content = {"schema": schema, "examples": {name: {"value": value} for name, value in examples.items()}}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def model_body(model: type[BaseModel]) -> dict[str, Any]:
    """A JSON body of a model as OpenAPI has it."""
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": model.model_json_schema()}},
        }
    }


def summary_of(endpoint: Callable[..., object]) -> str:
    """The first sentence of what an endpoint says of itself."""
    return (endpoint.__doc__ or "").partition("\n")[0].rstrip(".")


def _example(parameter: Parameter[Any]) -> str | list[str]:
    return [parameter.example] if parameter.many else parameter.example


def described(examples: Mapping[str, object]) -> dict[str, Any]:
    """A successful answer with examples, by what they show."""
    return {
        "description": "The answer.",
        "content": {
            "application/json": {"examples": {name: {"value": value} for name, value in examples.items()}}
        },
    }


def openapi_document(app: FastAPI, base_path: str, token_address: str, scope: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of an environment.

    Args:
        app: the environment's app.
        base_path: where it is served.
        token_address: where tokens are got.
        scope: the scope to ask for.
    """
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    document["servers"] = [{"url": base_path}]
    document["components"]["securitySchemes"] = {
        "credentials": {
            "type": "oauth2",
            "description": "Client id and client secret: the page gets the token itself. The subscription key, below, is "
            "needed as well.",
            "flows": {
                "clientCredentials": {"tokenUrl": token_address, "scopes": {scope: "this environment"}}
            },
        },
        "bearer": {"type": "http", "scheme": "bearer", "description": "A token that you got yourself."},
        "subscriptionKey": {
            "type": "apiKey",
            "in": "header",
            "name": "Ocp-Apim-Subscription-Key",
            "description": "Read from the header Subscription-Key too. Needed beside a token.",
        },
    }
    for route in app.routes:
        if isinstance(route, APIRoute) and declared_by(route.endpoint).permission is not Permission.NOTHING:
            for method in route.methods or ():
                document["paths"][route.path][method.lower()]["security"] = _SECURITY
    return document


def document_pages(
    app: FastAPI, document: dict[str, Any], scope: str
) -> dict[str, Callable[[Request], Response]]:
    """The pages around the document, by their path below the base path."""
    page = _PAGE.replace("{name}", app.title)
    start = _START.replace("{scope}", scope)

    @needs(Permission.NOTHING)
    def get_page(_request: Request) -> Response:
        return HTMLResponse(page, headers=_POLICY)

    @needs(Permission.NOTHING)
    def get_start(_request: Request) -> Response:
        return Response(start, media_type="text/javascript", headers=_POLICY)

    encoded = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()

    @needs(Permission.NOTHING)
    def get_document(_request: Request) -> Response:
        return Response(encoded, media_type="application/json", headers=_POLICY)

    pages: dict[str, Callable[[Request], Response]] = {
        paths.SWAGGER: get_page,
        paths.OPENAPI: get_document,
        f"{_FOLDER}/start.js": get_start,
    }
    for name, media_type in _ASSETS.items():
        pages[f"{_FOLDER}/{name}"] = _asset(name, media_type)
    return pages


def _asset(name: str, media_type: str) -> Callable[[Request], Response]:
    @needs(Permission.NOTHING)
    def get_asset(_request: Request) -> Response:
        content = (files("fastapi_swagger") / "resources" / name).read_bytes()
        return Response(content, media_type=media_type, headers=_POLICY | {"cache-control": "max-age=86400"})

    return get_asset
