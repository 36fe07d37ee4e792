"""`kwartier readings show`, `gaps`, `lag` and `peak`."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.domain.days import Grid
from kwartier.domain.metering import GasFactor, State, state_code
from kwartier.domain.peak import quarter_hours_of_month
from support.running import command
from support.store import AMR, DIGITAL, GAS, StoreOfTest

pytestmark = pytest.mark.slow  # many commands, each a process of its own

FIRST = int(datetime(2025, 10, 26, tzinfo=UTC).timestamp()) // 900
"""An hour before the clocks go back."""
MARCH = quarter_hours_of_month(2025, 3)
NIGHT = ("--from", "2025-10-26", "--to", "2025-10-27")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a platform with some readings."""
    url = f"sqlite:///{tmp_path_factory.mktemp('questions') / 'kwartier.db'}"
    readings = readings_database(url)
    migrate(readings, READINGS)
    store = StoreOfTest(readings)
    # Deliveries of a test become visible in 2025, before the real time at which commands ask.
    said = {1: ([250, 1, 0, 0], [State.READ, State.EST, State.WITHDRAWN, State.SILENT])}
    store.deliver("night", [store.run(DIGITAL, Grid.QUARTER_HOUR, FIRST, said)])
    later = {1: ([251], [State.READ]), 2: ([12_345], [State.READ])}
    store.deliver("correction", [store.run(DIGITAL, Grid.QUARTER_HOUR, FIRST, later)])
    kwh = {2: ([1_100], [state_code(State.READ, GasFactor.PROVISIONAL)])}
    store.deliver("gas", [store.run(GAS, Grid.HOUR, FIRST // 4, kwh)])
    slots = range(MARCH.start, MARCH.stop)
    march = [
        store.run(AMR, Grid.QUARTER_HOUR, start, {1: ([start - slots.start] * count, [State.VAL] * count)})
        for start in slots[::92]
        for count in [min(92, slots.stop - start)]
    ]
    store.deliver("march", march)
    readings.close()
    return url


def run(*words: str, database: str) -> str:
    """What a command printed that went well."""
    done = command("readings", *words, "--database", database)
    assert done.returncode == 0, done.stderr
    return done.stdout


def shown(*words: str, database: str) -> Any:
    """The same, for programs."""
    return json.loads(run(*words, "--json", database=database))


def test_a_table_shows_every_register(database: str) -> None:
    """R2: a column per register with states, local times beside UTC; what was withdrawn is told."""
    lines = run(
        "show", DIGITAL.ean, *NIGHT, "--granularity", "quarter-hourly", database=database
    ).splitlines()
    assert lines[0] == "meter 1SAG0000000001 (1), quarter-hours"
    assert lines[1].split("  ")[-2:] == ["offtake total kWh", "injection total kWh"]
    assert [line.split() for line in lines[2:]] == [
        ["2025-10-26T00:00:00Z", "Sun", "2025-10-26", "02:00", "+02:00", "0.251", "READ", "12.345", "READ"],
        ["2025-10-26T00:15:00Z", "Sun", "2025-10-26", "02:15", "+02:00", "0.001", "EST"],
        ["2025-10-26T00:30:00Z", "Sun", "2025-10-26", "02:30", "+02:00", "withdrawn"],
    ]


def test_factors_are_shown(database: str) -> None:
    """R2, E12: energy of gas says with which factor it was computed."""
    printed = run("show", GAS.ean, *NIGHT, database=database)
    assert printed.splitlines()[-1].endswith("1.100 READ P")


def test_as_known_at_a_moment(database: str) -> None:
    """R2, E4: readings are shown as they were known, and by when they came in."""
    published = json.loads(command("deliveries", "list", "--json", "--database", database).stdout)
    first = next(one["published_at"] for one in published if one["delivery"] == "night")
    known = (datetime.fromisoformat(first) + timedelta(microseconds=999_999)).isoformat()
    before = run("show", DIGITAL.ean, *NIGHT, "--as-known-at", known, database=database)
    assert "0.250 READ" in before
    assert "0.251" not in before
    inserted = ("--inserted-from", known)
    after = run("show", DIGITAL.ean, *inserted, database=database)
    assert "0.251 READ" in after
    assert "0.001" not in after
    assert "No readings" in run(
        "show",
        DIGITAL.ean,
        *inserted,
        "--as-known-at",
        known,
        "--inserted-to",
        "2099-01-01",
        database=database,
    )


def test_json_is_what_get_energy_answers(database: str) -> None:
    """R2, E8: as JSON, readings have the shape of the API, without what was withdrawn."""
    told = json.loads(run("show", DIGITAL.ean, *NIGHT, "--format", "json", database=database))
    [meter] = told["data"]["headpoint"]["physicalMeters"]
    assert [slot["start"] for slot in meter["quarterHourlyEnergy"]] == [
        "2025-10-26T00:00:00Z",
        "2025-10-26T00:15:00Z",
    ]
    [measured] = meter["quarterHourlyEnergy"][1]["measurements"]
    assert measured["offtake"]["total"] == {"value": 0.001, "unit": "kWh", "validationState": "EST"}


def test_the_long_form_is_written(database: str, tmp_path: Path) -> None:
    """R4: CSV and Parquet in the long form hold the same rows, withdrawn ones too; a file that is there is not overwritten."""
    printed = run("show", DIGITAL.ean, *NIGHT, "--format", "csv", database=database)
    rows = pl.read_csv(printed.encode(), infer_schema=False)
    assert rows.select("start", "direction", "value", "state").rows() == [
        ("2025-10-26T00:00:00Z", "offtake", "0.251", "READ"),
        ("2025-10-26T00:15:00Z", "offtake", "0.001", "EST"),
        ("2025-10-26T00:30:00Z", "offtake", None, "WITHDRAWN"),
        ("2025-10-26T00:00:00Z", "injection", "12.345", "READ"),
    ]
    file = tmp_path / "readings.parquet"
    words = ("show", DIGITAL.ean, *NIGHT, "--format", "parquet", "--output", str(file))
    assert run(*words, database=database) == ""
    values = pl.read_parquet(file)["value"].to_list()
    assert [None if one is None else float(one) for one in values] == [0.251, 0.001, None, 12.345]
    again = command("readings", *words, "--database", database)
    assert (again.returncode, "exists" in again.stderr) == (1, True)


def test_that_there_is_nothing_is_said(database: str) -> None:
    """R2: a period without readings is told as such, beside what is printed for programs."""
    quiet = ("show", DIGITAL.ean, "--from", "2025-01-01", "--to", "2025-01-02")
    assert run(*quiet, database=database) == f"No readings of {DIGITAL.ean} in this period.\n"
    done = command("readings", *quiet, "--format", "csv", "--database", database)
    assert len(done.stdout.splitlines()) == 1
    assert "No readings" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (
            ("show", "541448800000000099", "--from", "2025-01-01"),
            1,
            "there is no headpoint 541448800000000099",
        ),
        (("show", "12", "--from", "2025-01-01"), 2, "EAN 12"),
        (("show", DIGITAL.ean), 2, "--from"),
        (("show", DIGITAL.ean, "--from", "yesterday"), 2, "--from yesterday"),
        (("show", DIGITAL.ean, "--from", "2025-01-02", "--to", "2025-01-01"), 2, "end must lie after"),
        (("show", DIGITAL.ean, "--from", "2025-01-02", "--as-known-at", "2999-01-01"), 2, "future"),
        (("gaps", "--from", "2025-01-01"), 2, "--all"),
        (("gaps", DIGITAL.ean, "--all", "--from", "2025-01-01"), 2, "--all"),
        (("gaps", DIGITAL.ean), 2, "--from"),
        (("gaps", DIGITAL.ean, "--from", "2025-01-02", "--to", "2025-01-02"), 2, "--to"),
        (("gaps", "541448800000000099", "--from", "2025-01-02"), 1, "there is no headpoint"),
        (("peak", GAS.ean, "--year", "2025"), 2, "electricity alone"),
        (("peak", "541448800000000099", "--year", "2025"), 1, "there is no headpoint"),
    ],
)
def test_mistakes_are_told(database: str, words: tuple[str, ...], code: int, told: str) -> None:
    """R2, P1: what is asked wrongly is told in one line, with what is allowed."""
    done = command("readings", *words, "--database", database)
    assert (done.returncode, told in done.stderr, "Traceback" in done.stderr) == (code, True, False), (
        done.stderr
    )


def test_gaps_are_listed(database: str) -> None:
    """E11: gaps are ranges with a reason, of one headpoint or of all."""
    hour = ("--from", "2025-10-26T00:00:00Z", "--to", "2025-10-26T01:00:00Z")
    found = [
        (one["from"], one["to"], one["number"], one["why"])
        for one in shown("gaps", DIGITAL.ean, *hour, database=database)
        if one["register"] == "offtake total kWh"
    ]
    assert found == [
        ("2025-10-26T00:30:00Z", "2025-10-26T00:45:00Z", 1, "withdrawn"),
        ("2025-10-26T00:45:00Z", "2025-10-26T01:00:00Z", 1, "never came in"),
    ]
    every = shown("gaps", "--all", *hour, database=database)
    assert list(dict.fromkeys(one["ean"] for one in every)) == [DIGITAL.ean, AMR.ean, GAS.ean]
    printed = run("gaps", DIGITAL.ean, *hour, database=database)
    assert "Sun 2025-10-26 02:30 +02:00" in printed
    whole = ("--from", "2025-10-26T00:00:00Z", "--to", "2025-10-26T00:10:00Z")
    assert run("gaps", DIGITAL.ean, *whole, database=database).strip() == "No gaps."


def test_who_lags_is_listed(database: str) -> None:
    """E11: headpoints are listed with the end of their last value; a long patience lists nobody."""
    found = {one["ean"]: one["known_until"] for one in shown("lag", database=database)}
    assert found == {
        DIGITAL.ean: "2025-10-26T00:30:00Z",
        AMR.ean: "2025-03-31T22:00:00Z",
        GAS.ean: "2025-10-26T01:00:00Z",
    }
    assert DIGITAL.ean in run("lag", "--hours", "100", database=database)
    patient = run("lag", "--hours", "100000", database=database)
    assert patient.strip() == "No headpoint lags behind."


def test_peaks_are_listed(database: str) -> None:
    """P1: twelve months; a peak in kW with when it was, and what is missing otherwise."""
    months = shown("peak", AMR.ean, "--year", "2025", database=database)
    assert len(months) == 12
    last = 92 * ((len(MARCH) - 1) // 92)
    start = datetime.fromtimestamp((MARCH.start + last) * 900, UTC).isoformat().replace("+00:00", "Z")
    assert months[2] == {"month": "2025-03", "status": "told", "peak_kw": 4 * last / 1000, "start": start}
    april = months[3]
    assert (april["status"], april["missing"]["number"], april["to_come"]) == ("not told", 2880, 0)
    assert april["missing"]["ranges"] == [{"from": "2025-03-31T22:00:00Z", "to": "2025-04-30T22:00:00Z"}]
    lines = run("peak", AMR.ean, "--year", "2025", database=database).splitlines()
    assert f"{4 * last / 1000:.3f}" in lines[3]
    assert "2880 missing: 2025-03-31T22:00:00Z to 2025-04-30T22:00:00Z" in lines[4]
    ahead = run("peak", AMR.ean, "--year", "2098", database=database)
    assert ahead.count("in the future") == 12
