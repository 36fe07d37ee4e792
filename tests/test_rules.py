"""The table of rules against the tests that prove them, and the code that keeps them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent

_ROW = re.compile(r"^\| ([A-Z]\d+) \| (.+) \| (yes|in part|later) \|$", re.MULTILINE)
_PROVES = re.compile(r"([A-Z]\d+(?:, [A-Z]\d+)*): \S")
_NAMES = re.compile(r"\(([A-Z]\d+(?:(?:, |-)[A-Z]\d+)*)\)")


def rules() -> dict[str, bool]:
    """Every rule of the table, and whether it is built."""
    table = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    return {rule: built != "later" for rule, _, built in _ROW.findall(table)}


def proven() -> dict[str, list[str]]:
    """Every rule that a test says it proves, and those tests."""
    tests: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, docstring in _docstrings(path):
            begins = _PROVES.match(docstring)
            if name.startswith("test_") and begins is not None:
                for rule in begins[1].split(", "):
                    tests.setdefault(rule, []).append(f"{path.relative_to(ROOT)}::{name}")
    return tests


def unproven() -> list[str]:
    """The rules that are built and that no test says it proves."""
    tests = proven()
    return [rule for rule, built in rules().items() if built and rule not in tests]


def _docstrings(path: Path) -> Iterator[tuple[str, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            name = "" if isinstance(node, ast.Module) else node.name
            yield name, ast.get_docstring(node) or ""


def test_the_table_is_whole() -> None:
    """The table of rules counts up from 1 under each letter, without a gap and without a double."""
    listed = re.findall(r"^\| ([A-Z]\d+) \|", (ROOT / "docs" / "rules.md").read_text("utf-8"), re.MULTILINE)
    counts = {"I": 6, "C": 11, "M": 12, "E": 13, "R": 4, "P": 1, "S": 4, "X": 1, "K": 6, "A": 3}
    assert listed == [f"{letter}{number}" for letter, last in counts.items() for number in range(1, last + 1)]
    assert list(rules()) == listed


def test_tests_prove_rules_that_exist() -> None:
    """Each rule id with which the docstring of a test begins is one of the table."""
    unknown = {rule: tests for rule, tests in proven().items() if rule not in rules()}
    assert proven()
    assert not unknown, f"not in docs/rules.md: {unknown}"


def test_code_keeps_rules_that_exist() -> None:
    """Each rule id that a docstring of the code names in brackets is one of the table."""
    named = {
        rule: f"{path.relative_to(ROOT)}::{name}"
        for path in (ROOT / "src").rglob("*.py")
        for name, docstring in _docstrings(path)
        for mention in _NAMES.findall(docstring)
        for rule in re.split(", |-", mention)
    }
    unknown = {rule: where for rule, where in named.items() if rule not in rules()}
    assert named
    assert not unknown, f"not in docs/rules.md: {unknown}"


def test_every_rule_that_is_built_is_proven() -> None:
    """Each rule that the table calls built has at least one test whose docstring begins with it."""
    missing = unproven()
    assert any(rules().values())
    assert not missing, f"built, but no test begins its docstring with: {', '.join(missing)}"
