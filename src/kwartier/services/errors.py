"""What a service can't do; drawn in the package's docstring."""

from kwartier.db.engine import UnavailableError

__all__ = [
    "BeingRetriedError",
    "BootstrappedError",
    "CertificateError",
    "ContractError",
    "NotAllowedError",
    "NothingAsideError",
    "OtherPepperError",
    "RevokedCredentialsError",
    "ServiceError",
    "UnavailableError",
    "UnknownCertificateError",
    "UnknownCredentialsError",
    "UnknownKeyError",
    "UnknownMandateError",
    "UnknownMessageError",
    "UnknownOrganisationError",
    "UnknownPersonError",
    "WrongMandateError",
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


class OtherPepperError(ServiceError):
    """The pepper is not the one with which the platform serves."""


class BootstrappedError(ServiceError):
    """The platform has an operator already."""


class UnknownMessageError(ServiceError):
    """No message of that id, or not in a state in which that can be done."""


class NothingAsideError(ServiceError):
    """No row waits that is meant."""


class BeingRetriedError(ServiceError):
    """Rows are being retried by another process."""


class NotAllowedError(ServiceError):
    """A person may not act for an organisation, or not so far; the text says how to get there (I2)."""


class UnknownOrganisationError(ServiceError):
    """No organisation of that enterprise number is registered."""


class UnknownPersonError(ServiceError):
    """No person, or no role, of that id."""


class ContractError(ServiceError):
    """No contract of that number, or it can't be brought to that state."""


class UnknownMandateError(ServiceError):
    """The organisation has no mandate of that id."""


class WrongMandateError(ServiceError):
    """What was asked can't be done with a mandate as it stands."""
