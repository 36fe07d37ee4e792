"""The pages of the docs about the client run, and print what they say."""

import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest

_DOCS: Final = Path(__file__).parents[2] / "docs"
_BLOCK: Final = re.compile(
    r"^```python\n(?P<code>.*?)^```$(?:\n\n^```text\n(?P<printed>.*?)^```$)?", re.DOTALL | re.MULTILINE
)


@pytest.fixture
def names() -> Iterator[dict[str, Any]]:
    """What the blocks of a page share; what it started is stopped, also where a block fails."""
    names: dict[str, Any] = {}
    yield names
    for name, end in (("client", "close"), ("sandbox", "stop")):
        if name in names:
            getattr(names[name], end)()


@pytest.mark.parametrize("name", ["client.md", "peaks-of-a-small-company.md"])
def test_the_blocks_of_a_page_run(
    name: str, names: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each block of Python runs after the one before it, and prints what stands below it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    blocks = list(_BLOCK.finditer((_DOCS / name).read_text(encoding="utf-8")))
    assert len(blocks) > 5
    for block in blocks:
        printed = StringIO()
        with redirect_stdout(printed):
            exec(compile(block["code"], name, "exec"), names)  # noqa: S102 - our own page
        assert printed.getvalue() == (block["printed"] or ""), block["code"]
