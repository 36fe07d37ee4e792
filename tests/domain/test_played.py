"""What a sandbox plays: who the grid user is, and what can happen to a mandate next."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given

from kwartier.domain.access import Reason
from kwartier.domain.ean import Ean
from kwartier.domain.mandate import Asked, Consented, Fact, Mocked, Refused, RenewalAsked, Status
from kwartier.domain.period import Period
from kwartier.domain.played import (
    Act,
    GridUserTold,
    PlayedContract,
    fact_of,
    grid_user_at,
    lacking,
    possible,
)
from kwartier.domain.scenario import Scenario, ScenarioKind
from kwartier.domain.timeline import expiration_after, in_order, renewable_from, timeline
from support.domain import SECOND, brussels, mandate_histories

EAN: Final = Ean("541440110000000007")
OWN: Final = "0999.999.922"
NOW: Final = brussels("2026-02-01T10:00")
DAY: Final = timedelta(days=1)
BAKERY: Final = GridUserTold(EAN, NOW, "Bakkerij De Smet")


def moved(
    effective_days: int, registered_days: int, who: str | None, kind: ScenarioKind = ScenarioKind.MOVE
) -> Scenario:
    """A scenario some days from now, known some days from now."""
    return Scenario(EAN, kind, NOW + effective_days * DAY, NOW + registered_days * DAY, who)


@pytest.mark.parametrize(
    ("told", "user"),
    [
        ([], OWN),
        ([BAKERY], "Bakkerij De Smet"),
        ([BAKERY, moved(-9, 1, "Slager")], "Slager"),  # known late
        ([BAKERY, moved(2, 1, "Slager")], "Slager"),  # known before
        ([BAKERY, moved(4, 1, "Slager")], "Bakkerij De Smet"),  # not yet
        ([BAKERY, moved(1, 4, "Slager")], "Bakkerij De Smet"),  # not known yet
        ([BAKERY, moved(1, 1, None)], None),
        ([BAKERY, moved(1, 1, None, ScenarioKind.SUPPLIER_CHANGE)], "Bakkerij De Smet"),
        ([moved(-3, 0, "Slager"), moved(-5, 1, "Kapper")], "Slager"),  # told out of order
        ([moved(-3, -1, "Slager"), BAKERY], "Bakkerij De Smet"),  # said anew
        ([moved(2, -1, "Slager"), BAKERY], "Slager"),  # and what was known ahead still comes
        ([moved(0, 0, "Slager"), moved(0, 0, "Kapper", ScenarioKind.GRID_USER_CHANGE)], "Kapper"),
    ],
)  # fmt: skip
def test_who_the_grid_user_is(told: Sequence[GridUserTold | Scenario], user: str | None) -> None:
    """M5: an EAN is the client's own until it says otherwise; then the market decides, once it is known and takes effect."""
    assert grid_user_at(NOW + 3 * DAY, told, OWN) == user


def test_what_is_said_later_is_not_known_yet() -> None:
    """A3: by a clock set back an EAN is the client's own still."""
    assert grid_user_at(NOW - SECOND, [BAKERY], OWN) == OWN


def can(facts: Sequence[Fact], moment_days: float = 0) -> list[str]:
    """What can be done some days from now."""
    moment = NOW + moment_days * DAY
    told = [fact for fact in facts if fact.at <= moment]
    phase = [one for one in timeline(told) if one.start <= moment][-1]
    return [act.value for act in possible(told, phase, moment)]


ASKED: Final = Asked(NOW, Period(NOW - 900 * DAY))
APPROVED: Final[list[Fact]] = [ASKED, Consented(NOW)]
RENEWABLE: Final = (renewable_from(expiration_after(NOW)) - NOW) / DAY


def test_what_can_be_done() -> None:
    """M2, M3: answers while something is open, renewal from three months before expiry on, removal always."""
    assert can([ASKED]) == ["consent", "refuse", "remove"]
    assert can([ASKED], 40) == ["remove"]
    assert can(APPROVED) == ["end", "remove"]
    assert can(APPROVED, RENEWABLE - 1) == ["end", "remove"]
    assert can(APPROVED, RENEWABLE) == ["end", "renew", "remove"]
    asked_again: list[Fact] = [*APPROVED, RenewalAsked(NOW + RENEWABLE * DAY)]
    assert can(asked_again, RENEWABLE) == ["consent", "refuse", "end", "remove"]
    assert can(asked_again, RENEWABLE + 40) == ["end", "renew", "remove"]
    assert can([*asked_again, Refused(NOW + (RENEWABLE + 1) * DAY)], RENEWABLE + 1) == [
        "end",
        "renew",
        "remove",
    ]


def test_a_renewal_is_open_after_expiry_too() -> None:
    """M3: Expired also while a request is open, which can be answered all the same."""
    after = NOW + 2000 * DAY
    assert can([*APPROVED, RenewalAsked(after)], 2000) == ["consent", "refuse", "end", "remove"]


def test_a_mock_mandate_can_be_answered() -> None:
    """S2: a Requested one that was made as asked waits for an answer as long as it takes."""
    mock = Mocked(NOW, Status.REQUESTED, ASKED.data_period, expiration_after(NOW))
    assert can([mock], 400) == ["consent", "refuse", "remove"]


@given(mandate_histories())
def test_what_can_be_done_changes_something(facts: list[Fact]) -> None:
    """M2, M3: whatever can be done changes the timeline, at once or when it is answered; what can't changes nothing."""
    moment = facts[-1].at + SECOND
    history = in_order(facts)
    phase = [one for one in timeline(history) if one.start <= moment][-1]
    able = possible(history, phase, moment)
    for act in Act:
        if act is Act.RENEW:
            continue  # asked again it only waits for longer, and after expiry nothing is seen of it
        told = [*history, fact_of(act, moment, own=False)]
        if act in {Act.CONSENT, Act.END, Act.REMOVE}:
            assert (timeline(told) != timeline(history)) == (act in able)
        elif act not in able:
            assert timeline(told) == timeline(history)
    own = timeline([*history, RenewalAsked(moment, by_grid_user=True)])
    assert (own != timeline(history)) == (
        Act.RENEW in able or (Act.CONSENT in able and phase.status is Status.APPROVED)
    )


def test_each_contract_lacks_something_else() -> None:
    """E6, I6: every state of a contract but the first keeps EANs of others closed, each for its own reason."""
    reasons = [lacking(contract) for contract in PlayedContract]
    assert reasons == [
        None,
        Reason.NO_CONTRACT,
        Reason.CONTRACT_NOT_APPROVED,
        Reason.TO_RENEW,
        Reason.CONTRACT_ENDED,
    ]
