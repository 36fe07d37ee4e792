"""What the alerts of docs/watching.md make of a load: their expressions, on the figures that it leaves."""

import operator
import re
from collections.abc import Callable, Iterator
from math import nan
from pathlib import Path
from typing import Any, Final

import pytest
from anyio.from_thread import BlockingPortal

from kwartier.wire import paths
from support.platform import new_platform
from telemetry.counting import Counted, counting

_PAGE: Final = (Path(__file__).parents[2] / "docs" / "watching.md").read_text(encoding="utf-8")
_RATE: Final = r"sum\(rate\((\w+)(?:\{(\w+)(=~?)\"([^\"]*)\"\})?\[\d+m\]\)\)"
_SHARE: Final = re.compile(rf"{_RATE} / {_RATE} > ([\d.]+)")
_FITS: Final[dict[str, Callable[[str, str], Any]]] = {"=": operator.eq, "=~": lambda a, b: re.fullmatch(b, a)}


def _sum(counted: Counted, name: str, label: str | None, how: str | None, wanted: str | None) -> float:
    """All that a selector takes, which stands for its rate: nothing was counted before."""
    taken = [
        value
        for series, labels, value in counted.samples()
        if series == name and (label is None or _FITS[how or ""](labels[label], wanted or ""))
    ]
    return sum(taken)


def _firing(counted: Counted) -> dict[str, bool]:
    """Of the alerts on a share of the requests, which fire."""
    found = {}
    for name, expression in re.findall(r"- alert: (\w+)\n\s+expr: >-\n((?:\s{10,}.*\n)+?)\s+for:", _PAGE):
        share = _SHARE.fullmatch(" ".join(expression.split()))
        if share is not None:
            parts = share.groups()
            whole = _sum(counted, *parts[4:8])
            found[name] = (_sum(counted, *parts[:4]) / whole if whole else nan) > float(parts[8])
    assert {"KwartierFails", "KwartierLimits", "KwartierGuessing"} <= found.keys()
    return found


@pytest.fixture
def counted(template: Callable[[], Any], portal: BlockingPortal) -> Iterator[Counted]:
    """A platform with the limit of failures that it has by default."""
    with (
        new_platform(template, portal, failed_limit=30, rate_limit=10) as platform,
        counting(platform, portal) as counted,
    ):
        yield counted


def _fire(counted: Counted) -> set[str]:
    return {name for name, fires in _firing(counted).items() if fires}


@pytest.mark.parametrize("door", ["token endpoint", "API"])
def test_guessing_is_seen_as_guessing(counted: Counted, door: str) -> None:
    """C4: 300 wrong secrets or tokens fire the alert on guessing, although most of them get 429, and not that on limits."""
    client = counted.platform.client()
    statuses = []
    for _ in range(300):
        if door == "API":
            wrong = {"Authorization": "Bearer x"}
            statuses.append(client.ask("GET", paths.MANDATE, headers=wrong).status_code)
        else:
            statuses.append(counted.platform.ask_token(client.issued, client_secret="x").status_code)
    assert statuses == [401] * 30 + [429] * 270
    reasons = {
        labels["reason"]: value
        for name, labels, value in counted.samples()
        if name == "kwartier_refusals_total"
    }
    assert reasons == {"unauthorized": 30, "address_limit": 270}
    assert _fire(counted) == {"KwartierGuessing"}


def test_a_client_that_asks_too_often_is_seen_as_that(counted: Counted) -> None:
    """C4: requests beyond the limit of a subscription fire the alert on limits, and not that on guessing."""
    client = counted.platform.client()
    for _ in range(40):
        client.get(paths.MANDATE)
    assert _fire(counted) == {"KwartierLimits"}


def test_who_asks_as_he_may_fires_nothing(counted: Counted) -> None:
    """C4: good requests fire nothing."""
    client = counted.platform.client()
    for _ in range(5):
        client.get(paths.MANDATE)
    assert _fire(counted) == set()
