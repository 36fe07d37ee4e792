"""The one error body of the API (C6)."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

__all__ = ["CODES", "error_body"]

CODES: Final = {
    HTTPStatus.BAD_REQUEST: "InvalidRequest",
    HTTPStatus.UNAUTHORIZED: "Unauthorized",
    HTTPStatus.FORBIDDEN: "Forbidden",
    HTTPStatus.NOT_FOUND: "NotFound",
    HTTPStatus.METHOD_NOT_ALLOWED: "MethodNotAllowed",
    HTTPStatus.CONFLICT: "Conflict",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "BodyTooLarge",
    HTTPStatus.REQUEST_URI_TOO_LONG: "UriTooLong",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "UnsupportedMediaType",
    HTTPStatus.TOO_MANY_REQUESTS: "RateLimitExceeded",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "HeadersTooLarge",
    HTTPStatus.INTERNAL_SERVER_ERROR: "InternalError",
    HTTPStatus.SERVICE_UNAVAILABLE: "Unavailable",
}
"""The `Code` of each status that the API gives."""


def error_body(status: HTTPStatus, message: str, validation_messages: Sequence[str] = ()) -> bytes:
    """The body of a refusal: `Type`, `Code`, `Message`, and for 400 every wrong parameter.

    `Type` tells whose fault it is: `ClientError` or `ServerError`.
    """
    body: dict[str, object] = {
        "Type": "ClientError" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "ServerError",
        "Code": CODES[status],
        "Message": message,
    }
    if validation_messages:
        body["ValidationErrorMessages"] = list(validation_messages)
    # Half a character that a client sent comes back as an escape, which says at least what it was.
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")
