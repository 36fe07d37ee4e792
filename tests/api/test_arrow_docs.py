"""The page on Arrow says what the code does."""

from pathlib import Path

from kwartier.wire.frame import COLUMNS, MEDIA_TYPE
from support.platform import BASE, Platform

_PAGE = Path(__file__).parents[2] / "docs" / "arrow.md"


def test_the_page_has_the_columns() -> None:
    """The table of docs/arrow.md is the schema, in its order."""
    rows = [line for line in _PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{one.name}` | `{one.type.value}` | {'yes' if one.nullable else 'no'} | {one.meaning} |"
        for one in COLUMNS
    ]


def test_the_document_names_both_forms(platform: Platform) -> None:
    """The OpenAPI document has JSON and Arrow for GET energy, and JSON alone for its refusals."""
    answer = platform.http.get(f"{BASE}/swagger/v1/swagger.json")
    answers = answer.json()["paths"]["/api/mandate/energy"]["get"]["responses"]
    assert set(answers["200"]["content"]) == {"application/json", MEDIA_TYPE}
    assert set(answers["404"]["content"]) == {"application/json"}
