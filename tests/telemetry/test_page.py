"""docs/watching.md says what the code does."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kwartier.settings import Settings
from kwartier.telemetry.listener import LIVE, METRICS, READY
from kwartier.telemetry.metrics import MEASURED

_ROOT: Final = Path(__file__).parents[2]
_PAGE: Final = (_ROOT / "docs" / "watching.md").read_text(encoding="utf-8")
_LEVELS: Final = {"debug", "info", "warning", "error", "exception"}
_SUFFIXES: Final = ("", "_bucket", "_count", "_sum")


def _rows(header: str) -> list[list[str]]:
    """The rows of the table with a header, as their cells."""
    _, found, rest = _PAGE.partition(header)
    assert found
    lines = rest.lstrip("\n").split("\n\n", 1)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "---" not in line]


def _names(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def _told() -> Iterator[tuple[str, str, set[str], bool]]:
    """Every event that the code tells: name, level, fields, and whether it has fields that are put together."""
    for path in (_ROOT / "src").rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        if "= Log(" not in code:
            continue
        for node in ast.walk(ast.parse(code)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in _LEVELS
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id.lower().endswith("log")
            ):
                (name,) = node.args
                assert isinstance(name, ast.Constant), f"{path}: the name of an event is a constant"
                fields = {keyword.arg for keyword in node.keywords if keyword.arg is not None}
                level = "error" if node.func.attr == "exception" else node.func.attr
                yield str(name.value), level, fields, len(fields) < len(node.keywords)


def test_every_event_is_on_the_page() -> None:
    """C6: the table of events has those of the code, with level and fields."""
    rows = {
        name: (level, _names(fields))
        for row, level, fields, _ in _rows("| event | level | fields | what happened |")
        for name in _names(row)
    }
    told = list(_told())
    assert {name for name, *_ in told} == rows.keys() != set()
    for name, level, fields, has_more in told:
        assert rows[name][0] == level, name
        assert fields <= rows[name][1] if has_more else fields == rows[name][1], name


def test_every_metric_is_on_the_page() -> None:
    """C6: the table of metrics has those of the code, with kind, labels and meaning."""
    rows = {
        name: (kind, _names(labels), meaning)
        for row, kind, labels, meaning in _rows("| metric | kind | labels | what |")
        for name in _names(row)
    }
    made = {measured.name: (measured.kind, set(measured.labels), measured.meaning) for measured in MEASURED}
    assert rows == made


def test_rules_ask_for_metrics_that_exist() -> None:
    """C6: every series that the page's rules name is one of the platform, asked by labels that it has."""
    blocks = re.findall(r"```(?:yaml|promql)\n(.*?)```", _PAGE, re.DOTALL)
    made = {measured.name + suffix: {*measured.labels, "le"} for measured in MEASURED for suffix in _SUFFIXES}
    asked = [
        (name, set(re.findall(r"(\w+)=", matchers)))
        for block in blocks
        for name, matchers in re.findall(r"\b(kwartier_\w+)(?:\{([^}]*)\})?", block)
    ]
    assert len(asked) > 10
    for name, labels in asked:
        assert labels <= made[name], name


def test_buckets_of_rules_exist() -> None:
    """C6: a rule on a bucket names one that there is."""
    (limit,) = [measured for measured in MEASURED if measured.name == "kwartier_limit_used_ratio"]
    buckets = re.findall(r'le="([\d.]+)"', _PAGE)
    assert buckets
    assert {float(bucket) for bucket in buckets} <= set(limit.buckets)


def test_paths_and_settings_of_the_page_exist() -> None:
    """C6: the listener's paths are those of the code, and so are the settings that the page names."""
    assert {name for row, _ in _rows("| path | what |") for name in _names(row)} == {METRICS, LIVE, READY}
    for setting in ("log_format", "slow_request_ms", "metrics_port", "metrics_host"):
        assert setting in Settings.model_fields
        assert f"`{setting}`" in _PAGE
