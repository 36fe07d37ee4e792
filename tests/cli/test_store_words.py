"""What the commands of the store say where something is odd, in the process of the test."""

from pathlib import Path

import pytest

from kwartier.db.readings import readings_database
from kwartier.services.deliveries import Deliveries
from support.commands import Command, Done
from support.domain import brussels
from support.store import DIGITAL

HEAD = "ean,direction,register,unit,start,resolution,value,state\n"
LINE = f"{DIGITAL.ean},offtake,total,kWh,2025-01-01T00:{{minute:02}}:00Z,PT15M,{{value}},READ\n"
ODD, FITS = str(DIGITAL.ean), f"{DIGITAL.ean[:-1]}0"


@pytest.fixture
def platform(kwartier: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command, on a platform of its own."""
    monkeypatch.setenv("KWARTIER_DATABASE", f"sqlite:///{tmp_path / 'kwartier.db'}")
    return kwartier


def add(platform: Command, ean: str) -> Done:
    """Make a headpoint known."""
    digital = ("--energy", "electricity", "--meter-type", "digital", "--meter", "1=A")
    return platform.well("headpoints", "add", ean, *digital)


def test_an_id_names_one_file(platform: Command, tmp_path: Path) -> None:
    """R3: two files are two deliveries: under one id nothing of either is taken in."""
    add(platform, ODD)
    files = [tmp_path / name for name in ("a.csv", "b.csv")]
    for minute, file in zip((0, 15), files, strict=True):
        file.write_text(HEAD + LINE.format(minute=minute, value=1))
    done = platform("readings", "import", *files, "--delivery", "both")
    assert (done.code, "one file at a time" in done.error) == (2, True)
    assert platform.well("deliveries", "list", "--json").json == []


def test_a_check_digit_that_does_not_fit_is_shown(platform: Command) -> None:
    """E8: such an EAN may be real: it is taken, warned of, and shown with a word about it."""
    assert "check digit" in add(platform, ODD).error
    assert "check digit" not in add(platform, FITS).error
    assert "(the check digit does not fit the others)" in platform.well("headpoints", "show", ODD).text
    assert "check digit" not in platform.well("headpoints", "show", FITS).text


def test_a_list_that_is_full_says_how_to_go_on(platform: Command) -> None:
    """E8: who lists as many headpoints as he asked for is told that there may be more, and how to see them."""
    eans = sorted([FITS, ODD])
    for ean in eans:
        add(platform, ean)
    told = platform.well("headpoints", "list", "--limit", 1).text
    assert f"--after {eans[0]}" in told
    rest = platform.well("headpoints", "list", "--after", eans[0]).text
    assert eans[1] in rest
    assert eans[0] not in rest
    assert "--after" not in rest


def test_warnings_of_many_headpoints_are_not_all_told(platform: Command, tmp_path: Path) -> None:
    """E8: people see the first five, and how many there are besides; programs see all of them."""
    file = tmp_path / "headpoints.csv"
    eans = [f"54144880000000{number:04}" for number in range(0, 90, 10)]
    rows = [f"headpoint,{ean},gas,digital,,,\nmeter,{ean},,,,1,A\n" for ean in eans]
    file.write_text("row,ean,energy,meter_type,direction,seq_number,meter_id\n" + "".join(rows))
    told = platform.well("headpoints", "import", file).error.splitlines()
    warned = platform.well("headpoints", "import", file, "--json").json["warnings"]
    assert len(warned) > 6
    assert len(told) == 6
    assert f"and {len(warned) - 5} warnings more" in told[-1]


def test_what_an_exchange_takes_back_is_told(platform: Command, tmp_path: Path) -> None:
    """E8, R1: who registers an exchange late is told how many values of the meter before do not count any more."""
    add(platform, ODD)
    file = tmp_path / "a.csv"
    file.write_text(HEAD + "".join(LINE.format(minute=minute, value=1) for minute in (0, 15, 30)))
    platform.well("readings", "import", file)
    at = ("--at", "2025-01-01T00:15:00Z", "--new", "2=B")
    told = platform.well("headpoints", "meter-exchange", ODD, *at).text
    assert "which are taken back: 2, by the delivery 'meter exchange of" in told
    assert "taken back" not in platform.well("headpoints", "meter-exchange", ODD, *at).text


def test_what_goes_with_a_delivery_is_told(platform: Command, tmp_path: Path) -> None:
    """R3: who withdraws a delivery is told which deliveries of rows of it go with it."""
    add(platform, FITS)
    file = tmp_path / "a.csv"
    file.write_text(HEAD + LINE.format(minute=0, value=1))
    assert platform("readings", "import", file, "--delivery", "first").code == 1
    add(platform, ODD)
    [retried] = platform.well("quarantine", "retry", "--json").json
    told = platform.well("deliveries", "withdraw", "first").text
    assert f"Withdrawn with it: '{retried['delivery']}'" in told
    assert "wait no more" not in told


def test_what_is_swept_is_told(platform: Command, tmp_path: Path) -> None:
    """R3: the command names what it swept, and says if there was nothing."""
    add(platform, ODD)
    database = readings_database(f"sqlite:///{tmp_path / 'kwartier.db'}")
    lead = brussels("2025-01-02T00:00") - brussels("2025-01-01T00:00")
    Deliveries(database, lambda: brussels("2025-01-01T00:00"), lead).begin("left", "a test")
    database.close()
    assert platform.well("deliveries", "sweep").text.splitlines() == ["Swept left"]
    assert platform.well("deliveries", "sweep").text.splitlines() == ["Nothing to sweep."]
