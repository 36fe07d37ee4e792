"""Files as deliveries: told by their content, whatever they are called and wherever they come from."""

import os
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Final

import pytest

from kwartier.domain.errors import InvalidValueError
from kwartier.formats.errors import FormatError
from kwartier.services.ingest.files import Source, at_rest, delivery_id_of, digest_of, readers
from kwartier.services.ingest.format import FileFormat
from support.long_form import csv_of, read, row
from support.portal import DIGITAL, HEADERS, report
from support.store import StoreOfTest

_COMMAS: Final = csv_of(row()).getvalue()
_SEMICOLONS: Final = _COMMAS.replace(b",", b";")
_FILES: Final = {
    "long": _COMMAS,
    "long with semicolons": _SEMICOLONS,
    "long with semicolons, quotes and capitals": _SEMICOLONS.replace(b"ean;", b'"EAN";', 1),
    "long after a mark and blank lines": b"\xef\xbb\xbf\r\n\r\n" + _SEMICOLONS,
    "long with CR": _SEMICOLONS.replace(b"\n", b"\r"),
    "portal": report([DIGITAL]),
    "portal after blank lines": b"\n\n" + report([DIGITAL], bom=False),
    "portal after a mark and blank lines": b"\xef\xbb\xbf\r\n \r\n" + report([DIGITAL], bom=False),
    "portal with CR": report([DIGITAL], newline="\r", last="\r"),
    "portal with quoted names": report([DIGITAL]).replace(b"Volume", b'"Volume"'),
    **{f"portal {number}": report([], number) for number in HEADERS},
}


def _named(path: Path) -> Source:
    return Source(path.name, path)


def _rows(path: Path, store: StoreOfTest) -> list[tuple[int, int]]:
    found = read(readers(_named(path), store.database, FileFormat.AUTO, print))
    assert found.rejected.rows() == []
    return found.rows.select("value", "line").rows()


@pytest.mark.parametrize("name", _FILES)
def test_a_file_is_known_by_the_names_of_its_columns(name: str, tmp_path: Path, store: StoreOfTest) -> None:
    """R4: a report of the portal and the long form are told apart by their columns, not by what stands between these."""
    file = tmp_path / "a file"
    file.write_bytes(_FILES[name])
    values = [value for value, _ in _rows(file, store)]
    if name.startswith("long"):
        assert values == [243]
    else:
        assert values == ([123] if str(DIGITAL).encode() in _FILES[name] else [])


@pytest.mark.parametrize(
    ("header", "words"), [("a;b;c", "no report of the portal"), ("a,b,c", "unknown column 'a'")]
)
def test_a_file_with_other_columns_is_told_by_what_stands_between_them(
    header: str, words: str, tmp_path: Path, store: StoreOfTest
) -> None:
    """R4: where no name tells what was meant, semicolons are taken for the portal's."""
    file = tmp_path / "a file"
    file.write_text(f"{header}\n1\n")
    with pytest.raises(FormatError, match=words):
        _rows(file, store)


def test_a_pipe_is_kept_while_it_is_read(tmp_path: Path, store: StoreOfTest) -> None:
    """R4: what comes through a pipe is read like a file, as often as need be, and is gone afterwards."""
    pipe, folder = tmp_path / "a pipe", tmp_path / "spools"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(_COMMAS,))
    writer.start()
    with at_rest(pipe, folder) as source:
        writer.join()
        assert delivery_id_of(source, digest_of(source)).startswith("pipe ")
        assert digest_of(source) == digest_of(source)
        assert read(readers(source, store.database, FileFormat.AUTO, print)).rows.height == 1
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", [b"\xff.csv", b"a\nb.csv", b"\x1b[2J"])
def test_a_name_that_can_not_be_shown_is_refused(name: bytes, tmp_path: Path) -> None:
    """R3: a delivery is named for its file, so that must have a name that can be shown."""
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(_COMMAS)
    with ExitStack() as stack, pytest.raises(InvalidValueError, match="the name of the file"):
        stack.enter_context(at_rest(path))
