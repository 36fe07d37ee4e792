"""Rows of submeters that are not known yet: they wait, and come in when their headpoint is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import KnownHeadpoint
from kwartier.domain.metering import Direction, EnergyType, Headpoint, MeterType, State, SubHeadpoint
from kwartier.formats.rows import DIRECTIONS
from kwartier.readings import headpoints
from kwartier.readings.quarantine import Chosen
from kwartier.services.ingest.format import FileFormat
from kwartier.services.intake import Intake
from support.ingest import batch, row, stands
from support.portal import AMR as LINE
from support.portal import EAN, SUB_EAN, report
from support.store import START, StoreOfTest

ABOVE = Headpoint(Ean(EAN), EnergyType.ELECTRICITY, MeterType.AMR)
EVERY = Chosen()


@pytest.fixture
def intake(store: StoreOfTest, tmp_path: Path) -> Intake:
    """All that takes readings in."""
    return Intake(store.database, store.deliveries, store.clock, tmp_path / "spools")


def test_rows_of_an_unknown_submeter_come_in_by_retry(
    store: StoreOfTest, intake: Intake, tmp_path: Path
) -> None:
    """R3, E9: rows of a report that name a submeter alone wait under its EAN, and come in once its headpoint is told."""
    file = tmp_path / "upload.csv"
    file.write_bytes(report([replace(LINE, ean=f'="{SUB_EAN}"', register="Productie Actief")]))
    intake.take_file(file, FileFormat.AUTO, lambda *_: None, warn=print)
    [waiting] = intake.quarantine.newest(Chosen(ean=int(SUB_EAN)), 10)
    assert f"the row names submeter {SUB_EAN} alone" in waiting.reason
    [retried] = intake.quarantine.retry(intake.ingest, EVERY)
    assert retried.outcome.delivery.counts.quarantined == 1
    submeter = SubHeadpoint(Ean(SUB_EAN), "1", Direction.PRODUCTION)
    with store.database.writing() as connection:
        headpoints.add(connection, [KnownHeadpoint(ABOVE, submeters=(submeter,))], START)
    [retried] = intake.quarantine.retry(intake.ingest, EVERY)
    assert (retried.outcome.delivery.counts.stored, retried.outcome.delivery.counts.quarantined) == (1, 0)
    [(ean, meter, *_)] = stands(store.database, [int(EAN)])
    assert ean == int(EAN)
    assert SUB_EAN in meter


def test_a_submeter_of_two_headpoints_names_neither(
    store: StoreOfTest, intake: Intake, tmp_path: Path
) -> None:
    """R3, E9: where it can't be told on which headpoint a submeter is meant, its rows wait, now and when they are retried."""
    submeter = SubHeadpoint(Ean(SUB_EAN), "1", Direction.PRODUCTION)
    two = [ABOVE, replace(ABOVE, ean=Ean("541448800000000090"))]
    with store.database.writing() as connection:
        headpoints.add(connection, [KnownHeadpoint(one, submeters=(submeter,)) for one in two], START)
    file = tmp_path / "upload.csv"
    file.write_bytes(report([replace(LINE, ean=f'="{SUB_EAN}"', register="Productie Actief")]))
    taken = intake.take_file(file, FileFormat.AUTO, lambda *_: None, warn=print)
    [retried] = intake.quarantine.retry(intake.ingest, EVERY)
    for outcome in (taken, retried.outcome):
        assert (outcome.delivery.counts.stored, outcome.delivery.counts.quarantined) == (0, 1)
    [waiting] = intake.quarantine.newest(EVERY, 10)
    assert "not exactly one headpoint is known" in waiting.reason


def test_a_row_that_takes_a_submeter_for_a_headpoint_does_not_become_its_headpoints(
    store: StoreOfTest, intake: Intake
) -> None:
    """R3, E9: only what names the submeter as such is placed below its headpoint; the rest waits on, beside it too."""
    said = {"ean": int(SUB_EAN), "state": int(State.VAL)}
    named = row(**said, sub_ean=int(SUB_EAN), direction=DIRECTIONS.index(Direction.PRODUCTION))
    intake.ingest.take("both", "a test", [batch([named, row(**said, line=2)])])
    assert intake.quarantine.count(EVERY) == 2
    submeter = SubHeadpoint(Ean(SUB_EAN), "1", Direction.PRODUCTION)
    with store.database.writing() as connection:
        headpoints.add(connection, [KnownHeadpoint(ABOVE, submeters=(submeter,))], START)
    [retried] = intake.quarantine.retry(intake.ingest, EVERY)
    assert retried.outcome.delivery.counts.stored == 1
    [waiting] = intake.quarantine.newest(EVERY, 10)
    assert (waiting.line, waiting.ean) == (2, int(SUB_EAN))
