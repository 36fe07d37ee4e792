"""What is printed on the terminal."""

import sys

import pytest

from kwartier.cli.console import Console
from kwartier.cli.main import main
from kwartier.cli.tables import print_table


def test_lines_of_a_table_end_with_their_words(capsys: pytest.CaptureFixture[str]) -> None:
    """A narrow terminal would make lines of the blanks behind a short one."""
    print_table(["a", "b"], [["1", ""], ["1", "x" * 200]])
    assert capsys.readouterr().out.splitlines() == ["a  b", "1", f"1  {'x' * 200}"]


def test_words_of_users_are_no_pictures(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """C6: what was given is named as it was given, also where a letter stands between colons."""
    Console().print("gate:100:x")
    print_table(["delivery"], [["gate:100:x"]])
    assert capsys.readouterr().out.split() == ["gate:100:x", "delivery", "gate:100:x"]
    of_a_meter = ("--energy", "gas", "--meter-type", "digital", "--meter", "1:A")
    monkeypatch.setattr(sys, "argv", ["kwartier", "headpoints", "add", "541448800000000017", *of_a_meter])
    with pytest.raises(SystemExit):
        main()
    assert "--meter 1:A: a meter is written SEQ=ID" in capsys.readouterr().err
