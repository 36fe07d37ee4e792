"""What the document says of the token endpoint, the public keys and the discovery document (C1, C8)."""

from http import HTTPStatus
from typing import Any, Final, Literal

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

from kwartier.gateway.context import FORM
from kwartier.gateway.error_model import ErrorModel
from kwartier.services.assertions import ASSERTION_TYPE
from kwartier.services.tokens import GRANT_TYPE, TokenError

__all__ = ["DISCOVERY", "KEYS", "TOKEN"]


class TokenForm(BaseModel):
    """What is sent for a token."""

    grant_type: Literal["client_credentials"] = Field(description="Always `client_credentials`.")
    scope: str = Field(description="Which environment the token is for, as it stands with your credentials.")
    client_id: str | SkipJsonSchema[None] = Field(
        default=None,
        description="The id of your application; left out if it stands in the Basic header or in the assertion.",
    )
    client_secret: str | SkipJsonSchema[None] = Field(
        default=None,
        description="Its secret; left out if it stands in the Basic header, or an assertion takes its place.",
    )
    client_assertion_type: str | SkipJsonSchema[None] = Field(
        default=None,
        description="Of an assertion alone: what it is.",
        json_schema_extra={"enum": [ASSERTION_TYPE]},
    )
    client_assertion: str | SkipJsonSchema[None] = Field(
        default=None,
        description="A JWT that you sign with the key of a registered certificate, instead of a secret (RFC 7523).",
    )


class TokenModel(BaseModel):
    """A token."""

    token_type: Literal["Bearer"] = Field(description="How the token is sent: `Authorization: Bearer …`.")
    expires_in: int = Field(description="For how many seconds the token is valid: an hour at most.")
    access_token: str = Field(description="The token. Keep it to yourself.")


class TokenErrorModel(BaseModel):
    """Why no token is given (RFC 6749 §5.2)."""

    error: str = Field(
        description="What is wrong, for programs.",
        json_schema_extra={"enum": [*(error.value for error in TokenError), "temporarily_unavailable"]},
    )
    error_description: str = Field(description="What is wrong and what to do, for people.")


class KeyModel(BaseModel):
    """A public key (RFC 7517)."""

    kty: str = Field(description="The kind of key.")
    kid: str = Field(description="The key's id; the head of a token names it.")
    use: str = Field(default="sig", description="What it is for: signatures.")
    alg: str = Field(default="", description="The algorithm with which tokens are signed.")


class KeysModel(BaseModel):
    """The public keys."""

    keys: list[KeyModel] = Field(description="Each key with which a token that is still valid can be signed.")


class DiscoveryModel(BaseModel):
    """Where everything is (RFC 8414, OpenID Connect Discovery)."""

    issuer: str = Field(description="Who issues the tokens.")
    authorization_endpoint: str = Field(
        description="Named because readers of this document expect it; nobody signs in there: it answers 400."
    )
    token_endpoint: str = Field(description="Where tokens are got.")
    jwks_uri: str = Field(description="Where the public keys are.")
    grant_types_supported: list[str] = Field(description="The ways to get a token.")
    scopes_supported: list[str] = Field(description="The environments for which there are tokens.")
    token_endpoint_auth_methods_supported: list[str] = Field(
        description="The ways in which a client shows who it is."
    )
    token_endpoint_auth_signing_alg_values_supported: list[str] = Field(
        description="The algorithms with which an assertion may be signed."
    )
    response_types_supported: list[str] = Field(description="None: nobody signs in here with a browser.")
    subject_types_supported: list[str] = Field(description="Of `sub`: every reader sees the same client id.")
    id_token_signing_alg_values_supported: list[str] = Field(
        description="The algorithm of the published keys. Tokens for access are signed with it; there are no ID tokens."
    )


_EXAMPLE: Final = {
    "grant_type": GRANT_TYPE,
    "scope": "api://kwartier-sandbox/.default",
    "client_id": "00000000-0000-0000-0000-000000000000",
    "client_secret": "…",
}

TOKEN: Final[dict[str, Any]] = {
    "responses": {
        200: {"model": TokenModel, "description": "The token."},
        int(HTTPStatus.BAD_REQUEST): {
            "model": TokenErrorModel | ErrorModel,
            "description": "The form is not correct; `error_description` says why. Or a header stands twice that may stand once.",
        },
        int(HTTPStatus.UNAUTHORIZED): {
            "model": TokenErrorModel,
            "description": "Client id, client secret or assertion is wrong, or has expired.",
        },
        int(HTTPStatus.TOO_MANY_REQUESTS): {
            "model": TokenErrorModel,
            "description": "Too many requests from your address got no token; `Retry-After` says when to go on.",
        },
    },
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {FORM: {"schema": TokenForm.model_json_schema(), "example": _EXAMPLE}},
        },
        "security": [{}, {"basic": []}],
    },
}
KEYS: Final[dict[str, Any]] = {"responses": {200: {"model": KeysModel, "description": "The keys."}}}
DISCOVERY: Final[dict[str, Any]] = {
    "responses": {200: {"model": DiscoveryModel, "description": "The document."}}
}
