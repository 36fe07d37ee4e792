"""What a service can't do; drawn in the package's docstring."""

from kwartier.db.engine import UnavailableError

__all__ = [
    "BeingRetriedError",
    "BootstrappedError",
    "CertificateError",
    "NothingAsideError",
    "RevokedCredentialsError",
    "ServiceError",
    "UnavailableError",
    "UnknownCertificateError",
    "UnknownCredentialsError",
    "UnknownKeyError",
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


class NothingAsideError(ServiceError):
    """No row waits that is meant."""


class BeingRetriedError(ServiceError):
    """Rows are being retried by another process."""
