"""The token endpoint, the discovery document and the public keys (C1)."""

import base64
import binascii
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kwartier.api.context import FORM, Permission, body_of, needs
from kwartier.clock import Clock
from kwartier.domain.control import Endpoint
from kwartier.domain.credentials import EnvironmentName
from kwartier.services.tokens import GRANT_TYPE, TokenError, TokenRefused, Tokens, scope_of
from kwartier.wire import paths

__all__ = ["Identity", "client_named", "get_discovery", "get_keys", "post_token"]

_NOT_KEPT: Final = {"cache-control": "no-store", "pragma": "no-cache"}


@dataclass(frozen=True, slots=True)
class Identity:
    """What the token endpoint stands on; the app behind the gateway keeps it."""

    tokens: Tokens
    clock: Clock
    tenant_id: str
    public_address: str


@needs(Permission.NOTHING, takes=FORM, struck_as=Endpoint.TOKEN)
def post_token(request: Request) -> Response:
    """Get a token with your client id and client secret (OAuth 2.0 client credentials, RFC 6749 §4.4).

    Id and secret stand in the body or in an HTTP Basic header. The token is valid for at most an hour.
    """
    identity: Identity = request.app.state.identity
    try:
        form = _form(body_of(request))
        client_id, client_secret = _client(form, request.headers.get("authorization"))
    except ValueError as error:
        return _refused(TokenRefused(TokenError.INVALID_REQUEST, str(error)), by_basic=False)
    granted = identity.tokens.grant(
        client_id, client_secret, form.get("grant_type", ""), form.get("scope", ""), identity.clock()
    )
    if isinstance(granted, TokenRefused):
        return _refused(granted, by_basic="authorization" in request.headers)
    answer = {
        "token_type": "Bearer",
        "expires_in": granted.expires_in,
        "access_token": granted.access_token,
    }
    return JSONResponse(answer, headers=_NOT_KEPT)


@needs(Permission.NOTHING)
def get_keys(request: Request) -> Response:
    """Get the public keys with which the signatures of tokens are checked (RFC 7517)."""
    identity: Identity = request.app.state.identity
    return JSONResponse(identity.tokens.public_keys())


@needs(Permission.NOTHING)
def get_discovery(request: Request) -> Response:
    """Find the token endpoint, the keys and what they can (RFC 8414)."""
    identity: Identity = request.app.state.identity
    tenant, address = identity.tenant_id, identity.public_address
    return JSONResponse(
        {
            "issuer": address + paths.issuer_path(tenant),
            "token_endpoint": address + paths.token_path(tenant),
            "jwks_uri": address + paths.jwks_path(tenant),
            "grant_types_supported": [GRANT_TYPE],
            "scopes_supported": [scope_of(environment) for environment in EnvironmentName],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "response_types_supported": [],
        }
    )


def client_named(body: bytes, authorization: str | None) -> str | None:
    """The client id that a request for a token names, as far as it can be read."""
    try:
        return _client(_form(body), authorization)[0]
    except ValueError:
        return None


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
    except UnicodeDecodeError:
        raise ValueError("the form is not UTF-8") from None
    form = dict(pairs)
    if len(form) < len(pairs):
        raise ValueError("a parameter is given more than once")
    return form


def _client(form: dict[str, str], authorization: str | None) -> tuple[str, str]:
    """Client id and secret, from the body or from HTTP Basic, not from both (RFC 6749 §2.3)."""
    scheme, _, encoded = (authorization or "").strip().partition(" ")
    if scheme.lower() != "basic":
        if "client_id" not in form or "client_secret" not in form:
            raise ValueError("client_id and client_secret are required, in the body or by HTTP Basic")
        return form["client_id"], form["client_secret"]
    if "client_secret" in form:
        raise ValueError("the client secret stands in the body or in the Basic header, not in both")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        decoded = ""
    client_id, colon, client_secret = decoded.partition(":")
    if not colon:
        raise ValueError("the Basic header is not the base64 of client_id:client_secret")
    if form.get("client_id", unquote_plus(client_id)) != unquote_plus(client_id):
        raise ValueError("the client id in the body is another than that in the Basic header")
    return unquote_plus(client_id), unquote_plus(client_secret)


def _refused(refused: TokenRefused, *, by_basic: bool) -> Response:
    """An error as RFC 6749 §5.2 has it; who did not come by Basic is not asked for it, or a browser opens a dialog."""
    wrong_client = refused.error is TokenError.INVALID_CLIENT
    challenge = {"www-authenticate": f'{"Basic" if by_basic else "Bearer"} realm="kwartier"'}
    return JSONResponse(
        {"error": refused.error.value, "error_description": refused.description},
        HTTPStatus.UNAUTHORIZED if wrong_client else HTTPStatus.BAD_REQUEST,
        _NOT_KEPT | (challenge if wrong_client else {}),
    )
