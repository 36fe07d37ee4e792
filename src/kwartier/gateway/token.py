"""The token endpoint, the discovery document and the public keys (C1)."""

import base64
import binascii
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kwartier.clock import Clock
from kwartier.domain.control import Endpoint
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.operators import OperatorScope
from kwartier.domain.signing import PUBLICATION_LEAD
from kwartier.gateway.context import FORM, Permission, body_of, needs
from kwartier.gateway.refusal import RefusalError
from kwartier.services.assertions import ALGORITHMS, ASSERTION_TYPE, client_of, open_assertion
from kwartier.services.clients import Assertion, Proof, Secret
from kwartier.services.keys import ALGORITHM
from kwartier.services.tokens import GRANT_TYPE, TokenError, TokenRefused, Tokens, scope_of, wrong_grant_type
from kwartier.wire import paths

__all__ = ["Identity", "client_named", "get_authorization", "get_discovery", "get_keys", "post_token"]

_NOT_KEPT: Final = {"cache-control": "no-store", "pragma": "no-cache"}
# Half as long as a new key is published before it signs: no copy is too old to have it.
_KEPT_A_WHILE: Final = {"cache-control": f"public, max-age={int(PUBLICATION_LEAD.total_seconds()) // 2}"}


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

    Id and secret stand in the body or in an HTTP Basic header; or an assertion, signed with the key of a registered
    certificate, takes the secret's place (RFC 7523). The token is valid for at most an hour.
    """
    identity: Identity = request.app.state.identity
    try:
        form = _form(body_of(request))
        wrong = wrong_grant_type(form.get("grant_type"))
        if wrong is not None:
            return _refused(wrong, by_basic=False)
        proof = _proof(form, request.headers.get("authorization"))
    except ValueError as error:
        return _refused(TokenRefused(TokenError.INVALID_REQUEST, str(error)), by_basic=False)
    granted = identity.tokens.grant(proof, form["grant_type"], form.get("scope", ""), identity.clock())
    if isinstance(granted, TokenRefused):
        return _refused(granted, by_basic="authorization" in request.headers)
    answer = {
        "token_type": "Bearer",
        "expires_in": granted.expires_in,
        "access_token": granted.access_token,
    }
    return JSONResponse(answer, headers=_NOT_KEPT)


@needs(Permission.NOTHING, everywhere=True)
def get_keys(request: Request) -> Response:
    """Get the public keys with which the signatures of tokens are checked (RFC 7517)."""
    identity: Identity = request.app.state.identity
    return JSONResponse(identity.tokens.public_keys(identity.clock()), headers=_KEPT_A_WHILE)


@needs(Permission.NOTHING)
def get_discovery(request: Request) -> Response:
    """Find the token endpoint, the keys and what they can (RFC 8414).

    It has all that OpenID Connect Discovery requires, for programs that read no further without it, although nobody signs in here.
    """
    identity: Identity = request.app.state.identity
    tenant, address = identity.tenant_id, identity.public_address
    scopes = [scope_of(environment) for environment in EnvironmentName]
    document = {
        "issuer": address + paths.issuer_path(tenant),
        "authorization_endpoint": address + paths.authorization_path(tenant),
        "token_endpoint": address + paths.token_path(tenant),
        "jwks_uri": address + paths.jwks_path(tenant),
        "grant_types_supported": [GRANT_TYPE],
        "scopes_supported": scopes + [scope.value for scope in OperatorScope],
        "token_endpoint_auth_methods_supported": [
            "client_secret_post",
            "client_secret_basic",
            "private_key_jwt",
        ],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
    }
    return JSONResponse(document, headers=_KEPT_A_WHILE)


@needs(Permission.NOTHING)
def get_authorization(request: Request) -> Response:
    """Say that nobody signs in here with a browser (C1).

    Raises:
        RefusalError: always.
    """
    identity: Identity = request.app.state.identity
    where = paths.token_path(identity.tenant_id)
    raise RefusalError(
        HTTPStatus.BAD_REQUEST,
        "Nobody signs in here with a browser.",
        [f"the only way to a token is the grant type {GRANT_TYPE}, by POST at {where}"],
    )


def client_named(body: bytes, authorization: str | None) -> str | None:
    """The client id that a request for a token names, as far as it can be read; nothing of it is proven."""
    try:
        proof = _proof(_form(body), authorization)
    except ValueError:
        return None
    if isinstance(proof, Secret) or proof.client_id is not None:
        return proof.client_id
    assertion = open_assertion(proof.text)
    return None if assertion is None else client_of(assertion) or None


def _form(body: bytes) -> dict[str, str]:
    """The parameters of a form; one without a value counts as left out (RFC 6749 §3.2).

    Raises:
        ValueError: it is none, or has one twice.
    """
    try:
        pairs = parse_qsl(body.decode())
    except UnicodeDecodeError:
        raise ValueError("the form is not UTF-8") from None
    form = dict(pairs)
    if len(form) < len(pairs):
        raise ValueError("a parameter is given more than once")
    return form


def _proof(form: dict[str, str], authorization: str | None) -> Proof:
    """How a client shows who it is: in one way, not in several (RFC 6749 §2.3).

    Raises:
        ValueError: in none, in several, or not in the form that it has; the text says which are allowed.
    """
    scheme, _, encoded = (authorization or "").strip().partition(" ")
    by_basic = scheme.lower() == "basic"
    if "client_assertion" in form or "client_assertion_type" in form:
        if by_basic or "client_secret" in form:
            raise ValueError("a client assertion stands alone, without a client secret or a Basic header")
        if form.get("client_assertion_type") != ASSERTION_TYPE or "client_assertion" not in form:
            raise ValueError(f"a client_assertion needs the client_assertion_type {ASSERTION_TYPE}")
        return Assertion(form["client_assertion"], form.get("client_id"))
    if by_basic:
        return _by_basic(form, encoded)
    if "client_id" not in form or "client_secret" not in form:
        raise ValueError(
            "client_id and client_secret are required, in the body or by HTTP Basic, or a client_assertion"
        )
    return Secret(form["client_id"], form["client_secret"])


def _by_basic(form: dict[str, str], encoded: str) -> Secret:
    """Client id and secret of a Basic header, each encoded as in a form (RFC 6749 §2.3.1)."""
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
    return Secret(unquote_plus(client_id), unquote_plus(client_secret))


def _refused(refused: TokenRefused, *, by_basic: bool) -> Response:
    """An error as RFC 6749 §5.2 has it; who did not come by Basic is not asked for it, or a browser opens a dialog."""
    wrong_client = refused.error is TokenError.INVALID_CLIENT
    challenge = {"www-authenticate": f'{"Basic" if by_basic else "Bearer"} realm="kwartier"'}
    return JSONResponse(
        {"error": refused.error.value, "error_description": refused.description},
        HTTPStatus.UNAUTHORIZED if wrong_client else HTTPStatus.BAD_REQUEST,
        _NOT_KEPT | (challenge if wrong_client else {}),
    )
