"""Rows that wait, and what other deliveries say of the same: which one wins, and what goes with a withdrawal."""

import json
from pathlib import Path
from typing import Any

import pytest

from kwartier.domain.days import Grid
from kwartier.domain.delivery import DeliveryState
from kwartier.domain.metering import State
from kwartier.readings import headpoints
from kwartier.readings.quarantine import Chosen
from kwartier.services.deliveries import AlreadyDeliveredError
from kwartier.services.errors import BeingRetriedError
from kwartier.services.ingest.claim import claimed
from kwartier.services.ingest.corrections import Correction
from kwartier.services.ingest.way_in import Ingest
from kwartier.services.intake import Intake
from support.ingest import FIRST_SLOT, batch, digital, ingest_into, row, stands
from support.store import DIGITAL, START, StoreOfTest

NEW = 541448800000000076
EVERY = Chosen()


@pytest.fixture
def ingest(store: StoreOfTest, tmp_path: Path) -> Ingest:
    """The way into a store."""
    return ingest_into(store, tmp_path)


@pytest.fixture
def intake(store: StoreOfTest, tmp_path: Path) -> Intake:
    """All that takes readings in."""
    return Intake(store.database, store.deliveries, store.clock, tmp_path / "spools")


def register(store: StoreOfTest) -> None:
    """Let the unknown headpoint be known."""
    with store.database.writing() as connection:
        headpoints.add(connection, [digital(NEW)], START)


def deliver(ingest: Ingest, delivery_id: str, *values: int, **said: Any) -> None:
    """Deliver quarter-hours of the headpoint that is not known, unless said otherwise, from the first on."""
    rows = [
        row(**({"ean": NEW} | said | {"value": value, "slot": FIRST_SLOT + place, "line": place + 1}))
        for place, value in enumerate(values)
    ]
    ingest.take(delivery_id, "a test", [batch(rows)])


def values_of(store: StoreOfTest, ean: int = NEW) -> list[int | None]:
    """The values that stand, in order; None where it is said that there is none."""
    found = {key[4]: said for key, said in stands(store.database, [ean]).items()}
    return [None if state == State.WITHDRAWN else value for _, (state, value) in sorted(found.items())]


def reasons(intake: Intake) -> list[str]:
    """Why rows wait."""
    return [one.reason for one in intake.quarantine.newest(EVERY, 100)]


def test_a_row_and_its_correction_come_in_one_after_the_other(
    store: StoreOfTest, ingest: Ingest, intake: Intake
) -> None:
    """R1, R3: rows of several deliveries are retried per delivery, in the order in which these came: the correction wins."""
    deliver(ingest, "first", 1, 2, 3)
    deliver(ingest, "correction", 10, 2)
    register(store)
    retried = intake.quarantine.retry(ingest, EVERY)
    assert [one.delivery_id for one in retried] == ["first", "correction"]
    assert [one.outcome.delivery.counts.stored for one in retried] == [3, 2]
    assert values_of(store) == [10, 2, 3]
    assert reasons(intake) == []


def test_an_old_row_does_not_overrule_a_later_delivery(
    store: StoreOfTest, ingest: Ingest, intake: Intake
) -> None:
    """R1, R3: of a row that waited, a later delivery got in with another value: it stays, with a reason that names it."""
    deliver(ingest, "first", 1, 2, 3)
    register(store)
    deliver(ingest, "correction", 10, 2)
    [retried] = intake.quarantine.retry(ingest, EVERY)
    assert (retried.outcome.delivery.counts.stored, retried.outcome.delivery.counts.quarantined) == (2, 1)
    assert values_of(store) == [10, 2, 3]
    [reason] = reasons(intake)
    assert "a later delivery says otherwise: correction; discard this row, or import it anew" in reason


def test_each_headpoint_is_asked_for_its_own(store: StoreOfTest, ingest: Ingest, intake: Intake) -> None:
    """R1, R3: of rows of several headpoints that are retried together those alone stay that a later delivery contradicts."""
    other = NEW + 7
    rows = [
        row(ean=ean, slot=FIRST_SLOT + first + place, value=place + 1, line=1 + first + place)
        for ean, first in ((NEW, 0), (other, 10))
        for place in range(2)
    ]
    ingest.take("first", "a test", [batch(rows)])
    register(store)
    with store.database.writing() as connection:
        headpoints.add(connection, [digital(other)], START)
    ingest.take("later", "a test", [batch([row(ean=other, slot=FIRST_SLOT + 11, value=9)])])
    [retried] = intake.quarantine.retry(ingest, EVERY)
    assert retried.outcome.delivery.counts.stored == 3
    assert (values_of(store), values_of(store, other)) == ([1, 2], [1, 9])
    assert [one.line for one in intake.quarantine.newest(EVERY, 10)] == [12]


def test_what_came_in_with_a_row_does_not_stand_in_its_way(
    store: StoreOfTest, ingest: Ingest, intake: Intake
) -> None:
    """R1, R3: another row of the same delivery, or of its retry, is no later one: the row comes in after it."""
    rows = [row(value=10), row(value=-1, line=2), row(slot=FIRST_SLOT + 1, value=-1, line=3)]
    ingest.take("first", "a test", [batch(rows)])
    [one, other] = intake.quarantine.newest(EVERY, 10)

    def corrected(number: int, value: str, slot_of: str) -> Correction:
        return Correction(one.delivery, number, json.dumps(json.loads(slot_of) | {"value": value}))

    for correction in (
        corrected(one.no, "0.020", one.content),
        corrected(other.no, "0.030", one.content),
    ):
        [retried] = intake.quarantine.correct(ingest, [correction]).retried
        assert retried.outcome.reasons == []
    assert values_of(store, int(DIGITAL.ean)) == [30]


def test_that_a_later_delivery_says_there_is_no_value_counts_too(
    store: StoreOfTest, ingest: Ingest, intake: Intake
) -> None:
    """R1, R3: a later delivery that says that there is no value, or the same value in another state, says otherwise."""
    deliver(ingest, "first", 1, 2, 3)
    register(store)
    deliver(ingest, "no value", 0, state=int(State.WITHDRAWN))
    ingest.take(
        "state", "a test", [batch([row(ean=NEW, slot=FIRST_SLOT + 1, value=2, state=int(State.EST))])]
    )
    intake.quarantine.retry(ingest, EVERY)
    assert values_of(store) == [None, 2, 3]
    assert [("no value" in one, "state" in one) for one in reasons(intake)] == [(True, False), (False, True)]


def test_what_came_in_before_is_overruled(store: StoreOfTest, ingest: Ingest, intake: Intake) -> None:
    """R1, R3: a row that waits came after a delivery that got in before: it is the newer one."""
    deliver(ingest, "first", 10, ean=int(DIGITAL.ean))
    deliver(ingest, "second", -1, ean=int(DIGITAL.ean))
    deliver(ingest, "third", 3)
    register(store)
    intake.quarantine.retry(ingest, Chosen(delivery_id="third"))
    assert values_of(store) == [3]
    assert values_of(store, int(DIGITAL.ean)) == [10]


def test_what_was_retried_counts_from_when_it_came(
    store: StoreOfTest, ingest: Ingest, intake: Intake
) -> None:
    """R1, R3: whichever is retried first, the rows of the delivery that was received later win."""
    deliver(ingest, "first", 1, 2)
    deliver(ingest, "correction", 10)
    register(store)
    intake.quarantine.retry(ingest, Chosen(delivery_id="first"))
    intake.quarantine.retry(ingest, Chosen(delivery_id="correction"))
    assert values_of(store) == [10, 2]
    for one in store.deliveries.newest():
        if one.retries is not None:
            intake.withdraw(one.delivery_id)
    intake.quarantine.retry(ingest, Chosen(delivery_id="correction"))
    intake.quarantine.retry(ingest, Chosen(delivery_id="first"))
    assert values_of(store) == [10, 2]
    [reason] = reasons(intake)
    assert "says otherwise: retry of correction" in reason


def test_a_withdrawn_delivery_overrules_nothing(store: StoreOfTest, ingest: Ingest, intake: Intake) -> None:
    """R1, R3: a later delivery that was withdrawn says nothing any more, nor does what took it back."""
    deliver(ingest, "first", 1)
    register(store)
    deliver(ingest, "correction", 10)
    intake.withdraw("correction")
    intake.quarantine.retry(ingest, EVERY)
    assert values_of(store) == [1]


def test_the_last_of_several_later_deliveries_says_what_is(
    store: StoreOfTest, ingest: Ingest, intake: Intake
) -> None:
    """R1, R3: where the last of those that came later says the same as the row, it may get in: nothing changes."""
    deliver(ingest, "first", 1, 2)
    register(store)
    deliver(ingest, "second", 10, 2)
    deliver(ingest, "third", 1, 20)
    intake.quarantine.retry(ingest, EVERY)
    assert values_of(store) == [1, 20]
    [reason] = reasons(intake)
    assert "says otherwise: third" in reason


def test_other_grids_and_series_overrule_nothing(store: StoreOfTest, ingest: Ingest, intake: Intake) -> None:
    """R3: only what is said of the same series and interval counts."""
    deliver(ingest, "first", 1)
    register(store)
    deliver(ingest, "injection", 10, direction=1)
    ingest.take("slot", "a test", [batch([row(ean=NEW, slot=FIRST_SLOT + 1, value=7)])])
    day = row(ean=NEW, grid=int(Grid.DAY), slot=FIRST_SLOT // 96, value=9, kind=1)
    ingest.take("day", "a test", [batch([day])])
    intake.quarantine.retry(ingest, EVERY)
    assert reasons(intake) == []


def test_withdrawing_reaches_what_waits(store: StoreOfTest, ingest: Ingest, intake: Intake) -> None:
    """R3: rows of a withdrawn delivery wait no more and can't be retried; it is told how many there were."""
    deliver(ingest, "wrong", 1, 2, 3)
    deliver(ingest, "right", 4)
    done = intake.withdraw("wrong")
    assert (done.dropped, list(done.retries)) == (3, [])
    assert done.delivery.delivery_id == "withdrawal of wrong"
    wrong = store.deliveries.find("wrong")
    assert wrong is not None
    rest = intake.about(wrong)
    assert (rest.waiting, rest.dropped) == (0, 3)
    register(store)
    intake.quarantine.retry(ingest, EVERY)
    assert values_of(store) == [4]


def test_withdrawing_reaches_what_was_retried(store: StoreOfTest, ingest: Ingest, intake: Intake) -> None:
    """R3: what was retried of a delivery is withdrawn with it, and does not wait again."""
    deliver(ingest, "wrong", 1, 2, -3)
    register(store)
    [retried] = intake.quarantine.retry(ingest, EVERY)
    assert values_of(store) == [1, 2]
    done = intake.withdraw("wrong")
    assert [one.delivery_id for one in done.retries] == [retried.outcome.delivery.delivery_id]
    assert done.dropped == 1
    assert values_of(store) == [None, None]
    assert reasons(intake) == []
    wrong = store.deliveries.find("wrong")
    assert wrong is not None
    rest = intake.about(wrong)
    assert [one.state for one in rest.retries] == [DeliveryState.WITHDRAWN]
    assert (rest.waiting, rest.dropped) == (0, 3)
    with pytest.raises(AlreadyDeliveredError):
        intake.withdraw("wrong")


def test_a_withdrawal_that_was_broken_off_goes_on(
    store: StoreOfTest, ingest: Ingest, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3: where a withdrawal was broken off after what had been retried, it is done by asking again."""
    deliver(ingest, "wrong", 1)
    register(store)
    intake.quarantine.retry(ingest, EVERY)
    withdraw = store.deliveries.withdraw

    def break_off(delivery_id: str) -> object:
        if delivery_id == "wrong":
            raise OSError("broken off")
        return withdraw(delivery_id)

    monkeypatch.setattr(store.deliveries, "withdraw", break_off)
    with pytest.raises(OSError, match="broken off"):
        intake.withdraw("wrong")
    monkeypatch.undo()
    intake.withdraw("wrong")
    assert values_of(store) == [None]
    assert reasons(intake) == []


def test_nothing_is_withdrawn_while_rows_are_retried(
    store: StoreOfTest, ingest: Ingest, intake: Intake
) -> None:
    """R3: a retry under way could bring rows in of what is being withdrawn: one waits for the other."""
    deliver(ingest, "wrong", 1)
    with claimed(store.database, "quarantine"), pytest.raises(BeingRetriedError):
        intake.withdraw("wrong")
    intake.withdraw("wrong")
