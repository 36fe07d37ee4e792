"""What people do when: curves over the hours of a day, and tables that turn bits into chance.

Every table is made of whole numbers, 256 being one.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["HOURLY_SWING", "activity", "awake", "by_quarter", "daily_swing_dc", "skewed"]

# How busy a household is on the hour, of which 100 is the mean of a week; the rows are `HouseholdDay`.
_ACTIVITY: Final = (
    # 0   1   2   3   4   5    6    7    8   9  10  11   12   13  14  15   16   17   18   19   20   21   22  23
    (28, 16, 12, 10, 10, 18, 90, 150, 90, 45, 40, 42, 55, 50, 45, 55, 110, 190, 260, 250, 215, 185, 130, 65),
    (28, 16, 12, 10, 10, 14, 70, 140, 130, 115, 110, 120, 160, 120, 105, 110, 140, 190, 250, 240, 210, 180, 130, 65),
    (42, 26, 14, 10, 10, 12, 30, 70, 130, 165, 165, 160, 180, 150, 135, 135, 150, 195, 235, 215, 190, 175, 150, 95),
    (48, 30, 16, 10, 10, 10, 24, 55, 115, 165, 180, 205, 230, 165, 140, 135, 145, 185, 230, 210, 195, 170, 120, 60),
    (0,) * 24,
)  # fmt: skip

# How many lamps those who are at home would burn in the dark, of 100; the rows as above.
_AWAKE: Final = (
    # 0  1  2  3  4   5   6   7   8  9 10 11  12 13 14  15  16   17   18   19   20   21  22  23
    (12, 4, 2, 2, 2, 10, 60, 80, 35, 8, 5, 5, 8, 8, 8, 20, 55, 85, 100, 100, 100, 95, 70, 30),
    (12, 4, 2, 2, 2, 8, 50, 80, 60, 50, 50, 50, 55, 50, 50, 50, 65, 85, 100, 100, 100, 95, 70, 30),
    (20, 8, 3, 2, 2, 4, 15, 40, 65, 60, 55, 55, 55, 50, 50, 55, 65, 85, 100, 100, 100, 95, 80, 50),
    (22, 10, 3, 2, 2, 3, 10, 35, 60, 60, 55, 55, 60, 55, 50, 55, 65, 85, 100, 100, 100, 90, 60, 30),
    (2,) * 24,
)  # fmt: skip

HOURLY_SWING: Final = (80, 352)
"""How busy an hour may be at the least, of 256, and over how much that is spread; the mean is 256."""


def by_quarter(hours: tuple[tuple[int, ...], ...]) -> NDArray[np.int32]:
    """Curves given on the hour, drawn straight from one hour to the next, shape (rows, 96), of 256 for 100."""
    knots = np.array([(*row, row[0]) for row in hours], np.int32)
    step = np.arange(4, dtype=np.int32)
    lines = knots[:, :-1, None] * (4 - step) + knots[:, 1:, None] * step
    return (lines.reshape(len(hours), 96) * 16 // 25).astype(np.int32)


@cache
def activity() -> NDArray[np.int32]:
    """How busy a household is by `HouseholdDay` and quarter-hour, shape (5, 96); 256 is the mean of a week."""
    return by_quarter(_ACTIVITY)


@cache
def awake() -> NDArray[np.int32]:
    """Which part of its lamps a household would burn in the dark, shape (5, 96), of 256."""
    return by_quarter(_AWAKE)


@cache
def skewed() -> NDArray[np.int32]:
    """What a byte of chance makes of a busy quarter-hour, shape (256,): mostly less than the mean of 256, seldom thrice."""
    byte = np.arange(256, dtype=np.int64)
    return (96 + byte * byte // 180 + 360 * byte**6 // 255**6 * byte * byte // 255**2).astype(np.int32)


@cache
def daily_swing_dc() -> NDArray[np.int32]:
    """What a quarter-hour is warmer than the mean of its day, tenths of a degree, shape (96,)."""
    hours = (
        -24,
        -28,
        -31,
        -34,
        -36,
        -37,
        -36,
        -30,
        -20,
        -8,
        6,
        18,
        27,
        33,
        37,
        38,
        36,
        31,
        22,
        12,
        2,
        -6,
        -13,
        -19,
    )
    return np.repeat(np.array(hours, np.int32), 4)
