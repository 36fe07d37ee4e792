"""Whether one gets in: network, geography, credentials, quota, and a server that fails (K5, C5)."""

from collections.abc import Iterator
from datetime import datetime

from kwartier.client.doctor.observed import Finding, Observed, Topic, Weight
from kwartier.client.errors import (
    ConfigurationError,
    GeographyError,
    KwartierError,
    NetworkError,
    QuotaError,
    SecretError,
    TokenError,
)
from kwartier.domain.credentials import EXPIRES_VERY_SOON

__all__ = ["credentials_end", "kept_out"]

_RENEW = "Renew the credentials in the portal (a new secret, a new year), and `kwartier login` with the new secret."


def kept_out(error: KwartierError, observed: Observed) -> Iterator[Finding]:
    """What keeps one out."""
    match error:
        case NetworkError():
            yield _wrong(
                Topic.NETWORK,
                f"There is no connection: {error}",
                "Check the address of the profile (`kwartier profiles`), this machine's network, its proxy and its clock.",
            )
        case GeographyError():
            yield _wrong(
                Topic.GEOGRAPHY,
                f"The API does not let in from where you ask: {error}",
                "Ask from the European Economic Area or the United Kingdom; a VPN or a cloud region elsewhere is outside.",
            )
        case SecretError():
            yield _secret(error, observed)
        case TokenError():
            yield _wrong(
                Topic.CREDENTIALS,
                f"A token was given, and the API refuses it or the subscription key: {error}",
                "The subscription key is mistyped, or key and token are not of one environment: live and sandbox have "
                "credentials of their own. `kwartier login` again with those of this one. It says nothing about mandates.",
            )
        case ConfigurationError():
            yield _wrong(
                Topic.CREDENTIALS,
                str(error),
                "Compare token endpoint, scope and base URL with what the activation gave, and `kwartier login` again.",
            )
        case QuotaError(resume_at=resume_at):
            yield Finding(
                Topic.QUOTA,
                Weight.WAIT,
                f"The requests of this subscription are used up until {_told(resume_at)}.",
                "Wait until then. All who use this subscription key share its requests: ask longer periods, less often.",
            )
        case _:
            yield _wrong(
                Topic.SERVER,
                f"The fault is on the other side: {error}",
                "Try again later. If it lasts, send what stands below to the operator.",
            )


def credentials_end(observed: Observed) -> Iterator[Finding]:
    """Warn of credentials that end soon (I4)."""
    until = observed.secret_until
    if until is not None and until - observed.moment <= EXPIRES_VERY_SOON:
        days = (until - observed.moment).days
        when = f"in {days} days, on" if days >= 0 else "by what you told: on"
        yield Finding(
            Topic.CREDENTIALS, Weight.WARNING, f"The client secret ends {when} {_told(until)}.", _RENEW
        )


def _secret(error: SecretError, observed: Observed) -> Finding:
    until = observed.secret_until
    if until is not None and until <= observed.moment:
        return _wrong(Topic.CREDENTIALS, f"The client secret expired on {_told(until)}.", _RENEW)
    return _wrong(
        Topic.CREDENTIALS,
        f"No token is given: {error}",
        "Client id or secret are mistyped, the secret is older than a year, or it was renewed or revoked since. "
        "`kwartier login` again with the newest secret; a lost one is replaced by renewing in the portal.",
    )


def _wrong(topic: Topic, what: str, remedy: str) -> Finding:
    return Finding(topic, Weight.WRONG, what, remedy)


def _told(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
