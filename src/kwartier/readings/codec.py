"""Runs as bytes: some consecutive slots of all series of a headpoint in one blob (DESIGN 2).

A blob is a version byte, then a raw deflate stream of: how many slots (u16) and series (u16), a head per series (number in
the catalogue u16, width u8, state u8, divisor u16), and per series its values and states. Values are divided by their
greatest common divisor and kept in `width` bytes, the lowest byte of all slots first, then the next: bytes of one place
resemble each other, and pack well. A state that is not the same everywhere is kept per slot.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAX_SLOTS", "CorruptRunError", "Decoded", "decode", "encode"]

MAX_SLOTS: Final = 128
"""The most slots in a run, so that those that touch a slot are found by a range of starts."""

_VERSION: Final = 1
_PER_SLOT: Final = 0xFF
_MAX_DIVISOR: Final = 0xFFFF
_LEVEL: Final = 6
_RAW_DEFLATE: Final = -15
# What is packed has some hundreds of bytes, rarely thousands: making room for more takes longer than packing it.
_SMALL_WINDOW: Final = -12
_SMALL_MEMORY: Final = 6
_COUNTS: Final = np.dtype([("slots", "<u2"), ("series", "<u2")])
_HEAD: Final = np.dtype([("no", "<u2"), ("width", "u1"), ("state", "u1"), ("divisor", "<u2")])
_VALUE: Final = np.dtype("<i8")


class CorruptRunError(ValueError):
    """A blob that is none of ours, or is not whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """Runs that are shaped alike.

    Attributes:
        places: which of the blobs they are, shape (k,).
        numbers: the s series, by their number in the catalogue.
        values: shape (k, s, slots).
        states: codes, shape (k, s, slots).
    """

    places: Sequence[int]
    numbers: tuple[int, ...]
    values: NDArray[np.int64]
    states: NDArray[np.uint8]


def encode(numbers: Sequence[int], values: NDArray[np.int64], states: NDArray[np.uint8]) -> list[bytes]:
    """Runs of the same series and length as blobs.

    Args:
        numbers: of the s series in the catalogue.
        values: thousandths, shape (k, s, slots); where there is no value, whatever.
        states: codes of states, shape (k, s, slots).

    Raises:
        ValueError: too many slots.
    """
    runs, series, slots = values.shape
    if not 0 < slots <= MAX_SLOTS:
        raise ValueError(f"a run has at most {MAX_SLOTS} slots, not {slots}")
    values = np.where(states > 1, values, 0)
    divisors = np.gcd.reduce(values, axis=2)
    divisors[(divisors == 0) | (divisors > _MAX_DIVISOR)] = 1
    values //= divisors[:, :, None]
    planes = np.ascontiguousarray(
        values.astype(_VALUE, copy=False).view(np.uint8).reshape(runs, series, slots, 8).transpose(0, 1, 3, 2)
    )
    widths = _widths(values)
    uniform = (states == states[:, :, :1]).all(axis=2)
    heads = np.zeros((runs, series), _HEAD)
    heads["no"], heads["width"], heads["divisor"] = numbers, widths, divisors
    heads["state"] = np.where(uniform, states[:, :, 0], _PER_SLOT)
    counts = np.array((slots, series), _COUNTS).tobytes()
    version, blobs = bytes([_VERSION]), []
    for run in range(runs):
        parts = [counts, heads[run].tobytes()]
        for one in range(series):
            parts.append(planes[run, one, : widths[run, one]].tobytes())
            if not uniform[run, one]:
                parts.append(states[run, one].tobytes())
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _SMALL_WINDOW, _SMALL_MEMORY)
        blobs.append(version + packer.compress(b"".join(parts)) + packer.flush())
    return blobs


def _widths(values: NDArray[np.int64]) -> NDArray[np.uint8]:
    """In how many bytes the values of each series of each run fit; negative ones take all eight."""
    most = values.max(axis=2).astype(np.uint64)
    widths = sum((most >> np.uint64(8 * place) != 0).astype(np.uint8) for place in range(8))
    return np.where(values.min(axis=2) < 0, np.uint8(8), widths).astype(np.uint8)


def decode(blobs: Sequence[bytes]) -> Iterator[Decoded]:
    """Blobs as arrays, those that are shaped alike together: most are, and then it goes fast.

    Raises:
        CorruptRunError: a blob is none of ours.
    """
    alike: dict[bytes, list[int]] = {}
    contents: list[bytes] = []
    for place, blob in enumerate(blobs):
        content = _inflated(blob)
        end = 4 + 6 * int.from_bytes(content[2:4], "little")
        alike.setdefault(content[:end], []).append(place)
        contents.append(content[end:])
    for head, places in alike.items():
        yield _decoded(head, places, b"".join([contents[place] for place in places]))


def _inflated(blob: bytes) -> bytes:
    if not blob or blob[0] != _VERSION:
        raise CorruptRunError("a run of another version, or none")
    try:
        content = zlib.decompress(memoryview(blob)[1:], _RAW_DEFLATE)
    except zlib.error as error:
        raise CorruptRunError(f"a run that is not whole: {error}") from None
    if len(content) < _COUNTS.itemsize:
        raise CorruptRunError("a run that is not whole")
    return content


def _decoded(head: bytes, places: Sequence[int], content: bytes) -> Decoded:
    counts = np.frombuffer(head, _COUNTS, 1)[0]
    slots, series = int(counts["slots"]), int(counts["series"])
    heads = np.frombuffer(head, _HEAD, series, _COUNTS.itemsize)
    sizes = (heads["width"].astype(int) + (heads["state"] == _PER_SLOT)) * slots
    size = int(sizes.sum())
    if len(content) != size * len(places):
        raise CorruptRunError("a run that is not whole")
    rows = np.frombuffer(content, np.uint8).reshape(len(places), size)
    values = np.zeros((len(places), series, slots), np.int64)
    states = np.empty((len(places), series, slots), np.uint8)
    end = 0
    for one in range(series):
        width, state = int(heads["width"][one]), int(heads["state"][one])
        for place in range(width):
            values[:, one] |= rows[:, end : end + slots].astype(np.int64) << (8 * place)
            end += slots
        if heads["divisor"][one] != 1:
            values[:, one] *= int(heads["divisor"][one])
        states[:, one] = state
        if state == _PER_SLOT:
            states[:, one] = rows[:, end : end + slots]
            end += slots
    return Decoded(places, tuple(heads["no"].tolist()), values, states)
