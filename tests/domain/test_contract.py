from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from kwartier.domain.access import Coverage, Reason
from kwartier.domain.contract import (
    GIVES,
    Choice,
    Contract,
    ContractState,
    choice_at,
    coverage_at_issue,
    missing,
    stands_behind,
)
from kwartier.domain.credentials import Credentials, EnvironmentName, valid_until
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from support.domain import SECOND, utc

NUMBER = EnterpriseNumber.parse("0999.999.922")
ASKED = utc("2025-01-10T10:00:00")
SIGNED, APPROVED, ENDED = (ASKED + timedelta(days=days) for days in (3, 10, 100))
NEW = Contract("DTC-000001", NUMBER, 25_000, ASKED)
WHOLE = NEW.signed(SIGNED).approved(APPROVED).ended(ENDED, ENDED)


@pytest.mark.parametrize(
    ("moment", "before", "after"),
    [
        (SIGNED, ContractState.REQUESTED, ContractState.SIGNED),
        (APPROVED, ContractState.SIGNED, ContractState.APPROVED),
        (ENDED, ContractState.APPROVED, ContractState.ENDED),
    ],
)
def test_a_contract_reaches_each_state_at_its_moment(
    moment: datetime, before: ContractState, after: ContractState
) -> None:
    """I6: a contract is requested, signed, approved, ended: a second before, at, and a second after each moment."""
    assert WHOLE.state(moment - SECOND) is before
    assert [WHOLE.state(moment), WHOLE.state(moment + SECOND)] == [after, after]


Change = Callable[[], Contract]


@pytest.mark.parametrize(
    "change",
    [
        lambda: NEW.approved(SIGNED),
        lambda: NEW.signed(SIGNED).signed(SIGNED),
        lambda: WHOLE.signed(ENDED),
        lambda: WHOLE.approved(ENDED),
        lambda: WHOLE.ended(ENDED, ENDED),
        lambda: NEW.ended(SIGNED, SIGNED - SECOND),
    ],
)
def test_states_come_in_order(change: Change) -> None:
    """I6: what was not signed can't be approved, nothing is done twice, and the end is the end."""
    with pytest.raises(InvalidValueError, match="contract"):
        change()


@pytest.mark.parametrize("contract", [NEW, NEW.signed(SIGNED)])
def test_a_contract_that_never_was_approved_can_end(contract: Contract) -> None:
    """I6: an organisation may go back on it at any time."""
    assert contract.ended(APPROVED, APPROVED).state(APPROVED) is ContractState.ENDED


def test_the_choice_can_be_made_again() -> None:
    """I6: with a contract that runs the choice is to sign, with none or one that ended to go on without."""
    assert choice_at([], ASKED) is Choice.WITHOUT
    assert choice_at([WHOLE], ASKED) is Choice.SIGN
    assert choice_at([WHOLE], ENDED) is Choice.WITHOUT
    assert GIVES.keys() == set(Choice)


@pytest.mark.parametrize(
    ("moment", "covered"),
    [
        (ASKED, Coverage.OWN),
        (APPROVED - SECOND, Coverage.OWN),
        (APPROVED, Coverage.ALL),
        (ENDED - SECOND, Coverage.ALL),
        (ENDED, Coverage.OWN),
    ],
)
def test_what_live_credentials_can_cover(moment: datetime, covered: Coverage) -> None:
    """I5: credentials issued or renewed while a contract is approved cover all EANs, others own ones alone."""
    live = EnvironmentName.LIVE
    assert coverage_at_issue(live, None, [WHOLE], moment) is covered
    assert coverage_at_issue(live, Coverage.OWN, [WHOLE], moment) is Coverage.OWN
    if covered is Coverage.ALL:
        assert coverage_at_issue(live, Coverage.ALL, [WHOLE], moment) is Coverage.ALL
    else:
        with pytest.raises(InvalidValueError, match="contract"):
            coverage_at_issue(live, Coverage.ALL, [WHOLE], moment)


def test_the_sandbox_needs_no_contract() -> None:
    """S1: sandbox credentials cover everything, and can't cover less."""
    sandbox = EnvironmentName.SANDBOX
    assert [coverage_at_issue(sandbox, asked, [], ASKED) for asked in (None, Coverage.ALL)] == [
        Coverage.ALL
    ] * 2
    with pytest.raises(InvalidValueError, match="live"):
        coverage_at_issue(sandbox, Coverage.OWN, [], ASKED)


def _credentials(issued: datetime, coverage: Coverage = Coverage.ALL) -> Credentials:
    return Credentials(
        "id", EnvironmentName.LIVE, NUMBER, coverage, issued, valid_until(issued), None, generation=1
    )


@pytest.mark.parametrize(
    ("issued", "moment", "stands"),
    [
        (APPROVED, APPROVED, True),
        (APPROVED, ENDED - SECOND, True),
        (APPROVED, ENDED, False),  # a contract that ends counts at once
        (APPROVED - SECOND, APPROVED, False),  # one that is approved later counts after renewal
        (APPROVED + SECOND, APPROVED + SECOND, True),
    ],
)
def test_a_contract_stands_behind_what_was_issued_under_it(
    issued: datetime, moment: datetime, *, stands: bool
) -> None:
    """I5: all EANs are covered while the contract stands under which the credentials were issued or renewed."""
    assert stands_behind(_credentials(issued), [WHOLE], moment) is stands
    assert not stands_behind(_credentials(issued, Coverage.OWN), [WHOLE], moment)


def test_a_second_contract_counts_after_renewal() -> None:
    """I5: credentials that covered all under a contract that ended do not do so under the next before they are renewed."""
    again = ENDED + timedelta(days=10)
    second = Contract("DTC-000002", NUMBER, 0, ENDED).signed(ENDED).approved(again)
    both = [WHOLE, second]
    assert not stands_behind(_credentials(APPROVED), both, again)
    assert stands_behind(_credentials(again), both, again)


@pytest.mark.parametrize(
    ("contracts", "reason"),
    [
        ([], Reason.NO_CONTRACT),
        ([NEW], Reason.CONTRACT_NOT_APPROVED),
        ([NEW.signed(SIGNED)], Reason.CONTRACT_NOT_APPROVED),
        ([NEW.signed(SIGNED).approved(APPROVED)], Reason.TO_RENEW),
        ([WHOLE], Reason.CONTRACT_ENDED),
        ([WHOLE, Contract("DTC-000002", NUMBER, 0, ENDED)], Reason.CONTRACT_NOT_APPROVED),
    ],
)
def test_what_exactly_is_missing(contracts: Sequence[Contract], reason: Reason) -> None:
    """E6, I5: no contract, one that is not approved yet, credentials to be renewed, or a contract that ended."""
    assert missing(contracts, ENDED) is reason
