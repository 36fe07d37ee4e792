"""The renderer: from series to the bytes of GET energy's answer, made as they are sent (C10, E8, E10; DESIGN 9)."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np

from kwartier.api.render_rows import render_rows
from kwartier.domain.metering import Headpoint, PhysicalMeter, State, SubHeadpoint
from kwartier.domain.series import MeterSeries, Series
from kwartier.wire.energy import INSTALLATION_TYPE, METERING, SERIES, SUBMETERING
from kwartier.wire.timestamps import write_timestamp
from kwartier.wire.vocabulary import ENERGY_TYPE

__all__ = ["CHUNK_BYTES", "energy_answer"]

# One hangs in memory for every client that does not read; half as much takes a tenth more time.
CHUNK_BYTES: Final = 225_000
_KEY_ORDER: Final = {name: place for place, name in enumerate(SERIES.values())}


class _Part(NamedTuple):
    """Some text of the answer, and the slots that follow it; the last part of an answer has text alone."""

    text: str
    series: Series | None


def energy_answer(
    headpoint: Headpoint,
    meters: Sequence[MeterSeries],
    fetched_at: datetime,
    *,
    chunk_bytes: int = CHUNK_BYTES,
) -> Iterator[bytes]:
    """The answer as compact JSON, in chunks that are made when they are asked for.

    Of the readings, the iterator keeps nothing but the arrays of the series.

    Args:
        headpoint: whose readings they are.
        meters: the series of its meters and submeters; those without one lie on the headpoint itself (E8, E9).
        fetched_at: the moment that the answer tells.
        chunk_bytes: about how large a chunk is.
    """
    parts = _parts(headpoint, meters, fetched_at)
    for place, (text, series) in enumerate(parts):
        if series is None:  # the end of an answer without any series; otherwise it goes with the last slots
            if place == 0:
                yield text.encode()
            return
        following = parts[place + 1]
        yield from _chunks(text, series, following.text if following.series is None else "", chunk_bytes)


def _chunks(before: str, series: Series, after: str, chunk_bytes: int) -> Iterator[bytes]:
    """The slots of a series with the text before and after them; its first slot and its last have a reading."""
    # About what the slot, and a value in it, take up.
    slots = max(1, chunk_bytes // (100 + 66 * len(series.registers)))
    for start in range(0, len(series), slots):
        columns = range(start, start + slots)
        if start == 0 or series.states[:, columns.start : columns.stop].max() >= State.READ:
            # Without a name of its own: a generator that waits must not hold what it gave away.
            yield _chunk(before, series, after, columns)


def _chunk(before: str, series: Series, after: str, columns: range) -> bytes:
    """The text of some columns, with what stands before the first of the series and after the last."""
    rows = render_rows(series, columns.start, columns.stop)
    if columns.start == 0:
        rows = b"".join((before.encode(), memoryview(rows)[1:]))  # every slot begins with a comma
    if columns.stop >= len(series):
        rows += after.encode()
    return rows


def _parts(headpoint: Headpoint, meters: Sequence[MeterSeries], fetched_at: datetime) -> list[_Part]:
    """The answer as texts with slots between them. What has no reading is left out (C10, E10)."""
    parts: list[_Part] = []
    text = (
        f'{{"data":{{"headpoint":{{"$type":"{METERING.write(headpoint.meter_type)}"'
        f',"ean":{json.dumps(headpoint.ean)},"energyType":"{ENERGY_TYPE.write(headpoint.energy_type)}"'
    )
    measured = [(meter.meter, kept) for meter in meters if (kept := _with_readings(meter.series))]
    for _, series in (entry for entry in measured if entry[0] is None):
        text = _add_series(parts, text + ",", series)
    for key, kind in (("physicalMeters", PhysicalMeter), ("subHeadpoints", SubHeadpoint)):
        opening = f',"{key}":['
        for meter, series in measured:
            if isinstance(meter, kind):
                text = _add_series(parts, text + opening + _meter_opening(meter), series) + "}"
                opening = ","
        if opening == ",":
            text += "]"
    parts.append(_Part(f'{text}}}}},"_meta":{{"fetchTime":"{write_timestamp(fetched_at)}"}}}}', None))
    return parts


def _meter_opening(meter: PhysicalMeter | SubHeadpoint) -> str:
    """What is said of a meter before its series (E8, E9)."""
    if isinstance(meter, PhysicalMeter):
        told = {"seqNumber": meter.seq_number, "meterID": meter.meter_id}
    else:
        told = {"$type": SUBMETERING.write(meter.direction), "ean": meter.ean, "seqNumber": meter.seq_number}
        if meter.vreg_id is not None:
            told["vregId"] = meter.vreg_id
        if meter.installation is not None:
            told["type"] = INSTALLATION_TYPE.write(meter.installation)
    return json.dumps(told, separators=(",", ":")).removesuffix("}") + ","


def _add_series(parts: list[_Part], text: str, series: Sequence[Series]) -> str:
    """Add the series under their keys, the first after the text; what is returned closes the last of them."""
    for one in series:
        parts.append(_Part(f'{text}"{SERIES[one.grid]}":[', one))
        text = "],"
    return "]"


def _with_readings(series: Sequence[Series]) -> list[Series]:
    """The series that have a reading, from their first to their last, in the order of their keys."""
    kept = [trimmed for one in series if (trimmed := _trimmed(one)) is not None]
    return sorted(kept, key=lambda one: _KEY_ORDER[SERIES[one.grid]])


def _trimmed(series: Series) -> Series | None:
    """The series from the first slot with a reading to the last; None if there is none."""
    readings = np.flatnonzero(series.present.any(axis=0))
    if readings.size == 0:
        return None
    first, stop = int(readings[0]), int(readings[-1]) + 1
    if stop - first == len(series):
        return series
    return Series(
        series.grid,
        series.first_slot + first,
        series.registers,
        series.values[:, first:stop],
        series.states[:, first:stop],
    )
