"""Two people, two tabs, two workers that do contradictory things at once: one outcome, told to both."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest

from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.ean import Ean
from kwartier.domain.mandate import Status
from kwartier.services import credentials
from support.contest import EFFECTIVE, ask, consent, contest, move, refuse, renew, revoke
from support.engines import Template
from support.living import ACME, BAKER, OPEN, Living, living

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROUNDS: Final = 100
EANS: Final = [Ean(f"5414488000000300{place:02d}") for place in range(ROUNDS)]


@pytest.fixture
def live(any_template: Template) -> Iterator[Living]:
    """One on each engine, in real time, with a headpoint of another for each round."""
    with any_template() as url, living(url, real_time=True) as live:
        live.add_headpoints(dict.fromkeys(EANS, BAKER))
        yield live


def asked(live: Living) -> list[dict[str, Any]]:
    """A mandate that waits, and the link on which it waits, for each round."""
    rounds = []
    for ean in EANS:
        mandate = live.ask(ean).mandate_id
        rounds.append({"ean": ean, "mandate": mandate, "token": live.token(among=2)})
    return rounds


def assert_each_wins(outcomes: list[tuple[str, str]], *expected: tuple[str, str]) -> None:
    """Nothing but these outcomes, and each of them."""
    counted = Counter(outcomes)
    assert counted.total() == ROUNDS
    assert counted.keys() == set(expected), counted


def test_consent_and_refuse(live: Living) -> None:
    """M2: of yes and no at once one is taken; the other is told that there is an answer already."""
    rounds = asked(live)
    outcomes = contest(live.url, rounds, consent, refuse, first="taken")
    assert_each_wins(outcomes, ("taken", "answered before"), ("answered before", "taken"))
    for round_, (yes, _) in zip(rounds, outcomes, strict=True):
        assert live.status(round_["mandate"]) is (Status.APPROVED if yes == "taken" else Status.REJECTED)


def test_consent_and_move(live: Living) -> None:
    """M2, M5: of consent and a move at once either the consent came first, and was cut, or it came too late."""
    rounds = asked(live)
    outcomes = contest(live.url, rounds, consent, move, first="taken")
    assert_each_wins(outcomes, ("taken", "cut 1, closed 0"), ("too late", "cut 0, closed 1"))
    for round_, (told, _) in zip(rounds, outcomes, strict=True):
        phase = live.phase(round_["mandate"])
        if told == "taken":
            assert (phase.status, phase.data_period.end) == (Status.APPROVED, EFFECTIVE)
        else:
            assert (phase.status, phase.data_period) == (Status.REJECTED, OPEN)


def test_renew_and_revoke(live: Living) -> None:
    """C2, I4: of renewing and revoking at once either there was a renewal, which was revoked, or none."""
    rounds = []
    for _ in EANS:
        issued = credentials.issue(live.database, live.hasher, EnvironmentName.LIVE, ACME, live.clock())
        rounds.append({"client_id": issued.credentials.client_id})
    outcomes = contest(live.url, rounds, renew, revoke, first="generation 2")
    assert_each_wins(outcomes, ("generation 2", "generation 2"), ("revoked before", "generation 1"))
    assert all(one.revoked_at is not None for one in credentials.list_all(live.database))


def test_ask_and_ask(live: Living) -> None:
    """M1: the same mandate asked for in two tabs is asked for once; the other is told that it waits already."""
    outcomes = contest(live.url, [{"ean": ean} for ean in EANS], ask, ask, first="requested")
    assert_each_wins(outcomes, ("requested", "Already"), ("Already", "requested"))
    assert len(live.held.list_all(ACME)) == ROUNDS
