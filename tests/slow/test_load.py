"""Questions that are asked while a large delivery loads are answered, and stand in the audit."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import httpx
import numpy as np
import pytest

from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.readings import readings_database
from kwartier.domain.days import day_of, quarter_hours_of
from kwartier.domain.ean import Ean
from kwartier.domain.period import EPOCH
from kwartier.formats.long import Shape
from kwartier.formats.long.write import write_parquet
from kwartier.readings import headpoints
from kwartier.services.audit import Audit, AuditFilter
from kwartier.wire import paths
from kwartier.wire.timestamps import write_timestamp
from support.ingest import digital, quarter_hours
from support.running import Running, running
from support.serving import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

METERS: Final = 200
DAYS: Final = 100
EANS: Final = [541448800000000007 + 7 * number for number in range(METERS)]
TODAY: Final = day_of(datetime.now(UTC)) - 2


def _write(file: Path, eans: Sequence[int], days: range) -> None:
    """Quarter-hours of some meters, each headpoint's day a run."""
    first, stop = quarter_hours_of(days)[[0, -1]].tolist()
    values = np.random.default_rng(1).integers(0, 900, len(eans) * (stop - first))
    with file.open("wb") as sink:
        write_parquet([quarter_hours(eans, range(first, stop), values)], sink, Shape.RUNS)


def _client(platform: Running, ean: str) -> tuple[str, Mapping[str, str]]:
    """Where somebody with a mandate asks for energy, and with what."""
    who = ("--organisation", "0999.999.922")
    words = ("credentials", "issue", *who, "--environment", "live", "--coverage", "own", "--json")
    issued = json.loads(platform.command(*words))
    service = ("--service", "VH_kwartier_uur", "--from", "2020-01-01", "--own")
    platform.command("grants", "add", ean, *who, *service)
    token = platform.token(issued).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Subscription-Key": issued["subscription_key"]}
    return issued["base_url"] + paths.ENERGY, headers


def test_questions_go_on_while_runs_load(tmp_path: Path) -> None:
    """A1, R1: while 20 000 runs load, nobody is refused, everybody gets what was there, and each access is audited."""
    ean = f"{EANS[0]:018d}"
    small, large = tmp_path / "small.parquet", tmp_path / "large.parquet"
    _write(small, EANS[:1], range(TODAY - 30, TODAY))
    # Before what is asked for, so that the answers must stay what they are.
    _write(large, EANS, range(TODAY - 30 - DAYS, TODAY - 30))
    with running(tmp_path, settings={"RATE_LIMIT": "1000000"}) as platform:
        readings = readings_database(platform.database)
        with readings.writing() as connection:
            headpoints.add(connection, [digital(ean) for ean in EANS], system_clock())
        readings.close()
        platform.command("readings", "import", str(small))
        address, headers = _client(platform, ean)
        first, stop = quarter_hours_of(range(TODAY - 30, TODAY))[[0, -1]].tolist()
        start, end = (EPOCH + timedelta(minutes=15 * slot) for slot in (first, stop))
        period = {"periodType": "readTime", "from": write_timestamp(start), "to": write_timestamp(end)}
        question = f"{address}?{urlencode({'ean': ean} | period)}"
        answers: list[httpx.Response] = []
        command = [sys.executable, "-m", "kwartier", "readings", "import", "--json"]
        command += ["--database", platform.database]
        with httpx.Client(headers=headers, timeout=60) as client:

            def ask() -> bool:
                answers.append(client.get(question))
                assert answers[-1].status_code == HTTPStatus.OK, answers[-1].text
                return bool(answers[-1].text.count('"start":') == stop - first)

            until(ask)  # a delivery becomes visible some seconds ahead
            before = len(answers)
            with subprocess.Popen([*command, str(large)], stdout=subprocess.PIPE) as loading:
                while loading.poll() is None:
                    assert ask(), answers[-1].text
                assert loading.stdout is not None
                [told] = json.load(loading.stdout)
        assert told["runs"] == METERS * DAYS
    assert len(answers) - before > 10
    registry = Database(platform.database)
    accesses = Audit(registry).find(AuditFilter(ean=Ean(ean)), limit=10 * len(answers))
    registry.close()
    assert len(accesses) == len(answers)
