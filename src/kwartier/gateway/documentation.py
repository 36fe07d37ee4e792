"""The OpenAPI document of an environment (C8)."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final, Union

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter

from kwartier.gateway.asked import Parameter
from kwartier.gateway.context import Permission, declared_by
from kwartier.gateway.openapi import REFUSED, Explained, complete, refusal

__all__ = [
    "also",
    "described",
    "json_body",
    "model_body",
    "openapi_document",
    "query",
    "refusals",
    "stream_body",
    "summary_of",
]

_SECURITY: Final[list[dict[str, list[str]]]] = [
    {"credentials": [], "subscriptionKey": []},
    {"bearer": [], "subscriptionKey": []},
]

_CLIENTS: Final = "Client id and client secret: the page gets the token itself. The subscription key, below, is needed as well."
_OPERATORS: Final = "Client id and client secret of an operator: the page gets the token itself."
_NOTHING: Final[Explained] = {}
_METHODS: Final = "`HEAD` is answered wherever `GET` is, and `OPTIONS` everywhere."


def refusals(statuses: Iterable[HTTPStatus]) -> dict[int | str, dict[str, Any]]:
    """The refusals that an endpoint can give itself; those that come before it are added to every operation."""
    return {int(status): refusal(REFUSED[status]) for status in statuses}


def query(parameters: Iterable[Parameter[Any]]) -> dict[str, Any]:
    """Query parameters as OpenAPI has them."""
    return {
        "parameters": [
            {
                "name": parameter.name,
                "in": "query",
                "required": parameter.required,
                "description": parameter.description,
                "schema": _schema_of(parameter),
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
        "properties": {
            field.name: _schema_of(field) | {"description": field.description} for field in fields
        },
    }
    content = {"schema": schema, "examples": _examples(examples)}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def model_body(*models: type[BaseModel], or_list: bool = False) -> dict[str, Any]:
    """A JSON body of one of some models, or of a list of them too, as OpenAPI has it."""
    one: Any = Union[models]  # noqa: UP007 - of as many as there are
    schema = TypeAdapter(one | list[one] if or_list else one).json_schema(
        ref_template="#/components/schemas/{model}"
    )
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def stream_body(media_types: Iterable[str]) -> dict[str, Any]:
    """A body of any length, of one of some media types, as OpenAPI has it."""
    content = {one: {"schema": {"type": "string", "format": "binary"}} for one in media_types}
    return {"requestBody": {"required": True, "content": content}}


def summary_of(endpoint: Callable[..., object]) -> str:
    """The first sentence of what an endpoint says of itself."""
    return (endpoint.__doc__ or "").partition("\n")[0].rstrip(".")


def _schema_of(parameter: Parameter[Any]) -> dict[str, Any]:
    """The JSON schema of a parameter's value."""
    schema: dict[str, Any] = {"type": "integer" if parameter.whole else "string"}
    if parameter.allowed:
        schema["enum"] = list(parameter.allowed)
    if parameter.timestamp:
        schema |= {"format": "date-time"}
    if parameter.name == "ean":
        schema["pattern"] = "^[0-9]{18}$"
    return {"type": "array", "items": schema, "maxItems": 2} if parameter.many else schema


def _examples(examples: Mapping[str, object]) -> dict[str, Any]:
    """Examples by number, each with what it shows: a name for people is no key."""
    return {
        str(number): {"summary": name, "value": value}
        for number, (name, value) in enumerate(examples.items(), start=1)
    }


def _example(parameter: Parameter[Any]) -> str | list[str]:
    return [parameter.example] if parameter.many else parameter.example


def described(examples: Mapping[str, object]) -> dict[str, Any]:
    """A successful answer with examples, by what they show."""
    told = {"content": {"application/json": {"examples": _examples(examples)}}} if examples else {}
    return {"description": "The answer.", **told}


def also(media_type: str, meaning: str) -> dict[str, Any]:
    """Another form in which the same answer is given, in bytes, to who asks for it with `Accept`."""
    schema = {"type": "string", "contentMediaType": media_type, "description": meaning}
    return {media_type: {"schema": schema}}


def openapi_document(
    app: FastAPI,
    base_path: str,
    token_address: str,
    scopes: Mapping[str, str],
    explained: Explained = _NOTHING,
) -> dict[str, Any]:
    """The OpenAPI 3.1 document of an app, in English.

    Args:
        app: an environment's, or another's.
        base_path: where it is served.
        token_address: where tokens are got.
        scopes: those to ask for, and what each is.
        explained: fields of shapes that say nothing of themselves, by shape and field.
    """
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=f"{app.description} {_METHODS}".lstrip(),
        routes=app.routes,
    )
    document["servers"] = [{"url": base_path or "/"}]
    declared = {
        (route.path, method.lower()): declared_by(route.endpoint)
        for route in app.routes
        if isinstance(route, APIRoute) and route.include_in_schema
        for method in route.methods or ()
    }
    complete(document, declared, explained)
    document["components"]["securitySchemes"] = _security_schemes(
        token_address, scopes, for_operators=any(one.scope is not None for one in declared.values())
    )
    for (path, method), one in declared.items():
        if one.scope is not None:
            document["paths"][path][method]["security"] = [{"credentials": [one.scope.value]}, {"bearer": []}]
        elif one.permission is not Permission.NOTHING:
            document["paths"][path][method]["security"] = _SECURITY
    return document


def _security_schemes(
    token_address: str, scopes: Mapping[str, str], *, for_operators: bool
) -> dict[str, Any]:
    credentials = {
        "type": "oauth2",
        "description": _OPERATORS if for_operators else _CLIENTS,
        "flows": {"clientCredentials": {"tokenUrl": token_address, "scopes": dict(scopes)}},
    }
    bearer = {"type": "http", "scheme": "bearer", "description": "A token that you got yourself."}
    if for_operators:
        return {"credentials": credentials, "bearer": bearer}
    return {
        "credentials": credentials,
        "bearer": bearer,
        "subscriptionKey": {
            "type": "apiKey",
            "in": "header",
            "name": "Ocp-Apim-Subscription-Key",
            "description": "Read from the header Subscription-Key too. Needed beside a token.",
        },
        "basic": {
            "type": "http",
            "scheme": "basic",
            "description": "Client id and client secret, for the token endpoint alone.",
        },
    }
