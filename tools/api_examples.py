"""Writes the answers of the API's documentation anew, as a sandbox gives them. `python -m tools.api_examples`."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import httpx

from kwartier.api import examples
from kwartier.testing import Credentials, Sandbox

__all__: list[str] = []

FILE: Final = Path(examples.__file__).parent / "pages" / "energy-examples.json"


def main() -> None:
    """Ask each question of the file again, and write the file with the answers."""
    asked: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    with Sandbox() as sandbox:
        sandbox.control.clock.set(datetime.fromisoformat(examples.ASKED_AT), running=False)
        with httpx.Client(base_url=sandbox.base_url, headers=_headers(sandbox.credentials)) as http:
            for one in asked:
                sandbox.control.mandate(one["query"]["ean"])
                answer = http.get("/api/mandate/energy", params=one["query"])
                one["answer"] = answer.raise_for_status().json()
    FILE.write_text(json.dumps(asked, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {len(asked)} examples to {FILE.name}")


def _headers(known: Credentials) -> dict[str, str]:
    form = {
        "grant_type": known.grant_type,
        "scope": known.scope,
        "client_id": known.client_id,
        "client_secret": known.client_secret,
    }
    token = httpx.post(known.token_endpoint, data=form).raise_for_status().json()["access_token"]
    return {"Authorization": f"Bearer {token}", "Subscription-Key": known.subscription_key}


if __name__ == "__main__":
    main()
