"""Data access contracts: what an organisation needs for the EANs of others (I5, I6)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final

from kwartier.domain.access import Coverage, Reason
from kwartier.domain.credentials import Credentials, EnvironmentName
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError

__all__ = [
    "GIVES",
    "Choice",
    "Contract",
    "ContractState",
    "choice_at",
    "coverage_at_issue",
    "missing",
    "standing",
    "stands_behind",
]


class ContractState(Enum):
    """How far a contract is (I6)."""

    REQUESTED = "requested"
    SIGNED = "signed"
    APPROVED = "approved"
    ENDED = "ended"


class Choice(Enum):
    """What an organisation chooses, and may choose again at any time (I6)."""

    SIGN = "sign"
    WITHOUT = "without"


GIVES: Final = {
    Choice.SIGN: "the meters of the organisation itself, of related enterprises and of customers",
    Choice.WITHOUT: "the meters of the organisation itself alone",
}
"""What the API gives after each choice."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A data access contract, with the moment of each of its states.

    Attributes:
        number: by which people know it.
        fee_cents: the one-off activation fee, in euro cents.
        ended_at: may lie ahead: it stands until then.
    """

    number: str
    organisation: EnterpriseNumber
    fee_cents: int
    requested_at: datetime
    signed_at: datetime | None = None
    approved_at: datetime | None = None
    ended_at: datetime | None = None

    def state(self, moment: datetime) -> ContractState:
        """How far it is at a moment."""
        if self.ended_at is not None and moment >= self.ended_at:
            return ContractState.ENDED
        if self.approved_at is not None and moment >= self.approved_at:
            return ContractState.APPROVED
        if self.signed_at is not None and moment >= self.signed_at:
            return ContractState.SIGNED
        return ContractState.REQUESTED

    def signed(self, moment: datetime) -> "Contract":
        """The contract, signed.

        Raises:
            InvalidValueError: it was signed before, or has ended.
        """
        self._expect(moment, ContractState.REQUESTED)
        return replace(self, signed_at=moment)

    def approved(self, moment: datetime) -> "Contract":
        """The contract, approved.

        Raises:
            InvalidValueError: it is not signed yet, was approved before, or has ended.
        """
        self._expect(moment, ContractState.SIGNED)
        return replace(self, approved_at=moment)

    def ended(self, moment: datetime, ends: datetime) -> "Contract":
        """The contract, ended at a moment from now on; also one that was never approved.

        Raises:
            InvalidValueError: it has ended, or would in the past.
        """
        if self.state(moment) is ContractState.ENDED:
            raise InvalidValueError(f"contract {self.number} has ended already")
        if ends < moment:
            raise InvalidValueError("a contract ends now or later, never in the past")
        return replace(self, ended_at=ends)

    def _expect(self, moment: datetime, expected: ContractState) -> None:
        state = self.state(moment)
        if state is not expected:
            raise InvalidValueError(
                f"contract {self.number} is {state.value}, and would have to be {expected.value}"
            )


def standing(contracts: Iterable[Contract], moment: datetime) -> Contract | None:
    """The contract of an organisation that is approved at a moment; there is never more than one."""
    return next((one for one in contracts if one.state(moment) is ContractState.APPROVED), None)


def choice_at(contracts: Iterable[Contract], moment: datetime) -> Choice:
    """What an organisation has chosen, by its contracts (I6)."""
    running = any(one.state(moment) is not ContractState.ENDED for one in contracts)
    return Choice.SIGN if running else Choice.WITHOUT


def coverage_at_issue(
    environment: EnvironmentName, asked: Coverage | None, contracts: Iterable[Contract], moment: datetime
) -> Coverage:
    """What credentials cover that are issued or renewed at a moment (I5).

    Args:
        environment: in the sandbox everything, where no contract is ever needed (S1).
        asked: None: all that can be had.
        contracts: those of the organisation.
        moment: of issue or renewal.

    Raises:
        InvalidValueError: a coverage that the environment has not, or all EANs without an approved contract.
    """
    if environment is EnvironmentName.SANDBOX:
        if asked is Coverage.OWN:
            raise InvalidValueError(
                "sandbox credentials cover all EANs; only those for live can cover own EANs alone"
            )
        return Coverage.ALL
    stands = standing(contracts, moment) is not None
    if asked is Coverage.ALL and not stands:
        raise InvalidValueError(
            "live credentials cover all EANs only while a data access contract is approved; without one they cover own "
            "EANs alone"
        )
    if asked is None:
        return Coverage.ALL if stands else Coverage.OWN
    return asked


def stands_behind(credentials: Credentials, contracts: Iterable[Contract], moment: datetime) -> bool:
    """Whether credentials that cover all EANs still do: a contract that ends counts at once (I5).

    A contract that was approved after they were issued or renewed counts only after the next renewal.
    """
    contract = standing(contracts, moment)
    return (
        credentials.coverage is Coverage.ALL
        and contract is not None
        and contract.approved_at is not None
        and contract.approved_at <= credentials.issued_at
    )


def missing(contracts: Iterable[Contract], moment: datetime) -> Reason:
    """What exactly is missing where credentials do not cover an EAN of another (E6, I5, I6)."""
    known = list(contracts)
    states = {one.state(moment) for one in known}
    if ContractState.APPROVED in states:
        return Reason.TO_RENEW
    if states & {ContractState.REQUESTED, ContractState.SIGNED}:
        return Reason.CONTRACT_NOT_APPROVED
    return Reason.CONTRACT_ENDED if known else Reason.NO_CONTRACT
