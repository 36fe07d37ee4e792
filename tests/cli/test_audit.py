"""`kwartier audit`."""

import json
from pathlib import Path

import pytest

from kwartier.db.engine import Database
from kwartier.db.migrate import migrate
from kwartier.domain.access import Reason
from kwartier.domain.audit import AuditEntry
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.period import Period
from kwartier.domain.question import EnergyQuestion, PeriodType
from kwartier.services.audit import Audit
from support.domain import brussels
from support.running import command

pytestmark = pytest.mark.slow

EAN = "541448800000000007"


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The address of a database with two accesses."""
    url = f"sqlite:///{tmp_path / 'kwartier.db'}"
    database = Database(url)
    migrate(database)
    audit = Audit(database)
    period = Period(brussels("2025-09-01T00:00"), brussels("2025-09-05T00:00"))
    for day, refused in ((10, None), (11, Reason.COVERAGE)):
        audit.write(
            AuditEntry(
                at=brussels(f"2025-09-{day}T12:00"),
                organisation=EnterpriseNumber.parse("0999.999.922"),
                client_id="client",
                question=EnergyQuestion(Ean(EAN), PeriodType.READ_TIME, period),
                refused=refused,
                mandates=() if refused else ("m1",),
                correlation_id=f"correlation-{day}",
            )
        )
    database.close()
    return url


def test_accesses_are_shown(database: str) -> None:
    """A1: an operator sees who asked for which readings, the newest first, refused ones with the reason."""
    done = command("audit", "--ean", EAN, "--database", database)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "correlation-11" in lines[1]
    assert "not covered" in lines[1]
    assert "correlation-10" in lines[2]
    assert "granted" in lines[2]
    assert "granted" not in lines[1]  # nor in how fine it was asked
    assert lines[0].index("granularity") < lines[0].index("outcome")
    assert len(lines) == 3


def test_accesses_for_programs(database: str) -> None:
    """A1: as JSON, with everything that is known, over a period."""
    done = command(
        *("audit", "--organisation", "0999.999.922", "--to", "2025-09-11T00:00:00Z", "--json"),
        *("--database", database),
    )
    [entry] = json.loads(done.stdout)
    assert entry["ean"] == EAN
    assert entry["period"] == "readTime 2025-08-31T22:00:00Z/2025-09-04T22:00:00Z"
    assert entry["mandates"] == ["m1"]


def test_nothing_found_is_said(database: str) -> None:
    """A1: no accesses is an answer."""
    assert command("audit", "--ean", EAN[::-1], "--database", database).stdout.strip() == "No accesses."


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--ean", "12", "18 digits"),
        ("--organisation", "12", "enterprise number"),
        ("--from", "yesterday", "YYYY-MM-DD"),
        ("--to", "2025-13-01T00:00:00Z", "there is no day 2025-13-01"),
    ],
)
def test_what_is_mistyped_is_named(database: str, option: str, value: str, words: str) -> None:
    """C6: one line names the option and what is allowed; exit code 2."""
    done = command("audit", option, value, "--database", database)
    assert done.returncode == 2
    assert option in done.stderr
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
