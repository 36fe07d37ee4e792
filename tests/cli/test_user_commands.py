"""The user's commands over HTTP: mandates, energy, peak, gaps, plot, report, doctor (M9, K2, K5, K6, P1)."""

import csv
import io
import re
import subprocess
import sys
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import polars as pl
import pytest

from kwartier.client.parsing import read_energy
from kwartier.domain.days import BRUSSELS
from kwartier.testing import Sandbox, SandboxClient
from support.commands import Command

PV: Final = "541440110000000007"
AMR: Final = "541450211000000003"
GAS: Final = "541441010000000003"
# Long enough ago for all to have come in, and within three years for long enough; never a day on which the clock changes.
FIRST: Final = (date.today() - timedelta(days=80)).replace(day=5)  # noqa: DTZ011 - any day near now does
LAST: Final = FIRST + timedelta(days=3)
PERIOD: Final = ("--from", str(FIRST), "--to", str(LAST))


@pytest.fixture
def client(kwartier: Command, sandbox: Sandbox) -> SandboxClient:
    """Somebody in the sandbox with mandates, who is logged in."""
    client = sandbox.new_client()
    for ean in (PV, AMR, GAS):
        client.control.mandate(ean)
    assert kwartier.log_in(client.credentials).code == 0
    return client


@pytest.fixture
def user(kwartier: Command, client: SandboxClient) -> Command:
    """The command of the same."""
    del client
    return kwartier


def rows_of(text: str, separator: str = ",") -> list[dict[str, str]]:
    """The rows of a CSV."""
    return list(csv.DictReader(io.StringIO(text), delimiter=separator))


def test_mandates_are_listed(user: Command) -> None:
    """M10: a line each, with the Brussels days of their periods."""
    lines = user.well("mandates").text.splitlines()
    assert lines[0].split() == [
        "EAN",
        "status",
        "energy",
        "service",
        "data",
        "from",
        "data",
        "to",
        "expires",
        "renewal",
        "reference",
    ]
    assert [line.split()[:4] for line in lines[1:]] == [
        [PV, "Approved", "E", "VH_kwartier_uur"],
        [AMR, "Approved", "E", "VH_kwartier_uur"],
        [GAS, "Approved", "G", "VH_kwartier_uur"],
    ]


@pytest.mark.parametrize(
    ("words", "eans"),
    [
        (("--ean", GAS), {GAS}),
        (("--energy", "gas"), {GAS}),
        (("--energy", "electricity"), {PV, AMR}),
        (("--status", "Approved"), {PV, AMR, GAS}),
        (("--status", "Finished"), set()),
        (("--service", "VH_dag"), set()),
        (("--service", "vh_dag", "--service", "VH_kwartier"), {PV, AMR, GAS}),
        (("--renewal", "ToBeRenewed"), set()),
        (("--expires-before", "2020-01-01"), set()),
        (("--updated-from", "2020-01-01"), {PV, AMR, GAS}),
        (("--updated-to", "2020-01-01"), set()),
        (("--reference", "none"), set()),
    ],
)
def test_mandates_are_filtered(words: tuple[str, ...], eans: set[str], user: Command) -> None:
    """M9: every filter of GET mandate is an option, combined with the others."""
    assert {one["ean"] for one in user.well("mandates", *words, "--json").json} == eans


def test_a_mandate_is_made_in_the_sandbox(user: Command) -> None:
    """S2: with status, period and reference."""
    done = user.well("mock", "541440110000000009", "--status", "Requested", "--reference", "r1")
    assert done.text == "541440110000000009: Requested\n"
    [made] = user.well("mandates", "--reference", "r1", "--json").json
    assert made["status"] == "Requested"


def test_energy_as_a_table(user: Command) -> None:
    """K6: both clocks, a column for each register, values with their states."""
    lines = user.well("energy", PV, *PERIOD).text.splitlines()
    assert lines[0].startswith("meter 1SAG")
    assert lines[1].split("  ")[-2:] == ["offtake total kWh", "injection total kWh"]
    assert len(lines) == 2 + 3 * 96
    assert lines[2].split()[1:4] == [f"{FIRST:%a}", str(FIRST), "00:00"]
    assert lines[2].split()[-1] in {"READ", "EST"}


def test_energy_as_csv_is_the_answer_of_the_api(user: Command, client: SandboxClient) -> None:
    """K6: the same values as in JSON of the API, a row each, in UTC."""
    rows = rows_of(user.well("energy", PV, *PERIOD, "--format", "csv").text)
    assert len(rows) == 2 * 3 * 96
    first = rows[0]
    assert (first["ean"], first["source"], first["granularity"]) == (PV, "meter", "hourly_quarterhourly")
    assert first["start"].endswith("Z")
    told = {(one.start, one.direction): one.value for one in _asked(client, PV)}
    written = {(datetime.fromisoformat(one["start"]), one["direction"]): float(one["value"]) for one in rows}
    assert written == told


def _asked(client: SandboxClient, ean: str) -> Any:
    """The same readings, asked for without our client."""
    known = client.credentials
    form = {name: getattr(known, name) for name in ("grant_type", "scope", "client_id", "client_secret")}
    token = httpx.post(known.token_endpoint, data=form, timeout=60).json()["access_token"]
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=BRUSSELS) for day in (FIRST, LAST))
    answer = httpx.get(
        f"{known.base_url}/api/mandate/energy",
        params={"ean": ean, "periodType": "readTime", "from": begin.isoformat(), "to": end.isoformat()},
        headers={"Authorization": f"Bearer {token}", "Subscription-Key": known.subscription_key},
        timeout=60,
    )
    return read_energy(answer.raise_for_status().content)


def test_energy_in_dutch_and_local(user: Command) -> None:
    """K6: a decimal comma, semicolons, and the clocks of Brussels with their offset."""
    done = user.well("energy", PV, *PERIOD, "--format", "csv", "--dutch", "--time", "local")
    first = rows_of(done.text, ";")[0]
    assert first["value"].partition(",")[2].isdigit()
    assert datetime.fromisoformat(first["start"]).strftime("%H:%M") == "00:00"
    assert first["start"][-6:] in {"+01:00", "+02:00"}


def test_energy_as_json(user: Command) -> None:
    """K6: an object for each value; what does not apply is null."""
    rows = user.well("energy", GAS, *PERIOD, "--format", "json").json
    assert {one["unit"] for one in rows} == {"kWh", "m3"}
    assert {one["gas_conversion_factor"] for one in rows if one["unit"] == "m3"} == {None}
    assert {one["gas_conversion_factor"] for one in rows if one["unit"] == "kWh"} <= {"P", "D"}


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet", "xlsx"])
def test_a_file_tells_its_form(suffix: str, user: Command, tmp_path: Path) -> None:
    """K6: by its name; a file that is there stays as it is."""
    path = tmp_path / f"readings.{suffix}"
    user.well("energy", PV, *PERIOD, "--output", path)
    content = path.read_bytes()
    assert len(content) > 1000
    done = user("energy", PV, *PERIOD, "--output", path)
    assert done.code == 1
    assert "is there already" in done.error
    assert path.read_bytes() == content


def test_parquet_through_a_pipe(user: Command) -> None:
    """K6: what goes to a pipe is the file itself, and nothing else."""
    frame = pl.read_parquet(io.BytesIO(user.well("energy", PV, *PERIOD, "--format", "parquet").out))
    assert frame.height == 2 * 3 * 96
    assert frame.schema["start"] == pl.Datetime("us", "UTC")


def test_a_workbook_has_a_sheet_for_each_meter(user: Command, tmp_path: Path) -> None:
    """K6, E13: the headpoint, its submeters, and what the values are worth."""
    path = tmp_path / "readings.xlsx"
    user.well("energy", AMR, *PERIOD, "--output", path)
    sheets = _sheets(path)
    first, *submeters, last = sheets
    assert (first, last) == ("headpoint", "About")
    assert len(submeters) == 4
    assert all(re.fullmatch("submeter 5414[0-9]{14}", name) for name in submeters)
    assert "not for billing" in sheets["About"]
    assert "injection total kWh" in sheets["headpoint"]


def _sheets(path: Path) -> dict[str, str]:
    """The text of each sheet of a workbook."""
    with zipfile.ZipFile(path) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        return {
            name: book.read(f"xl/worksheets/sheet{place}.xml").decode() for place, name in enumerate(names, 1)
        }


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("energy", "54144011000000000", *PERIOD), 2, "exactly 18 digits"),
        (("energy", PV), 2, "--from"),
        (("energy", PV, "--from", "yesterday"), 2, "YYYY-MM-DD"),
        (("energy", PV, "--from", "2026-01-02", "--to", "2026-01-01"), 2, "--to must lie after --from"),
        (("energy", PV, "--from", "2999-01-01"), 2, "lies in the future"),
        (("energy", PV, *PERIOD, "--output", "readings.txt"), 2, ".parquet"),
        (("energy", "541440110000000099", *PERIOD), 4, "Nothing is granted"),
        (("mandates", "--service", "daily"), 2, "VH_dag, VH_kwartier_uur"),
        (("mandates", "--status", "aproved"), 2, "Requested, Approved, Rejected, Finished"),
        (("plot", "day", PV, "2026-13-01"), 2, "no such date"),
        (("plot", "month", PV, "2026"), 2, "2025-06"),
        (("plot", "year", PV, "2026", "--output", "year.gif"), 2, ".png or .svg"),
        (("peak", PV, "--year", "2099"), 2, "has not begun"),
        (("peak", GAS, "--year", str(FIRST.year)), 1, "of electricity that is taken"),
        (("plot", "peaks", AMR, str(FIRST.year)), 1, "of electricity that is taken"),
        (("report", "read", "no-such.csv"), 1, "no-such.csv"),
        (("report", "write", PV, *PERIOD, "--language", "fr"), 2, "nl or en"),
    ],
)
def test_what_is_wrong_is_one_line(words: tuple[str, ...], code: int, told: str, user: Command) -> None:
    """K6: with an exit code that tells its kind, and nothing on the output."""
    done = user(*words)
    assert (done.code, done.out) == (code, b"")
    assert told in done.error
    assert done.error.startswith("kwartier: ")
    assert done.error.count("\n") == 1


def test_a_quota_that_is_used_up_has_its_own_exit_code(user: Command, client: SandboxClient) -> None:
    """C4: 5, and when to go on, where that is too far off to wait for."""
    client.control.fail(429, retry_after=3600)
    done = user("mandates")
    assert done.code == 5
    assert "no requests left before" in done.error


def test_peaks_of_a_year(user: Command) -> None:
    """P1: each month with its peak and when, what is missing of the running one, and the mean of twelve."""
    year = FIRST.year
    told = user.well("peak", PV, "--year", year, "--json").json
    assert told["months"][0]["month"] == f"{year}-01"
    known = [one for one in told["months"] if one["peak_kw"] is not None]
    assert known
    assert all(one["at"].endswith("Z") for one in known)
    assert told["mean"]["at_least_kw"] == 2.5
    table = user.well("peak", PV, "--year", year, "--dutch").text
    assert f"{known[0]['peak_kw']:.3f}".replace(".", ",") in table
    assert "of the twelve months" in table or "of the last twelve months" in table


def test_gaps_tell_why(user: Command) -> None:
    """E11: what was measured in the last hours is not yet published; long ago nothing is missing."""
    assert user.well("gaps", PV, *PERIOD).text == "No gaps.\n"
    yesterday = str(date.today() - timedelta(days=1))  # noqa: DTZ011 - any day near now does
    found = user.well("gaps", PV, "--from", yesterday, "--json").json
    assert {one["why"] for one in found} == {"not_yet"}
    assert "not yet published" in user.well("gaps", PV, "--from", yesterday).text


@pytest.mark.parametrize(
    ("what", "of", "suffix"),
    [("day", f"{FIRST}", "png"), ("month", f"{FIRST:%Y-%m}", "svg"), ("peaks", f"{FIRST:%Y}", "svg")],
    ids=["day", "month", "peaks"],  # the same in each process of tests, though the day ends meanwhile
)
def test_pictures(what: str, of: str, suffix: str, user: Command, tmp_path: Path) -> None:
    """K6: drawn to a file by its name, and as letters on the terminal."""
    path = tmp_path / f"picture.{suffix}"
    assert user.well("plot", what, PV, of, "--output", path).out == b""
    assert path.read_bytes().startswith({"png": b"\x89PNG", "svg": b"<?xml"}[suffix])
    assert f"EAN {PV}" in user.well("plot", what, PV, of).text


def test_a_report_is_written_and_read_again(user: Command, tmp_path: Path) -> None:
    """R4, K6: what the portal would give, with the same values as the API."""
    [path] = user.well("report", "write", PV, *PERIOD, "--folder", tmp_path).text.splitlines()
    assert Path(path).name.startswith(f"Verbruikshistoriek_elektriciteit_{PV}_{FIRST:%Y%m%d}_")
    read = rows_of(user.well("report", "read", path, "--format", "csv").text)
    asked = rows_of(user.well("energy", PV, *PERIOD, "--format", "csv").text)
    key = ("start", "direction")
    assert sorted(read, key=lambda row: [row[name] for name in key]) == sorted(
        asked, key=lambda row: [row[name] for name in key]
    )


def test_a_report_in_english_with_submeters(user: Command, tmp_path: Path) -> None:
    """R4: a file for the headpoint and one for what lies below it."""
    done = user.well("report", "write", AMR, *PERIOD, "--language", "en", "--folder", tmp_path)
    names = [Path(line).name for line in done.text.splitlines()]
    assert [name.partition("_electricity")[0] for name in names] == [
        "Injection_history",
        "Submetering_history",
    ]
    table = user.well("report", "read", tmp_path / names[1]).text
    assert "submeter 5414" in table
    assert "production total kWh" in table


def test_lines_that_cannot_be_read_are_told(user: Command, tmp_path: Path) -> None:
    """R3: what is good is shown, what is not is named, and the exit code tells."""
    [path] = user.well("report", "write", PV, *PERIOD, "--folder", tmp_path).text.splitlines()
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    broken = tmp_path / "broken.csv"
    broken.write_text("\n".join([*lines[:5], lines[5].replace("kWh", "MWh"), *lines[6:9]]), encoding="utf-8")
    done = user("report", "read", broken, "--format", "csv")
    assert done.code == 1
    assert "Lines that could not be read: 1\n  line 6: " in done.error
    assert rows_of(done.text)


def test_the_doctor_says_what_to_do(user: Command, client: SandboxClient) -> None:
    """K5: findings with signs, what to do, and the request for the contact form; exit code 1 if something is wrong."""
    done = user("doctor", "541440110000000099", *PERIOD)
    assert done.code == 1
    assert "✗ mandate" in done.text
    assert "→" in done.text
    assert f"client id      {client.credentials.client_id}" in done.text
    assert "answer         404 NotFound" in done.text
    for secret in (client.credentials.client_secret, client.credentials.subscription_key):
        assert secret not in done.text
    well = user.well("doctor", PV, *PERIOD, "--json").json
    assert {one["weight"] for one in well["findings"]} == {"fine"}
    assert well["contact"]["answer"] == "200"
    assert user.well("doctor").text.startswith("✓ credentials")


@pytest.mark.slow
def test_output_stops_when_nobody_reads(user: Command) -> None:
    """K6: `| head` ends it without a word."""
    command = f"{sys.executable} -m kwartier energy {PV} --from {FIRST} --format csv | head -2"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, timeout=240)
    assert done.stdout.count("\n") == 2
    assert not done.stderr
    del user


def test_the_shell_completes_profiles_and_eans(user: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """K6: from what was seen, without asking anybody."""
    user.well("mandates")
    monkeypatch.setenv("_KWARTIER_COMPLETE", "complete_bash")
    for words, completed in (
        ("kwartier energy 5414", {PV, AMR, GAS}),
        ("kwartier mandates --profile ", {"sandbox"}),
    ):
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
        assert set(user().text.split()) == completed
