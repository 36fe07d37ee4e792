"""Operators: people and machines of who runs the platform, and what each of them may do (C1, I4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from kwartier.domain.credentials import State, state_of
from kwartier.domain.errors import InvalidValueError

__all__ = ["ABOUT", "Operator", "OperatorScope", "read_scopes", "write_scopes"]


class OperatorScope(Enum):
    """What an operator may do in the backoffice; a token has those that were asked for."""

    READ = "backoffice.read"
    WRITE = "backoffice.write"
    DELIVER = "backoffice.deliver"
    AUDIT = "backoffice.audit"


ABOUT: Final = {
    OperatorScope.READ: "Look at organisations, people, headpoints, contracts, mandates and deliveries; at no readings.",
    OperatorScope.WRITE: "Change organisations, people, headpoints and contracts; register market scenarios; end mandates.",
    OperatorScope.DELIVER: "Deliver readings, withdraw deliveries, and settle what is in quarantine.",
    OperatorScope.AUDIT: "See who read which readings.",
}
"""What each scope allows, in a sentence."""


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator; the secret is not kept, only its hash.

    Attributes:
        name: for people.
        scopes: all that a token may be asked for.
        generation: how often the secret was renewed; tokens carry it, so that those of an old secret die (C2).
    """

    client_id: str
    name: str
    scopes: frozenset[OperatorScope]
    issued_at: datetime
    valid_until: datetime
    revoked_at: datetime | None
    generation: int

    def fault(self, moment: datetime) -> str | None:
        """Why they open nothing at a moment, if so (C2, I4)."""
        return self.state(moment).fault

    def state(self, moment: datetime) -> State:
        """How they stand at a moment (I4)."""
        return state_of(self.valid_until, self.revoked_at, moment)


def read_scopes(text: str) -> frozenset[OperatorScope]:
    """Scopes as OAuth writes them, with spaces between them; doubles count once.

    Raises:
        InvalidValueError: none at all, or one that there is not.
    """
    names = text.split()
    allowed = {scope.value: scope for scope in OperatorScope}
    if not names or not allowed.keys() >= set(names):
        raise InvalidValueError(f"the scopes of operators are {', '.join(allowed)}")
    return frozenset(allowed[name] for name in names)


def write_scopes(scopes: Iterable[OperatorScope]) -> str:
    """Scopes as OAuth writes them, always in the same order."""
    chosen = set(scopes)
    return " ".join(scope.value for scope in OperatorScope if scope in chosen)
