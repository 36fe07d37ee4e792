"""The length of a body, as a client tells it."""

from http import HTTPStatus

import pytest

from kwartier.gateway.context import MAX_BODY
from support.platform import Platform

_FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("0" * 5000 + "1", HTTPStatus.BAD_REQUEST),
        ("9" * 5000, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (str(MAX_BODY), HTTPStatus.BAD_REQUEST),
        (str(MAX_BODY + 1), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        ("00" + str(MAX_BODY + 1), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        ("-1", HTTPStatus.BAD_REQUEST),
        ("", HTTPStatus.BAD_REQUEST),
    ],
    ids=["zeros", "nines", "most", "more", "more after zeros", "less than nothing", "nothing"],
)
def test_any_told_length_is_judged(platform: Platform, told: str, status: HTTPStatus) -> None:
    """C5, C6: a length of thousands of digits is taken or refused as 413 like any, and is no crash."""
    headers = {"content-type": _FORM, "content-length": told}
    assert platform.http.post(platform.token_path, content=b"x", headers=headers).status_code == status
