"""The documentation says what the code does."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tools.docs import PAGES

_ROOT = Path(__file__).parent.parent
_LINK = re.compile(r"\]\(([^)#\s]+)")


@pytest.mark.parametrize(("name", "make"), PAGES.items())
def test_a_page_made_from_the_code_is_up_to_date(name: str, make: Callable[[], str]) -> None:
    """The pages that `make docs` writes are those that it would write now."""
    assert (_ROOT / "docs" / name).read_text(encoding="utf-8") == make()


@pytest.mark.parametrize("page", [_ROOT / "README.md", *sorted((_ROOT / "docs").rglob("*.md"))], ids=str)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Every link to a file of the project leads to one that is there."""
    links = [link for link in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing


def test_files_that_the_architecture_names_are_there() -> None:
    """docs/architecture.md walks through files that exist, and names every room."""
    text = (_ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`", text))
    assert named
    assert not [name for name in named if not (_ROOT / "src" / "kwartier" / name).is_file()]
    rooms = {
        folder.name for folder in (_ROOT / "src" / "kwartier").iterdir() if (folder / "__init__.py").is_file()
    }
    assert not [room for room in rooms if f"{room}/" not in text]


def test_commands_of_the_readme_exist() -> None:
    """Every `make` target and `kwartier` command that the README names is one."""
    text = (_ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (_ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", text))
    assert {"demo", "test"} <= named <= targets
    words = set(re.findall(r"bin/kwartier ([a-z]+)", text))
    commands = (_ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert words
    assert all(f"## kwartier {word}" in commands for word in words)


def test_numbered_decisions_are_in_order() -> None:
    """Decisions are numbered pages without gaps."""
    numbers = sorted(int(page.name[:4]) for page in (_ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers
