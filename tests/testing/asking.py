"""How these tests ask a sandbox: as somebody's client would."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from kwartier.testing import SandboxClient

__all__ = ["Ask", "ask"]

Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Get something of the API for a client of a sandbox, with a new token."""
    with httpx.Client(timeout=60) as http:

        def asked(client: SandboxClient, path: str = "/api/mandate", **how: Any) -> httpx.Response:
            known = client.credentials
            form = {
                "grant_type": known.grant_type,
                "scope": known.scope,
                "client_id": known.client_id,
                "client_secret": known.client_secret,
            }
            token = http.post(client.token_endpoint, data=form).raise_for_status().json()["access_token"]
            headers = {"Authorization": f"Bearer {token}", "Subscription-Key": known.subscription_key}
            return http.get(client.base_url + path, headers=headers, **how)

        yield asked
