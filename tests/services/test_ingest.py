"""Deliveries taken in: whole or not at all, in any order, with wrong rows set aside."""

from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from kwartier.db.readings_schema import metadata, quarantine, run, series
from kwartier.domain.days import Grid
from kwartier.domain.delivery import DeliveryState
from kwartier.domain.metering import Direction, RegisterKind, State
from kwartier.formats.rows import DIRECTIONS, KINDS, Batch
from kwartier.readings.codec import decode
from kwartier.readings.quarantine import Chosen
from kwartier.readings.spool import SpoolError, SpoolSizes
from kwartier.services.deliveries import (
    AlreadyDeliveredError,
    BeingDeliveredError,
    OtherContentError,
    WithdrawnBeforeError,
)
from kwartier.services.ingest.claim import claimed
from kwartier.services.ingest.quarantine import Quarantine
from kwartier.services.ingest.way_in import Ingest, Phase
from support.examples import examples
from support.ingest import FIRST_DAY, FIRST_SLOT, SMALL, batch, ingest_into, row, rows_of_days, stands
from support.store import AMR, DIGITAL, GAS, StoreOfTest

INJECTION = DIRECTIONS.index(Direction.INJECTION)


@pytest.fixture
def ingest(store: StoreOfTest, tmp_path: Path) -> Ingest:
    """The way into a store, as large as it is in earnest."""
    return ingest_into(store, tmp_path)


def values(store: StoreOfTest) -> list[int]:
    """The values that stand, in order of series and slot."""
    return [value for _, (_, value) in sorted(stands(store.database).items(), key=str)]


def test_a_delivery_is_taken_in(store: StoreOfTest, ingest: Ingest) -> None:
    """R3: rows become runs of local days, all series of a headpoint together, and are counted."""
    rows = rows_of_days(2) + rows_of_days(2, direction=INJECTION)
    rows.append(row(slot=FIRST_SLOT + 200, state=int(State.WITHDRAWN), value=0))
    outcome = ingest.take("a", "a test", [batch(rows)])
    counts = outcome.delivery.counts
    assert (counts.rows, counts.stored, counts.withdrawn, counts.quarantined) == (385, 384, 1, 0)
    assert (counts.runs, counts.headpoints) == (3, 1)
    assert outcome.delivery.state is DeliveryState.PUBLISHED
    assert outcome.delivery.published_at is not None
    assert store.deliveries.find("a") == outcome.delivery
    found = stands(store.database)
    assert len(found) == 385
    assert sorted(value for _, value in found.values()) == sorted([*range(1, 193), *range(1, 193), 0])
    with store.database.reading() as connection:
        kept = connection.execute(select(run.c.start, run.c.content).order_by(run.c.start)).all()
    assert [one.start for one in kept] == [FIRST_SLOT, FIRST_SLOT + 96, FIRST_SLOT + 200]
    # As long as what is said, and with the series that say it alone.
    assert [one.values.shape[1:] for one in decode([one.content for one in kept])] == [(2, 96), (1, 1)]


@pytest.mark.parametrize("sizes", [None, SMALL])
def test_one_wrong_row_keeps_the_others_from_nothing(
    store: StoreOfTest, tmp_path: Path, sizes: SpoolSizes | None
) -> None:
    """R3: of ten thousand rows with one wrong one, all others get in."""
    rows = rows_of_days(105)[:10_000]
    rows[4_321]["value"] = -1
    outcome = ingest_into(store, tmp_path, sizes).take("a", "a test", [batch(rows)])
    assert (outcome.delivery.counts.stored, outcome.delivery.counts.quarantined) == (9_999, 1)
    assert len(stands(store.database)) == 9_999
    [aside] = Quarantine(store.database).newest(Chosen(), 10)
    assert (aside.delivery_id, aside.line, aside.ean) == ("a", 4_322, int(DIGITAL.ean))
    assert "negative value -0.001" in aside.reason
    assert outcome.reasons == [(aside.reason, 1)]


def test_a_wrong_row_stays_out_also_where_days_come_with_quarter_hours(
    store: StoreOfTest, ingest: Ingest
) -> None:
    """R3: rows of several grids are told apart, right and wrong ones of each."""
    day = {"grid": int(Grid.DAY), "kind": KINDS.index(RegisterKind.DAY)}
    rows = [
        row(value=-1),
        row(slot=FIRST_SLOT + 1, value=7, line=2),
        row(**day, slot=FIRST_DAY, value=8, line=3),
        row(**day, slot=FIRST_DAY + 1, value=-1, line=4),
    ]
    counts = ingest.take("a", "a test", [batch(rows)]).delivery.counts
    assert (counts.stored, counts.quarantined) == (2, 2)
    assert sorted(value for _, value in stands(store.database).values()) == [7, 8]
    assert [one.line for one in Quarantine(store.database).newest(Chosen(), 10)] == [1, 4]


def test_nothing_good_is_a_delivery_too(store: StoreOfTest, ingest: Ingest) -> None:
    """R3: a delivery of which every row is set aside, or without rows, is published with its counts."""
    wrong = ingest.take("a", "a test", [batch([row(value=-1)], [(2, 0, "no EAN", "x")])]).delivery.counts
    assert (wrong.rows, wrong.stored, wrong.quarantined, wrong.runs) == (2, 0, 2, 0)
    assert ingest.take("b", "a test", []).delivery.counts.rows == 0
    assert [one.state for one in store.deliveries.newest()] == [DeliveryState.PUBLISHED] * 2


@pytest.mark.parametrize("sizes", [None, SMALL])
def test_rows_that_say_it_again_count_once(
    store: StoreOfTest, tmp_path: Path, sizes: SpoolSizes | None
) -> None:
    """R3: the same row twice in a delivery is repeated; rows that contradict each other are all set aside."""
    rows = rows_of_days(1) + rows_of_days(1)[:10] + [row(slot=FIRST_SLOT + 20, value=999)]
    rows += [row(slot=FIRST_SLOT + 30, value=31, state=int(State.EST))] * 2
    # The same meter, named.
    rows.append(row(slot=FIRST_SLOT + 40, value=41, meter_id="1SAG0000000001"))
    outcome = ingest_into(store, tmp_path, sizes).take("a", "a test", [batch(rows)])
    counts = outcome.delivery.counts
    assert (counts.rows, counts.stored, counts.repeated, counts.quarantined) == (110, 94, 11, 5)
    slots = {key[4] for key in stands(store.database)}
    assert slots == set(range(FIRST_SLOT, FIRST_SLOT + 96)) - {FIRST_SLOT + 20, FIRST_SLOT + 30}
    assert ["contradict" in reason or "something else" in reason for reason, _ in outcome.reasons] == [True]


def test_the_same_delivery_counts_once(store: StoreOfTest, ingest: Ingest) -> None:
    """R3: the same content under the same id is not taken in again."""
    first = ingest.take("a", "a test", [batch([row()])], digest=lambda: "1")
    with pytest.raises(AlreadyDeliveredError) as known:
        ingest.take("a", "a test", [batch([row()])], digest=lambda: "1")
    assert known.value.delivery == first.delivery
    assert values(store) == [250]


@pytest.mark.parametrize("digest", [None, "1"])
def test_something_else_under_the_same_id_is_refused(
    store: StoreOfTest, ingest: Ingest, digest: str | None
) -> None:
    """R3: another content under an id that was taken in is refused, also where the first one's is not known."""
    ingest.take("a", "a test", [batch([row()])], digest=None if digest is None else lambda: digest)
    with pytest.raises(OtherContentError, match="id of its own"):
        ingest.take("a", "a test", [batch([row(value=1)])], digest=lambda: "2")
    assert values(store) == [250]


def test_what_was_withdrawn_does_not_come_back_under_its_id(store: StoreOfTest, ingest: Ingest) -> None:
    """R3: the same content once more under the id of a withdrawn delivery is refused, for it would not count."""
    ingest.take("a", "a test", [batch([row()])], digest=lambda: "1")
    store.deliveries.withdraw("a")
    with pytest.raises(WithdrawnBeforeError, match="another id"):
        ingest.take("a", "a test", [batch([row()])], digest=lambda: "1")
    assert values(store) == [0]
    ingest.take("b", "a test", [batch([row()])], digest=lambda: "1")
    assert values(store) == [250]


def _breaking() -> Iterator[Batch]:
    yield batch(rows_of_days(3))
    raise ValueError("the file is cut off")


def test_what_breaks_off_leaves_nothing(store: StoreOfTest, tmp_path: Path) -> None:
    """R3: when a source can't be read to its end, nothing of it is kept, and it can be brought in again at once."""
    ingest = ingest_into(store, tmp_path, SMALL)
    with pytest.raises(ValueError, match="cut off"):
        ingest.take("a", "a test", _breaking())
    assert store.deliveries.find("a") is None
    assert not list((tmp_path / "spools").iterdir())
    assert ingest.take("a", "a test", [batch(rows_of_days(3))]).delivery.counts.stored == 288


def test_what_breaks_while_loading_leaves_nothing(store: StoreOfTest, tmp_path: Path) -> None:
    """R3: an attempt that fails half-way through loading takes away its runs and its rows in quarantine."""
    ingest = ingest_into(store, tmp_path, SMALL)

    def fail(phase: Phase, _done: int, _total: int | None) -> None:
        if phase is Phase.PUBLISHING:
            raise OSError("no more")

    rows = [*rows_of_days(3), row(value=-1, line=999)]
    with pytest.raises(OSError, match="no more"):
        ingest.take("a", "a test", [batch(rows)], progress=fail)
    with store.database.reading() as connection:
        for table in (run, quarantine):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0
    assert not list((tmp_path / "spools").iterdir())


def test_an_attempt_that_died_need_not_be_waited_for(store: StoreOfTest, ingest: Ingest) -> None:
    """R3: what a killed import left is taken over at once, and never by somebody who is not sure that it is dead."""
    begun = store.begin("a")
    store.deliveries.load(
        begun, [store.run(DIGITAL, Grid.QUARTER_HOUR, FIRST_SLOT + 50, {1: ([1], [State.READ])})]
    )
    with claimed(store.database, "delivery a") as free:
        assert free
        with pytest.raises(BeingDeliveredError, match="another process"):
            ingest.take("a", "a test", [batch([row()])])
    assert ingest.take("a", "a test", [batch([row()])]).delivery.counts.stored == 1
    assert values(store) == [250]


def test_folders_of_dead_imports_are_removed(store: StoreOfTest, tmp_path: Path) -> None:
    """R3: a spool that was left behind goes with the next import; those of living ones stay."""
    spools = tmp_path / "spools"
    dead = spools / "kwartier-spool-dead"
    dead.mkdir(parents=True)
    (spools / "kwartier-spool-dead.lock").touch()
    seen: list[list[str]] = []

    def look(phase: Phase, _done: int, _total: int | None) -> None:
        if phase is Phase.PUBLISHING:
            seen.append(sorted(one.suffix for one in spools.iterdir()))
            if len(seen) == 1:
                inner.take("b", "a test", [batch(rows_of_days(2, ean=int(AMR.ean), state=int(State.VAL)))])
                seen.append(sorted(one.suffix for one in spools.iterdir()))

    inner = ingest_into(store, tmp_path, SMALL)
    inner.take("a", "a test", [batch(rows_of_days(2))], progress=look)
    assert seen == [["", ".lock"], ["", ".lock"]]
    assert not list(spools.iterdir())


def test_a_spool_that_cannot_be_made_is_told(store: StoreOfTest, tmp_path: Path) -> None:
    """R3: without a place for rows nothing is begun, and one line says why."""
    (tmp_path / "file").touch()
    ingest = Ingest(store.database, store.deliveries, store.clock, tmp_path / "file" / "spools")
    with pytest.raises(SpoolError, match="Not a directory"):
        ingest.take("a", "a test", [batch([row()])])
    assert store.deliveries.find("a") is None


def test_two_imports_of_one_headpoint_do_not_collide(store: StoreOfTest, tmp_path: Path) -> None:
    """R3: imports at the same time give each new series one number, and both get in."""
    with store.database.writing() as connection:
        connection.execute(delete(series))
    together, failed = Barrier(2), list[BaseException]()

    def take(name: str, direction: int) -> None:
        try:
            ingest = ingest_into(store, tmp_path / name, SMALL)
            together.wait()
            for number in range(5):
                rows = rows_of_days(1, direction=direction, grid=int(Grid.QUARTER_HOUR))
                gas = rows_of_days(1, ean=int(GAS.ean), grid=int(Grid.HOUR), unit=2 if direction else 0)
                for hour, one in enumerate(gas):
                    one["slot"] = FIRST_DAY * 24 + hour
                ingest.take(f"{name} {number}", "a test", [batch(rows + gas)])
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [
        Thread(target=take, args=(name, direction)) for name, direction in (("a", 0), ("b", INJECTION))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with store.database.reading() as connection:
        numbers = connection.execute(select(series.c.ean, series.c.no)).all()
    assert sorted(numbers) == [
        (int(DIGITAL.ean), 1),
        (int(DIGITAL.ean), 2),
        (int(GAS.ean), 1),
        (int(GAS.ean), 2),
    ]
    assert len(stands(store.database)) == 4 * 96


def test_days_share_a_run(store: StoreOfTest, ingest: Ingest) -> None:
    """R1: delivered days of electricity and gas, far apart, are found where they were said to be."""
    kinds = [KINDS.index(kind) for kind in (RegisterKind.DAY, RegisterKind.NIGHT)]
    days = [FIRST_DAY - 400, FIRST_DAY - 3, FIRST_DAY - 2, FIRST_DAY]
    rows = [row(grid=int(Grid.DAY), slot=day, kind=kind, value=day + kind) for day in days for kind in kinds]
    rows += [row(ean=int(GAS.ean), grid=int(Grid.GAS_DAY), slot=day, value=day) for day in days]
    counts = ingest.take("a", "a test", [batch(rows)]).delivery.counts
    assert (counts.stored, counts.headpoints) == (12, 2)
    assert counts.runs < 8
    found = {(key[0], key[3], key[4], value) for key, (_, value) in stands(store.database).items()}
    assert found == {(one["ean"], Grid(one["grid"]), one["slot"], one["value"]) for one in rows}


def test_runs_that_are_far_apart_are_laid_in_turn(
    store: StoreOfTest, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3: sparse rows take no more memory than a table of some runs at a time."""
    monkeypatch.setattr("kwartier.services.ingest.runs._CELLS", 300)
    rows = [one for one in rows_of_days(40) if one["line"] % 7 == 0]
    assert ingest.take("a", "a test", [batch(rows[::-1])]).delivery.counts.runs == 40
    found = stands(store.database)
    assert {key[4]: value for key, (_, value) in found.items()} == {one["slot"]: one["value"] for one in rows}


_KINDS = st.sampled_from(
    [
        {},
        {"direction": INJECTION},
        {"ean": int(AMR.ean), "state": int(State.VAL)},
        {"ean": int(GAS.ean), "grid": int(Grid.HOUR)},
        {"grid": int(Grid.DAY), "kind": KINDS.index(RegisterKind.DAY)},
    ]
)


@st.composite
def _deliveries(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows of a delivery, with repeated, contradicting and wrong ones among them."""
    cells = draw(st.lists(st.tuples(_KINDS, st.integers(0, 250), st.integers(-1, 3)), max_size=60))
    firsts = {
        int(Grid.QUARTER_HOUR): FIRST_SLOT,
        int(Grid.HOUR): FIRST_DAY * 24,
        int(Grid.DAY): FIRST_DAY - 300,
    }
    rows = []
    for line, (kind, slot, value) in enumerate(cells, 1):
        one = row(**kind, value=value, line=line)
        rows.append(one | {"slot": firsts[one["grid"]] + slot})
    return rows


def _by_itself(rows: list[dict[str, Any]]) -> tuple[dict[tuple[Any, ...], int], int]:
    """What should stand, and how many rows are set aside, row by row."""
    said: dict[tuple[Any, ...], set[int]] = {}
    names = ("ean", "direction", "kind", "grid", "slot")
    good = [one for one in rows if one["value"] >= 0]
    for one in good:
        said.setdefault(tuple(one[name] for name in names), set()).add(one["value"])
    stands_ = {key: of.pop() for key, of in said.items() if len(of) == 1}
    kept = sum(tuple(one[name] for name in names) in stands_ for one in good)
    return stands_, len(rows) - kept


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=examples(40),
)
@given(rows=_deliveries(), data=st.data())
def test_any_order_gives_the_same_store(
    store: StoreOfTest, tmp_path: Path, rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    """R3: however rows are ordered, cut into batches and spooled, the same stands, and the same is set aside."""
    with store.database.writing() as connection:
        for name in ("run", "delivery", "quarantine"):
            connection.execute(delete(metadata.tables[name]))
    mixed = data.draw(st.permutations(rows))
    size = data.draw(st.integers(1, 30))
    sizes = data.draw(st.sampled_from([None, SpoolSizes(5, 2, 3, 1), SpoolSizes(7, 3, 100, 4)]))
    batches = [batch(mixed[first : first + size]) for first in range(0, len(mixed), size)]
    outcome = ingest_into(store, tmp_path, sizes).take("a", "a test", batches)
    expected, aside = _by_itself(rows)
    found = {
        (key[0], DIRECTIONS.index(key[2].direction), KINDS.index(key[2].kind), int(key[3]), key[4]): value
        for key, (_, value) in stands(store.database).items()
    }
    assert found == expected
    counts = outcome.delivery.counts
    assert counts.quarantined == aside == len(Quarantine(store.database).newest(Chosen(), 1000))
    assert counts.rows == len(rows) == counts.stored + counts.repeated + counts.quarantined
    assert counts.headpoints == len({key[0] for key in expected})
