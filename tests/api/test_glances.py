"""What is done where the request is, and what goes to a thread."""

import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal

from kwartier.api import mandates
from kwartier.domain.access import Coverage
from kwartier.gateway.gateway import Gateway
from kwartier.gateway.glances import Glances
from kwartier.services import mandates as service
from kwartier.telemetry.requests import Watching
from kwartier.wire import paths
from support.engines import Template
from support.platform import Client, Platform, assert_refused, new_platform

EAN = "541440110000000007"


@pytest.fixture
def near(sqlite_template: Template, portal: BlockingPortal) -> Iterator[Platform]:
    """A platform whose database is in its process."""
    with new_platform(sqlite_template, portal) as platform:
        yield platform


@pytest.fixture
def read_in(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the threads in which mandates are read from here on."""
    threads: list[str] = []

    def noted(*asked: Any) -> Any:
        threads.append(threading.current_thread().name)
        return service.mandate_pages(*asked)

    monkeypatch.setattr(mandates, "mandate_pages", noted)
    return threads


def _is_thread_of_ours(name: str) -> bool:
    return name.startswith("kwartier_")


def test_a_few_mandates_are_read_at_once(near: Platform, read_in: list[str]) -> None:
    """DESIGN 11: what is a glance is not carried to a thread, and the answer is the same."""
    client = near.client()
    client.mock(EAN)
    assert [one["ean"] for one in client.mandates()] == [EAN]
    assert [_is_thread_of_ours(name) for name in read_in] == [False]


def test_many_mandates_go_to_a_thread(
    near: Platform, read_in: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """DESIGN 11: who has many mandates keeps nobody waiting."""
    monkeypatch.setattr(service, "_FEW_PHASES", 2)
    client = near.client()
    for number in range(3):
        client.mock(f"54144011000000000{number}")
    assert len(client.mandates()) == 3
    assert [_is_thread_of_ours(name) for name in read_in] == [True]


def test_what_a_fault_may_strike_goes_to_a_thread(near: Platform, read_in: list[str]) -> None:
    """S1: a fault is counted, which is written; it strikes as often as was asked, then all is at once again."""
    client = near.client()
    fault = {"endpoint": "mandate", "kind": "delay", "delaySeconds": 0.001, "times": 1}
    assert client.ask("POST", "/faults", base=paths.CONTROL, json=fault).status_code == HTTPStatus.OK
    assert client.mandates() == client.mandates() == []
    [struck] = client.ask("GET", "/faults", base=paths.CONTROL).json()["data"]["faults"]
    assert struck["struck"] == 1
    assert [_is_thread_of_ours(name) for name in read_in] == [True, False]


def test_a_limit_in_the_database_goes_to_a_thread(
    sqlite_template: Template, portal: BlockingPortal, read_in: list[str]
) -> None:
    """C4: where each request is written down nothing is only a glance."""
    with new_platform(sqlite_template, portal, rate_limit_store="database") as platform:
        assert platform.client().mandates() == []
    assert [_is_thread_of_ours(name) for name in read_in] == [True]


def test_the_limit_holds_for_what_is_done_at_once(sqlite_template: Template, portal: BlockingPortal) -> None:
    """C4: a glance is counted once, however its request goes on."""
    with new_platform(sqlite_template, portal, rate_limit=3) as platform:
        client = platform.client()
        for left in (2, 1, 0):
            answer = client.get(paths.MANDATE)
            assert (answer.status_code, answer.headers["ratelimit-remaining"]) == (200, str(left))
        assert_refused(client.get(paths.MANDATE), HTTPStatus.TOO_MANY_REQUESTS)


@pytest.mark.parametrize("change", ["revoke", "renew"])
def test_what_is_committed_elsewhere_is_seen_at_the_next_request(near: Platform, change: str) -> None:
    """C2: credentials are looked at anew at every request: another process that changes them is obeyed at once."""
    client = near.client(coverage=Coverage.ALL)
    assert client.mandates() == client.mandates() == []
    with _other_process(near) as other:
        getattr(other, change)(client.issued)
    assert_refused(client.get(paths.MANDATE), HTTPStatus.UNAUTHORIZED)


class _other_process:  # noqa: N801 - reads as a function
    """The same database with connections of its own, as another process has it."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def __enter__(self) -> Platform:
        from kwartier.db.engine import Database  # noqa: PLC0415

        self._own, self._platform.database = (
            self._platform.database,
            Database(self._platform.settings.database),
        )
        return self._platform

    def __exit__(self, *failure: object) -> None:
        self._platform.database.close()
        self._platform.database = self._own


def _clock(*moments: float) -> Callable[[], float]:
    return iter(moments).__next__


@pytest.mark.usefixtures("usual_bounds")
def test_after_a_slow_glance_all_go_to_threads_for_a_while() -> None:
    """DESIGN 11: a disk that makes us wait does so once, and is tried again after five seconds."""
    glances = Glances(are_possible=True, clock=_clock(10.0, 10.0, 10.3, 15.2, 15.3))
    assert glances.are_quick
    assert glances.take(lambda: "read") == "read"
    assert not glances.are_quick
    assert glances.are_quick


def test_a_database_far_away_is_never_glanced_at() -> None:
    """DESIGN 11: PostgreSQL is asked in threads."""
    assert not Glances(are_possible=False, clock=_clock(1e9)).are_quick


def test_what_is_small_is_looked_at_once_a_second() -> None:
    """DESIGN 11: what was small stays so for a second; what was not is looked at each time."""
    glances = Glances(are_possible=True, clock=_clock(1.0, 1.5, 2.1, 2.2, 2.3))
    looked: list[bool] = []

    def look(*, is_small: bool) -> Callable[[], bool]:
        def noted() -> bool:
            looked.append(is_small)
            return is_small

        return noted

    assert glances.is_small("one", look(is_small=True))
    assert glances.is_small("one", look(is_small=False))
    assert not glances.is_small("one", look(is_small=False))
    assert glances.is_small("one", look(is_small=True))
    assert looked == [True, False, True]


def test_the_platform_glances_by_its_engine(any_template: Template, portal: BlockingPortal) -> None:
    """DESIGN 11: whether there are glances follows from the engine."""
    with new_platform(any_template, portal) as platform:
        watching = platform.app
        assert isinstance(watching, Watching)
        gateway = watching._app
        assert isinstance(gateway, Gateway)
        assert gateway._working._glances.are_quick is platform.settings.database.startswith("sqlite")
        client = platform.client()
        assert isinstance(client, Client)
        assert client.mandates() == []
