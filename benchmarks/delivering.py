"""Readings over HTTP beside the road from a file: the same stream, each time into a new database on SQLite.

`python -m benchmarks.delivering` measures. The road from a file is that of `benchmarks.ingest`, held to one core; the server is
not, and is asked by a client on the same machine.
"""

import json
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import BinaryIO, Final

import httpx
import numpy as np
import polars as pl
import psutil
from rich.console import Console

from benchmarks.filling import make_known, rows_of_days
from benchmarks.ingest import FIRST_DAY, imported
from benchmarks.processes import ROOT, Running, free_port, own_environment, running
from benchmarks.report import Figure, show
from kwartier.backoffice.delivering import ARROW, NDJSON
from kwartier.db.readings import readings_database
from kwartier.formats.long import Shape
from kwartier.formats.long.write import write_arrow_stream, write_ndjson
from kwartier.wire.paths import BACKOFFICE

__all__ = ["measure"]

_PART_BYTES: Final = 1 << 20
_OPERATOR: Final = ("operators", "issue", "Bench", "--scope", "backoffice.deliver", "--json")


def _arrow(frames: Iterable[pl.DataFrame], sink: BinaryIO) -> None:
    write_arrow_stream(frames, sink, Shape.RUNS)


_WRITERS: Final[Mapping[str, Callable[[Iterable[pl.DataFrame], BinaryIO], None]]] = {
    NDJSON: write_ndjson,
    ARROW: _arrow,
}
_NAMES: Final = {NDJSON: "NDJSON", ARROW: "Arrow stream"}


def measure(meters: int, days: int) -> Iterator[Figure]:
    """Values a second over HTTP against the road from a file, and the memory that the server takes."""
    with TemporaryDirectory(prefix="kwartier-bench-") as name:
        folder = Path(name)
        for number, (media_type, write) in enumerate(_WRITERS.items()):
            files = folder / f"runs{number}"
            files.mkdir()
            file, random = files / "all", np.random.default_rng(1)
            with file.open("wb") as sink:
                write(rows_of_days(random, meters, range(FIRST_DAY, FIRST_DAY + days)), sink)
            told = imported(f"sqlite:///{folder / f'file{number}.db'}", files, meters, str(folder))
            by_file = told["values"] / told["seconds"] / 1e6
            seconds, own, memory = _delivered(folder / f"http{number}.db", file, media_type, meters)
            by_http = told["values"] / seconds / 1e6
            what = f"delivered over HTTP: {_NAMES[media_type]}, {file.stat().st_size / 1e6:.0f} MB"
            yield Figure(what, "M values/s", by_http, by_file, by_http / by_file)
            yield Figure(
                "… a second of its own processor time",
                "M values/s",
                told["values"] / own / 1e6,
                told["values"] / told["own"] / 1e6,
                told["own"] / own,
            )
            yield Figure("… memory of the server at most", "MB", memory, told["memory"] / 1024)


def _delivered(
    file_of_database: Path, file: Path, media_type: str, meters: int
) -> tuple[float, float, float]:
    """How many seconds a delivery takes, how many of the server's processor, and its most memory in MB."""
    url = f"sqlite:///{file_of_database}"
    store = readings_database(url)
    make_known(store, meters, series=False)
    store.close()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = own_environment(
        {"database": url, "public_url": address, "log_level": "error", "spool": str(file.parent / "spool")}
    ) | {"POLARS_MAX_THREADS": "1"}
    with running(["-m", "kwartier", "serve", "--port", str(port)], port, environment) as server:
        token = _token(environment)
        # The first brings in the data frames, which is none of what is measured.
        _deliver(address, token, "first", (), NDJSON)
        process = psutil.Process(server.pid)
        own, began = _own_seconds(process), perf_counter()
        counts = _deliver(address, token, "bench", _parts(file), media_type)
        seconds = perf_counter() - began
        assert counts["stored"] == counts["rows"]
        return seconds, _own_seconds(process) - own, _peak_mb(server)


def _deliver(
    address: str, token: str, delivery_id: str, parts: Iterable[bytes], media_type: str
) -> dict[str, int]:
    """Deliver a stream; what came of its values."""
    answer = httpx.post(
        f"{address}{BACKOFFICE}/deliveries",
        params={"deliveryId": delivery_id},
        content=parts,
        headers={"Authorization": f"Bearer {token}", "Content-Type": media_type},
        timeout=3600,
    )
    counts: dict[str, int] = answer.raise_for_status().json()["data"]["delivery"]["counts"]
    return counts


def _own_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _token(environment: Mapping[str, str]) -> str:
    command = [sys.executable, "-m", "kwartier", *_OPERATOR]
    issued = json.loads(subprocess.check_output(command, env=dict(environment), cwd=ROOT))
    names = ("grant_type", "scope", "client_id", "client_secret")
    answer = httpx.post(issued["token_endpoint"], data={name: issued[name] for name in names}, timeout=60)
    token: str = answer.raise_for_status().json()["access_token"]
    return token


def _parts(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while part := stream.read(_PART_BYTES):
            yield part


def _peak_mb(server: Running) -> float:
    """The most memory that a server ever held."""
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
    [peak] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(peak) / 1024


def main() -> None:
    """Measure and show."""
    parser = ArgumentParser("python -m benchmarks.delivering", description=__doc__)
    parser.add_argument("--meters", type=int, default=2_000)
    parser.add_argument("--days", type=int, default=20)
    options = parser.parse_args()
    show(Console(width=110), list(measure(options.meters, options.days)))


if __name__ == "__main__":
    main()
