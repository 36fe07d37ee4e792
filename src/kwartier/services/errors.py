"""What a service can't do; drawn in the package's docstring."""

from kwartier.db.engine import UnavailableError

__all__ = ["RevokedCredentialsError", "ServiceError", "UnavailableError", "UnknownCredentialsError"]


class ServiceError(Exception):
    """What was asked can't be done; the text says why, in words fit for the user."""


class UnknownCredentialsError(ServiceError):
    """No credentials of that client id."""


class RevokedCredentialsError(ServiceError):
    """The credentials were revoked, and can't be renewed."""
