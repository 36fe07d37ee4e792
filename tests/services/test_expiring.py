"""Credentials and mandates that are about to expire are told of."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from kwartier.domain.credentials import EXPIRES_SOON, EnvironmentName, valid_until
from kwartier.domain.messages import CredentialsExpiring, MandateExpiring, MessageKind
from kwartier.domain.timeline import expiration_after, renewable_from
from kwartier.services import credentials
from kwartier.services.expiring import tell_what_expires
from support.domain import SECOND
from support.engines import Template
from support.living import ACME, GRANULARITY, OF_BAKER, Living, living


@pytest.fixture
def live(any_template: Template) -> Iterator[Living]:
    """One on each engine."""
    with any_template() as url, living(url) as live:
        yield live


def told(live: Living) -> int:
    """Look for what expires, now."""
    return tell_what_expires(live.database, live.clock())


def test_credentials_that_expire_soon(live: Living) -> None:
    """I4: from sixty days before their end on their organisation is told, once for each year; who renewed is not."""
    issued = credentials.issue(live.database, live.hasher, EnvironmentName.LIVE, ACME, live.clock.now)
    ends = valid_until(live.clock.now)
    live.at(ends - EXPIRES_SOON - SECOND)
    assert told(live) == 0
    live.clock.move(hours=2)
    assert told(live) == 1
    live.clock.move(hours=2)
    assert told(live) == 0
    [message] = live.messages(MessageKind.CREDENTIALS_EXPIRING)
    assert message.content == CredentialsExpiring("Acme", "live", issued.credentials.client_id, ends)
    credentials.renew(live.database, live.hasher, issued.credentials.client_id, live.clock.now)
    live.clock.move(days=30)
    assert told(live) == 0


def test_mandates_that_are_to_be_renewed(live: Living) -> None:
    """M3: from three months before its end on the organisation is told of a mandate, once for each term."""
    mandate, _ = live.given()
    expires = expiration_after(live.clock.now)
    for moment, expected in ((-SECOND, 0), (timedelta(hours=1), 1), (timedelta(hours=3), 0)):
        live.at(renewable_from(expires) + moment)
        assert told(live) == expected
    [message] = live.messages(MessageKind.MANDATE_EXPIRING)
    assert message.content == MandateExpiring("Acme", OF_BAKER, GRANULARITY, expires)
    assert message.about == f"mandate {mandate}"


def test_it_looks_once_an_hour(live: Living) -> None:
    """M3: whichever process asks, within an hour of the last look nothing is looked for, and after it all that came meanwhile."""
    live.given()
    expires = expiration_after(live.clock.now)
    live.at(renewable_from(expires) - SECOND)
    assert told(live) == 0
    live.clock.move(minutes=59)
    assert told(live) == 0
    live.clock.move(minutes=1)
    assert told(live) == 1
