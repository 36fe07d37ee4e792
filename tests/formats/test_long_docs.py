"""docs/long-form.md says what is read."""

import io
import re
from pathlib import Path
from typing import Final

from kwartier.domain.days import Grid
from kwartier.domain.metering import State
from kwartier.formats.long import read_long
from kwartier.formats.long.arrow import LARGEST_MESSAGE
from kwartier.formats.long.cells import LARGEST
from kwartier.formats.long.csv import CHUNK_BYTES
from kwartier.formats.long.ndjson import LONGEST_LINE
from kwartier.formats.long.rows import ROWS_AT_ONCE
from kwartier.formats.long.runs import LONGEST_RUN, VALUES_AT_ONCE
from kwartier.formats.long.time import FIRST_YEAR, LAST_YEAR
from kwartier.formats.long.words import OPTIONAL, ROW_COLUMNS, RUN_COLUMNS, WORDS
from support.long_form import read

_PAGE: Final = (Path(__file__).parents[2] / "docs" / "long-form.md").read_text(encoding="utf-8")


def _example(kind: str) -> io.BytesIO:
    (text,) = re.findall(rf"```{kind}\n(.*?)```", _PAGE, re.DOTALL)
    return io.BytesIO(text.encode())


def test_the_rows_of_the_page_are_read() -> None:
    """R4: the example of rows is read whole, with days of both kinds."""
    found = read(read_long(_example("csv")))
    assert found.rejected.height == 0
    assert found.rows.height == 6
    assert found.rows.get_column("grid").to_list()[3:] == [Grid.DAY, Grid.GAS_DAY, Grid.HOUR]


def test_the_runs_of_the_page_are_read() -> None:
    """R4: the example of runs is read whole, and says what the page says of nulls."""
    found = read(read_long(_example("ndjson")))
    assert found.rejected.height == 0
    states = found.rows.sort("line", maintain_order=True).select("line", "state").rows()
    assert [line for line, _ in states] == [1, 1, 2, 2, 2, 3, 3]
    assert [state for _, state in states if state == State.WITHDRAWN] == [State.WITHDRAWN] * 2


def test_the_page_names_every_column_and_word() -> None:
    """R4: the tables of the page have every column in order, those that may be left out, and their words."""
    named = dict(re.findall(r"^\| `([a-z_]+)` \| (.+?) \|", _PAGE, re.MULTILINE))
    assert list(named) == [column.value for column in dict.fromkeys((*ROW_COLUMNS, *RUN_COLUMNS))]
    left_out = {name for name, said in named.items() if said.startswith("may be left out")}
    assert left_out == {column.value for column in OPTIONAL}
    for column, words in WORDS.items():
        assert re.findall(r"`([^`]+)`", named[column.value]) == list(words)


def test_the_page_names_every_bound() -> None:
    """R4: the bounds of the page are those of the code."""
    bounds = (
        f"{LARGEST:,} units",
        f"{LONGEST_RUN:,} items",
        f"{VALUES_AT_ONCE:,} values",
        f"{ROWS_AT_ONCE:,} rows",
        f"{CHUNK_BYTES // 1_000_000} MB of text",
        f"{LONGEST_LINE // 2**20} MiB",
        f"{LARGEST_MESSAGE // 2**20} MiB",
        f"from {FIRST_YEAR} to {LAST_YEAR}",
    )
    page = " ".join(_PAGE.split())
    assert not [bound for bound in bounds if bound.replace(",", " ") not in page]
