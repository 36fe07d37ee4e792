"""Signed assertions of clients: what their claims must say (C1, RFC 7523 §3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from kwartier.domain.signing import CLOCK_SKEW

__all__ = ["MAX_AHEAD", "Asserted", "read_claims"]

MAX_AHEAD: Final = timedelta(minutes=10)
"""How far ahead the end of an assertion may lie, by a clock that is right (C1)."""


_LAST_SECOND: Final = 253_402_300_800  # the end of the year 9999


@dataclass(frozen=True, slots=True)
class Asserted:
    """An assertion whose claims are good.

    Attributes:
        client_id: whose it is.
        jti: its own id, good for one use.
        until: from when on it is refused for its age, so that its use need not be remembered any longer.
    """

    client_id: str
    jti: str
    until: datetime


def read_claims(
    claims: Mapping[str, object], audiences: Collection[str], moment: datetime
) -> Asserted | None:
    """The claims of an assertion, or None if they are not good at a moment.

    It is about and by the same client, for one of the audiences alone, has an id, and ends soon; where it says when it was
    made, or from when on it counts, that is not in the future. Clocks may differ by `CLOCK_SKEW`.

    Args:
        claims: as they were signed: anything that JSON can say.
        audiences: by which names we are known.
        moment: real time (A3).
    """
    client_id, jti = claims.get("sub"), claims.get("jti")
    if not (isinstance(client_id, str) and client_id and claims.get("iss") == client_id):
        return None
    if not (isinstance(jti, str) and jti and _is_for(claims.get("aud"), audiences)):
        return None
    now, skew = moment.timestamp(), CLOCK_SKEW.total_seconds()
    ends = _seconds(claims.get("exp"))
    if ends is None or not now < ends + skew or ends > now + skew + MAX_AHEAD.total_seconds():
        return None
    for name in ("nbf", "iat"):
        begins = _seconds(claims.get(name, 0))
        if begins is None or begins > now + skew:
            return None
    return Asserted(client_id, jti, datetime.fromtimestamp(ends, UTC) + CLOCK_SKEW)


def _is_for(audience: object, audiences: Collection[str]) -> bool:
    """Whether an audience is one of ours, and nobody else's too: whoever else got it could use it here."""
    if isinstance(audience, list) and len(audience) == 1:
        audience = audience[0]
    return isinstance(audience, str) and audience in audiences


def _seconds(value: object) -> float | int | None:
    """A numeric date of RFC 7519 §2, if it is one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < _LAST_SECOND else None  # nor is NaN
