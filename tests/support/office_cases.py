"""For each operation of the backoffice a request that succeeds, and what must be there for it."""

import json
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import httpx

from kwartier.backoffice.delivering import NDJSON
from kwartier.backoffice.files import CSV
from kwartier.domain.operators import OperatorScope
from kwartier.wire import paths
from support.platform import Json
from support.running import Running

__all__ = ["Cases", "operator_of", "right_cases"]

Cases: TypeAlias = Mapping[tuple[str, str], dict[str, Any]]
"""By method and path: the query, the body, and its media type."""

_NUMBER: Final = "0999.999.922"
_UNKNOWN: Final = "541448899999999999"
_JSON: Final = "application/json"


def operator_of(platform: Running) -> Json:
    """The credentials of an operator who may do everything."""
    scopes = [word for scope in OperatorScope for word in ("--scope", scope.value)]
    issued: Json = json.loads(platform.command("operators", "issue", "Eva", *scopes, "--json"))
    return issued


def right_cases(platform: Running, headers: Mapping[str, str], ean: str) -> Cases:
    """Requests that succeed in the order of the document, on a platform where a headpoint has a mandate."""
    office = httpx.Client(base_url=platform.address + paths.BACKOFFICE, headers=dict(headers), timeout=60)

    def ask(method: str, path: str, **how: Any) -> Json:
        answer = office.request(method, path, **how)
        assert answer.is_success, answer.text
        data: Json = answer.json()["data"]
        return data

    with office:
        for delivery_id in ("a", "b"):
            ask(
                "POST",
                "/deliveries",
                params={"deliveryId": delivery_id},
                content=_run(ean) + b"\n" + _run(_UNKNOWN),
                headers={"Content-Type": NDJSON},
            )
        [waiting] = ask("GET", "/quarantine", params={"deliveryId": "b", "limit": 1})["rows"]
        ask("PUT", "/organisation", json={"number": _NUMBER, "name": "Windmill"})
        person = ask("POST", "/people", json={"name": "Eva", "email": "eva@example.com"})["person"]
        role = {"person": person, "organisation": _NUMBER, "kind": "user"}
        made = ask("POST", "/roles", json=role)["role"]
        [mandate] = ask("GET", "/mandates", params={"organisation": _NUMBER})["mandates"]
    named = {"name": "Eva", "email": "eva@example.com"}
    contract = {"contract": "DTC-000001"}
    move = {"ean": ean, "scenario": "move", "effective": "2026-01-01"}
    headpoints = f"row,ean,energy,meter_type,direction\nheadpoint,{ean[:-1]}5,gas,AMR,offtake\n"
    return {
        ("POST", "/deliveries"): {"query": {"deliveryId": "c"}, "body": _run(ean), "media_type": NDJSON},
        ("GET", "/delivery"): {"query": {"deliveryId": "a"}},
        ("POST", "/delivery/withdraw"): _body({"deliveryId": "a"}),
        ("POST", "/quarantine/retry"): _body({"deliveryId": "b"}),
        ("POST", "/quarantine/correct"): {"body": _correction(waiting["row"]), "media_type": CSV},
        ("POST", "/quarantine/discard"): _body({"all": True}),
        ("POST", "/headpoints"): {"body": headpoints.encode(), "media_type": CSV},
        ("GET", "/headpoint"): {"query": {"ean": ean}},
        ("GET", "/organisation"): {"query": {"organisation": _NUMBER}},
        ("PUT", "/organisation"): _body({"number": _NUMBER, "name": "Watermill"}),
        ("GET", "/contacts"): {"query": {"ean": ean}},
        ("PUT", "/contact"): _body({"ean": ean, "who": "Eva", "email": "eva@example.com"}),
        ("POST", "/people"): _body(named),
        ("GET", "/person"): {"query": {"person": person}},
        ("PUT", "/person"): _body(named | {"person": person}),
        ("GET", "/roles"): {"query": {"organisation": _NUMBER}},
        ("POST", "/roles"): _body(role),
        ("POST", "/roles/end"): _body({"role": made, "organisation": _NUMBER}),
        ("POST", "/contracts"): _body({"organisation": _NUMBER}),
        ("POST", "/contracts/sign"): _body(contract | {"organisation": _NUMBER}),
        ("POST", "/contracts/approve"): _body(contract),
        ("POST", "/contracts/end"): _body(contract),
        ("POST", "/scenario"): _body(move),
        ("POST", "/scenarios"): {
            "body": f"ean,scenario,effective\n{ean},move,2026-02-01\n".encode(),
            "media_type": CSV,
        },
        ("GET", "/mandates"): {"query": {"organisation": _NUMBER}},
        ("POST", "/mandates/end"): _body({"mandate": mandate["mandate"]}),
    }


def _body(said: Json) -> dict[str, Any]:
    return {"body": said, "media_type": _JSON}


def _correction(row: str) -> bytes:
    head = "row,ean,direction,register,unit,start,resolution,value,state"
    return f"{head}\n{row},{_UNKNOWN},offtake,total,kWh,2025-04-01T22:00:00Z,PT15M,1,READ\n".encode()


def _run(ean: str) -> bytes:
    run = {
        "ean": ean,
        "direction": "offtake",
        "register": "total",
        "unit": "kWh",
        "start": "2025-04-01T22:00:00Z",
        "resolution": "PT15M",
        "values": [0.25, 0.5],
        "states": "READ",
    }
    return json.dumps(run).encode()
