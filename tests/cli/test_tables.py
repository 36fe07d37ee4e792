"""Tables on the terminal."""

import pytest
from rich.markup import escape

from kwartier.cli import tables
from kwartier.cli.tables import print_table

HEAD = ["id", "name", "why"]
ROWS = [
    [f"{number}", escape(name), ""]
    for number, name in enumerate(["[x]", "Ä", "電気", "1:A: b", "long " * 40])
]


def printed(rows: list[list[str]], capfd: pytest.CaptureFixture[str]) -> list[str]:
    """The lines of a table."""
    print_table(HEAD, rows)
    return capfd.readouterr().out.splitlines()


def test_many_rows_are_printed_as_few_are(capfd: pytest.CaptureFixture[str]) -> None:
    """Beyond what is drawn with colours the lines are the same: every cell whole, as it is, below its name."""
    few = printed(ROWS, capfd)
    again = len(few) - 1
    many = printed(ROWS * (tables._DRAWN // len(ROWS) + 1), capfd)
    assert many[: again + 1] == few
    assert many[1:] == few[1:] * (len(many[1:]) // again)
    assert few[1].split() == ["0", "[x]"]
