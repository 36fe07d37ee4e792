"""Rows that were set aside: listed, retried, written out, discarded."""

import csv
import io
from pathlib import Path

import pytest

from kwartier.domain.delivery import DeliveryState
from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import HungMeter, KnownHeadpoint
from kwartier.domain.metering import EnergyType, Headpoint, MeterType, PhysicalMeter
from kwartier.formats.long import read_long
from kwartier.readings import headpoints
from kwartier.readings.quarantine import Chosen
from kwartier.services.errors import BeingRetriedError, NothingAsideError
from kwartier.services.ingest.claim import claimed
from kwartier.services.ingest.quarantine import Quarantine
from kwartier.services.ingest.way_in import Ingest, Phase
from support.ingest import SMALL, batch, ingest_into, row, rows_of_days, stands
from support.store import DIGITAL, START, StoreOfTest

NEW = Headpoint(Ean("541448800000000076"), EnergyType.ELECTRICITY, MeterType.DIGITAL)
EVERY = Chosen()


@pytest.fixture
def ingest(store: StoreOfTest, tmp_path: Path) -> Ingest:
    """The way into a store."""
    return ingest_into(store, tmp_path, SMALL)


@pytest.fixture
def waiting(store: StoreOfTest, ingest: Ingest) -> Quarantine:
    """A quarantine with 96 rows of an unknown headpoint, a negative value, and a line that was not understood."""
    ingest.take("first", "a test", [batch([*rows_of_days(1, ean=int(NEW.ean)), row(value=-1, line=97)])])
    ingest.take("second", "a test", [batch([row()], [(7, int(DIGITAL.ean), "no date", "a;b;c")])])
    return Quarantine(store.database)


def register(store: StoreOfTest) -> None:
    """Let the unknown headpoint be known."""
    known = KnownHeadpoint(NEW, meters=(HungMeter(PhysicalMeter("1", "1SAG0000000009")),))
    with store.database.writing() as connection:
        headpoints.add(connection, [known], START)


def test_rows_are_found_by_what_they_are(waiting: Quarantine) -> None:
    """R3: rows that wait are found by delivery, by EAN, and by words of their reason; and counted by reason."""
    assert waiting.count(EVERY) == 98
    assert [one.line for one in waiting.newest(Chosen(delivery_id="second"), 10)] == [7]
    assert waiting.count(Chosen(ean=int(DIGITAL.ean))) == 2
    assert waiting.count(Chosen(reason="NEGATIVE")) == 1
    assert waiting.count(Chosen(reason="100%")) == 0
    assert waiting.count(Chosen(delivery_id="second", reason="negative")) == 0
    assert [number for _, number in waiting.by_reason(EVERY, 10)] == [96, 1, 1]
    assert len(waiting.newest(EVERY, 5)) == 5


def test_what_passes_today_leaves(store: StoreOfTest, ingest: Ingest, waiting: Quarantine) -> None:
    """R3: a retry brings in what is right by today's catalogue as a delivery of its own; the rest stays where it is."""
    register(store)
    [retried] = waiting.retry(ingest, EVERY)
    assert retried.delivery_id == "first"
    delivery, first = retried.outcome.delivery, store.deliveries.find("first")
    assert delivery.delivery_id.startswith("retry of first at ")
    assert first is not None
    assert (delivery.retries, delivery.state) == (first.number, DeliveryState.PUBLISHED)
    assert store.deliveries.find(delivery.delivery_id) == delivery
    counts = delivery.counts
    assert (counts.rows, counts.stored, counts.quarantined) == (97, 96, 1)
    assert len(stands(store.database, [int(NEW.ean)])) == 96
    left = waiting.newest(EVERY, 10)
    assert [(one.delivery_id, one.line) for one in left] == [("first", 97), ("second", 7)]
    assert left[1].reason == "no date"


def test_why_a_row_stays_is_told_anew(store: StoreOfTest, ingest: Ingest, waiting: Quarantine) -> None:
    """R3: a row that fails again for another reason says the new one."""
    with store.database.writing() as connection:
        headpoints.add(connection, [KnownHeadpoint(NEW)], START)
    waiting.retry(ingest, Chosen(ean=int(NEW.ean)))
    [(reason, number)] = waiting.by_reason(Chosen(ean=int(NEW.ean)), 10)
    assert number == 96
    assert "no meter is named" in reason


def test_rows_leave_with_the_publication(store: StoreOfTest, ingest: Ingest, waiting: Quarantine) -> None:
    """R3: until the retry is published its rows wait; if it is broken off they still do."""
    register(store)
    seen: list[int] = []

    def look(phase: Phase, _done: int, _total: int | None) -> None:
        if phase is Phase.PUBLISHING:
            seen.append(waiting.count(EVERY))
            raise OSError("broken off")

    with pytest.raises(OSError, match="broken off"):
        waiting.retry(ingest, EVERY, look)
    assert seen == [98]
    assert waiting.count(EVERY) == 98
    waiting.retry(ingest, EVERY)
    assert waiting.count(EVERY) == 2


def test_a_retry_that_is_withdrawn_gives_its_rows_back(
    store: StoreOfTest, ingest: Ingest, waiting: Quarantine
) -> None:
    """R3: when a retry is withdrawn, what it brought in waits again."""
    register(store)
    [retried] = waiting.retry(ingest, EVERY)
    assert waiting.count(EVERY) == 2
    store.deliveries.withdraw(retried.outcome.delivery.delivery_id)
    assert waiting.count(EVERY) == 98


def test_a_retry_of_which_nothing_gets_in_leaves_no_delivery(
    store: StoreOfTest, ingest: Ingest, waiting: Quarantine
) -> None:
    """R3: retried as often as you like, rows that do not pass stay, and no empty delivery is made of them."""
    [retried] = waiting.retry(ingest, EVERY)
    delivery = retried.outcome.delivery
    assert (delivery.published_at, delivery.counts.rows, delivery.counts.quarantined) == (None, 97, 97)
    assert [one.delivery_id for one in store.deliveries.newest()] == ["second", "first"]
    assert waiting.count(EVERY) == 98


def test_nothing_to_retry_is_told(store: StoreOfTest, ingest: Ingest, waiting: Quarantine) -> None:
    """R3: without a row that can be read again nothing is delivered; nor by two at once."""
    with pytest.raises(NothingAsideError, match="export"):
        waiting.retry(ingest, Chosen(delivery_id="second"))
    with claimed(store.database, "quarantine"), pytest.raises(BeingRetriedError):
        waiting.retry(ingest, EVERY)
    assert [one.delivery_id for one in store.deliveries.newest()] == ["second", "first"]


def test_what_is_discarded_is_gone(store: StoreOfTest, ingest: Ingest, waiting: Quarantine) -> None:
    """R3: discarded rows are neither listed nor retried."""
    register(store)
    assert waiting.discard(Chosen(reason="unknown EAN")) == 96
    assert waiting.count(EVERY) == 2
    waiting.retry(ingest, EVERY)
    assert stands(store.database, [int(NEW.ean)]) == {}


def test_rows_are_written_out_and_come_in_corrected(
    store: StoreOfTest, ingest: Ingest, waiting: Quarantine, tmp_path: Path
) -> None:
    """R3, R4: rows are written as the long form with their reasons; corrected, they come in like any file."""
    sink = io.StringIO()
    assert waiting.export(EVERY, sink) == 98
    rows = list(csv.DictReader(io.StringIO(sink.getvalue())))
    assert [one["content"] for one in rows if one["content"]] == ["a;b;c"]
    assert {one["delivery"] for one in rows} == {"first", "second"}
    [negative] = [one for one in rows if "negative" in one["reason"]]
    assert negative["value"] == "-0.001"
    register(store)
    corrected = tmp_path / "corrected.csv"
    with corrected.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0])[:11], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(one | {"value": one["value"].lstrip("-")} for one in rows if not one["content"])
    counts = ingest.take("corrected", "a test", read_long(corrected)).delivery.counts
    assert (counts.stored, counts.quarantined) == (97, 0)


def test_what_is_not_published_does_not_wait(store: StoreOfTest, ingest: Ingest) -> None:
    """R3: rows of a delivery that is still being loaded are not listed."""
    seen: list[int] = []

    def look(phase: Phase, _done: int, _total: int | None) -> None:
        if phase is Phase.PUBLISHING:
            seen.append(Quarantine(store.database).count(EVERY))

    ingest.take("a", "a test", [batch([row(value=-1)])], progress=look)
    assert seen == [0]
    assert Quarantine(store.database).count(EVERY) == 1
