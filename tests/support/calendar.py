"""The calendar counted by hand, month by month: what the rules of terms are held against."""

from datetime import UTC, datetime, time, timedelta

from support.domain import BRUSSELS

__all__ = ["naive_expiration", "naive_later"]


def naive_later(moment: datetime, months: int) -> datetime:
    """So many months later, or earlier, at the same time on the wall; at the end of a month that is shorter."""
    """Some months on in Brussels: count the months one by one, then take a day that exists."""
    wall = moment.astimezone(BRUSSELS)
    year, month = wall.year, wall.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    for day in (wall.day, 30, 29, 28):
        try:
            return wall.replace(year=year, month=month, day=day, fold=0).astimezone(UTC)
        except ValueError:
            continue
    raise AssertionError


def naive_expiration(moment: datetime) -> datetime:
    """Three years on, at the next midnight in Brussels."""
    then = naive_later(moment, 36).astimezone(BRUSSELS)
    midnight = datetime.combine(then.date(), time(), BRUSSELS)
    if then.time() != time():
        midnight = datetime.combine(then.date() + timedelta(days=1), time(), BRUSSELS)
    return midnight.astimezone(UTC)
