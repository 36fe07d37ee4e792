"""The audit: what is written of an access, and how it is found again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from kwartier.db.engine import Database, UnavailableError
from kwartier.domain.access import Reason
from kwartier.domain.audit import AuditEntry
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.metering import ComplexEnergyType, Granularity
from kwartier.domain.period import Period
from kwartier.domain.question import EnergyQuestion, PeriodType
from kwartier.patience import within
from kwartier.services.audit import Audit, AuditFilter
from support.domain import brussels

NOW = brussels("2025-09-20T12:00")
ONE, OTHER = EnterpriseNumber.parse("0999.999.922"), EnterpriseNumber.parse("0203.430.576")
EAN, ELSEWHERE = Ean("541448800000000007"), Ean("541448800000000014")


def entry(minute: int = 0, **changes: Any) -> AuditEntry:
    """An access at a minute."""
    question = EnergyQuestion(
        changes.pop("ean", EAN),
        PeriodType.INSERT_TIME,
        Period(brussels("2025-09-01T00:00"), brussels("2025-09-05T00:00")),
        frozenset(changes.pop("granularities", {Granularity.DAILY})),
        frozenset({ComplexEnergyType.ACTIVE}),
        "reference 1",
    )
    facts: dict[str, Any] = {
        "at": NOW + timedelta(minutes=minute),
        "organisation": ONE,
        "client_id": "client",
        "question": question,
        "refused": None,
        "mandates": ("m1", "m2"),
        "correlation_id": f"correlation-{minute}",
    }
    return AuditEntry(**(facts | changes))


def test_an_access_is_found_as_it_was(database: Database) -> None:
    """A1: who, which EAN, period, under which mandates, when: nothing of it is lost, granted or refused."""
    audit = Audit(database)
    granted, refused = entry(1), entry(2, refused=Reason.COVERAGE, mandates=(), granularities=())
    audit.write(granted)
    audit.write(refused)
    assert audit.find(AuditFilter()) == [refused, granted]


def test_accesses_are_found_by_ean_organisation_and_time(database: Database) -> None:
    """A1: an audit is asked by EAN and by organisation, over a period, and gives the newest first."""
    audit = Audit(database)
    entries = [
        entry(0),
        entry(1, ean=ELSEWHERE),
        entry(2, organisation=OTHER),
        entry(3, ean=ELSEWHERE, organisation=OTHER),
        entry(4),
    ]
    for one in entries:
        audit.write(one)

    def minutes(narrowed: AuditFilter, limit: int = 100) -> list[int]:
        return [(one.at - NOW) // timedelta(minutes=1) for one in audit.find(narrowed, limit)]

    assert minutes(AuditFilter()) == [4, 3, 2, 1, 0]
    assert minutes(AuditFilter(ean=EAN)) == [4, 2, 0]
    assert minutes(AuditFilter(organisation=OTHER)) == [3, 2]
    assert minutes(AuditFilter(ean=ELSEWHERE, organisation=OTHER)) == [3]
    assert minutes(AuditFilter(ean=EAN), limit=2) == [4, 2]
    between = Period(NOW + timedelta(minutes=1), NOW + timedelta(minutes=4))
    assert minutes(AuditFilter(period=between)) == [3, 2, 1]
    assert minutes(AuditFilter(period=Period(NOW + timedelta(minutes=3)))) == [4, 3]


def test_accesses_at_one_moment_are_all_kept(database: Database) -> None:
    """A1: two accesses of the same moment to the same EAN are two."""
    audit = Audit(database)
    audit.write(entry())
    audit.write(entry())
    assert len(audit.find(AuditFilter(ean=EAN))) == 2


def test_accesses_from_many_threads_share_transactions(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A1: while one group is written the next gathers; each access is there when its own call returns."""
    audit = Audit(database)
    transactions, together, first_began = 0, threading.Event(), threading.Event()
    noting = database.noting

    @contextmanager
    def slow(*about: str) -> Iterator[Connection]:
        nonlocal transactions
        transactions += 1
        first_began.set()
        assert together.wait(60)
        with noting(*about) as connection:
            yield connection

    monkeypatch.setattr(database, "noting", slow)
    missing: list[int] = []

    def write(minute: int) -> None:
        audit.write(entry(minute))
        found = audit.find(AuditFilter(period=Period(NOW + timedelta(minutes=minute))), 1000)
        if not any(one.correlation_id == f"correlation-{minute}" for one in found):
            missing.append(minute)

    threads = [threading.Thread(target=write, args=(minute,)) for minute in range(20)]
    threads[0].start()
    assert first_began.wait(60)
    for thread in threads[1:]:
        thread.start()
    while len(audit._group.entries) < 19:
        threading.Event().wait(0.001)
    together.set()
    for thread in threads:
        thread.join()
    assert missing == []
    assert len(audit.find(AuditFilter())) == 20
    assert transactions == 2


def test_what_can_not_be_written_is_told_to_everyone_in_the_group(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A1: whose access can't be written gets no answer; later ones are written again."""
    counted: list[tuple[int, bool]] = []
    audit = Audit(database, lambda rows, *, written: counted.append((rows, written)))

    def fail(_about: str | None = None) -> None:
        raise UnavailableError("full")

    with monkeypatch.context() as broken:
        broken.setattr(database, "noting", fail)
        with pytest.raises(UnavailableError):
            audit.write(entry(1))
    audit.write(entry(2))
    assert [one.correlation_id for one in audit.find(AuditFilter())] == ["correlation-2"]
    assert counted == [(1, False), (1, True)]


def test_an_access_whose_turn_did_not_come_is_not_written_with_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A1, C6: who is told that nothing can be given was given nothing, and the audit says nothing else."""
    counted: list[tuple[int, bool]] = []
    audit = Audit(database, lambda rows, *, written: counted.append((rows, written)))
    began, going_on = threading.Event(), threading.Event()
    noting = database.noting

    @contextmanager
    def slow(*about: str) -> Iterator[Connection]:
        began.set()
        assert going_on.wait(10)
        with noting(*about) as connection:
            yield connection

    monkeypatch.setattr(database, "noting", slow)
    first = threading.Thread(target=audit.write, args=(entry(1),))
    first.start()
    assert began.wait(10)
    with pytest.raises(UnavailableError), within(0):
        audit.write(entry(2))
    going_on.set()
    first.join()
    audit.write(entry(3))
    assert [one.correlation_id for one in audit.find(AuditFilter())] == ["correlation-3", "correlation-1"]
    assert counted == [(1, False), (1, True), (1, True)]


@pytest.mark.parametrize(
    "narrowed", [AuditFilter(ean=EAN), AuditFilter(organisation=ONE)], ids=["ean", "who"]
)
def test_no_question_reads_the_whole_audit(database: Database, narrowed: AuditFilter) -> None:
    """A1: by EAN and by organisation, an index leads to the newest rows, however many there are."""
    audit = Audit(database)
    audit.write(entry())
    seen: list[str] = []
    with database.reading() as connection:
        column, value = ("ean", int(EAN)) if narrowed.ean else ("organisation", ONE)
        query = f"select * from audit where {column} = :value order by at desc, entry_id desc limit 100"  # noqa: S608 - names of our own
        explain = "explain query plan" if database.url.startswith("sqlite") else "explain"
        if explain == "explain":
            connection.execute(text("set local enable_seqscan = off"))
        seen = [str(row) for row in connection.execute(text(f"{explain} {query}"), {"value": value})]
    plan = "\n".join(seen)
    assert "SCAN audit" not in plan
    assert "Seq Scan" not in plan
    assert "audit" in plan
