"""Answers of GET energy become tables, however they are written."""

import json
from datetime import UTC, datetime
from typing import Any, Final, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier import UnknownNameWarning, UnreadableError, read_energy
from support.sdk import EAN, bytes_of, energy, quarter_hours, slot
from support.told_energy import LAYOUTS, rows_of, rows_told

_START: Final = datetime(2026, 3, 28, 22, tzinfo=UTC)


@st.composite
def _value(draw: st.DrawFn) -> dict[str, Any] | None:
    """What may stand under a register."""
    if draw(st.booleans()) and draw(st.booleans()):
        return None
    whole = draw(st.sampled_from([0, 1, 12, 1234, 12345, 123456789]))
    value: float | int | None = draw(
        st.sampled_from([whole, whole + 0.25, whole + 0.125, whole + 0.1, -whole - 0.5, None, 1e-7])
    )
    told = {
        "value": value,
        "unit": draw(st.sampled_from(["kWh", "kWh", "m3", None])),
        "validationState": draw(st.sampled_from(["READ", "EST", "VAL", None])),
        "gasConversionFactor": draw(st.sampled_from([None, None, "P"])),
    }
    absent = draw(st.booleans())
    return {name: one for name, one in told.items() if one is not None or not absent}


@st.composite
def _slots(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Quarter-hours in which anything may be missing."""
    slots = []
    for told in quarter_hours(_START, draw(st.integers(0, 5))):
        directions = draw(
            st.sampled_from([("offtake",), ("offtake", "injection"), ("injection", "offtake"), ()])
        )
        items = []
        for _ in range(draw(st.sampled_from([1, 1, 1, 2, 0]))):
            registers = {
                direction: {name: one for name in ("total", "night") if (one := draw(_value())) is not None}
                for direction in directions
            }
            items.append({direction: one for direction, one in registers.items() if one})
        measurements = draw(st.sampled_from([items, items, items, None]))
        slots.append(told | {"measurements": measurements})
    return slots


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=40)
@given(slots=_slots(), others=_slots())
def test_whatever_is_written_is_read(layout: str, slots: list[Any], others: list[Any]) -> None:
    """E8, E10: every value of every layout is in the table, with all that is said of it, and nothing else is."""
    answer = energy(*slots).json()
    answer["data"]["headpoint"]["physicalMeters"].append(
        {"seqNumber": 2, "quarterHourlyEnergy": others, "dailyEnergy": []}
    )
    assert rows_of(read_energy(LAYOUTS[layout](answer))) == rows_told(answer)


def test_all_that_stands_around_the_slots_is_read() -> None:
    """E8, E9: meters after an exchange, submeters with their installation, days beside quarter-hours."""
    sub = {
        "$type": "submetering-production",
        "ean": "541440000000000017",
        "seqNumber": 1,
        "type": "PV",
        "quarterHourlyEnergy": [slot("2026-05-01T10:00:00Z")],
    }
    own = [slot("2026-05-01T10:00:00Z", 7.5, "VAL")]
    days = [slot("2026-04-30T22:00:00Z", 99.125, minutes=1440)]
    answer = energy(
        slot("2026-05-01T10:15:00Z"), quarterHourlyEnergy=own, dailyEnergy=days, subHeadpoints=[sub]
    )
    table = read_energy(answer.content)
    assert rows_of(table) == rows_told(answer.json())
    assert {one.source for one in table} == {"headpoint", "meter", "sub-headpoint"}
    assert {one.installation_type for one in table} == {None, "PV"}
    assert {one.granularity for one in table} == {"daily", "hourly_quarterhourly"}
    assert (table.ean, table.energy_type, table.fetched_at) == (
        EAN,
        "E",
        datetime(2026, 11, 28, 12, tzinfo=UTC),
    )


@pytest.mark.parametrize("told", [{"seqNumber": 7}, {"seqNumber": "7"}])
def test_a_sequence_number_is_a_number_or_a_text(told: dict[str, Any]) -> None:
    """WIRE: a meter without an id is known by its number, however that is written."""
    answer = energy(physicalMeters=[told | {"quarterHourlyEnergy": [slot("2026-05-01T10:00:00Z")]}])
    assert [one.meter for one in read_energy(answer.content)] == ["7"]


@pytest.mark.parametrize("layout", ["our own", "indented", "escaped"])
def test_a_quarter_hour_told_twice_counts_once(layout: str) -> None:
    """WIRE: of an interval that comes twice the last counts, and the table says so."""
    slots = quarter_hours(_START, 6, (0.1, 0.2))
    answer = energy(*slots[:4], *slots[2:], slots[0] | {"measurements": slots[1]["measurements"]}).json()
    table = read_energy(LAYOUTS[layout](answer))
    assert [one.value for one in table] == [0.2, 0.2, 0.1, 0.2, 0.1, 0.2]
    assert [one.start for one in table] == sorted({one.start for one in table})
    assert table.notices == ("3 values came twice, 1 of them with another number; the last counts",)


def test_an_undisturbed_answer_has_no_notices() -> None:
    """A table without anything odd says nothing."""
    assert read_energy(energy(*quarter_hours(_START, 4)).content).notices == ()


@pytest.mark.parametrize("state", ["GUESS", "ESTIMATED_BY_SOMEBODY"])
def test_an_unknown_state_is_kept_with_a_warning(state: str) -> None:
    """WIRE: a name that the guide does not know is kept as it is."""
    answer = energy(*quarter_hours(_START, 3), slot("2026-05-01T10:00:00Z", 1.0, state))
    with pytest.warns(UnknownNameWarning, match=state):
        table = read_energy(answer.content)
    assert [one.validation_state for one in table] == ["READ"] * 3 + [state]
    assert state in table.notices[0]


def test_a_missing_value_is_not_zero() -> None:
    """WIRE: a value that is null or left out is None, with what is said of it."""
    slots = quarter_hours(_START, 2, (None,))  # type: ignore[arg-type]
    slots[0]["measurements"][0]["offtake"]["total"]["value"] = None
    told = [(one.value, one.unit, one.validation_state) for one in read_energy(energy(*slots).content)]
    assert told == [(None, "kWh", "READ")] * 2


def test_a_saved_file_is_read(tmp_path: Any) -> None:
    """Parsing is apart from fetching: an answer that was saved is read from its file."""
    file = tmp_path / "answer.json"
    file.write_bytes(energy(*quarter_hours(_START, 5)).content)
    assert len(read_energy(file)) == len(read_energy(str(file))) == 5


@pytest.mark.parametrize(
    "nothing", [{}, {"physicalMeters": None}, {"physicalMeters": [{"quarterHourlyEnergy": None}]}]
)
def test_an_answer_without_series_is_an_empty_table(nothing: dict[str, Any]) -> None:
    """E6: granted, and nothing there."""
    table = read_energy(energy(physicalMeters=[]).content if not nothing else energy(**nothing).content)
    assert len(table) == 0
    assert list(table) == []
    assert table.to_arrow().num_rows == 0


_WHOLE: Final = bytes_of(energy(*quarter_hours(_START, 40)).json())

_ODD: Final = (
    _WHOLE.replace(b"0.25,", b"1234.25000000000001,", 9)
    .replace(b"0.25,", b"-2e-1,", 9)
    .replace(b"0.25,", b"12345.678,", 9)
    .replace(b"READ", b"R\\u0045AD")
    .replace(b'Z"', b'\\u002b00:00"')
)


@given(st.integers(min_value=0, max_value=len(_WHOLE) - 1))
def test_an_answer_that_is_cut_anywhere_is_refused(length: int) -> None:
    """K2: no part of an answer is taken for the whole."""
    with pytest.raises(UnreadableError, match="no answer of GET energy"):
        read_energy(_WHOLE[:length])


@pytest.mark.parametrize("whole", [_WHOLE, _ODD], ids=["usual", "odd"])
@given(place=st.integers(min_value=0), byte=st.integers(min_value=0, max_value=255))
def test_one_byte_that_differs_never_makes_another_table_than_the_plain_reader(
    whole: bytes, place: int, byte: int
) -> None:
    """Every byte is compared or read: columns make of an answer what a plain reader does, and nothing of what is none."""
    place %= len(whole)
    content = whole[:place] + bytes([byte]) + whole[place + 1 :]
    try:
        answer = json.loads(content)
    except ValueError:
        with pytest.raises(UnreadableError):
            read_energy(content)
        return
    try:
        told = rows_told(answer)
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    try:
        table = read_energy(content)
    except UnreadableError:
        return
    except UnknownNameWarning:  # raised as an error here
        return
    assert rows_of(table) == told


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no JSON"),
        (b"<html>", "no JSON"),
        (b"[]", "no object"),
        (b'{"data":{}}', "no headpoint"),
        (b'{"data":{"headpoint":{"ean":1}}}', "no headpoint"),
        (bytes_of({"headpoint": {"ean": EAN, "dailyEnergy": 7}}), "no list"),
        (bytes_of({"headpoint": {"ean": EAN, "dailyEnergy": [7]}}), "no object"),
        (
            bytes_of({"headpoint": {"ean": EAN, "dailyEnergy": [{"start": "now"}]}}),
            "start of a slot is 'now'",
        ),
        (
            bytes_of(
                {
                    "headpoint": {
                        "ean": EAN,
                        "dailyEnergy": [slot("2026-05-01T10:00:00Z", cast("float", "much"))],
                    }
                }
            ),
            "'much'",
        ),
    ],
)
def test_what_is_no_answer_is_said(content: bytes, words: str) -> None:
    """What can't be read says why."""
    with pytest.raises(UnreadableError, match=words):
        read_energy(content)


@pytest.mark.parametrize(
    ("is_there", "instead"),
    [
        (b"0.25", b"0025"),
        (b"0.25", b"00.5"),
        (b"0.25", b"-025"),
        (b"0.25", b".025"),
        (b'"READ"', b'"RE\x01D"'),
        (b'"READ"', b'"REA\x00"'),
        (b'"READ"', b'"RE\xffD"'),
        (b"},{", b"};{"),
        (b"},{", b"} {"),
        (b"},{", b"},,{"),
        (b"}]}],", b"}}}],"),
        (b"}]}],", b"}]},],"),
        (b"Z", b"X"),
    ],
)
@pytest.mark.parametrize("times", [1, 2, 39])
def test_what_looks_like_an_answer_and_is_none(is_there: bytes, instead: bytes, times: int) -> None:
    """What is no JSON is refused, in the first slots and in later ones."""
    content = bytes_of(energy(*quarter_hours(_START, 40), dailyEnergy=[]).json())
    first, *rest = content.split(is_there)
    place = min(times, len(rest)) - 1
    broken = is_there.join([first, *rest[:place]]) + instead + is_there.join(rest[place:])
    with pytest.raises(UnreadableError):
        read_energy(broken)
