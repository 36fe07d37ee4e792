"""Nothing of one organisation is ever seen by another (M12, S1): on every route, by every way of asking."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import httpx
import pytest
from anyio.from_thread import BlockingPortal

from kwartier.domain.access import Coverage
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.known_headpoint import KnownHeadpoint
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Granularity,
    Headpoint,
    InstallationType,
    MeterType,
    Register,
    RegisterKind,
    State,
    SubHeadpoint,
)
from kwartier.domain.period import Period
from kwartier.domain.played import Act
from kwartier.gateway.context import Permission
from kwartier.gateway.gateway import Gateway
from kwartier.readings.catalogue import SeriesKey
from kwartier.services.grants import Grant
from kwartier.telemetry.requests import Watching
from kwartier.wire import paths
from support.domain import brussels
from support.engines import Template
from support.live import Live
from support.platform import Client, Json, Platform, new_platform
from support.queries import counted_queries

_OURS, _THEIRS = EnterpriseNumber.parse("0999.999.922"), EnterpriseNumber.parse("0203.430.576")
_DAY: Final = brussels("2025-09-02T00:00")
_FROM, _TO = "2025-09-01T22:00:00Z", "2025-09-02T22:00:00Z"
_SUBMETER: Final = Ean("541448800000000038")


@dataclass(frozen=True)
class Named:
    """What a request may name."""

    ean: str
    reference: str


# Each is one of theirs, and the same thing as if there were none such: an answer must not tell them apart.
_NAMED: Final[dict[EnvironmentName, dict[str, tuple[Named, Named]]]] = {
    EnvironmentName.LIVE: {
        "a headpoint": (
            Named("541448800000000014", "their-reference"),
            Named("541448800000000991", "nobodys-reference"),
        ),
        "a submeter": (Named(_SUBMETER, "their-reference"), Named("541448800000000984", "nobodys-reference")),
    },
    EnvironmentName.SANDBOX: {
        "a headpoint": (
            Named("541440110000000014", "their-reference"),
            Named("541440110000000991", "nobodys-reference"),
        ),
    },
}

_Ways: TypeAlias = Callable[[Named], Sequence[Mapping[str, Any]]]


def _energy(named: Named) -> list[Mapping[str, Any]]:
    """Ways to ask for energy."""
    asked = {"ean": named.ean, "periodType": "readTime", "from": _FROM, "to": _TO}
    more: list[Json] = [
        {},
        {"granularity": "daily"},
        {"referenceNumber": named.reference},
        {"periodType": "insertTime", "to": "2025-09-20T10:00:00Z"},
        {"complexEnergyTypes": "reactive"},
        {"from": _TO, "to": _FROM},
    ]
    return [{"params": asked | one} for one in more]


def _mandates(named: Named) -> list[Mapping[str, Any]]:
    """Ways to ask for mandates."""
    return [
        {"params": one}
        for one in (
            {},
            {"ean": named.ean},
            {"referenceNumber": named.reference},
            {"status": "Requested"},
            {"energyType": "E", "dataServiceTypes": "VH_dag"},
            {"renewalStatus": "ToBeRenewed"},
            {"mandateExpirationDate": "2099-01-01T00:00:00Z"},
            {"lastUpdatedFrom": "2020-01-01T00:00:00Z", "lastUpdatedTo": "2099-01-01T00:00:00Z"},
        )
    ]


def _plain(_named: Named) -> list[Mapping[str, Any]]:
    """Nothing is named."""
    return [{}]


def _body(make: Callable[[Named], Any]) -> _Ways:
    """One body."""
    return lambda named: [{"json": make(named)}]


_STATE: Final = {
    "status": "Approved",
    "madeAt": "2025-09-20T10:00:00Z",
    "dataPeriodFrom": "2024-01-01T00:00:00Z",
    "mandateExpirationDate": "2028-01-01T00:00:00Z",
}
_WAYS: Final[dict[tuple[str, str], _Ways]] = {
    ("GET", paths.MANDATE): _mandates,
    ("GET", paths.ENERGY): _energy,
    ("POST", paths.MOCK_MANDATE): _body(
        lambda named: {"status": "Requested", "ean": named.ean, "referenceNumber": named.reference}
    ),
    ("GET", f"{paths.CONTROL}/clock"): _plain,
    ("PUT", f"{paths.CONTROL}/clock"): _body(lambda _: {"now": "2025-09-20T10:00:00Z"}),
    ("DELETE", f"{paths.CONTROL}/clock"): _plain,
    ("POST", f"{paths.CONTROL}/clock/advance"): _body(lambda _: {"seconds": 1}),
    ("GET", f"{paths.CONTROL}/faults"): _plain,
    ("POST", f"{paths.CONTROL}/faults"): _body(lambda _: {"endpoint": "token", "status": 500, "times": 1}),
    ("DELETE", f"{paths.CONTROL}/faults"): lambda _: [{"params": {"number": "1"}}, {}],
    ("POST", f"{paths.CONTROL}/reset"): _plain,
    ("GET", f"{paths.CONTROL}/state"): _plain,
    ("PUT", f"{paths.CONTROL}/state"): _body(
        lambda named: {"version": 1, "clock": None, "faults": [], "mandates": [_STATE | {"ean": named.ean}]}
    ),
    ("GET", f"{paths.CONTROL}/headpoints"): _plain,
    ("POST", f"{paths.CONTROL}/headpoints"): _body(lambda named: {"ean": named.ean, "gridUser": "Somebody"}),
    ("GET", f"{paths.CONTROL}/mandates"): _plain,
    ("POST", f"{paths.CONTROL}/mandates"): _body(
        lambda named: {"ean": named.ean, "referenceNumber": named.reference}
    ),
    **{
        ("POST", f"{paths.CONTROL}/mandates/{act.value}"): _body(lambda named: {"mandate": named.ean})
        for act in Act
    },
    ("GET", f"{paths.CONTROL}/scenarios"): _plain,
    ("POST", f"{paths.CONTROL}/scenarios"): _body(lambda named: {"ean": named.ean, "kind": "move"}),
    ("GET", f"{paths.CONTROL}/contract"): _plain,
    ("PUT", f"{paths.CONTROL}/contract"): _body(lambda _: {"contract": "none"}),
    ("GET", f"{paths.CONTROL}/journal"): lambda _: [{}, {"params": {"after": "0", "limit": "1000"}}],
}
"""Every way to ask, by method and path (below the base path for an environment); a new route needs its own."""


@dataclass(frozen=True)
class Neighbours:
    """Two organisations on one platform, with credentials for everything; only the second has anything."""

    live: Live
    ours: dict[EnvironmentName, Client]
    secrets: frozenset[str]


def _their_site() -> KnownHeadpoint:
    """An AMR headpoint with a submeter."""
    headpoint = Headpoint(Ean("541448800000000014"), EnergyType.ELECTRICITY, MeterType.AMR)
    production = SubHeadpoint(_SUBMETER, "1", Direction.PRODUCTION, "VREG-1", InstallationType.PV)
    return KnownHeadpoint(headpoint, Direction.INJECTION, submeters=(production,))


@pytest.fixture(scope="module")
def neighbours(template: Template, portal: BlockingPortal) -> Iterator[Neighbours]:
    """Their headpoint, readings, mandates, journal and clock, beside ours with nothing."""
    with new_platform(template, portal) as platform:
        live = Live(platform)
        theirs = {name: platform.client(name, _THEIRS) for name in EnvironmentName}
        ours = {name: platform.client(name, _OURS) for name in EnvironmentName}
        live.headpoints.add(_their_site())
        offtake = SeriesKey(None, Register(Direction.INJECTION, RegisterKind.TOTAL), Grid.QUARTER_HOUR)
        live.deliver("theirs", Ean("541448800000000014"), _DAY, {offtake: [777_777] * 96}, State.VAL)
        for granularity in Granularity:
            live.grants.add(
                Grant(
                    _THEIRS,
                    Ean("541448800000000014"),
                    granularity,
                    Period(brussels("2024-01-01T00:00")),
                    own=True,
                    reference_number="their-reference",
                )
            )
        theirs[EnvironmentName.SANDBOX].mock("541440110000000014", referenceNumber="their-reference")
        for name in EnvironmentName:  # what is theirs is there, and is given to them
            named = _NAMED[name]["a headpoint"][0]
            assert theirs[name].ask_energy(named.ean, _FROM, _TO).json()["data"]
            assert len(theirs[name].mandates({"referenceNumber": named.reference})) >= 1
        known = {
            "their-reference",
            "777.777",
            *(their.issued.credentials.client_id for their in theirs.values()),
            *(their.issued.subscription_key or "?" for their in theirs.values()),
            *(named.ean for ways in _NAMED.values() for named, _ in ways.values()),
            _THEIRS,
            "0203.430.576",
        }
        yield Neighbours(live, ours, frozenset(known))
        live.close()


def _routes(platform: Platform) -> dict[tuple[str, str], list[tuple[str, EnvironmentName]]]:
    """The routes that need a subscription, as the table of ways names them: where each is served."""
    assert isinstance(platform.app, Watching)
    assert isinstance(platform.app._app, Gateway)
    found: dict[tuple[str, str], list[tuple[str, EnvironmentName]]] = {}
    for path, methods in platform.app._app._targets.by_path.items():
        for method, target in methods.items():
            if target.environment is None or target.declared.permission not in _ASKING:
                continue
            environment = target.environment.name
            base = next((base for base in paths.BASE_PATHS[environment] if path.startswith(base)), "")
            found.setdefault((method, path.removeprefix(base)), []).append((path, environment))
    return found


_NEVER_GIVEN: Final = {paths.ENERGY, *(f"{paths.CONTROL}/mandates/{act.value}" for act in Act)}
"""To somebody who has no mandate."""

_ASKING: Final = {Permission.SUBSCRIPTION, Permission.CONTROL}
_VOLATILE: Final = re.compile(
    r"[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z|\"(seq|after|elapsedMs|tookMs|crc32?)\": ?\d+"
)


def _told(answer: httpx.Response, named: Named) -> tuple[int, dict[str, str], str]:
    """What an answer tells, with what was named in the request, and what differs by itself, taken out."""
    volatile = {"x-correlation-id", "ratelimit-remaining", "ratelimit-reset", "content-length", "date"}
    headers = {name: text for name, text in answer.headers.items() if name not in volatile}
    text = answer.text.replace(named.ean, "EAN").replace(named.reference, "REFERENCE")
    return answer.status_code, headers, _VOLATILE.sub("…", text)


def _ask(us: Client, method: str, path: str, way: Mapping[str, Any]) -> httpx.Response:
    return us.platform.http.request(method, path, headers=us.headers, **way)


def test_every_route_has_its_ways_to_ask(neighbours: Neighbours) -> None:
    """M12: no route that needs a subscription is forgotten here."""
    assert _routes(neighbours.live.platform).keys() == {(method, path.lower()) for method, path in _WAYS}


@pytest.mark.parametrize(("method", "path"), _WAYS)
def test_what_is_theirs_is_as_if_it_were_not_there(neighbours: Neighbours, method: str, path: str) -> None:
    """M12, S1: an answer to a stranger is the same whether what he names is somebody's or nobody's, and shows none of it."""
    ways, statuses = _WAYS[method, path], set()
    for where, environment in _routes(neighbours.live.platform)[method, path.lower()]:
        us = neighbours.ours[environment]
        for theirs, nobodys in _NAMED[environment].values():
            for theirs_way, nobodys_way in zip(ways(theirs), ways(nobodys), strict=True):
                us.ask("POST", "/reset", base=paths.CONTROL)
                about_theirs = _ask(us, method, where, theirs_way)
                us.ask("POST", "/reset", base=paths.CONTROL)
                about_nobodys = _ask(us, method, where, nobodys_way)
                statuses.add(about_theirs.status_code)
                told = _told(about_theirs, theirs)
                assert told == _told(about_nobodys, nobodys)
                shown = f"{told[1]} {told[2]}"
                assert not [secret for secret in neighbours.secrets if secret in shown]
    assert statuses <= {HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}
    assert path in _NEVER_GIVEN or HTTPStatus.OK in statuses


@pytest.mark.parametrize("coverage", Coverage)
@pytest.mark.parametrize("kind", _NAMED[EnvironmentName.LIVE])
def test_an_unknown_ean_costs_what_anothers_costs(
    neighbours: Neighbours, kind: str, coverage: Coverage
) -> None:
    """E6, M12: an EAN of nobody and one of somebody else are refused alike, after the same number of queries."""
    platform = neighbours.live.platform
    us = platform.client(EnvironmentName.LIVE, _OURS, coverage=coverage)
    counts = []
    for named in _NAMED[EnvironmentName.LIVE][kind]:
        us.ask_energy(named.ean, _FROM, _TO)  # what is prepared once is prepared
        with counted_queries(platform) as queries:
            answer = us.ask_energy(named.ean, _FROM, _TO)
        assert answer.status_code == HTTPStatus.NOT_FOUND
        counts.append(queries.count)
    assert counts[0] == counts[1] > 0


def test_a_mandate_of_ours_opens_nothing_of_theirs(neighbours: Neighbours) -> None:
    """M12, E5: a mandate for one EAN, and a reference number that both use, lead to no other EAN's readings."""
    live, number = neighbours.live, EnterpriseNumber.parse("0999.999.823")
    us = live.platform.client(EnvironmentName.LIVE, number)
    own = replace(_their_site(), submeters=())
    own = replace(own, headpoint=replace(own.headpoint, ean=Ean("541448800000000007")))
    live.headpoints.add(own)
    grant = Grant(number, own.headpoint.ean, Granularity.QUARTER_HOURLY, Period(_DAY), own=True)
    live.grants.add(replace(grant, reference_number="their-reference"))
    assert us.ask_energy(own.headpoint.ean, _FROM, _TO).status_code == HTTPStatus.OK
    for ean in ("541448800000000014", _SUBMETER):
        answer = us.ask_energy(ean, _FROM, _TO, referenceNumber="their-reference")
        assert answer.status_code == HTTPStatus.NOT_FOUND
    [found] = us.mandates({"referenceNumber": "their-reference"})
    assert found["ean"] == own.headpoint.ean
