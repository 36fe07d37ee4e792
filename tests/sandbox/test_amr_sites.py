import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.domain.metering import Direction, State
from kwartier.sandbox.amr_site import amr_site
from kwartier.sandbox.eans import Submeter
from support.amr import (
    OFFTAKE,
    OTHER,
    PRODUCED_INJECTION,
    PRODUCED_OFFTAKE,
    SITES,
    came_in,
    day,
    first_days,
    known,
    numbers,
    own_and_net,
    total,
)
from support.examples import examples


@settings(deadline=None, max_examples=examples(60))
@given(st.sampled_from(list(SITES)), numbers, first_days, st.integers(1, 12))
def test_a_site_balances_at_every_quarter_hour(offtake: str, number: int, first: int, count: int) -> None:
    """S4, M7: production - auxiliary - own use = injection - offtake, of which one is always nothing."""
    days = range(first, first + count)
    submeter = Submeter.NONE if offtake == OFFTAKE else Submeter.PRODUCTION
    taken, given_ = known(offtake, number, days), known(SITES[offtake], number, days)
    own, net = own_and_net(submeter, number, days)
    if submeter is Submeter.PRODUCTION:  # what its submeters say is what it makes
        net = -own
        for (_, direction), series in given_.items():
            if direction is not Direction.INJECTION:
                net += total(series) if direction is Direction.PRODUCTION else -total(series)
    readings = [*taken.values(), *given_.values()]
    read = np.ones(net.size, np.bool_)  # some estimates stay for ever
    for series in readings:
        read &= (series.states == State.VAL).all(axis=0)
    injection, offtaken = total(given_["", Direction.INJECTION]), total(taken["", Direction.OFFTAKE])
    assert (injection - offtaken == net)[read].all()
    assert not (injection * offtaken)[read].any()
    assert read.mean() > 0.5 or count < 6


@pytest.mark.parametrize("number", range(0, 1000, 53))
def test_offtake_and_injection_share_their_submeters(number: int) -> None:
    """S4, E9: EANs of one site have the same submeters, and these the same versions, under offtake and injection."""
    days = range(day("2024-05-01"), day("2024-05-09"))
    below = [
        [point for point in came_in(prefix, number, days) if point.meter is not None]
        for prefix in (PRODUCED_OFFTAKE, PRODUCED_INJECTION)
    ]
    assert [one.meter for one in below[0]] == [one.meter for one in below[1]] != []
    for one, other in zip(*below, strict=True):
        for name in ("slots", "inserted_us", "values", "states"):
            assert (getattr(one.versions, name) == getattr(other.versions, name)).all()


@settings(deadline=None, max_examples=examples(40))
@given(numbers, first_days)
def test_submeters_of_offtake_are_parts_of_the_whole(number: int, first: int) -> None:
    """S4, E9: one to three submeters of offtake, of the site's own use, together never more than the headpoint."""
    found = known(OTHER, number, range(first, first + 5))
    whole = found.pop(("", Direction.OFFTAKE))
    assert [name for name, _ in found] == [str(place + 1) for place in range(len(found))]
    assert 1 <= len(found) <= 3
    assert {direction for _, direction in found} == {Direction.OFFTAKE}
    read = np.all([(series.states == State.VAL).all(axis=0) for series in [whole, *found.values()]], axis=0)
    parts = np.sum([total(series) for series in found.values()], axis=0)
    assert (parts <= total(whole))[read].all()
    assert sum(int(total(series).sum()) for series in found.values()) > 0


def test_all_points_of_a_site_come_in_together() -> None:
    """S4: what is known of headpoint and submeters is of the same moments, so the balance holds at each of them."""
    days = range(day("2023-01-01"), day("2023-07-01"))
    for number in (0, 203, 433, 777):
        points = [*came_in(PRODUCED_OFFTAKE, number, days), *came_in(PRODUCED_INJECTION, number, days)]
        assert len({point.versions.inserted_us.tobytes() for point in points}) == 1
        assert len({point.versions.states[0].tobytes() for point in points}) == 1
        assert set(np.unique(points[0].versions.states).tolist()) == {State.VAL, State.NVAL}


def test_reactive_energy_goes_with_the_active_energy() -> None:
    """E8: a headpoint counts reactive energy in the direction of its active energy alone, of one kind at a time."""
    days = range(day("2024-06-01"), day("2024-06-15"))
    kinds_seen = set()
    for number in (1, 7, 26, 45, 160, 420, 610):
        for prefix in (PRODUCED_OFFTAKE, PRODUCED_INJECTION):
            (series, *_) = known(prefix, number, days).values()
            sure = (series.states == State.VAL).all(axis=0)
            active, inductive, capacitive = series.values[:, sure]
            assert not (inductive * capacitive).any()
            if prefix == PRODUCED_INJECTION:
                assert not (inductive + capacitive)[active == 0].any()
            kinds_seen |= {"inductive"} if inductive.any() else set()
            kinds_seen |= {"capacitive"} if capacitive.any() else set()
    assert kinds_seen == {"inductive", "capacitive"}


def test_the_power_factor_is_that_of_the_archetype() -> None:
    """E8: where much is on, energy is inductive by the archetype's cosine; a school at night gives capacitive energy."""
    days = range(day("2024-01-08"), day("2024-01-20"))
    for number in range(20, 40):
        site = amr_site(Submeter.OTHER, number)
        series = known(OTHER, number, days)["", Direction.OFFTAKE]
        active, inductive, capacitive = series.values
        busy = active > np.quantile(active, 0.9)
        given_ = site.load.most * site.step_wh * site.archetype.capacitive / 100
        tangent = (inductive - capacitive + given_)[busy].sum() / active[busy].sum()
        assert np.cos(np.arctan(tangent)) * 100 == pytest.approx(site.archetype.power_factor, abs=1.5)
    (series, *_) = known(OTHER, 21, days).values()
    assert series.values[1, 40] > 0 == series.values[2, 40]
    assert series.values[1, 8] == 0 < series.values[2, 8]


def test_sites_differ() -> None:
    """S3, S4: another number, or another submeter digit, is another site."""
    days = range(day("2024-05-06"), day("2024-05-08"))
    found = [
        came_in(prefix, number, days)[0].versions.values[0].tobytes()
        for prefix in (OFFTAKE, PRODUCED_OFFTAKE, OTHER)
        for number in range(60, 78)
        if prefix != PRODUCED_OFFTAKE or number < 70
    ]
    assert len(set(found)) == len(found) == 46
    seeds = {amr_site(kind, number).seed for kind in Submeter for number in range(1000)}
    assert len(seeds) == 3000
