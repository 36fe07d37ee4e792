"""For how long may be waited, as those know it who wait."""

from contextvars import copy_context

import pytest

from kwartier.patience import give, seconds_left, within


def left() -> float:
    """The seconds that are left, of which it is known."""
    seconds = seconds_left()
    assert seconds is not None
    return seconds


def test_who_waits_inside_has_no_more_time_than_was_said_around_him() -> None:
    """C6: of two bounds the nearer counts, whichever was said first; afterwards that around counts again."""
    assert seconds_left() is None
    with within(100):
        with within(1000):
            assert left() <= 100
        with within(10):
            assert left() <= 10
        with within(None):
            assert left() <= 100
        assert left() > 10
    assert seconds_left() is None


def test_afterwards_the_bound_around_counts_again_also_when_it_failed() -> None:
    """C6: what failed within its time leaves no bound behind."""
    with pytest.raises(InterruptedError), within(0):
        raise InterruptedError
    assert seconds_left() is None


def test_time_that_is_over_is_none_and_not_less() -> None:
    """C6: a lock or a socket takes no negative time."""
    with within(-5):
        assert left() == 0


def test_time_is_given_to_what_runs_in_a_context() -> None:
    """C6: a thread waits in the time of its request, and of no other."""
    context = copy_context()
    give(context, 10)
    assert 0 < context.run(left) <= 10
    assert seconds_left() is None
