"""Organisations are told once, and in time, what is about to expire."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from sqlalchemy import select

from kwartier.db.engine import Database
from kwartier.db.schema import outbox_message
from kwartier.domain.access import Coverage
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.mandate import Asked, Consented, Ended, Mandate, RenewalAsked
from kwartier.domain.messages import Content, CredentialsExpiring, Language, MandatesExpiring, MessageKind
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.organisation import Organisation, OrganisationKind
from kwartier.domain.period import Period
from kwartier.registry import mandates, organisations
from kwartier.registry.outbox_content import read_content, read_recipient
from kwartier.services import credentials
from kwartier.services.environment import LIVE_HOLDERS
from kwartier.services.expiring import Expiring
from kwartier.services.secrets import Hasher

NOW: Final = datetime(2025, 9, 20, 10, tzinfo=UTC)
DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)
NUMBER: Final = EnterpriseNumber.parse("0999.999.922")
HASHER: Final = Hasher("pepper")
# Approved at NOW, they expire at the first midnight three years on, and are renewable three months before.
EXPIRES: Final = datetime(2028, 9, 20, 22, tzinfo=UTC)
RENEWABLE: Final = datetime(2028, 6, 20, 22, tzinfo=UTC)


@pytest.fixture
def expiring(database: Database) -> Expiring:
    """What tells it, of a registry with one organisation, on one engine after the other."""
    with database.writing() as connection:
        organisations.put(
            connection,
            Organisation(NUMBER, "Bakkerij", OrganisationKind.COMPANY, Language.DUTCH, NOW, "b@example.org"),
        )
    return Expiring(database)


def give(database: Database, number: int = 1, *more: Ended | RenewalAsked, holder: str = NUMBER) -> None:
    """Approve some mandates at `NOW`."""
    period = Period(NOW - 365 * DAY)
    with database.writing() as connection:
        for one in range(number):
            mandate = Mandate(
                None, Ean(f"{541440110000000000 + one}"), EnergyType.ELECTRICITY, Granularity.DAILY
            )
            history = [Asked(NOW, period), Consented(NOW), *more]
            mandates.add(connection, LIVE_HOLDERS + holder, mandate, history)


def told(database: Database) -> list[Content]:
    """What was put, in order, to the organisation."""
    with database.reading() as connection:
        rows = connection.execute(select(outbox_message).order_by(outbox_message.c.put_at)).all()
    assert {read_recipient(row.recipient).email for row in rows} <= {"b@example.org"}
    return [read_content(MessageKind(row.kind), row.content) for row in rows]


def test_credentials_are_told_of_a_month_before_their_end(database: Database, expiring: Expiring) -> None:
    """I4: thirty days before their end, to the second, and once."""
    issued = credentials.issue(database, HASHER, EnvironmentName.LIVE, NUMBER, NOW, coverage=Coverage.OWN)
    ends = issued.credentials.valid_until
    assert expiring.sweep(ends - 31 * DAY - SECOND) == 0
    assert expiring.sweep(ends - 30 * DAY - SECOND) == 0
    assert expiring.sweep(ends - 29 * DAY) == 1
    (content,) = told(database)
    assert content == CredentialsExpiring("Bakkerij", "live", issued.credentials.client_id, ends)
    assert [expiring.sweep(ends - days * DAY) for days in range(28, 0, -1)] == [0] * 28


def test_renewed_credentials_are_told_of_again_a_year_later(database: Database, expiring: Expiring) -> None:
    """I4: a renewal begins a new year, at whose end there is another message."""
    issued = credentials.issue(database, HASHER, EnvironmentName.SANDBOX, NUMBER, NOW)
    client_id, ends = issued.credentials.client_id, issued.credentials.valid_until
    assert expiring.sweep(ends - 20 * DAY) == 1
    credentials.renew(database, HASHER, client_id, ends - 10 * DAY)
    assert expiring.sweep(ends - DAY) == 0
    assert expiring.sweep(ends + 330 * DAY) == 1


def test_what_ended_is_not_told_of(database: Database, expiring: Expiring) -> None:
    """Credentials that were revoked, or ended before anybody swept, need no warning."""
    issued = credentials.issue(database, HASHER, EnvironmentName.SANDBOX, NUMBER, NOW)
    credentials.revoke(database, issued.credentials.client_id, NOW)
    credentials.issue(database, HASHER, EnvironmentName.SANDBOX, NUMBER, NOW - 100 * DAY)
    assert expiring.sweep(issued.credentials.valid_until - DAY) == 0


def test_mandates_are_told_of_when_they_can_be_renewed(database: Database, expiring: Expiring) -> None:
    """M3: three months before they expire, once, those of a day in one message that names the first."""
    give(database, 30)
    assert expiring.sweep(RENEWABLE - SECOND - DAY) == 0
    assert expiring.sweep(RENEWABLE - SECOND) == 0
    assert expiring.sweep(RENEWABLE + DAY - SECOND) == 1
    (content,) = told(database)
    assert isinstance(content, MandatesExpiring)
    assert (content.number, len(content.first)) == (30, 20)
    assert {one.expiration for one in content.first} == {EXPIRES}
    assert content.first[0].ean == "541440110000000000"
    assert [expiring.sweep(RENEWABLE + days * DAY) for days in range(2, 99)] == [0] * 97


def test_mandates_that_nobody_can_renew_are_not_told_of(database: Database, expiring: Expiring) -> None:
    """M3: what was ended, or whose renewal was asked, is not about to expire unnoticed; nor is another's ours."""
    give(database, 1, Ended(NOW + DAY))
    give(database, 1, RenewalAsked(RENEWABLE + SECOND))
    give(database, 1, holder="0999.999.429")
    assert expiring.sweep(RENEWABLE + DAY) == 0


def test_the_first_sweep_tells_of_all_that_is_near(database: Database, expiring: Expiring) -> None:
    """Where nobody swept before, or not for long, what came to the point meanwhile is told of, and what passed is not."""
    give(database)
    assert expiring.sweep(EXPIRES - SECOND) == 1
    assert expiring.sweep(EXPIRES + DAY) == 0


def test_a_sweep_a_day(database: Database, expiring: Expiring) -> None:
    """It is looked once a day, however often senders look for what is due."""
    assert expiring.sweep(RENEWABLE - SECOND) == 0
    give(database)
    assert expiring.sweep(RENEWABLE + DAY - 2 * SECOND) == 0
    assert expiring.sweep(RENEWABLE + DAY - SECOND) == 1


def test_senders_at_once_tell_once(database: Database, expiring: Expiring) -> None:
    """Of several that sweep at the same moment, one tells."""
    give(database)
    del expiring
    databases = [Database(database.url) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        counts = list(threads.map(lambda one: Expiring(one).sweep(RENEWABLE), databases))
    for one in databases:
        one.close()
    assert sorted(counts) == [0, 0, 0, 1]


def test_where_nobody_is_known_nothing_is_told(database: Database) -> None:
    """Of an organisation that is not registered nobody can be told anything."""
    give(database)
    assert Expiring(database).sweep(RENEWABLE) == 0
