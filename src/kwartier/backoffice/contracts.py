"""Data access contracts (I5, I6)."""

from http import HTTPStatus
from typing import Final

from pydantic import Field

from kwartier.backoffice.call import Call
from kwartier.backoffice.operation import Operation, Refusals
from kwartier.backoffice.paging import NEXT, PAGE, page_of
from kwartier.backoffice.parameters import ORGANISATION
from kwartier.backoffice.shapes import AskedId, AskedMoment, AskedNumber, Asking, Moment, Shape
from kwartier.domain.contract import Contract, ContractState
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.operators import OperatorScope
from kwartier.domain.people import Acting
from kwartier.services.errors import ContractError

__all__ = ["OPERATIONS"]

_MOST_CENTS: Final = 10**9


class ContractShape(Shape):
    """A data access contract."""

    contract: str = Field(description="Its number.")
    organisation: str = Field(description="Whose it is, by its enterprise number.")
    state: ContractState = Field(description="How far it is: `requested`, `signed`, `approved`, or `ended`.")
    fee_cents: int = Field(description="The one-off activation fee, in euro cents.")
    requested_at: Moment = Field(description="When it was requested.")
    signed_at: Moment | None = Field(default=None, description="When it was signed.")
    approved_at: Moment | None = Field(default=None, description="When it was approved.")
    ended_at: Moment | None = Field(default=None, description="When it ended, or will end.")


class ContractsShape(Shape):
    """Contracts, the first requested first."""

    contracts: list[ContractShape] = Field(description="The contracts found.")
    next: int | None = Field(default=None, description=NEXT)


class AskContract(Asking):
    """A contract that is requested for an organisation."""

    organisation: AskedNumber = Field(description="For which organisation, by its enterprise number.")
    fee_cents: int = Field(
        default=0, ge=0, le=_MOST_CENTS, description="The one-off activation fee, in euro cents."
    )


class SignContract(Asking):
    """A contract that an organisation signed."""

    contract: AskedId = Field(description="Its number.")
    organisation: AskedNumber = Field(description="Whose it is, by its enterprise number.")


class ApproveContract(Asking):
    """A contract that is approved."""

    contract: AskedId = Field(description="Its number.")


class EndContract(Asking):
    """A contract that is to end."""

    contract: AskedId = Field(description="Its number.")
    at: AskedMoment | None = Field(default=None, description="When it ends, from now on; left out: now.")


def list_contracts(call: Call) -> ContractsShape:
    """List contracts, the first requested first."""
    some, following = page_of(call, call.desk.contracts.list_all(call.given(ORGANISATION)))
    return ContractsShape(contracts=[_shown(call, one) for one in some], next=following)


def ask_contract(call: Call) -> ContractShape:
    """Request a contract for an organisation; it gets a number."""
    asked = call.body(AskContract)
    acting = Acting(EnterpriseNumber(asked.organisation))
    return _shown(call, call.desk.contracts.ask(acting, asked.fee_cents))


def sign_contract(call: Call) -> ContractShape:
    """Note that an organisation signed its contract."""
    asked = call.body(SignContract)
    acting = Acting(EnterpriseNumber(asked.organisation))
    return _shown(call, call.desk.contracts.sign(acting, asked.contract))


def approve_contract(call: Call) -> ContractShape:
    """Approve a contract that was signed; its organisation is told to renew its credentials.

    It counts for live credentials once they are renewed.
    """
    return _shown(call, call.desk.contracts.approve(call.body(ApproveContract).contract))


def end_contract(call: Call) -> ContractShape:
    """End a contract; what credentials cover by it ends at that moment."""
    asked = call.body(EndContract)
    return _shown(call, call.desk.contracts.end(asked.contract, at=asked.at))


def _shown(call: Call, one: Contract) -> ContractShape:
    return ContractShape(
        contract=one.number,
        organisation=one.organisation,
        state=one.state(call.moment),
        fee_cents=one.fee_cents,
        requested_at=one.requested_at,
        signed_at=one.signed_at,
        approved_at=one.approved_at,
        ended_at=one.ended_at,
    )


_REFUSED: Final[Refusals] = {
    ContractError: (
        HTTPStatus.CONFLICT,
        "The organisation, or the contract, is not there, or can't be brought to that state; the message says which.",
    )
}
_WRITE: Final = OperatorScope.WRITE

OPERATIONS: Final = (
    Operation("GET", "/contracts", OperatorScope.READ, list_contracts, ContractsShape, (ORGANISATION, *PAGE)),
    Operation("POST", "/contracts", _WRITE, ask_contract, ContractShape, body=AskContract, refused=_REFUSED),
    Operation(
        "POST", "/contracts/sign", _WRITE, sign_contract, ContractShape, body=SignContract, refused=_REFUSED
    ),
    Operation(
        "POST",
        "/contracts/approve",
        _WRITE,
        approve_contract,
        ContractShape,
        body=ApproveContract,
        refused=_REFUSED,
    ),
    Operation(
        "POST", "/contracts/end", _WRITE, end_contract, ContractShape, body=EndContract, refused=_REFUSED
    ),
)
