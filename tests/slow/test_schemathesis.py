"""Whatever is asked by the OpenAPI documents, the answer is one that the document tells of."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kwartier.backoffice.delivering import ARROW, NDJSON
from kwartier.backoffice.files import TABLES
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.played import Act
from kwartier.wire import paths
from kwartier.wire.timestamps import write_timestamp
from support.office_cases import Cases, operator_of, right_cases
from support.running import Running, running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

Operation: TypeAlias = APIOperation[Any, Any, Any, Any]
AnyCase: TypeAlias = Case[Any]

EAN: Final = "541440110000000007"
# Of a thing that is right by its form the platform may still say that it is not there; those checks are left out.
CHECKS: Final[list[CheckFunction]] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    allow_header_conformance,
]
SANDBOX, ESCO = paths.BASE_PATHS[EnvironmentName.SANDBOX]
DOCUMENTED: Final = [
    SANDBOX,
    ESCO,
    *paths.BASE_PATHS[EnvironmentName.LIVE],
    paths.CONTROL,
    paths.BACKOFFICE,
    "",
]
_EXAMPLES: Final = 120
_OF_MANY: Final = 25
"""Examples of each operation where there are dozens."""
_SETTINGS: Final = settings(
    max_examples=_EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


# Streams and tables are bytes to it, whatever is in them.
_BYTES: Final = (NDJSON, ARROW, *TABLES)
schemathesis.serializer.alias([*_BYTES], "application/octet-stream")


@dataclass(frozen=True)
class Asked:
    """A document, where it is served, and with what it is asked."""

    schema: Any
    address: str
    headers: dict[str, str]
    credentials: dict[str, str]
    cases: Cases = field(default_factory=dict)
    examples: int = _EXAMPLES

    def operations(self) -> Iterator[Operation]:
        """Its operations."""
        for found in self.schema.get_all_operations():
            yield found.ok()

    def call(self, case: AnyCase) -> int:
        """Ask, and look at the answer; its status."""
        answer = case.call(base_url=self.address, headers=self.headers, timeout=60)
        case.validate_response(answer, checks=CHECKS)
        return int(answer.status_code)


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Running]:
    """A platform that serves, with limits out of the way; each document has its own, for the backoffice changes all."""
    with running(tmp_path, settings={"RATE_LIMIT": "1000000"}) as platform:
        meter = ("--energy", "electricity", "--meter-type", "digital", "--meter", "1=1SAG0000000001")
        platform.command("headpoints", "add", EAN, *meter)
        mandate = (
            "--organisation",
            "0999.999.922",
            "--service",
            "VH_kwartier_uur",
            "--from",
            "2020-01-01",
            "--own",
        )
        platform.command("grants", "add", EAN, *mandate)
        yield platform


@contextmanager
def _asked(platform: Running, base_path: str) -> Iterator[Asked]:
    address = platform.address + base_path
    document = httpx.get(address + paths.OPENAPI, timeout=60).raise_for_status().json()
    if base_path == paths.BACKOFFICE:
        issued = operator_of(platform)
        bearer = {
            "Authorization": f"Bearer {platform.token(issued).raise_for_status().json()['access_token']}"
        }
        cases = right_cases(platform, bearer, EAN)
        yield Asked(_schema_of(document), address, bearer, issued, cases, _OF_MANY)
        return
    live = base_path in paths.BASE_PATHS[EnvironmentName.LIVE]
    environment = EnvironmentName.LIVE if live else EnvironmentName.SANDBOX
    whose = ("--organisation", "0999.999.922", "--environment", environment.value)
    credentials = json.loads(platform.command("credentials", "issue", *whose, "--json"))
    token = platform.token(credentials).raise_for_status().json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Subscription-Key": credentials["subscription_key"]}
    if base_path in {SANDBOX, ESCO}:
        made = httpx.post(
            address + paths.MOCK_MANDATE, json={"status": "Approved", "ean": EAN}, headers=headers, timeout=60
        )
        assert made.status_code == HTTPStatus.OK
    yield Asked(_schema_of(document), address, headers if base_path else {}, credentials)


def _schema_of(document: Any) -> Any:
    schema = schemathesis.openapi.from_dict(document)
    schema.config.generation.update(with_security_parameters=False)  # ours are good, and stay
    return schema


def _right(asked: Asked, operation: Operation) -> Iterator[AnyCase]:
    """Requests of an operation that are to succeed."""
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=10)
    known = asked.credentials
    form: Any = {name: known[name] for name in ("grant_type", "scope", "client_id", "client_secret")}
    bodies: dict[tuple[str, str], Any] = {
        ("POST", paths.MOCK_MANDATE): {"status": "Approved", "ean": EAN},
        ("PUT", "/clock"): {"now": "2026-01-01T00:00:00Z"},
        ("POST", "/clock/advance"): {"days": 1},
        ("POST", "/faults"): [{"status": 503, "times": 1}],
        ("PUT", "/state"): {"version": 1, "mandates": [], "clock": None, "faults": []},
        ("POST", "/headpoints"): {"ean": EAN, "gridUser": "Bakkerij De Smet"},
        ("POST", "/mandates"): {"ean": EAN, "referenceNumber": "REF-1"},
        ("POST", "/scenarios"): {"ean": EAN, "kind": "move"},
        ("PUT", "/contract"): {"contract": "none"},
    } | {("POST", f"/mandates/{act.value}"): {"mandate": EAN} for act in Act}
    where = (operation.method.upper(), operation.path)
    if not asked.cases and where[1].startswith("/mandates/"):
        _prepare(asked, with_open_renewal=where[1] != "/mandates/renew")
    if where in asked.cases:
        yield operation.Case(**asked.cases[where])
    elif operation.path.endswith("/token"):
        yield operation.Case(body=form, media_type="application/x-www-form-urlencoded")
    elif where == ("GET", paths.ENERGY):
        period = {"from": write_timestamp(day), "to": write_timestamp(day + timedelta(days=1))}
        yield operation.Case(query={"ean": EAN, "periodType": "readTime", **period})
    elif where in bodies:
        yield operation.Case(body=bodies[where], media_type="application/json")
    else:
        yield operation.Case()


def _prepare(asked: Asked, *, with_open_renewal: bool) -> None:
    """Let there be a mandate that is to be renewed, or whose renewal awaits consent."""
    facts: list[dict[str, Any]] = [
        {"fact": "asked", "at": "2023-01-01T00:00:00Z", "dataPeriodFrom": "2020-01-01T00:00:00Z"},
        {"fact": "consented", "at": "2023-01-02T00:00:00Z"},
        {"fact": "renewal-asked", "at": "2025-12-01T00:00:00Z"},
    ]
    state = {
        "version": 2,
        "clock": {"now": "2025-12-02T00:00:00Z", "running": False},
        "faults": [],
        "contract": "not-needed",
        "told": [],
        "mandates": [{"ean": EAN, "own": False, "facts": facts[: 3 if with_open_renewal else 2]}],
    }
    put = httpx.put(f"{asked.address}/state", json=state, headers=asked.headers, timeout=60)
    assert put.status_code == HTTPStatus.OK, put.text


@pytest.mark.parametrize("base_path", DOCUMENTED)
def test_every_answer_is_one_that_the_document_tells_of(platform: Running, base_path: str) -> None:
    """C8, C6: whatever is asked, no answer is 5xx or outside the document; what is asked rightly succeeds."""
    with _asked(platform, base_path) as asked:
        told: dict[str, Counter[int]] = {}
        for operation in asked.operations():
            statuses = told.setdefault(operation.label, Counter())
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                _ask_any(asked, operation, mode, statuses)
            statuses.update(asked.call(case) for case in _right(asked, operation))
        assert told
        without = [label for label, statuses in told.items() if HTTPStatus.OK not in statuses]
        assert not without, f"never 200: {without} of {told}"


def _ask_any(
    asked: Asked,
    operation: Operation,
    mode: GenerationMode,
    statuses: "Counter[int]",
) -> None:
    """Ask an operation anything that fits the document, or anything that does not."""
    bodies = [one for one in operation.body if one.media_type not in _BYTES]
    if mode is GenerationMode.NEGATIVE and not [*operation.iter_parameters(), *bodies]:
        return  # it takes nothing that could be wrong
    strategy = operation.as_strategy(generation_mode=mode)

    @settings(_SETTINGS, max_examples=asked.examples)
    @given(case=strategy)
    def ask(case: AnyCase) -> None:
        statuses[asked.call(case)] += 1

    ask()
