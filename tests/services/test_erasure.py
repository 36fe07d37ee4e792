"""What is erased is gone, from every question, and that it was erased is on record."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import event, func, insert, select, text

from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.db.readings_schema import delivery, quarantine, run, series
from kwartier.domain.days import Grid
from kwartier.domain.delivery import Counts
from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import KnownHeadpoint
from kwartier.domain.metering import Direction, Headpoint, State, SubHeadpoint
from kwartier.domain.period import epoch_microseconds
from kwartier.domain.resolve import Inserted, resolve
from kwartier.readings import headpoints
from kwartier.services.deliveries import SweptError
from kwartier.services.erasure import Erased, ErasedWithHeadpointError, Erasures, kept_from
from support.domain import brussels
from support.store import AMR, DIGITAL, GAS, StoreOfTest

BEFORE: Final = brussels("2025-08-20T00:00")
CUT: Final = int(BEFORE.timestamp()) // 900
HOUR: Final = int(BEFORE.timestamp()) // 3600
DAY_20: Final = (datetime(2025, 8, 20, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days


def quiet(_so_far: Erased) -> None:
    """Nobody listens."""


def erasing(store: StoreOfTest) -> Erasures:
    """Erasures of a store."""
    return Erasures(store.database, store.clock)


def said(
    store: StoreOfTest, headpoint: Headpoint, grid: Grid, start: int, values: Sequence[int | None]
) -> Any:
    """A run of one register, with values or silent."""
    states = [State.SILENT if value is None else State.VAL for value in values]
    return store.run(headpoint, grid, start, {1: ([value or 0 for value in values], states)})


def found(store: StoreOfTest, headpoint: Headpoint, grid: Grid, slots: range) -> dict[int, int]:
    """What is known, by slot."""
    inserted = Inserted(epoch_microseconds(store.now + timedelta(days=1)))
    values: dict[int, int] = {}
    for part in store.store.versions(headpoint.ean, grid, slots, inserted):
        given = resolve(part.versions, [slots], inserted)
        for column in range(len(given)):
            if int(given.states[0, column]) != State.SILENT:
                values[given.first_slot + column] = int(given.values[0, column])
    return values


def set_aside(
    store: StoreOfTest, number: int, headpoint: Headpoint | None, content: str = "c", *, no: int = 1
) -> None:
    """A row in quarantine; of no headpoint: its EAN could not be read."""
    row = {
        "delivery": number,
        "no": no,
        "ean": 0 if headpoint is None else int(headpoint.ean),
        "line": no,
        "reason": "r",
        "content": content,
        "state": "open",
    }
    with store.database.writing() as connection:
        connection.execute(insert(quarantine).values(**row))


def kept_aside(store: StoreOfTest) -> list[str]:
    """The words of the rows in quarantine."""
    with store.database.reading() as connection:
        return list(
            connection.scalars(select(quarantine.c.content).order_by(quarantine.c.delivery, quarantine.c.no))
        )


def rows(store: StoreOfTest, table: Any, headpoint: Headpoint) -> int:
    """How many rows of a headpoint there are."""
    with store.database.reading() as connection:
        query = select(func.count()).select_from(table).where(table.c.ean == int(headpoint.ean))
        return connection.execute(query).scalar_one()


def test_of_an_ean_everything_goes(store: StoreOfTest) -> None:
    """R1: runs of every delivery, rows set aside and series of the EAN go; those of others stay."""
    slots = range(CUT, CUT + 4)
    for number, name in enumerate("ab", 1):
        runs = [said(store, headpoint, Grid.QUARTER_HOUR, CUT, [number] * 4) for headpoint in (AMR, DIGITAL)]
        store.deliver(name, runs)
        set_aside(store, number, (AMR, DIGITAL)[number - 1])
    assert erasing(store).count(AMR.ean) == Erased(runs=2, quarantined=1, series=2)
    done = erasing(store).erase("the law", quiet, ean=AMR.ean)
    assert done.erased == Erased(runs=2, quarantined=1, series=2)
    assert found(store, AMR, Grid.QUARTER_HOUR, slots) == {}
    assert [rows(store, table, AMR) for table in (run, quarantine, series)] == [0, 0, 0]
    assert found(store, DIGITAL, Grid.QUARTER_HOUR, slots) == dict.fromkeys(slots, 2)
    assert [rows(store, table, DIGITAL) for table in (run, quarantine, series)] == [2, 1, 4]
    assert erasing(store).newest() == [done]
    assert done.finished
    assert (done.ean, done.before, done.why) == (AMR.ean, None, "the law")
    assert erasing(store).count(AMR.ean) == Erased()


def test_of_an_age_what_is_older_goes(store: StoreOfTest) -> None:
    """R1: whole runs go, those that reach beyond the date keep what is not older, whichever delivery said it."""
    store.deliver(
        "a",
        [
            said(store, AMR, Grid.QUARTER_HOUR, CUT - 500, [1] * 96),
            said(store, AMR, Grid.QUARTER_HOUR, CUT - 96, [2] * 96),
            said(store, AMR, Grid.QUARTER_HOUR, CUT, [3] * 4),
            said(store, DIGITAL, Grid.QUARTER_HOUR, CUT - 2, [4, None, 5, 6]),
            said(store, GAS, Grid.HOUR, HOUR - 3, [7] * 3 + [None]),
        ],
    )
    store.deliver("b", [said(store, DIGITAL, Grid.QUARTER_HOUR, CUT - 1, [8, 9])])
    set_aside(store, 1, AMR)
    expected = Erased(runs=3, shortened=2)
    assert erasing(store).count(before=BEFORE) == expected
    told: list[Erased] = []
    done = erasing(store).erase("three years", told.append, before=BEFORE)
    assert done.erased == expected
    assert told[-1] == expected
    everything = range(CUT - 600, CUT + 600)
    assert found(store, AMR, Grid.QUARTER_HOUR, everything) == dict.fromkeys(range(CUT, CUT + 4), 3)
    assert found(store, DIGITAL, Grid.QUARTER_HOUR, everything) == {CUT: 9, CUT + 1: 6}
    assert found(store, GAS, Grid.HOUR, range(HOUR - 50, HOUR + 50)) == {}
    assert rows(store, quarantine, AMR) == 1
    assert erasing(store).count(before=BEFORE) == Erased()
    assert erasing(store).erase("again", quiet, before=BEFORE).erased == Erased()
    assert [one.why for one in erasing(store).newest()] == ["again", "three years"]


def test_a_gas_day_is_older_once_it_has_ended(store: StoreOfTest) -> None:
    """R1: the gas day that ends at six in the morning of the date stays; the one before goes."""
    store.deliver("a", [said(store, GAS, Grid.GAS_DAY, DAY_20 - 3, [1, 2, 3, 4])])
    with store.database.writing() as connection:
        connection.execute(series.update().where(series.c.ean == int(GAS.ean)).values(grid=int(Grid.GAS_DAY)))
    erasing(store).erase("age", quiet, before=BEFORE)
    kept = found(store, GAS, Grid.GAS_DAY, range(DAY_20 - 9, DAY_20 + 9))
    assert kept == {DAY_20 - 1: 3, DAY_20: 4}


def test_rows_that_could_not_be_read_go_with_the_ean_in_their_words(store: StoreOfTest) -> None:
    """R1, R3: of rows whose EAN is not known those go in whose words it stands, cut or not; those of others stay."""
    store.deliver("a", [])
    lines = [
        (None, f"{AMR.ean};a line that cannot be cut;0,5"),
        (None, f'{{"ean":"EAN {AMR.ean}","start":"2025-08-01T00:00:00Z","value":"0.5"}}'),
        (None, f"{DIGITAL.ean};another's;0,5"),
        (None, f"{AMR.ean[:-1]};not all of its digits"),
        (DIGITAL, f"{AMR.ean} beside an EAN that is known"),
    ]
    for no, (headpoint, content) in enumerate(lines, 1):
        set_aside(store, 1, headpoint, content, no=no)
    assert erasing(store).count(AMR.ean).quarantined == 2
    assert erasing(store).erase("the law", quiet, ean=AMR.ean).erased.quarantined == 2
    assert kept_aside(store) == [content for _, content in lines[2:]]
    # Zeros stand for an EAN that could not be read, and ask for no other row.
    assert erasing(store).count(Ean("0" * 18)) == Erased()


def test_rows_set_aside_go_by_when_they_were_measured(store: StoreOfTest) -> None:
    """R1, R3: rows go by the moment in their words, whenever they came in; without one by when their delivery was received."""
    for name in ("old", "new"):
        store.deliver(name, [])
    with store.database.writing() as connection:
        long_ago = delivery.update().where(delivery.c.number == 1)
        connection.execute(long_ago.values(received_at=BEFORE - timedelta(days=1)))
    measured = ['{"ean":"1","start":"2025-08-19T21:45:00Z"}', '{"ean":"1","start":"2025-08-19T22:00:00Z"}']
    written = ["19-08-2025;23:45:00;20-08-2025;00:00:00;not cut", "20-08-2025;00:00:00;20-08-2025;00:15:00"]
    for number in (1, 2):
        for no, content in enumerate([*measured, *written, f"nothing of when, {number}"], 1):
            set_aside(store, number, AMR, content, no=no)
    assert erasing(store).count(before=BEFORE) == Erased(quarantined=5)
    assert erasing(store).erase("age", quiet, before=BEFORE).erased == Erased(quarantined=5)
    kept = [measured[1], written[1]]
    assert kept_aside(store) == [*kept, *kept, "nothing of when, 2"]


def test_a_submeter_is_erased_with_its_headpoint(store: StoreOfTest) -> None:
    """R1, E9: who asks for a submeter is told whose readings hold its own; nothing goes, and nothing is recorded."""
    sub = SubHeadpoint(Ean("541448800000000038"), "1", Direction.OFFTAKE)
    with store.database.writing() as connection:
        headpoints.add(connection, [KnownHeadpoint(AMR, submeters=(sub,))], store.now)
    store.deliver("a", [said(store, AMR, Grid.QUARTER_HOUR, CUT, [1] * 4)])
    for ask in (erasing(store).count, lambda ean: erasing(store).erase("the law", quiet, ean=ean)):
        with pytest.raises(ErasedWithHeadpointError, match=f"of a submeter.* everything of {AMR.ean}"):
            ask(sub.ean)
    assert erasing(store).newest() == []
    assert rows(store, run, AMR) == 1


def test_a_withdrawal_does_not_bring_back_what_is_erased(store: StoreOfTest) -> None:
    """R1: one that read what is erased meanwhile is swept, and one that is made afterwards finds nothing."""
    for number, name in enumerate("ab", 1):
        store.deliver(name, [said(store, AMR, Grid.QUARTER_HOUR, CUT, [number] * 4)])
    wrong = store.deliveries.find("b")
    assert wrong is not None
    taking = store.deliveries.begin("withdrawal of b", "withdrawal", wrong.number)
    done = erasing(store).erase("the law", quiet, ean=AMR.ean)
    assert done.erased.runs == 2
    with pytest.raises(SweptError):
        store.deliveries.load(taking, [said(store, AMR, Grid.QUARTER_HOUR, CUT, [1] * 4)])
    store.deliveries.withdraw("b")
    assert rows(store, run, AMR) == 0


def test_series_stay_while_something_is_loaded(store: StoreOfTest) -> None:
    """R1: whoever is loading knows the numbers of series, which must not become those of others."""
    begun = store.begin("a")
    store.deliveries.load(begun, [said(store, AMR, Grid.QUARTER_HOUR, CUT, [1] * 4)])
    done = erasing(store).erase("the law", quiet, ean=AMR.ean)
    assert done.erased == Erased(runs=1)
    assert rows(store, series, AMR) == 2
    store.deliveries.publish(begun, Counts())
    assert erasing(store).erase("the law", quiet, ean=AMR.ean).erased == Erased(series=2)


def test_an_erasure_that_is_broken_off_is_on_record(store: StoreOfTest) -> None:
    """R1: nothing is erased of which there is no record, also where it did not come to its end."""
    store.deliver("a", [said(store, AMR, Grid.QUARTER_HOUR, CUT, [1] * 4)])

    def fail(so_far: Erased) -> None:
        raise KeyboardInterrupt(so_far)

    with pytest.raises(KeyboardInterrupt):
        erasing(store).erase("the law", fail, ean=AMR.ean)
    [noted] = erasing(store).newest()
    assert noted.erased == Erased(runs=1)
    assert not noted.finished


@pytest.mark.parametrize(
    "what", [{"ean": AMR.ean}, {"before": BEFORE + timedelta(days=400)}], ids=["ean", "age"]
)
def test_erased_bytes_are_in_no_file(tmp_path: Path, what: dict[str, Any]) -> None:
    """R1: on SQLite what is erased is overwritten, in the file and in its log, also where its library would leave it."""
    with closing(readings_database(f"sqlite:///{tmp_path / 'k.db'}")) as database:
        for engine in database.engines:
            event.listen(engine, "connect", lambda made, _: made.execute("pragma secure_delete = off"))
        migrate(database, READINGS)
        store = StoreOfTest(database)
        store.deliver("a", [said(store, AMR, Grid.QUARTER_HOUR, CUT, list(range(50_000, 50_096)))])
        with database.reading() as connection:
            content = connection.execute(text("select content from run")).scalar_one()
        assert any(content in file.read_bytes() for file in tmp_path.iterdir())
        erasing(store).erase("the law", quiet, **what)
        assert not any(content in file.read_bytes() for file in tmp_path.iterdir())


def test_years_are_counted_in_brussels() -> None:
    """R1: what is kept for some years is kept from a local midnight on, also from a 29 February."""
    assert kept_from(brussels("2028-02-29T15:00"), 3) == brussels("2025-02-28T00:00")
    assert kept_from(brussels("2025-07-01T00:00"), 1) == brussels("2024-07-01T00:00")


def test_either_an_ean_or_a_date(store: StoreOfTest) -> None:
    """R1: an erasure of everything is not to be had by leaving something out."""
    for what in ({}, {"ean": AMR.ean, "before": BEFORE}):
        with pytest.raises(ValueError, match="either"):
            erasing(store).erase("why", quiet, **what)  # type: ignore[arg-type]
