"""docs/security.md claims nothing that no test proves, and the workshop keeps watch as it says."""

import ast
import re
import tomllib
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from kwartier.domain.assertion import MAX_AHEAD
from kwartier.domain.credentials import EXPIRES_SOON, EXPIRES_VERY_SOON, MAX_OVERLAP
from kwartier.domain.signing import CLOCK_SKEW, MAX_TOKEN_LIFETIME, PUBLICATION_LEAD
from kwartier.gateway import protocol
from kwartier.gateway.context import MAX_BODY
from kwartier.gateway.http_rules import MAX_HEADERS, MAX_TARGET
from kwartier.registry.control import JOURNAL_LENGTH
from kwartier.settings import Settings

_ROOT: Final = Path(__file__).parent.parent
_PAGE: Final = (_ROOT / "docs" / "security.md").read_text(encoding="utf-8")
_TEST: Final = re.compile(r"`(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`")
_FILE: Final = re.compile(r"`([A-Za-z0-9_/.-]+\.[a-z]+|Makefile)`")
_PASSED_OVER: Final = re.compile(r"# noqa: (?=[^#]*\bS\d{3}\b)[A-Z0-9, ]+(.*)")


def claims() -> list[list[str]]:
    """The rows of the page's tables, as cells, without those that head them."""
    rows = [line for line in _PAGE.splitlines() if line.startswith("|")]
    heads = {place - 1 for place, row in enumerate(rows) if re.fullmatch(r"[|\s-]+", row)}
    drawn = heads | {place + 1 for place in heads}
    return [
        [cell.strip() for cell in row.strip("|").split("|")]
        for place, row in enumerate(rows)
        if place not in drawn
    ]


@cache
def names_of(file: Path) -> frozenset[str]:
    """The tests that a file has."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def ruff() -> dict[str, Any]:
    """How ruff is told to look at the code."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lint: dict[str, Any] = project["tool"]["ruff"]["lint"]
    return lint


def recipe(target: str) -> str:
    """What a target of the Makefile does."""
    makefile = (_ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert found is not None, target
    return found[1]


def test_every_claim_names_a_test() -> None:
    """A2: each row of docs/security.md names one test at least, and there is no claim outside of a table."""
    rows = claims()
    assert len(rows) > 80
    assert not [row[0] for row in rows if not _TEST.search(row[-1])]
    assert not re.findall(r"^\s*(?:[-*+]|\d+\.)\s", _PAGE, re.MULTILINE)


def test_every_test_that_is_named_exists() -> None:
    """A2: a test that docs/security.md names is in its file, under its name."""
    named = set(_TEST.findall(_PAGE))
    assert len(named) == len(set(re.findall(r"`[^`]*::[^`]*`", _PAGE))) > 100
    missing = [
        f"{file}::{name}"
        for file, name in sorted(named)
        if not (_ROOT / file).is_file() or name not in names_of(_ROOT / file)
    ]
    assert not missing


def test_every_file_that_is_named_exists() -> None:
    """A2: each claim names the file that keeps it, and each file is there."""
    cells = [row[-2] for row in claims() if len(row) == 3]
    assert len(cells) > 80
    assert all(_FILE.search(cell) for cell in cells)
    named = {file for cell in cells for file in _FILE.findall(cell)}
    missing = [
        file for file in named if not any((_ROOT / above / file).is_file() for above in ("src/kwartier", ""))
    ]
    assert not missing


def test_no_step_is_left_out() -> None:
    """C5, A2: each step of a request in its order, each thing that is issued, and each attacker has its heading."""
    heads = re.findall(r"^#{2,3} (.+)$", _PAGE, re.MULTILINE)
    steps = [
        *("Connection", "HTTP rules", "Geography", "Subscription key", "Token", "Limits", "Parameters"),
        *("Mandates and coverage", "Audit", "Answer"),
        *("Credentials and secrets", "Certificates", "Signing keys", "Operators and bootstrap"),
    ]
    assert [head for head in heads if head in steps] == steps
    assert [head[:3] for head in heads if head.startswith("(")] == [f"({letter})" for letter in "abcdef"]
    assert {"Out of scope", "To report a vulnerability"} <= set(heads)
    assert "private security advisories" in _PAGE


_DEFAULTS: Final = Settings.model_fields
_ONE_DAY: Final = timedelta(days=1)
_ONE_SECOND: Final = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("said", "figure"),
    [
        ("head ({} s for all of it)", protocol._HEAD_SECONDS),
        ("body ({} s without a byte)", protocol._BODY_SECONDS),
        ("stops reading ({} s)", protocol._WRITE_SECONDS),
        ("{} KiB of path and query", MAX_TARGET / 1024),
        ("{} KiB of headers", MAX_HEADERS / 1024),
        ("{} KiB of body", MAX_BODY / 1024),
        ("{} requests a minute unless set otherwise", _DEFAULTS["rate_limit"].default),
        ("counted by address, {} a minute", _DEFAULTS["failed_limit"].default),
        ("`key_days` ({})", _DEFAULTS["key_days"].default),
        ("overlap of at most {} days", MAX_OVERLAP / _ONE_DAY),
        ("ends within {} days is told", EXPIRES_SOON / _ONE_DAY),
        ("within {} warned of", EXPIRES_VERY_SOON / _ONE_DAY),
        ("a clock that is {} s ahead", CLOCK_SKEW / _ONE_SECOND),
        ("clocks may differ by {} s", CLOCK_SKEW / _ONE_SECOND),
    ],
)
def test_figures_are_those_of_the_code(said: str, figure: float) -> None:
    """C5, A2: the bounds and terms on docs/security.md are the ones that the code keeps."""
    assert figure == int(figure)
    assert said.format(int(figure)) in _PAGE


def test_figures_in_words_are_those_of_the_code() -> None:
    """C1, A2: what docs/security.md says in words of lifetimes is what the code keeps."""
    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    assert (
        hour,
        minute,
        10 * minute,
        10 * minute,
    ) == (MAX_TOKEN_LIFETIME, CLOCK_SKEW, PUBLICATION_LEAD, MAX_AHEAD)
    assert JOURNAL_LENGTH == 1000
    for said in (
        "an hour at most",
        "published ten minutes before it signs",
        "for an hour and a minute",
        "ends within ten minutes",
        "the newest thousand",
    ):
        assert said in _PAGE


def test_security_rules_are_on() -> None:
    """A2: `make check` has ruff look with all rules, and no rule of security is off for the product."""
    assert "ruff check ." in recipe("check")
    lint = ruff()
    assert lint["select"] == ["ALL"]
    assert not [rule for rule in lint["ignore"] if re.fullmatch(r"S|S\d+", rule)]
    for files, rules in lint["per-file-ignores"].items():
        assert not files.startswith("src/") or not [rule for rule in rules if re.fullmatch(r"S|S\d+", rule)]


def test_what_ruff_is_told_to_pass_over_says_why() -> None:
    """A2: where the product has ruff pass over a rule of security, that line or the one above says why."""
    passed_over = []
    for file in sorted((_ROOT / "src").rglob("*.py")):
        lines = file.read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if re.search(r"# ruff: noqa|# noqa(?!:)", line)], file
        for place, line in enumerate(lines):
            found = _PASSED_OVER.search(line)
            if found is not None:
                above = lines[place - 1].strip()
                why = found[1].strip(" -") or (above if above.startswith("#") else "")
                passed_over.append((f"{file.name}:{place + 1}", why))
    assert len(passed_over) > 5
    assert not [where for where, why in passed_over if not re.search(r"[a-z]{3}", why)]


def test_the_audit_of_requirements_passes_nothing_over() -> None:
    """A2: `make audit` checks hashes, fails where it can't look something up, and is no part of CI."""
    audit = recipe("audit")
    for word in ("pip-audit", "--strict", "--require-hashes", "requirements/dev.txt"):
        assert word in audit
    assert "audit" not in (_ROOT / ".ci" / "run").read_text(encoding="utf-8")
