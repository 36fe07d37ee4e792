"""The client: from the bytes of an answer to a data frame, and three years of one EAN from end to end."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
from pydantic import BaseModel, Field

from benchmarks.pieces import answer_of, any_mix
from benchmarks.processes import ROOT, own_environment
from benchmarks.report import Figure
from kwartier import Client, EnergyTable, Settings
from kwartier.api.render import energy_answer
from kwartier.client.arrow_streams import table_of_stream
from kwartier.client.parsing import table_of
from kwartier.domain.days import Grid, slots_within
from kwartier.domain.ean import Ean
from kwartier.domain.metering import EnergyType, Headpoint, MeterType
from kwartier.domain.period import Period, epoch_microseconds
from kwartier.domain.question import MAX_DAYS
from kwartier.domain.resolve import Inserted, resolve
from kwartier.domain.series import MeterSeries
from kwartier.sandbox.eans import sandbox_meter
from kwartier.sandbox.generator import versions
from kwartier.testing import Sandbox

__all__ = ["measure"]

_OWN_AT_LEAST: Final = 40
_OTHER_AT_LEAST: Final = 8
_MEMORY_AT_MOST: Final = 2
_YEARS: Final = 3
_MOST_ROUNDS: Final = 9


class _Value(BaseModel):
    value: float | None = None
    unit: str | None = None
    validation_state: str | None = Field(None, alias="validationState")


class _Registers(BaseModel):
    total: _Value | None = None
    day: _Value | None = None
    night: _Value | None = None


class _Measurement(BaseModel):
    offtake: _Registers | None = None
    injection: _Registers | None = None


class _Slot(BaseModel):
    start: datetime
    end: datetime
    measurements: list[_Measurement] | None = None


class _Meter(BaseModel):
    seq_number: str = Field(alias="seqNumber")
    meter_id: str = Field(alias="meterID")
    quarter_hours: list[_Slot] = Field(default=[], alias="quarterHourlyEnergy")


class _Headpoint(BaseModel):
    ean: str
    meters: list[_Meter] = Field(default=[], alias="physicalMeters")


class _Data(BaseModel):
    headpoint: _Headpoint


class _Answer(BaseModel):
    data: _Data


def measure(random: Random, today: datetime, rounds: int) -> Iterator[Figure]:
    """The figures of the client; `rounds` of each, at most nine."""
    times = min(rounds, _MOST_ROUNDS)
    own = _answer(random, today)
    mixed = b"".join(answer_of(any_mix(np.random.default_rng(random.randrange(1 << 32)))))
    told = json.loads(own)
    stream = _stream(table_of(own))
    yield from _against_models(
        own,
        {
            "decoding to Polars, our own layout": (own, table_of, _OWN_AT_LEAST),
            "… of any mix of digits, states, gaps": (mixed, table_of, _OWN_AT_LEAST),
            "… with blanks": (json.dumps(told).encode(), table_of, _OTHER_AT_LEAST),
            "… indented": (json.dumps(told, indent=2).encode(), table_of, _OTHER_AT_LEAST),
            "… keys in another order": (json.dumps(told, sort_keys=True).encode(), table_of, _OTHER_AT_LEAST),
            "… with escapes in keys and texts": (_escaped(own), table_of, _OTHER_AT_LEAST),
            "… numbers with 17 digits": (_with_digits(own), table_of, _OTHER_AT_LEAST),
            "… numbers as texts": (_in_quotes(own), table_of, _OTHER_AT_LEAST),
            "… an Arrow stream": (stream, lambda content: table_of_stream(content, told_ean(told)), None),
        },
        {mixed: _by_models(mixed).height},
        times,
    )
    yield _memory(own)
    yield from _three_years(times)
    yield from _imports(times)


def _escaped(content: bytes) -> bytes:
    """As serialisers for web pages write: the plus of a moment is an escape too."""
    escaped = content.replace(b"total", b"tot\\u0061l").replace(b'"READ"', b'"RE\\u0041D"')
    return escaped.replace(b'Z"', b'\\u002B00:00"')


def _with_digits(content: bytes) -> bytes:
    """As doubles are written that were computed with."""
    return content.replace(b',"unit', b'00000000000001,"unit')


def _in_quotes(content: bytes) -> bytes:
    return re.sub(rb'"value":([0-9.]+)', rb'"value":"\1"', content)


def told_ean(told: Any) -> str:
    """Whose readings an answer has."""
    return str(told["data"]["headpoint"]["ean"])


def _against_models(
    own: bytes,
    contenders: dict[str, tuple[bytes, Callable[[bytes], EnergyTable], int | None]],
    heights: dict[bytes, int],
    times: int,
) -> Iterator[Figure]:
    """Each against pydantic models and a row per value, of our own layout, in the same rounds.

    Args:
        own: an answer in our own layout.
        contenders: by name an answer, what reads it, and how many times as fast that has to be.
        heights: how many values answers tell that do not tell what our own does.
        times: how many rounds.
    """
    expected = _by_models(own).height
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    models: list[float] = []
    for _ in range(times):
        models.append(_seconds(lambda: _by_models(own).height))
        for name, (content, read, _least) in contenders.items():
            taken[name].append(_seconds(partial(_height, read, content)))
    for name, (content, read, least) in contenders.items():
        assert len(read(content)) == heights.get(content, expected)
        ratios = [slow / quick for slow, quick in zip(models, taken[name], strict=True)]
        ours, against = median(taken[name]) * 1e3, median(models) * 1e3
        yield Figure(name, "ms", ours, against, median(ratios), at_least=least)


def _seconds(work: Callable[[], int]) -> float:
    begun = perf_counter()
    assert work() > 0
    return perf_counter() - begun


def _height(read: Callable[[bytes], EnergyTable], content: bytes) -> int:
    return read(content).to_polars().height


def _by_models(content: bytes) -> pl.DataFrame:
    """What a competent developer would write first."""
    headpoint = _Answer.model_validate_json(content).data.headpoint
    return pl.DataFrame(list(_rows(headpoint)))


def _rows(headpoint: _Headpoint) -> Iterator[dict[str, Any]]:
    for meter in headpoint.meters:
        for slot in meter.quarter_hours:
            for measurement in slot.measurements or ():
                for direction in ("offtake", "injection"):
                    registers = getattr(measurement, direction)
                    for register in ("total", "day", "night") if registers is not None else ():
                        told = getattr(registers, register)
                        if told is not None:
                            yield {
                                "ean": headpoint.ean,
                                "meter": meter.meter_id,
                                "start": slot.start,
                                "end": slot.end,
                                "direction": direction,
                                "register": register,
                                "value": told.value,
                                "unit": told.unit,
                                "validation_state": told.validation_state,
                            }


def _answer(random: Random, today: datetime) -> bytes:
    """185 days of quarter-hours of a sandbox meter, offtake and injection, as our own server writes them."""
    ean = Ean(f"541440110000000{random.randrange(80):03}")
    end = today - timedelta(days=10 + random.randrange(500))
    period, known = Period(end - timedelta(days=MAX_DAYS), end), Inserted(epoch_microseconds(today))
    slots = slots_within(Grid.QUARTER_HOUR, period)
    meters = [
        MeterSeries(part.meter, (resolve(part.versions, [slots], known),))
        for part in versions(sandbox_meter(ean), Grid.QUARTER_HOUR, slots, known)
    ]
    headpoint = Headpoint(ean, EnergyType.ELECTRICITY, MeterType.DIGITAL)
    return b"".join(energy_answer(headpoint, meters, today))


def _stream(table: EnergyTable) -> bytes:
    arrow = pa.table(table)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, arrow.schema) as writer:
        writer.write_table(arrow, max_chunksize=4096)
    content: bytes = sink.getvalue().to_pybytes()
    return content


_MEMORY: Final = """
import sys
from pathlib import Path
import polars
from kwartier.client.parsing import table_of

def told(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))

content = Path(sys.argv[1]).read_bytes()
table_of(content[:content.index(b',{"start"')] + b']}]}}}').to_polars()
Path("/proc/self/clear_refs").write_text("5")  # the highest is counted anew
before = told("VmRSS")
frame = table_of(content).to_polars()
print((told("VmHWM") - before) / len(content))
"""


def _memory(own: bytes) -> Figure:
    """The highest that a process of its own grows by, the frame included."""
    with TemporaryDirectory(prefix="kwartier-bench-") as folder:
        file = Path(folder) / "answer.json"
        file.write_bytes(own)
        times = float(_told(_MEMORY, str(file)))
    return Figure("… memory, against the answer's own size", "times", times, at_most=_MEMORY_AT_MOST)


def _three_years(times: int) -> Iterator[Figure]:
    """All of one EAN, as a user asks it: a sandbox in this process, token, windows, decoding, a Polars frame."""
    ean, end = "541440110000000007", datetime.now(UTC) - timedelta(days=4)
    start = end - timedelta(days=_YEARS * 365 - 10)
    with Sandbox(rate_limit=100_000) as sandbox:
        for name, arrow in (("three years of one EAN, end to end", True), ("… asked for JSON alone", False)):
            with Client(
                sandbox.base_url, sandbox.credentials, Settings(share_quota=False, arrow=arrow)
            ) as client:
                client.mock_mandate(ean, reference_number="bench")
                taken = [
                    _seconds(lambda: client.energy(ean, start, end).to_polars().height) for _ in range(times)
                ]
            yield Figure(name, "s", median(taken))


def _imports(times: int) -> Iterator[Figure]:
    """How long importing takes, in processes that have just begun."""
    for code in ("import kwartier", "from kwartier import Client"):
        program = (
            f"from time import perf_counter\nbegun = perf_counter()\n{code}\nprint(perf_counter() - begun)"
        )
        yield Figure(code, "s", median(float(_told(program)) for _ in range(times)))


def _told(program: str, *words: str) -> str:
    return subprocess.check_output(
        [sys.executable, "-c", program, *words], cwd=ROOT, env=own_environment({}), text=True
    )
