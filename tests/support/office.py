"""The backoffice in a test: an operator with scopes, and readings that he delivers."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from io import BytesIO
from typing import Any, Final

import httpx
import polars as pl

from kwartier.backoffice.delivering import ARROW, NDJSON
from kwartier.domain.known_headpoint import HungMeter, KnownHeadpoint
from kwartier.domain.metering import Direction
from kwartier.domain.operators import OperatorScope, write_scopes
from kwartier.formats.long import Shape
from kwartier.formats.long.write import write_arrow_stream, write_ndjson
from kwartier.formats.rows import ROWS
from kwartier.services import operators
from kwartier.wire import paths
from support.ingest import digital
from support.live import Live
from support.platform import Json, Platform
from support.store import AMR, DIGITAL, METER

__all__ = ["FORMS", "KNOWN", "Office", "arrow_of", "ndjson_of"]

KNOWN: Final = (KnownHeadpoint(DIGITAL, meters=(HungMeter(METER),)), KnownHeadpoint(AMR, Direction.OFFTAKE))
"""Headpoints that are there."""


def ndjson_of(*frames: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as runs of NDJSON."""
    sink = BytesIO()
    write_ndjson(_frames(frames), sink)
    return sink.getvalue()


def arrow_of(*frames: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as an Arrow stream of runs."""
    sink = BytesIO()
    write_arrow_stream(_frames(frames), sink, Shape.RUNS)
    return sink.getvalue()


def _frames(frames: Iterable[Sequence[Mapping[str, Any]]]) -> Iterable[pl.DataFrame]:
    return (pl.DataFrame(rows, schema=ROWS) for rows in frames)


class Office:
    """An operator who asks the backoffice.

    Args:
        platform: that serves it.
        scopes: what his token allows.
    """

    def __init__(self, platform: Platform, scopes: Iterable[OperatorScope] = OperatorScope) -> None:
        self.platform = platform
        chosen = list(scopes)
        self.issued = operators.issue(
            platform.database, platform.hasher, "Head-end", chosen, platform.clock.now
        )
        self.headers = {"Authorization": f"Bearer {self._token(write_scopes(chosen))}"}

    def _token(self, scope: str) -> str:
        form = {
            "grant_type": "client_credentials",
            "scope": scope,
            "client_id": self.issued.operator.client_id,
            "client_secret": self.issued.client_secret,
        }
        answer = self.platform.http.post(self.platform.token_path, data=form)
        assert answer.status_code == HTTPStatus.OK, answer.text
        token: str = answer.json()["access_token"]
        return token

    def know(self) -> None:
        """Make `KNOWN` known."""
        live = Live(self.platform)
        for known in KNOWN:
            live.headpoints.add(known)
        live.close()

    def know_also(self, ean: str) -> None:
        """Make a digital headpoint known."""
        live = Live(self.platform)
        live.headpoints.add(digital(int(ean)))
        live.close()

    def ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        """Ask for something below the prefix."""
        headers = self.headers | dict(how.pop("headers", {}))
        return self.platform.http.request(method, paths.BACKOFFICE + path, headers=headers, **how)

    def get(self, path: str, **params: Any) -> Json:
        """The data of an answer."""
        return self.data_of(self.ask("GET", path, params=params))

    def post(self, path: str, **body: Any) -> Json:
        """The data of the answer to a JSON body."""
        return self.data_of(self.ask("POST", path, json=body))

    def deliver(
        self, delivery_id: str, content: Any, media_type: str = NDJSON, **headers: str
    ) -> httpx.Response:
        """Send a delivery."""
        return self.ask(
            "POST",
            "/deliveries",
            params={"deliveryId": delivery_id},
            content=content,
            headers={"Content-Type": media_type} | headers,
        )

    def delivered(self, delivery_id: str, content: Any, media_type: str = NDJSON, **headers: str) -> Json:
        """What came of a delivery."""
        return self.data_of(self.deliver(delivery_id, content, media_type, **headers))

    @staticmethod
    def data_of(answer: httpx.Response) -> Json:
        """The data of an answer in its envelope."""
        assert answer.status_code == HTTPStatus.OK, answer.text
        body: Json = answer.json()
        assert body.keys() == {"data", "_meta"}
        assert body["_meta"]["fetchTime"].endswith("Z")
        data: Json = body["data"]
        return data


FORMS: Final = {NDJSON: ndjson_of, ARROW: arrow_of}
"""How rows are written, by media type."""
