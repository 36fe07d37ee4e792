"""What holds for every operation of an OpenAPI document: refusals of HTTP and of the entrance, headers, schemas (C8)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from kwartier.domain.control import Endpoint
from kwartier.gateway.context import FORM, Declared, Permission
from kwartier.gateway.error_model import ErrorModel

__all__ = ["REFUSED", "Explained", "complete", "refusal"]

Explained: TypeAlias = Mapping[str, Mapping[str, str]]

_REF: Final = "#/components/schemas/"
_WORD: Final = re.compile("(?!api$)[a-z]+(?:-[a-z]+)*")
_RULES: Final = re.compile(r" \([A-Z]\d+(?:[-, ]+[A-Z]\d+)*\)")

REFUSED: Final = {
    HTTPStatus.BAD_REQUEST: "Parameters are wrong or missing; all of them are named.",
    HTTPStatus.UNAUTHORIZED: "The subscription key or the token is missing, wrong or expired.",
    HTTPStatus.FORBIDDEN: "The address from which you ask lies outside the European Economic Area and the United Kingdom; "
    "or the credentials do not cover this EAN: a data access contract or their renewal is missing.",
    HTTPStatus.NOT_FOUND: "No mandate gives this EAN, period and granularity.",
    HTTPStatus.METHOD_NOT_ALLOWED: "The path takes another method; `Allow` names those that it takes.",
    HTTPStatus.CONFLICT: "What is asked does not fit what is there; the message says what.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "Path and query are too long.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is of another media type, or packed in a way that is not taken here.",
    HTTPStatus.TOO_MANY_REQUESTS: "More requests than the rate limit allows; `Retry-After` says when to go on.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The headers are too large.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something failed on the server's side.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The server can't answer now: too much at a time, or it is being stopped.",
}
"""What each refusal means, where nothing more particular is said."""

_OUTSIDE: Final = (
    "The address from which you ask lies outside the European Economic Area and the United Kingdom."
)
_NO_SCOPE: Final = f"{_OUTSIDE[:-1]}; or the token, or the operator, lacks the scope that is needed."
_TOKENLESS: Final = "The token is missing, wrong or expired."
_TOO_MANY_FAILURES: Final = "Too many authentications failed that came from your address; `Retry-After` says when to go on, good credentials pass."
_TWICE: Final = "A header is given more than once that may stand once."
_WRONG_BODY: Final = "The body can't be read, or fields are wrong or missing; all of them are named."

_HEADERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "X-Correlation-Id": {
        "description": "By which the operator finds this answer again; one that you send in the request is kept, "
        "if it is a UUID, a trace id, or short with at most 15 digits.",
        "schema": {"type": "string", "pattern": "^[0-9A-Za-z._-]{1,64}$"},
    },
    "RateLimit-Limit": {
        "description": "How many requests a minute the subscription has; where authentications fail, how many may from one address.",
        "schema": {"type": "integer"},
    },
    "RateLimit-Remaining": {
        "description": "How many of them are left.",
        "schema": {"type": "integer"},
    },
    "RateLimit-Reset": {
        "description": "In how many seconds all of them are there again.",
        "schema": {"type": "integer"},
    },
    "Retry-After": {
        "description": "How many seconds to wait before you ask again.",
        "schema": {"type": "integer"},
    },
    "WWW-Authenticate": {
        "description": "How to show who you are, and what was wrong with the token.",
        "schema": {"type": "string"},
    },
    "Allow": {"description": "The methods that the path takes.", "schema": {"type": "string"}},
}
_LIMITED: Final = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
_OF_STATUS: Final = {
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate",),
    HTTPStatus.METHOD_NOT_ALLOWED: ("Allow",),
    HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After",),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Retry-After",),
}
# What is refused before it is known whose request it is says nothing of his limit.
_AFTER_LIMIT: Final = {
    HTTPStatus.OK,
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
}


_OF_ADDRESS: Final = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS}


def refusal(description: str) -> dict[str, Any]:
    """A refusal with the one error body, as OpenAPI has it (C6)."""
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": _REF + ErrorModel.__name__}}},
    }


def complete(
    document: dict[str, Any],
    declared: Mapping[tuple[str, str], Declared],
    explained: Explained,
) -> None:
    """Complete a document with what holds for every operation.

    Args:
        document: changed in place.
        declared: by path and method in lower case, what the endpoints declared.
        explained: fields of shapes that lie in rooms which know nothing of documentation, by shape and field.
    """
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.setdefault(ErrorModel.__name__, ErrorModel.model_json_schema(by_alias=True))
    for (path, method), one in declared.items():
        operation = document["paths"][path][method]
        operation["tags"] = [_about(path)]
        _hoist(operation, schemas)
        _say_once(operation)
        responses = operation["responses"]
        for status, description in _refused(one):
            responses.setdefault(str(int(status)), refusal(description))
        for status, response in responses.items():
            names = ["X-Correlation-Id", *_headers(one, HTTPStatus(int(status)))]
            response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
        operation["responses"] = dict(sorted(responses.items()))
    document["components"]["headers"] = {name: dict(header) for name, header in _HEADERS.items()}
    _without_titles(schemas)
    _without_rules(schemas)
    for name, fields in explained.items():
        for field, description in fields.items() if name in schemas else ():
            schemas[name]["properties"][field].setdefault("description", description)


def _about(path: str) -> str:
    """What a path is about: the first part of it that is neither a version nor a tenant."""
    return next(part for part in path.split("/") if _WORD.fullmatch(part))


def _refused(declared: Declared) -> Iterator[tuple[HTTPStatus, str]]:
    """What refuses a request before its endpoint sees it, or because of its body (C5)."""
    if not (declared.asks_nothing or declared.everywhere):
        yield HTTPStatus.FORBIDDEN, _OUTSIDE if declared.scope is None else _NO_SCOPE
    statuses = [HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.REQUEST_URI_TOO_LONG]
    is_read = declared.takes is not None or declared.streams
    yield HTTPStatus.BAD_REQUEST, _WRONG_BODY if is_read else _TWICE
    if is_read:
        statuses.append(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if declared.takes is not None:
        statuses.append(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if declared.permission is not Permission.NOTHING:
        yield (
            HTTPStatus.UNAUTHORIZED,
            REFUSED[HTTPStatus.UNAUTHORIZED] if declared.scope is None else _TOKENLESS,
        )
    if declared.permission is Permission.SUBSCRIPTION or declared.takes == FORM:
        statuses.append(HTTPStatus.TOO_MANY_REQUESTS)
    elif declared.permission is not Permission.NOTHING:
        yield HTTPStatus.TOO_MANY_REQUESTS, _TOO_MANY_FAILURES
    statuses += [
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ]
    for status in statuses:
        yield status, REFUSED[status]


def _headers(declared: Declared, status: HTTPStatus) -> Iterable[str]:
    limited = (
        status in _AFTER_LIMIT
        if declared.permission is Permission.SUBSCRIPTION
        else _counts(declared, status)
    )
    return [*(_LIMITED if limited else ()), *_OF_STATUS.get(status, ())]


def _counts(declared: Declared, status: HTTPStatus) -> bool:
    """Whether an answer tells of the limit of an address: what fails at the token endpoint, and what fails too often."""
    at_token_endpoint = declared.struck_as is Endpoint.TOKEN
    return status in _OF_ADDRESS and (at_token_endpoint or status is HTTPStatus.TOO_MANY_REQUESTS)


def _say_once(operation: dict[str, Any]) -> None:
    """Leave out of the description what the summary says already."""
    description = operation.pop("description", "").removeprefix(operation["summary"] + ".").strip()
    if description:
        operation["description"] = " ".join(description.split())


def _hoist(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Bring the shape of a body, and those inside it, to where all are: a reference reaches no further than that."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema = content["schema"]
        for name, inside in schema.pop("$defs", {}).items():
            schemas.setdefault(name, inside)
        if "title" in schema:
            schemas.setdefault(schema["title"], schema)
            content["schema"] = {"$ref": _REF + schema["title"]}


def _without_titles(schema: Any) -> None:
    """Take out the titles that pydantic makes of names: they say the name again, in English."""
    if isinstance(schema, dict):
        if isinstance(schema.get("title"), str):
            del schema["title"]
        for inside in schema.values():
            _without_titles(inside)
    elif isinstance(schema, list):
        for inside in schema:
            _without_titles(inside)


def _without_rules(schemas: Mapping[str, Any]) -> None:
    """Take the ids of rules out of what enumerations say of themselves: they are for who reads the code."""
    for schema in schemas.values():
        if "enum" in schema and "description" in schema:
            schema["description"] = _RULES.sub("", schema["description"])
