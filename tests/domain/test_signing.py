from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwartier.domain.signing import (
    CLOCK_SKEW,
    MAX_TOKEN_LIFETIME,
    KeyTerm,
    is_due,
    signer,
    succeeded,
    verifying,
)
from support.domain import SECOND, brussels

BEGIN = brussels("2026-05-06T10:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGE = 90 * DAY


def test_the_last_to_begin_signs() -> None:
    """C1: of the keys that began to sign, the last one does; the next one waits, published."""
    old, new, next_ = KeyTerm("old", BEGIN), KeyTerm("new", BEGIN + HOUR), KeyTerm("next", BEGIN + DAY)
    terms = [new, next_, old]
    assert signer(terms, BEGIN - SECOND) is None
    assert signer(terms, BEGIN) == old
    assert signer(terms, BEGIN + HOUR - SECOND) == old
    assert signer(terms, BEGIN + HOUR) == new
    assert signer(terms, BEGIN + DAY) == next_
    assert verifying(terms, BEGIN) == [next_, new, old]


def test_a_key_verifies_until_its_last_token_has_ended() -> None:
    """C1: an old key verifies for the longest life of a token after the next began to sign, and the skew of clocks."""
    term = succeeded(KeyTerm("old", BEGIN), BEGIN + DAY)
    end = BEGIN + DAY + HOUR + timedelta(seconds=60)
    assert term.verifies_until == end
    assert (term.verifies(end - SECOND), term.verifies(end)) == (True, False)
    assert verifying([term, KeyTerm("new", BEGIN + DAY)], end) == [KeyTerm("new", BEGIN + DAY)]


@pytest.mark.parametrize(
    ("ages", "due"),
    [
        ([], True),
        ([timedelta(0)], False),
        ([AGE - SECOND], False),
        ([AGE], True),
        ([AGE, timedelta(0)], False),
    ],
)
def test_the_next_key_is_due_by_age(ages: list[timedelta], due: bool) -> None:  # noqa: FBT001 - a case
    """C1: the next key is due when the last one has signed for as long as a key may, and only once."""
    terms = [KeyTerm(str(number), BEGIN - age) for number, age in enumerate(ages)]
    assert is_due(terms, AGE, BEGIN) is due


@given(st.lists(st.integers(0, 86_400), min_size=1, max_size=6, unique=True), st.integers(0, 90_000))
def test_a_token_never_outlives_its_key(begins: list[int], granted: int) -> None:
    """C1: whenever a token was granted, its key verifies up to the token's end, also by a clock that is behind."""
    starts = [BEGIN + timedelta(seconds=seconds) for seconds in sorted(begins)]
    terms = [succeeded(KeyTerm(str(a), a), b) for a, b in pairwise(starts)]
    terms.append(KeyTerm(str(starts[-1]), starts[-1]))
    moment = BEGIN + timedelta(seconds=granted)
    signs = signer(terms, moment)
    assert (signs is None) == (moment < starts[0])
    if signs is not None:
        assert signs.verifies(moment + MAX_TOKEN_LIFETIME - SECOND + CLOCK_SKEW)
