from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.metering import Direction, Register, RegisterKind, State, SubHeadpoint
from kwartier.domain.resolve import Inserted, resolve
from kwartier.sandbox.eans import SandboxMeter, sandbox_meter
from kwartier.sandbox.gas import gas
from kwartier.sandbox.gas_load import gas_borders
from kwartier.sandbox.gas_submeters import gas_headpoints_of_submeter
from kwartier.sandbox.generator import versions
from support.examples import examples

HOURS, DAYS = "541451012", "541451002"
EVER: Final = Inserted(end_us=2**60)


def _meter(number: int, prefix: str = HOURS) -> SandboxMeter:
    return sandbox_meter(Ean(f"{prefix}000000{number:03d}"))


def _below(number: int) -> list[SubHeadpoint]:
    found = versions(_meter(number), Grid.HOUR, range(475_000, 475_024), EVER)
    return [one.meter for one in found if isinstance(one.meter, SubHeadpoint)]


@settings(max_examples=examples(60))
@given(st.integers(0, 999), st.integers(16_500, 22_000), st.integers(0, 40))
def test_submeters_are_parts_of_the_whole(number: int, first: int, after: int) -> None:
    """E9, S4: at every moment, in every hour that is known, the submeters together are no more than the headpoint."""
    days = range(first, first + 20)
    borders = gas_borders(days)
    slots, moment = range(int(borders[0]), int(borders[-1])), Inserted((first + after) * 86_400_000_000)
    whole, *parts = [resolve(one.versions, [slots], moment) for one in gas(_meter(number), days)]
    for part in parts:
        assert (part.first_slot, len(part)) == (whole.first_slot, len(whole))
        assert (part.states == whole.states).all()
    assert (whole.values >= sum(part.values for part in parts)).all()


def test_sites_have_one_or_two_submeters() -> None:
    """E9: below the headpoint hang one or two submeters of offtake, numbered from 1, in kWh, with EANs of their own."""
    counts, eans = set(), set()
    for number in range(200):
        below = _below(number)
        counts.add(len(below))
        eans |= {one.ean for one in below}
        assert [one.seq_number for one in below] == [str(place + 1) for place in range(len(below))]
        assert {one.direction for one in below} == {Direction.OFFTAKE}
        assert all(one.vreg_id is None and one.installation is None for one in below)
        assert all(one.ean.startswith("541498") and len(one.ean) == 18 for one in below)
    assert counts == {1, 2}
    assert 250 < len(eans) < 350


def test_a_submeter_measures_a_real_part() -> None:
    """S4: over a year submeters have something, and leave something."""
    days = range(19_723, 19_723 + 366)
    for number in range(12):
        whole, *parts = [
            resolve(one.versions, [range(460_000, 500_000)], EVER).values.sum()
            for one in gas(_meter(number), days)
        ]
        assert all(0.005 * whole < part for part in parts)
        assert sum(parts) < 0.97 * whole


def test_submeters_are_offtake_in_kwh() -> None:
    """E9: a submeter has the register and the states of its headpoint."""
    for one in gas(_meter(5), range(19_800, 19_900)):
        assert one.versions.registers == (Register(Direction.OFFTAKE, RegisterKind.TOTAL),)
        assert set(np.unique(one.versions.states).tolist()) <= {State.VAL, State.NVAL}


def test_a_submeter_leads_to_its_headpoints() -> None:
    """E6: from the EAN of a submeter one finds the headpoints below which it hangs, for days and hours."""
    for number in range(100):
        for below in _below(number):
            assert gas_headpoints_of_submeter(below.ean) == (_meter(number, DAYS).ean, _meter(number).ean)


@pytest.mark.parametrize(
    "ean",
    [
        "541498000000000000",  # submeters count from 1
        "541498000000000003",
        "541498000000000019",
        "541498100000000001",
        "541499000000000001",
        "541451012000000001",
    ],
)
def test_other_eans_are_of_no_submeter(ean: str) -> None:
    """E6: any other EAN, also one that looks like a submeter's, leads nowhere."""
    assert gas_headpoints_of_submeter(Ean(ean)) == ()


def test_a_site_with_one_submeter_has_no_second() -> None:
    """E6: the second EAN of a site that has one submeter leads nowhere."""
    for number in range(40):
        second = Ean(f"54149800000000{number:03d}2")
        assert bool(gas_headpoints_of_submeter(second)) == (len(_below(number)) == 2)
