"""What was delivered laid over what follows from other readings."""

from typing import Final, TypeAlias

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kwartier.domain.days import Grid
from kwartier.domain.metering import Direction, Register, RegisterKind, State
from kwartier.domain.overlay import overlaid
from kwartier.domain.resolve import Inserted, resolve
from kwartier.domain.series import Versions

DAY: Final = Register(Direction.OFFTAKE, RegisterKind.DAY)
NIGHT: Final = Register(Direction.OFFTAKE, RegisterKind.NIGHT)
SLOTS: Final = 3

Said: TypeAlias = tuple[int, int, int, int]
"""Slot, moment, value, state."""


def versions(said: list[Said], register: Register = DAY) -> Versions:
    """What one source says of one register."""
    rows = sorted(said, key=lambda one: one[1])
    return Versions(
        Grid.DAY,
        (register,),
        np.array([one[0] for one in rows], np.int64),
        np.array([one[1] for one in rows], np.int64),
        np.array([[one[2] for one in rows]], np.int64),
        np.array([[one[3] for one in rows]], np.uint8),
    )


def told(laid: Versions, since: int | None = None, before: int = 100) -> dict[int, tuple[int, int]]:
    """What stands of the first register, by slot: value and state."""
    series = resolve(laid, [range(SLOTS)], Inserted(before, since))
    return {
        series.first_slot + column: (int(series.values[0, column]), int(series.states[0, column]))
        for column in range(len(series))
        if series.states[0, column] != State.SILENT
    }


def test_the_newer_of_two_sources_wins() -> None:
    """R2: what was delivered and what follows are versions of one thing; of one moment what was delivered wins."""
    derived = versions([(0, 1, 10, State.READ), (1, 5, 11, State.READ), (2, 5, 12, State.READ)])
    delivered = versions([(0, 3, 20, State.READ), (1, 3, 21, State.READ), (2, 5, 22, State.READ)])
    found = told(overlaid([derived, delivered]))
    assert {slot: value for slot, (value, _) in found.items()} == {0: 20, 1: 11, 2: 22}


def test_what_follows_comes_in_again_when_the_delivered_is_withdrawn() -> None:
    """R3: the newest values that were not withdrawn come back, as new versions, whichever source has them."""
    derived, delivered = (
        versions([(0, 1, 10, State.EST)]),
        versions([(0, 3, 20, State.READ), (0, 7, 0, State.WITHDRAWN)]),
    )
    laid = overlaid([derived, delivered])
    assert told(laid, before=7) == {0: (20, State.READ)}
    assert told(laid, since=7) == told(laid) == {0: (10, State.EST)}


def test_what_was_delivered_comes_in_again_when_what_it_was_replaced_by_is_withdrawn() -> None:
    """R3: a delivered day is kept; quarter-hours that are taken back take nothing of it along."""
    derived, delivered = (
        versions([(0, 5, 10, State.READ), (0, 7, 0, State.WITHDRAWN)]),
        versions([(0, 3, 20, State.READ)]),
    )
    laid = overlaid([derived, delivered])
    assert told(laid, before=7) == {0: (10, State.READ)}
    assert told(laid, since=7) == told(laid) == {0: (20, State.READ)}


def test_where_anothers_value_stood_nothing_comes_in_again() -> None:
    """R3: what is taken back and did not stand leaves what stands as it was: no newer version of it."""
    derived, delivered = (
        versions([(0, 5, 10, State.READ)]),
        versions([(0, 3, 20, State.READ), (0, 7, 0, State.WITHDRAWN)]),
    )
    for parts in ([derived, delivered], [delivered, derived]):
        laid = overlaid(parts)
        assert told(laid) == {0: (10, State.READ)}
        assert told(laid, since=7) == {}


def test_what_all_withdraw_is_withdrawn() -> None:
    """R1: there is no value where no source has one, in whichever order they took it back."""
    one = versions([(0, 1, 10, State.READ), (0, 7, 0, State.WITHDRAWN), (1, 1, 11, State.READ)])
    other = versions([(0, 3, 20, State.READ), (0, 7, 0, State.WITHDRAWN), (1, 9, 0, State.WITHDRAWN)])
    for parts in ([one, other], [other, one]):
        assert told(overlaid(parts)) == {0: (0, State.WITHDRAWN), 1: (11, State.READ)}


def test_a_register_is_brought_back_alone() -> None:
    """R1: what is said of one register says nothing of another."""
    derived = versions([(0, 1, 10, State.READ)], NIGHT)
    delivered = versions([(0, 3, 20, State.READ), (0, 7, 0, State.WITHDRAWN)])
    laid = overlaid([delivered, derived])
    assert told(laid) == {0: (0, State.WITHDRAWN)}
    assert laid.registers == (DAY, NIGHT)


_STATES: Final = st.sampled_from([State.SILENT, State.WITHDRAWN, State.READ, State.EST])
_SAID: Final = st.lists(
    st.tuples(st.integers(0, SLOTS - 1), st.integers(1, 6), st.integers(1, 99), _STATES),
    max_size=12,
    unique_by=lambda one: one[:2],
)


@given(parts=st.lists(_SAID, min_size=2, max_size=3))
def test_any_sources_give_what_a_list_of_their_words_gives(parts: list[list[Said]]) -> None:
    """R1, R2, R3: what stands is the newest word that has a value, or that there is none if somebody took one back."""
    laid = overlaid([versions(part) for part in parts])
    for before in range(1, 8):
        expected: dict[int, tuple[int, int]] = {}
        for slot in range(SLOTS):
            spoken = [
                [said for said in part if said[0] == slot and said[1] < before and said[3]] for part in parts
            ]
            # Of each source its last word, in order; of one moment the later source comes last.
            last = sorted((max(said, key=_moment) for said in spoken if said), key=_moment)
            valued = [said for said in last if said[3] != State.WITHDRAWN]
            if last:
                expected[slot] = valued[-1][2:] if valued else (0, State.WITHDRAWN)
        found = told(laid, before=before)
        assert found.keys() == expected.keys()
        for slot, (value, state) in expected.items():
            assert found[slot] == (value if state != State.WITHDRAWN else found[slot][0], state)


def _moment(said: Said) -> int:
    return said[1]
