"""`kwartier headpoints`, `kwartier gas factors` and `kwartier grants`."""

import json
from pathlib import Path
from typing import Any

import pytest

from kwartier.db.engine import Database
from kwartier.db.migrate import migrate
from support.running import command

pytestmark = pytest.mark.slow  # many commands, each a process of its own

EAN, AMR, SUB, OTHER = (f"5414488000000000{end}" for end in ("17", "24", "31", "48"))


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a registry."""
    url = f"sqlite:///{tmp_path / 'kwartier.db'}"
    database = Database(url)
    migrate(database)
    database.close()
    return url


def run(url: str, *words: str, code: int = 0) -> str:
    """Run a command; what it printed, or what it complained of."""
    done = command(*words, "--database", url)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stdout + done.stderr


def add(url: str, *words: str) -> str:
    """Add a digital headpoint."""
    meter = ("--energy", "electricity", "--meter-type", "digital", "--meter", "1=A")
    return run(url, "headpoints", "add", EAN, *meter, *words)


def test_a_headpoint_is_added_changed_and_shown(url: str) -> None:
    """E8: what was told is shown; the second time what changed is said, and so is an exchange of meters."""
    assert f"{EAN} is known now" in add(url, "--grid-user", "BE0999999922@2024-01-01/2025-03-01")
    assert "is as it was" in add(url, "--grid-user", "0999.999.922@2024-01-01/2025-03-01")
    exchanged = run(url, "headpoints", "meter-exchange", EAN, "--at", "2025-03-01", "--new", "2=B")
    assert "meter 1, to: none -> 2025-03-01\n" in exchanged
    assert "meter 2 added" in exchanged
    shown = json.loads(run(url, "headpoints", "show", EAN, "--json"))
    march = "2025-02-28T23:00:00Z"
    assert shown["meters"] == [
        {"seq_number": "1", "meter_id": "A", "from": None, "to": march},
        {"seq_number": "2", "meter_id": "B", "from": march, "to": None},
    ]
    assert shown["grid_users"] == [{"who": "0999.999.922", "from": "2023-12-31T23:00:00Z", "to": march}]
    assert "0.999" not in run(url, "headpoints", "list")  # nobody is the grid user now
    text = run(url, "headpoints", "show", EAN)
    assert march in text
    assert "check digit" not in text


def test_an_amr_headpoint_with_submeters(url: str) -> None:
    """E9: direction, and submeters in one option each; headpoints are listed in order."""
    run(
        url,
        *("headpoints", "add", AMR, "--energy", "electricity", "--meter-type", "AMR"),
        *("--direction", "injection", "--submeter", f"{SUB}=production,1,PV,VREG-1"),
        *("--submeter", f"{OTHER}=auxiliary,1"),
    )
    add(url)
    shown: list[dict[str, Any]] = json.loads(run(url, "headpoints", "list", "--json"))
    assert [one["ean"] for one in shown] == [EAN, AMR]
    assert shown[1]["submeters"] == [
        {"ean": SUB, "direction": "production", "seq_number": "1", "installation": "PV", "vreg_id": "VREG-1"},
        {"ean": OTHER, "direction": "auxiliary", "seq_number": "1", "installation": None, "vreg_id": None},
    ]
    assert AMR in run(url, "headpoints", "list", "--after", EAN)
    assert "--after" in run(url, "headpoints", "list", "--limit", "1")


def test_faults_are_all_named(url: str) -> None:
    """C6: one line with every fault, exit code 1, and nothing is known."""
    told = run(
        url, "headpoints", "add", EAN, "--energy", "gas", "--meter-type", "AMR", "--meter", "1=A", code=1
    )
    assert "has a direction" in told
    assert "no meters of its own" in told
    add(url)
    assert run(url, "headpoints", "show", AMR, code=1).strip().endswith("shows those there are")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--meter", "A"), "SEQ=ID"),
        (("--meter", "1=A@soon"), "--meter 1=A@soon: a moment"),
        (("--submeter", f"{SUB}=production"), "DIRECTION,SEQ"),
        (("--submeter", "12=production,1"), "18 digits"),
        (("--submeter", f"{SUB}=sideways,1"), "allowed: offtake"),
        (("--grid-user", "somebody"), "WHO@FROM"),
        (("--grid-user", "a@b.example@/2025-01-01"), "WHO@FROM"),
    ],
)
def test_what_is_mistyped_is_named(url: str, words: tuple[str, ...], said: str) -> None:
    """C6: the option, what was given, and the form; exit code 2."""
    asked = ("headpoints", "add", EAN, "--energy", "electricity", "--meter-type", "AMR")
    assert said in run(url, *asked, *words, code=2)


def test_a_file_is_imported(url: str, tmp_path: Path) -> None:
    """R3: nothing of a file with a wrong row, whose line and reason are told, unless wrong ones are to be skipped."""
    file = tmp_path / "headpoints.csv"
    file.write_text(
        "row,ean,energy,meter_type,direction,seq_number,meter_id\n"
        f"headpoint,{EAN},electricity,digital,,,\nmeter,{EAN},,,,1,A\n"
        f"headpoint,{AMR},electricity,AMR,,,\nheadpoint,{SUB},water,AMR,,,\n"
    )
    told = run(url, "headpoints", "import", str(file), code=1)
    assert "4     an AMR headpoint has a direction" in told
    assert "5     energy 'water'" in told
    assert "nothing was imported" in told
    assert "No headpoints" in run(url, "headpoints", "list")
    done = json.loads(run(url, "headpoints", "import", str(file), "--skip-wrong", "--json"))
    assert (done["new"], [one["line"] for one in done["wrong"]]) == (1, [4, 5])
    assert json.loads(run(url, "headpoints", "list", "--json"))[0]["ean"] == EAN


def test_factors_are_set_imported_and_shown(url: str, tmp_path: Path) -> None:
    """E12, R3: the definitive factor after the provisional one, both kept; a file counts once, and whole.

    One that was withdrawn is not passed over in silence.
    """
    run(url, "gas", "factors", "set", "Z1", "2025-09", "11.1234", "--kind", "P")
    file = tmp_path / "factors.csv"
    file.write_text("zone,month,factor,kind\nZ1,2025-09,11.2,D\n")
    assert "1 new" in run(url, "gas", "factors", "import", str(file))
    assert "counted once" in run(url, "gas", "factors", "import", str(file))
    rows = json.loads(run(url, "gas", "factors", "show", "Z1", "--json"))
    assert [(row["month"], row["factor"], row["kind"]) for row in rows] == [
        ("2025-09", "11.1234", "P"),
        ("2025-09", "11.2000", "D"),
    ]
    file.write_text("zone,month,factor,kind\nZ1,2025-10,11.2,D\nZ1,2025-09,11.3,P\n")
    told = run(url, "gas", "factors", "import", str(file), code=1)
    assert "3     zone Z1, 2025-09 has its definitive factor" in told
    assert "2025-10" not in run(url, "gas", "factors", "show", "Z1")
    assert "at most 4 decimals" in run(
        url, "gas", "factors", "set", "Z1", "2025-09", "11.12345", "--kind", "D", code=2
    )
    file.write_text("zone,month,factor,kind\nZ1,2025-09,11.2,D\n")
    [delivery] = [
        one["delivery"]
        for one in json.loads(run(url, "deliveries", "list", "--json"))
        if one["delivery"].startswith("factors.csv")
    ]
    run(url, "deliveries", "withdraw", delivery)
    assert "was withdrawn, and does not count" in run(url, "gas", "factors", "import", str(file), code=1)


def test_mandates_are_granted_listed_and_ended(url: str) -> None:
    """M2: an operator grants, sees and ends a live mandate."""
    add(url, "--grid-user", "0999.999.922@2024-01-01")
    granted = json.loads(
        run(
            url,
            *("grants", "add", EAN, "--organisation", "0999999922", "--service", "vh_dag"),
            *("--from", "2024-01-01", "--json"),
        )
    )
    assert (granted["own"], granted["status"], granted["service"]) == (True, "Approved", "VH_dag")
    assert granted["data_from"] == "2023-12-31T23:00:00Z"
    assert granted["mandate"] in run(url, "grants", "list", "--organisation", "0999.999.922")
    assert "No live mandates" in run(url, "grants", "list", "--ean", AMR)
    run(url, "grants", "end", granted["mandate"])
    [ended] = json.loads(run(url, "grants", "list", "--ean", EAN, "--json"))
    assert ended["status"] == "Finished"
    assert "not Approved" in run(url, "grants", "end", granted["mandate"], code=1)


def test_what_is_mistyped_of_a_grant_is_named(url: str) -> None:
    """C6: the option and what is allowed."""
    asked = ("grants", "add", EAN, "--organisation", "0999.999.922")
    assert "--service VH: allowed: VH_dag" in run(
        url, *asked, "--service", "VH", "--from", "2024-01-01", code=2
    )
    assert "--from now: a moment" in run(url, *asked, "--service", "VH_dag", "--from", "now", code=2)
