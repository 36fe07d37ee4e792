"""The guide's names, moments and errors."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwartier.domain.days import Grid
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.mandate import RenewalStatus, Status
from kwartier.domain.metering import (
    ComplexEnergyType,
    Direction,
    EnergyType,
    Granularity,
    MeterType,
    RegisterKind,
    State,
    Unit,
)
from kwartier.domain.question import PeriodType
from kwartier.wire import energy, paths, vocabulary
from kwartier.wire.errors import CODES, error_body
from kwartier.wire.timestamps import read_timestamp, write_timestamp
from kwartier.wire.vocabulary import Names

TABLES: list[tuple[Names[Any], type[Enum], set[Enum]]] = [
    (vocabulary.STATUS, Status, {Status.REMOVED}),
    (vocabulary.RENEWAL_STATUS, RenewalStatus, set()),
    (vocabulary.ENERGY_TYPE, EnergyType, set()),
    (vocabulary.PERIOD_TYPE, PeriodType, set()),
    (vocabulary.COMPLEX_ENERGY_TYPE, ComplexEnergyType, set()),
    (vocabulary.DATA_SERVICE_TYPE, Granularity, set()),
    (vocabulary.GRANULARITY, Granularity, set()),
    (energy.METERING, MeterType, set()),
    (energy.DIRECTION, Direction, set()),
    (energy.REGISTER_KIND, RegisterKind, set()),
    (energy.UNIT, Unit, set()),
    (energy.VALIDATION_STATE, State, {State.SILENT, State.WITHDRAWN}),
]
THE_GUIDES: Mapping[str, tuple[Names[Any], tuple[str, ...]]] = {
    "status": (vocabulary.STATUS, ("Requested", "Approved", "Rejected", "Finished")),
    "renewalStatus": (vocabulary.RENEWAL_STATUS, ("ToBeRenewed", "RenewalRequested", "Expired")),
    "energyType": (vocabulary.ENERGY_TYPE, ("E", "G")),
    "periodType": (vocabulary.PERIOD_TYPE, ("readTime", "insertTime")),
    "complexEnergyTypes": (vocabulary.COMPLEX_ENERGY_TYPE, ("active", "reactive")),
    "dataServiceTypes": (vocabulary.DATA_SERVICE_TYPE, ("VH_dag", "VH_kwartier_uur")),
    "granularity": (vocabulary.GRANULARITY, ("daily", "hourly_quarterhourly")),
    "unit": (energy.UNIT, ("kWh", "kVArh", "m3")),
    "validationState": (energy.VALIDATION_STATE, ("READ", "EST", "VAL", "NVAL")),
    "registers": (energy.REGISTER_KIND, ("total", "day", "night", "inductive", "capacitive")),
}


@pytest.mark.parametrize(("names", "members", "unnamed"), TABLES)
def test_every_member_has_a_name(names: Names[Any], members: type[Enum], unnamed: set[Enum]) -> None:
    """C7: each value that can be on the wire has a name, which is read back in any case."""
    named = [member for member in members if member not in unnamed]
    assert len(names.names) == len(named) == len(set(names.names))
    for member in named:
        written = names.write(member)
        assert {names.read(text) for text in (written, written.upper(), f" {written.lower()} ")} == {member}
    for member in unnamed:
        with pytest.raises(KeyError):
            names.write(member)


@pytest.mark.parametrize("field", THE_GUIDES)
def test_the_names_are_the_guides(field: str) -> None:
    """C7: enumerated values are written as the guide has them."""
    names, expected = THE_GUIDES[field]
    assert names.names == expected


@pytest.mark.parametrize("wrong", ["", "x", "Removed", "daily ,", "VH_dag;", "READ\x00"])
def test_another_name_is_refused_with_those_allowed(wrong: str) -> None:
    """C6: a value that is no member is refused with all that is allowed."""
    for names, _, _ in TABLES:
        with pytest.raises(InvalidValueError) as refused:
            names.read(wrong)
        assert all(name in str(refused.value) for name in names.names)


def test_older_names_are_read() -> None:
    """M1, E1: `VH_kwartier` is read as quarter-hours, and granularity under the names of data services."""
    assert vocabulary.DATA_SERVICE_TYPE.read("vh_kwartier") is Granularity.QUARTER_HOURLY
    assert vocabulary.GRANULARITY.read("VH_kwartier") is Granularity.QUARTER_HOURLY
    assert vocabulary.GRANULARITY.read("VH_kwartier_uur") is Granularity.QUARTER_HOURLY
    assert vocabulary.GRANULARITY.read("VH_dag") is Granularity.DAILY


def test_every_grid_has_its_key() -> None:
    """E8: series lie under the keys of the guide."""
    assert set(energy.SERIES) == set(Grid)
    assert energy.SERIES[Grid.DAY] == energy.SERIES[Grid.GAS_DAY] == "dailyEnergy"
    assert energy.SERIES[Grid.QUARTER_HOUR] == "quarterHourlyEnergy"
    assert energy.SERIES[Grid.HOUR] == "hourlyEnergy"


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_is_read_as_it_was_written(moment: datetime) -> None:
    """C10: every moment of the calendar, to the second, is written in the one form, and read back."""
    whole = moment.replace(microsecond=0)
    written = write_timestamp(moment)
    assert len(written) == len("YYYY-MM-DDTHH:MM:SSZ")
    assert read_timestamp(written) == whole


def test_a_moment_is_written_in_utc() -> None:
    """C10: a moment of another zone is written as the same instant in UTC, without its fraction."""
    moment = datetime(2025, 9, 2, 0, 30, 0, 999999, tzinfo=timezone(timedelta(hours=2)))
    assert write_timestamp(moment) == "2025-09-01T22:30:00Z"


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.integers(-14 * 60, 14 * 60),
)
def test_an_offset_is_reckoned_with(wall: datetime, minutes: int) -> None:
    """C7: a moment with a numeric offset, and a fraction, is read as the instant that it is."""
    moment = wall.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    read = read_timestamp(moment.isoformat())
    assert read == moment
    assert read.tzinfo is UTC


@given(st.text(max_size=40))
def test_any_other_text_is_refused_in_one_way(text: str) -> None:
    """C6: a text is a moment or it is refused; nothing else happens."""
    with suppress(InvalidValueError):
        assert read_timestamp(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["", "2025-09-01", "2025-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "x"])
def test_a_refused_moment_tells_the_form(text: str) -> None:
    """C6: what is no moment, or none that there is, is refused with the form that is meant."""
    with pytest.raises(InvalidValueError, match="YYYY-MM-DDTHH:MM:SSZ"):
        read_timestamp(text)


def test_every_code_has_a_body() -> None:
    """C6: each status has a code of its own, and a body that tells whose fault it is."""
    assert len(set(CODES.values())) == len(CODES)
    for status, code in CODES.items():
        body = json.loads(error_body(status, "because é"))
        assert body == {
            "Type": "ClientError" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "ServerError",
            "Code": code,
            "Message": "because é",
        }


def test_what_is_wrong_is_listed() -> None:
    """C6: a 400 lists what is wrong under `ValidationErrorMessages`."""
    body = json.loads(error_body(HTTPStatus.BAD_REQUEST, "wrong", ["ean: x", "to: y"]))
    assert body["ValidationErrorMessages"] == ["ean: x", "to: y"]


def test_any_text_can_be_told() -> None:
    """C6: a message with half a character in it, as JSON lets users send, makes a body all the same."""
    assert json.loads(error_body(HTTPStatus.BAD_REQUEST, "m", ["\ud800: must be a text"]))


def test_paths_of_the_identity() -> None:
    """C1: token endpoint, discovery document and keys lie below the tenant."""
    assert paths.token_path("t") == "/t/oauth2/v2.0/token"
    assert paths.discovery_path("t") == paths.issuer_path("t") + "/.well-known/openid-configuration"
    assert paths.jwks_path("t").startswith("/t/")
