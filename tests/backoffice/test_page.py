"""docs/backoffice.md says what the backoffice does."""

import json
import re
from pathlib import Path
from typing import Final

from kwartier.backoffice.delivering import DeliveredShape
from kwartier.backoffice.files import MOST, TABLES
from kwartier.backoffice.operation import Answer
from kwartier.backoffice.parameters import LIMIT, WANTED_DELIVERY_ID
from kwartier.backoffice.surface import OPERATIONS
from kwartier.gateway.documentation import summary_of
from kwartier.settings import Settings
from kwartier.wire import paths
from support.office import Office

_PAGE: Final = (Path(__file__).parents[2] / "docs" / "backoffice.md").read_text(encoding="utf-8")


def test_the_page_has_every_operation() -> None:
    """C8: the table has each operation with its scope and what it does, in the order of the document."""
    rows = re.findall(r"^\| `([A-Z]+ /[a-z/-]+)` \| `([a-z.]+)` \| (.+) \|$", _PAGE, re.MULTILINE)
    assert rows == [(f"{one.method} {one.path}", one.scope.value, summary_of(one.act)) for one in OPERATIONS]


def test_the_answer_of_the_page_has_the_shape_of_one() -> None:
    """R3: the answer that the page shows has every field of a real one, and no other."""
    [shown] = re.findall(r"```json\n(.*?)```", _PAGE, re.DOTALL)
    read = Answer[DeliveredShape].model_validate_json(shown)
    assert json.loads(read.model_dump_json(by_alias=True, exclude_none=True)) == json.loads(shown)


def test_figures_are_those_of_the_code() -> None:
    """R3, R4: bounds, media types and settings that the page names are those of the code."""
    [streams] = [one.streams for one in OPERATIONS if one.path == "/deliveries" and one.streams]
    assert all(f"`{media_type}`" in _PAGE for media_type in (*streams, *TABLES))
    assert f"of at most {MOST // 1024**2} MiB unpacked" in _PAGE
    assert LIMIT.read("1000") == 1000
    assert "1000 at most" in _PAGE
    assert WANTED_DELIVERY_ID.read("x" * 200)
    assert "up to 200 characters" in _PAGE
    assert f"`{paths.BACKOFFICE}`" in _PAGE
    for setting in ("max_long_requests", "shutdown_grace_seconds", "spool"):
        assert setting in Settings.model_fields
        assert f"`{setting}`" in _PAGE


def test_the_start_page_leads_there(office: Office) -> None:
    """C8: who opens the platform's address finds the page of the backoffice."""
    page = office.platform.http.get("/").text
    [link] = re.findall(rf'href="({paths.BACKOFFICE}[^"]*)"', page)
    assert "Kwartier backoffice" in office.platform.http.get(link).text
