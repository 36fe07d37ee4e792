"""What must never be kept, and never be logged."""

import logging
from http import HTTPStatus
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from kwartier.db.schema import metadata
from kwartier.wire import paths
from support.platform import BASE, Client, Platform, assert_refused

EAN: Final = "541440110000000007"
DAY: Final = ("2025-09-01T22:00:00Z", "2025-09-02T22:00:00Z")


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Everything that the platform's log would have, with all that hangs on its records."""
    formatter = logging.Formatter("%(message)s %(exc_text)s")
    return "\n".join(f"{formatter.format(record)} {vars(record)}" for record in records(caplog))


def records(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """The platform's records: not those of the client with which these tests ask."""
    return [record for record in caplog.records if record.name.partition(".")[0] not in {"httpx", "httpcore"}]


def kept(platform: Platform) -> bytes:
    """Every value in the database and, where it is a file, every byte of what lies there."""
    content: list[bytes] = []
    with platform.database.reading() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(table.select()):
                content += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    assert content
    if platform.database.url.startswith("sqlite"):
        files = sorted(Path(platform.database.name).parent.iterdir())
        assert Path(platform.database.name) in files
        content += [file.read_bytes() for file in files]
    return b"\n".join(content)


def test_secrets_are_kept_as_hashes_only(fresh_platform: Platform) -> None:
    """I4, A2: neither secret, key nor token stands in the database, before renewal or after it."""
    client = fresh_platform.client()
    client.mock(EAN, referenceNumber="to be found")
    renewed = fresh_platform.renew(client.issued)
    client.sign_in(renewed)
    client.mandates()
    content = kept(fresh_platform)
    assert client.issued.credentials.client_id.encode() in content
    assert b"to be found" in content
    token = client.headers["Authorization"].removeprefix("Bearer ")
    for secret in (client.issued.client_secret, client.issued.subscription_key, renewed.client_secret, token):
        assert secret is not None
        assert secret.encode() not in content
        assert bytes.fromhex(secret) not in content if len(secret) == 64 else True
    assert fresh_platform.settings.pepper.get_secret_value().encode() not in content


def test_secrets_do_not_show_when_printed(platform: Platform) -> None:
    """A2: what holds a secret does not tell it when it is printed."""
    issued = platform.issue()
    shown = f"{issued!r} {platform.hasher!r} {platform.settings!r}"
    assert issued.credentials.client_id in shown
    for secret in (
        issued.client_secret,
        issued.subscription_key,
        platform.settings.pepper.get_secret_value(),
    ):
        assert str(secret) not in shown


def test_a_whole_flow_logs_nothing_secret(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    """A2: from token to energy, refusals included, no secret, token or EAN is logged."""
    with caplog.at_level(logging.DEBUG):
        client = platform.client()
        client.mock(EAN, referenceNumber="REF-123456")
        client.mandates({"ean": EAN, "referenceNumber": "REF-123456"})
        client.slots(EAN, *DAY)
        client.ask_energy("541440110000000008", *DAY)
        client.ask_energy("x" + EAN, *DAY)
        client.post_mock(ean=EAN, energyType="G")
        client.ask("GET", paths.MANDATE, headers={"Subscription-Key": "0" * 64})
        platform.ask_token(client.issued, scope="x")
        platform.ask_token(client.issued, client_secret="wrong-secret")
    told = logged(caplog)
    assert paths.ENERGY in told
    token = client.headers["Authorization"].removeprefix("Bearer ")
    for secret in (
        client.issued.client_secret,
        client.issued.subscription_key,
        token,
        EAN,
        "REF-123456",
        "wrong-secret",
    ):
        assert str(secret) not in told


def test_a_failing_database_logs_nothing_personal(
    fresh_platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    """A2: what fails in the database is logged without the values of the question."""
    client = fresh_platform.client()
    with fresh_platform.database.writing() as connection:
        connection.execute(text("drop table mandate_phase"))
    with caplog.at_level(logging.DEBUG):
        answers = [
            client.get(paths.MANDATE, {"ean": EAN, "referenceNumber": "REF-123456"}),
            client.post_mock(ean=EAN),
        ]
    assert {answer.status_code for answer in answers} == {HTTPStatus.INTERNAL_SERVER_ERROR}
    told = logged(caplog)
    assert "mandate_phase" in told
    assert EAN not in told
    assert "REF-123456" not in told


def test_a_path_that_leads_nowhere_tells_the_log_nothing_personal(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """A2: an EAN that a client puts into the path by mistake is not logged."""
    with caplog.at_level(logging.INFO):
        assert_refused(client.get(f"{paths.MANDATE}/{EAN}"), HTTPStatus.NOT_FOUND)
    assert "404" in logged(caplog)
    assert EAN not in logged(caplog)


def test_a_path_can_not_forge_a_line_of_the_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """C6: what is logged of a request is one line, whatever the request."""
    with caplog.at_level(logging.INFO):
        answer = client.platform.http.get(BASE + "/x%0AGET%20/forged%20200")
    assert_refused(answer, HTTPStatus.NOT_FOUND)
    told = [record.getMessage() for record in records(caplog)]
    assert told
    assert not any("\n" in message for message in told)
