"""Data access contracts: requested, signed, approved, ended (I5, I6)."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.contract import Choice, Contract, ContractState, choice_at
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.messages import ContractApproved, Message, MessageKind
from kwartier.domain.people import Acting
from kwartier.registry import contracts as registry
from kwartier.registry import organisations, outbox
from kwartier.services.errors import ContractError
from kwartier.services.people import check_acting, who_is_told

__all__ = ["Contracts"]

_NUMBERS = "contract numbers"


class Contracts:
    """The data access contracts of a platform.

    Args:
        database: the registry.
        clock: real time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def ask(self, by: Acting, fee_cents: int = 0) -> Contract:
        """Request a contract for an organisation; it gets a number.

        Args:
            by: who acts for it.
            fee_cents: the one-off activation fee, in euro cents.

        Raises:
            NotAllowedError: the person may not act for it.
            ContractError: it is not registered, or has a contract that has not ended.
            InvalidValueError: a negative fee.
        """
        if fee_cents < 0:
            raise InvalidValueError("a fee is 0 or more euro cents")
        with self._database.writing(registry.about(by.organisation), _NUMBERS) as connection:
            now = self._clock()
            check_acting(connection, by, now)
            if organisations.find(connection, by.organisation) is None:
                raise ContractError(f"organisation {by.organisation} is not registered")
            for one in registry.of_organisation(connection, by.organisation):
                state = one.state(now)
                if state is not ContractState.ENDED:
                    raise ContractError(
                        f"organisation {by.organisation} has contract {one.number}, which is {state.value}"
                    )
            number = f"DTC-{registry.count(connection) + 1:06d}"
            contract = Contract(number, by.organisation, fee_cents, now)
            registry.add(connection, contract, by.person_id)
        return contract

    def sign(self, by: Acting, number: str) -> Contract:
        """Note that an organisation signed its contract.

        Raises:
            NotAllowedError: the person may not act for the organisation.
            ContractError: the organisation has no such contract, or it is not to be signed.
        """

        def sign(connection: Connection, contract: Contract, now: datetime) -> Contract:
            check_acting(connection, by, now)
            signed = contract.signed(now)
            registry.change(connection, signed, signed_by=by.person_id)
            return signed

        return self._change(number, sign, by)

    def approve(self, number: str) -> Contract:
        """Approve a contract that was signed; the organisation is told to renew its credentials now (I5).

        Raises:
            ContractError: no such contract, or it is not signed.
        """

        def approve(connection: Connection, contract: Contract, now: datetime) -> Contract:
            approved = contract.approved(now)
            registry.change(connection, approved)
            _tell_to_renew(connection, approved, now)
            return approved

        return self._change(number, approve)

    def end(self, number: str, by: Acting | None = None, at: datetime | None = None) -> Contract:
        """End a contract, now or at a later moment; what credentials cover by it ends with it (I5).

        Args:
            number: which.
            by: who acts for its organisation; None: the operator.
            at: when it ends; None: now.

        Raises:
            NotAllowedError: the person may not act for the organisation.
            ContractError: no such contract, or it has ended, or would in the past.
        """

        def end(connection: Connection, contract: Contract, now: datetime) -> Contract:
            if by is not None:
                check_acting(connection, by, now)
            ended = contract.ended(now, at or now)
            registry.change(connection, ended, ended_by=None if by is None else by.person_id)
            return ended

        return self._change(number, end, by)

    def find(self, number: str) -> Contract:
        """The contract of a number.

        Raises:
            ContractError: there is none.
        """
        with self._database.reading() as connection:
            return _known(connection, number, None)

    def list_all(self, organisation: EnterpriseNumber | None = None) -> list[Contract]:
        """All contracts, or those of an organisation, the first requested first."""
        with self._database.reading() as connection:
            if organisation is None:
                return registry.list_all(connection)
            return registry.of_organisation(connection, organisation)

    def choice(self, organisation: EnterpriseNumber) -> Choice:
        """What an organisation has chosen: a contract, or to go on without (I6)."""
        with self._database.reading() as connection:
            return choice_at(registry.of_organisation(connection, organisation), self._clock())

    def _change(
        self,
        number: str,
        change: Callable[[Connection, Contract, datetime], Contract],
        by: Acting | None = None,
    ) -> Contract:
        """Change a contract, one at a time for each organisation."""
        with self._database.reading() as connection:
            organisation = _known(connection, number, by).organisation
        with self._database.writing(registry.about(organisation)) as connection:
            try:
                return change(connection, _known(connection, number, by), self._clock())
            except InvalidValueError as error:
                raise ContractError(str(error)) from error


def _known(connection: Connection, number: str, by: Acting | None) -> Contract:
    """A contract; of another organisation than that of who asks there is none."""
    contract = registry.find(connection, number)
    if contract is None or (by is not None and contract.organisation != by.organisation):
        raise ContractError(f"there is no contract {number}; `kwartier contracts list` shows those there are")
    return contract


def _tell_to_renew(connection: Connection, contract: Contract, now: datetime) -> None:
    known = organisations.find(connection, contract.organisation)
    content = ContractApproved(contract.organisation if known is None else known.name, contract.number)
    for number, recipient in enumerate(who_is_told(connection, contract.organisation, now), 1):
        about = f"contract {contract.number}"
        key = f"{MessageKind.CONTRACT_APPROVED} {contract.number} {number}"
        outbox.put(
            connection, Message(MessageKind.CONTRACT_APPROVED, key, about, recipient, content, now), now
        )
