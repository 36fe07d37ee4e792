"""The keys that tokens are signed with: which one signs, which ones verify, when the next one is due (C1)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

__all__ = [
    "CLOCK_SKEW",
    "MAX_TOKEN_LIFETIME",
    "PUBLICATION_LEAD",
    "KeyTerm",
    "is_due",
    "signer",
    "succeeded",
    "verifying",
]

CLOCK_SKEW: Final = timedelta(seconds=60)
"""By how much the clocks of two honest machines may differ (C1)."""

MAX_TOKEN_LIFETIME: Final = timedelta(hours=1)
"""No token is valid for longer (C1), whatever lifetime each process was given."""

PUBLICATION_LEAD: Final = timedelta(minutes=10)
"""For how long a new key is published before it signs: whoever keeps a copy of the keys has it by then (C1)."""


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """A signing key by its name, and what it is good for when.

    Attributes:
        kid: its name, in the head of the tokens it signs.
        signs_from: from when on it signs, until a later key does.
        verifies_until: when the last of its tokens has ended, exclusive; None while no other key is to follow it.
    """

    kid: str
    signs_from: datetime
    verifies_until: datetime | None = None

    def verifies(self, moment: datetime) -> bool:
        """Whether a token that it signed may count at a moment: it may be published before it signs."""
        return self.verifies_until is None or moment < self.verifies_until


def verifying(terms: Iterable[KeyTerm], moment: datetime) -> list[KeyTerm]:
    """The keys that are published at a moment, the last to sign first."""
    standing = [term for term in terms if term.verifies(moment)]
    # Of two that began at the same moment, the one that was not followed is the later.
    return sorted(
        standing, key=lambda term: (term.signs_from, term.verifies_until is None, term.kid), reverse=True
    )


def signer(terms: Iterable[KeyTerm], moment: datetime) -> KeyTerm | None:
    """The key that signs at a moment: of those that began to, the last; None if none did."""
    return next((term for term in verifying(terms, moment) if term.signs_from <= moment), None)


def is_due(terms: Iterable[KeyTerm], age: timedelta, moment: datetime) -> bool:
    """Whether a new key is to be made: the last one has signed for as long as a key may, or there is none."""
    standing = verifying(terms, moment)
    return not standing or standing[0].signs_from + age <= moment


def succeeded(term: KeyTerm, signs_from: datetime) -> KeyTerm:
    """A key after which another begins to sign: it verifies until the last token that it can have signed has ended.

    Clocks of other machines may be behind, so that they sign with it for a little longer.
    """
    return replace(term, verifies_until=signs_from + MAX_TOKEN_LIFETIME + CLOCK_SKEW)
