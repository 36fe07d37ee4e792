"""Where things are: base paths per environment, endpoints below them, the token endpoint (C1, C8, C9)."""

from typing import Final

from kwartier.domain.credentials import EnvironmentName

__all__ = [
    "BACKOFFICE",
    "BASE_PATHS",
    "CONSENT",
    "CONTROL",
    "DEVELOPMENT_OUTBOX",
    "ENERGY",
    "HEALTH",
    "MANDATE",
    "MOCK_MANDATE",
    "OPENAPI",
    "SWAGGER",
    "authorization_path",
    "discovery_path",
    "issuer_path",
    "jwks_path",
    "token_path",
]


BASE_PATHS: Final = {
    EnvironmentName.SANDBOX: ("/ext/mijnfluvius-profnetgebruiker-sbx/v1", "/esco-sbx/v3"),
    EnvironmentName.LIVE: ("/ext/mijnfluvius-profnetgebruiker/v1", "/esco-live/v3"),
}
"""The first is the guide's, the other that of the sister API's clients (C9)."""

MANDATE: Final = "/api/mandate"
ENERGY: Final = "/api/mandate/energy"
MOCK_MANDATE: Final = "/api/mandate/mock"
HEALTH: Final = "/api/health"
SWAGGER: Final = "/swagger/index.html"
CONTROL: Final = "/sandbox/v1"
"""The prefix of the sandbox's control surface."""
CONSENT: Final = "/consent"
"""Below it, by the token of a link, what a grid user is asked."""
DEVELOPMENT_OUTBOX: Final = "/outbox"
"""Where messages are read that go nowhere."""
BACKOFFICE: Final = "/backoffice/v1"
"""The prefix of the operator's surface."""
OPENAPI: Final = "/swagger/v1/swagger.json"


def issuer_path(tenant_id: str) -> str:
    """The path of the issuer of tokens."""
    return f"/{tenant_id}/v2.0"


def token_path(tenant_id: str) -> str:
    """The path of the token endpoint (C1)."""
    return f"/{tenant_id}/oauth2/v2.0/token"


def authorization_path(tenant_id: str) -> str:
    """Where people would sign in, if anybody did here: the discovery document has to name it (C1)."""
    return f"/{tenant_id}/oauth2/v2.0/authorize"


def discovery_path(tenant_id: str) -> str:
    """The path of the discovery document (C1)."""
    return f"{issuer_path(tenant_id)}/.well-known/openid-configuration"


def jwks_path(tenant_id: str) -> str:
    """The path of the public keys that tokens are signed with (C1)."""
    return f"/{tenant_id}/discovery/v2.0/keys"
