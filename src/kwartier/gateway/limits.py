"""The limits as requests meet them: a subscription's own, and that of addresses whose authentications fail (C4)."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from ipaddress import IPv6Address, IPv6Network
from typing import Final

from starlette.responses import JSONResponse, Response

from kwartier.domain.geography import Address
from kwartier.gateway.refusal import RefusalError
from kwartier.services.limits import Allowance, Limiter
from kwartier.services.secrets import Hasher

__all__ = ["Allowance", "RateLimiter", "TooManyFailuresError", "limit_refusal", "peer_subject"]

_UNKNOWN: Final = "unknown"
_NETWORK_BITS: Final = 64  # of an IPv6 address: what one household or office has at least


@dataclass(frozen=True, slots=True)
class RateLimiter:
    """Counts the requests of subscriptions, and the failed authentications of addresses.

    Attributes:
        requests: counts the former.
        failures: counts the latter.
        hasher: an address is personal, and is kept as a hash alone (A2).
    """

    requests: Limiter
    failures: Limiter
    hasher: Hasher

    def take(self, client_id: str, now: datetime) -> Allowance:
        """Count a request of a subscription at a moment of real time."""
        return self.requests.take(client_id, now.timestamp())

    def failed(self, peer: str, now: datetime) -> Allowance:
        """Count a failed authentication; if it is not admitted, `TooManyFailuresError` is due instead of what it failed with.

        Good credentials are not asked here: they pass from whichever address.

        Args:
            peer: from where, as `peer_subject` says it.
            now: the moment of real time.
        """
        return self.failures.take(self.hasher.hash(peer).hex(), now.timestamp())


class TooManyFailuresError(RefusalError):
    """Too many authentications failed that came from one address.

    Args:
        allowance: what the address has left.
        at_token_endpoint: whether it is told there, in the form of RFC 6749 §5.2, with an error of §4.1.2.1.
    """

    def __init__(self, allowance: Allowance, *, at_token_endpoint: bool = False) -> None:
        self._at_token_endpoint = at_token_endpoint
        told = {name.decode(): value.decode() for name, value in allowance.headers()}
        super().__init__(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"More than {allowance.limit} failed authentications a minute from your address: go on in "
            f"{allowance.reset_seconds} seconds, or with the right credentials at once.",
            headers={"retry-after": str(allowance.reset_seconds), **told},
            reason="address_limit",
        )

    def response(self) -> Response:
        """The refusal as an answer."""
        if not self._at_token_endpoint:
            return super().response()
        body = {"error": "temporarily_unavailable", "error_description": self.message}
        return JSONResponse(
            body, self.status, {**self.headers, "cache-control": "no-store", "pragma": "no-cache"}
        )


def peer_subject(address: Address | None) -> str:
    """Whose failures are counted together: those of an address, or of the smallest network that one customer has.

    All whose address can't be told share one count.
    """
    if address is None:
        return _UNKNOWN
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _NETWORK_BITS), strict=False).network_address)
    return str(address)


def limit_refusal(allowance: Allowance) -> RefusalError:
    """The refusal of a request beyond the limit of its subscription."""
    return RefusalError(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"More than {allowance.limit} requests a minute: go on in {allowance.reset_seconds} seconds.",
        headers={"retry-after": str(allowance.reset_seconds)},
        reason="subscription_limit",
    )
