"""The long form with a run on each row."""

import json
from typing import Any

import pyarrow as pa
import pytest

from kwartier.domain.metering import GasFactor, State, state_code
from kwartier.formats.long.columns import shape_of_schema
from kwartier.formats.long.runs import LONGEST_RUN, VALUES_AT_ONCE
from kwartier.formats.long.tables import batches_of_table
from kwartier.formats.rows import Batch
from support.long_form import EAN, read, run_table_of


def _read(*runs: dict[str, Any]) -> Batch:
    (table,) = run_table_of(*runs).combine_chunks().to_batches()
    return read(batches_of_table(table, shape_of_schema(table.schema), 1))


def _told(batch: Batch) -> list[tuple[int, int, int]]:
    first = 1_711_839_600 // 900
    return [
        (slot - first, value, state)
        for slot, value, state in batch.rows.select("slot", "value", "state").rows()
    ]


def test_a_run_is_its_values_from_its_start_on() -> None:
    """R4: the values of a run lie in consecutive slots, from its start on."""
    found = _read({"values": [0.1, 0.2, 3.0], "states": ["READ", "EST", "READ"]})
    assert _told(found) == [(0, 100, State.READ), (1, 200, State.EST), (2, 3000, State.READ)]
    assert set(found.rows.get_column("line")) == {1}


def test_null_is_silent_and_withdrawn_says_so() -> None:
    """R1: in lists, null with null says nothing, and null with WITHDRAWN that there is no value."""
    found = _read({"values": [0.1, None, None, 4.0], "states": ["READ", None, "WITHDRAWN", "READ"]})
    assert _told(found) == [(0, 100, State.READ), (2, 0, State.WITHDRAWN), (3, 4000, State.READ)]
    assert found.rejected.height == 0


def test_one_state_is_that_of_the_values_there_are() -> None:
    """R1: with one state for a run, null says nothing, unless that state is WITHDRAWN."""
    found = _read({"values": [0.1, None], "states": "VAL"}, {"values": [None, None], "states": "WITHDRAWN"})
    assert _told(found) == [(0, 100, State.VAL), (0, 0, State.WITHDRAWN), (1, 0, State.WITHDRAWN)]
    assert found.rejected.height == 0


def test_factors_are_a_list_or_one_or_none() -> None:
    """E12: factors come for each value, for a run, or not at all, and not where there is no value."""
    gas = {"resolution": "PT1H", "values": [1.0, None], "states": ["READ", "WITHDRAWN"]}
    lists = _read({**gas, "factors": ["P", None]}, gas, {**gas, "factors": ["D", "D"]})
    withdrawn = (1, 0, State.WITHDRAWN)
    states = [state for _, _, state in _told(lists)]
    assert states == [
        state_code(State.READ, GasFactor.PROVISIONAL),
        State.WITHDRAWN,
        State.READ,
        State.WITHDRAWN,
        state_code(State.READ, GasFactor.DEFINITIVE),
        State.WITHDRAWN,
    ]
    (valued, empty) = [state for _, _, state in _told(_read({**gas, "factors": "C"}))]
    assert (valued, empty) == (state_code(State.READ, GasFactor.CONSTANT), withdrawn[2])


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        ({"values": [1.0, 2.0], "states": ["READ"]}, "lists of unequal length: 2 values and 1 states"),
        (
            {"values": [1.0], "states": ["READ"], "factors": ["P", "P"]},
            "lists of unequal length: 1 values and 2 factors",
        ),
        ({"values": [], "states": []}, "the list of values is empty"),
        ({"values": None, "states": ["READ"]}, "values are missing"),
        ({"values": [1.0], "states": None}, "states are missing"),
        ({"values": [1.0], "states": ["READ"], "start": "2024-03-30T23:01:00Z"}, "off the grid"),
        ({"values": [1.0], "states": ["READ"], "direction": "up"}, "unknown direction 'up'"),
        (
            {"values": [1.0] * (LONGEST_RUN + 1), "states": ["READ"] * (LONGEST_RUN + 1)},
            "is too long; allowed: 200000",
        ),
    ],
)
def test_a_wrong_run_is_rejected_whole(run: dict[str, Any], reason: str) -> None:
    """R3: a run of which the series, the start or the lists are wrong is one that is rejected, and others stay."""
    good = {"values": [5.0], "states": ["READ"]}
    found = _read(good, run, good)
    assert found.rows.get_column("line").to_list() == [1, 3]
    (said,) = found.rejected.to_dicts()
    assert reason in said["reason"]
    assert (said["line"], said["ean"]) == (2, int(EAN))
    assert json.loads(said["content"])["values"] == run["values"]


@pytest.mark.parametrize(
    ("values", "states", "reason"),
    [
        ([1.0, 0.2431, 2.0], ["READ", "READ", "READ"], "0.2431 has more than three decimals"),
        ([1.0, float("nan"), 2.0], ["READ", "READ", "READ"], "is not a number"),
        ([1.0, None, 2.0], ["READ", "EST", "READ"], "the value is missing"),
        ([1.0, 4.0, 2.0], ["READ", "WITHDRAWN", "READ"], "what is WITHDRAWN has no value"),
        ([1.0, 4.0, 2.0], ["READ", None, "READ"], "the state is missing"),
        ([1.0, 4.0, 2.0], ["READ", "FINE", "READ"], "unknown state 'FINE'"),
    ],
)
def test_a_wrong_value_is_rejected_alone(values: list[float], states: list[str], reason: str) -> None:
    """R3: a wrong value of a good run is rejected as a row with the start of its slot, and the others stay."""
    found = _read({"values": values, "states": states})
    assert _told(found) == [(0, 1000, State.READ), (2, 2000, State.READ)]
    (said,) = found.rejected.to_dicts()
    assert reason in said["reason"]
    assert json.loads(said["content"])["start"].startswith("2024-03-30T23:15:00")


def test_one_word_for_all_that_is_wrong_rejects_every_value() -> None:
    """R3: an unknown word for a whole run is told of each value, and none is lost."""
    found = _read({"values": [1.0, 2.0], "states": "FINE"})
    assert found.rows.height == 0
    assert found.rejected.get_column("reason").str.contains("unknown state 'FINE'").to_list() == [True, True]


def test_many_runs_come_in_batches() -> None:
    """R4: runs with more values than are taken at once come in several batches, and none is lost."""
    table = run_table_of(*[{"values": [1.0] * 1000, "states": "READ"}] * (VALUES_AT_ONCE // 1000 + 1))
    (batch,) = table.combine_chunks().to_batches()
    batches = list(batches_of_table(batch, shape_of_schema(batch.schema), 1))
    assert [part.rows.height for part in batches] == [VALUES_AT_ONCE, 1000]
    assert read(batches).rows.get_column("line").n_unique() == VALUES_AT_ONCE // 1000 + 1


@pytest.mark.parametrize(
    "kind",
    [
        pa.large_list(pa.float32()),
        pa.list_(pa.int32()),
        pa.list_(pa.decimal128(12, 3)),
        pa.list_(pa.string()),
        pa.list_(pa.float64(), 2),
    ],
)
def test_lists_have_several_types(kind: pa.DataType) -> None:
    """R4: lists of any kind and of any numbers are read, also where a part of a table is taken."""
    table = run_table_of(*[{"values": [1.0, 2.0], "states": "READ"}] * 3)
    values = pa.array([["1", "2"]] * 3, pa.list_(pa.string()))
    cast = values if kind == values.type else table.column("values").cast(kind)
    table = table.set_column(table.schema.get_field_index("values"), "values", cast)
    (batch,) = table.slice(1).combine_chunks().to_batches()
    found = read(batches_of_table(batch, shape_of_schema(batch.schema), 1))
    assert found.rows.get_column("value").to_list() == [1000, 2000, 1000, 2000]
