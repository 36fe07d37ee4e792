"""What a service can't do; drawn in the package's docstring."""

from kwartier.db.engine import UnavailableError

__all__ = [
    "BootstrappedError",
    "CertificateError",
    "RevokedCredentialsError",
    "ServiceError",
    "UnavailableError",
    "UnknownCertificateError",
    "UnknownCredentialsError",
    "UnknownKeyError",
    "UnknownMessageError",
]


class ServiceError(Exception):
    """What was asked can't be done; the text says why, in words fit for the user."""


class UnknownCredentialsError(ServiceError):
    """No credentials, or no operator, of that client id."""


class RevokedCredentialsError(ServiceError):
    """They were revoked, and can't be renewed."""


class CertificateError(ServiceError):
    """A certificate that can't be registered."""


class UnknownCertificateError(ServiceError):
    """No certificate of that thumbprint."""


class UnknownKeyError(ServiceError):
    """No signing key of that name."""


class BootstrappedError(ServiceError):
    """The platform has an operator already."""


class UnknownMessageError(ServiceError):
    """No message of that id, or not in a state in which that can be done."""
