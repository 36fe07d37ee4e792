"""A head-end that delivers to a running platform: its stream is sent piece by piece, as the test says."""

import io
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

import httpx
import pyarrow as pa

from kwartier.backoffice.delivering import ARROW, NDJSON
from kwartier.wire import paths
from support.running import Running

__all__ = ["EANS", "STREAMS", "HeadEnd", "Sending", "deliverer", "head_end_of"]

_PATIENCE_SECONDS: Final = 240
_START: Final = datetime(1995, 1, 1, tzinfo=UTC)
_RUN: Final = 5_000
_VALUES: Final = [number % 7 / 4 for number in range(_RUN)]

EANS: Final = tuple(f"5414488100{number:08d}" for number in range(1, 41))
"""Digital electricity meters that deliver."""


def _runs(values: int) -> Iterator[tuple[str, datetime]]:
    """EAN and start of consecutive runs of 5 000 quarter-hours, until there are so many values; no slot comes twice."""
    for number in range(-(-values // _RUN)):
        of = number // len(EANS)
        yield EANS[number % len(EANS)], _START + of * _RUN * timedelta(minutes=15)


def _cells(ean: str, start: datetime) -> dict[str, Any]:
    said = {"ean": ean, "direction": "offtake", "register": "total", "unit": "kWh", "resolution": "PT15M"}
    return said | {"start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "values": _VALUES, "states": "READ"}


def _ndjson(values: int) -> Iterator[bytes]:
    some = json.dumps(_VALUES, separators=(",", ":"))
    for ean, start in _runs(values):
        yield (json.dumps(_cells(ean, start) | {"values": None}).replace("null", some) + "\n").encode()


def _arrow(values: int) -> Iterator[bytes]:
    sink = io.BytesIO()
    schema = _schema()
    with pa.ipc.new_stream(sink, schema) as writer:
        for ean, start in _runs(values):
            writer.write_batch(pa.RecordBatch.from_pylist([_cells(ean, start)], schema=schema))
            yield sink.getvalue()
            sink.seek(0)
            sink.truncate()
    yield sink.getvalue()


def _schema() -> Any:
    texts = ("ean", "direction", "register", "unit", "resolution", "start", "states")
    return pa.schema([*((name, pa.string()) for name in texts), ("values", pa.list_(pa.float64()))])


STREAMS: Final[Mapping[str, Callable[[int], Iterator[bytes]]]] = {NDJSON: _ndjson, ARROW: _arrow}
"""Streams with so many values, by media type."""


class Sending:
    """A delivery that is being sent, in chunks.

    Args:
        address: of the platform.
        headers: with the token and the media type.
        delivery_id: of the delivery.
    """

    def __init__(self, address: str, headers: Mapping[str, str], delivery_id: str) -> None:
        host, _, port = address.removeprefix("http://").partition(":")
        self._socket = socket.create_connection((host, int(port)), _PATIENCE_SECONDS)
        lines = [
            f"POST {paths.BACKOFFICE}/deliveries?deliveryId={delivery_id} HTTP/1.1",
            f"Host: {host}",
            "Transfer-Encoding: chunked",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()

    def send(self, part: bytes) -> None:
        """Send a part of the body; waits while the platform does not read on."""
        self._socket.sendall(b"%x\r\n%b\r\n" % (len(part), part))

    def end(self) -> None:
        """Say that all was sent."""
        self._socket.sendall(b"0\r\n\r\n")

    def answer(self) -> tuple[int, Any]:
        """Status and body of the answer."""
        read = bytearray()
        while b"\r\n\r\n" not in read:
            read += self._some()
        head, _, body = bytes(read).partition(b"\r\n\r\n")
        [length] = [
            int(line.partition(b":")[2])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ]
        while len(body) < length:
            body += self._some()
        return int(head.split(b" ", 2)[1]), json.loads(body)

    def hang_up(self) -> None:
        """Close the connection, whatever was sent."""
        self._socket.close()

    def _some(self) -> bytes:
        read = self._socket.recv(65536)
        if not read:
            raise ConnectionError("the connection was closed without an answer")
        return read


@dataclass(frozen=True)
class HeadEnd:
    """An operator with the scopes to deliver and to look, on a running platform."""

    platform: Running
    token: str

    def headers(self, media_type: str) -> dict[str, str]:
        """What the head of a delivery says."""
        return {"Authorization": f"Bearer {self.token}", "Content-Type": media_type}

    def sending(self, delivery_id: str, media_type: str) -> Sending:
        """Begin to send a delivery."""
        return Sending(self.platform.address, self.headers(media_type), delivery_id)

    def deliver(self, delivery_id: str, content: Any, media_type: str) -> httpx.Response:
        """Send a delivery."""
        return httpx.post(
            f"{self.platform.address}{paths.BACKOFFICE}/deliveries",
            params={"deliveryId": delivery_id},
            content=content,
            headers=self.headers(media_type),
            timeout=300,
        )

    def deliveries(self) -> list[dict[str, Any]]:
        """What was delivered, the newest first."""
        answer = httpx.get(
            f"{self.platform.address}{paths.BACKOFFICE}/deliveries",
            headers={"Authorization": f"Bearer {self.token}", "Connection": "close"},
            timeout=_PATIENCE_SECONDS,
        )
        found: list[dict[str, Any]] = answer.raise_for_status().json()["data"]["deliveries"]
        return found


def head_end_of(platform: Running, folder: Path) -> HeadEnd:
    """A head-end, and the headpoints of `EANS`."""
    rows = ["row,ean,energy,meter_type,seq_number,meter_id"]
    for ean in EANS:
        rows += [f"headpoint,{ean},electricity,digital,,", f"meter,{ean},,,1,1SAG{ean[-10:]}"]
    file = folder / "headpoints.csv"
    file.write_text("\n".join(rows))
    platform.command("headpoints", "import", str(file))
    return deliverer(platform)


def deliverer(platform: Running) -> HeadEnd:
    """A head-end on a platform that knows headpoints already."""
    scopes = ("--scope", "backoffice.deliver", "--scope", "backoffice.read")
    issued = json.loads(platform.command("operators", "issue", "Head-end", *scopes, "--json"))
    token = platform.token(issued).raise_for_status().json()["access_token"]
    return HeadEnd(platform, token)
