"""The special models: which fictitious meters show something out of the ordinary, and when (S4).

The last two digits of an EAN say it: 00 to 79 are ordinary, 80 to 99 show each one thing, the same in every hundred of
every kind of meter where it makes sense. The dates recur every month or every year, so that nothing depends on when one
looks. Apart from what it shows a special meter is calm: each day comes in at 06:00 UTC of the next, as a reading.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from kwartier.domain.metering import EnergyType, MeterType
from kwartier.sandbox.eans import Directions, MeterKind, SandboxMeter
from kwartier.sandbox.spans import Span

__all__ = [
    "ABOUT",
    "FIRST_SPECIAL",
    "SPECIALS",
    "Effect",
    "Special",
    "Where",
    "special_of",
    "special_rows",
]

ABOUT: Final = """\
The last two digits of a sandbox EAN say whether the meter shows something special: `00` to `79` are ordinary meters,
`80` to `99` show one thing each, in the table below. It is the same for every prefix and in every hundred (so for every
installation with production): `541440010000000085`, `541440110000000185` and `541450211000000685` all come in as in the
guide's example of `insertTime`. Where the thing makes no sense for a kind of meter, the number is an ordinary one.

Apart from what it shows a special meter is calm, so that you can say beforehand what your program must see: each day
comes in at 06:00 UTC of the next, with readings (`READ`, `VAL`), without estimates. All meters of a site, submeters
too, show the same thing at the same time.

Dates and times are those of Belgian clocks, except moments at which something comes in (UTC). They recur every month or
every year; what is true of one year is true of all. A day of gas begins at 06:00: where whole days are named, those of
gas are gas days.

What a client sees, apart from the values themselves:

- An interval without a value is left out of the answer, and a day of which an interval is missing is left out of the
  daily values.
- What is put right comes in again: it is found by `insertTime` at the later moment, and by `readTime` from then on
  instead of what was there.
- What is withdrawn is gone from `readTime`, and never found by `insertTime`: only reading again tells.
- After a meter exchange `physicalMeters` has two meters, each with its part, and the day of the exchange is the sum of
  the two daily values.
- A meter that starts on 1 April or ends on 30 September does so every year: in each year it has nothing before, or
  after. So there is one of both to be seen whenever you look.
"""
"""What a reader of the table must know, as Markdown."""

FIRST_SPECIAL: Final = 80
"""Of the last two digits: those before it are ordinary meters."""


class Where(Enum):
    """For which kinds of meter a special model makes sense."""

    EVERY = "every kind"
    DIGITAL = "digital"
    DIGITAL_GAS = "digital gas"
    SEVERAL_REGISTERS = "digital electricity with injection, AMR electricity"

    def includes(self, kind: MeterKind) -> bool:
        """Whether a kind of meter has it."""
        electricity = kind.energy_type is EnergyType.ELECTRICITY
        match self:
            case Where.EVERY:
                return True
            case Where.DIGITAL:
                return kind.meter_type is MeterType.DIGITAL
            case Where.DIGITAL_GAS:
                return kind.meter_type is MeterType.DIGITAL and not electricity
            case Where.SEVERAL_REGISTERS:
                return electricity and (
                    kind.meter_type is MeterType.AMR or kind.directions is Directions.BOTH
                )


class Effect(Enum):
    """What a special model does with readings, or with their arrival."""

    NOTHING = "nothing but being calm"
    ABSENT = "never comes in"
    PARTIAL = "the last register never comes in"
    ESTIMATED = "comes in as an estimate"
    SPIKE = "comes in a hundred times too large"
    WITHDRAWN = "is withdrawn"
    HELD = "comes in together, after the last day"
    WEEKLY = "comes in by the week"
    AT_THE_LATEST = "comes in when the 72 hours are nearly over"
    EXCHANGED = "goes on on another meter"


@dataclass(frozen=True, slots=True)
class Special:
    """A special model.

    Attributes:
        number: the last two digits of the EAN.
        shows: one sentence for who uses it.
        span: of what the effect is; None: of everything.
        later_days: what comes in again, or is withdrawn, so many days after it first came in; of what is held, how many
            days after the last it comes in.
        scale: by which all values are multiplied.
    """

    number: int
    name: str
    shows: str
    effect: Effect = Effect.NOTHING
    span: Span | None = None
    later_days: int | None = None
    scale: int = 1
    where: Where = Where.EVERY


SPECIALS: Final = (
    Special(
        80, "a gap of hours", "six hours never come in",
        Effect.ABSENT, Span(days=(10, 10), hours=(9, 15)),
    ),
    Special(81, "a gap of days", "three days never come in", Effect.ABSENT, Span(days=(12, 14))),
    Special(82, "a gap of a month", "two months a year never come in", Effect.ABSENT, Span((2, 8))),
    Special(
        83, "a gap around the change of clock", "the night of 23 or 25 hours has a hole, through its odd hour",
        Effect.ABSENT, Span((3, 10), hours=(1, 6), last_sunday=True),
    ),
    Special(
        84, "weeks", "Monday to Sunday come in together on the Monday after: later than the 72 hours",
        Effect.WEEKLY,
    ),
    Special(
        85, "the guide's example", "three days come in together on the 5th, as in the guide's table of `insertTime`; "
        "the 1st on the 2nd, the 5th on the 6th",
        Effect.HELD, Span(days=(2, 4)), later_days=1,
    ),
    Special(
        86, "as late as promised", "each day comes in at 21:00 UTC of the third after it: the 72 hours are nearly over",
        Effect.AT_THE_LATEST,
    ),
    Special(
        87, "a late month", "the whole month comes in together on the 10th of the next: later than the 72 hours",
        Effect.HELD, Span((5, 11)), later_days=10,
    ),
    Special(
        88, "estimates put right", "three days come in estimated (`EST`, AMR: `NVAL`), and five days later as readings",
        Effect.ESTIMATED, Span(days=(16, 18)), later_days=5,
    ),
    Special(
        89, "estimates that stay", "two days stay estimated (`EST`, AMR: `NVAL`) for ever",
        Effect.ESTIMATED, Span(days=(20, 21)),
    ),
    Special(
        90, "a wrong value put right", "an hour comes in a hundred times too large, as a reading, and right a week later",
        Effect.SPIKE, Span(days=(8, 8), hours=(12, 13)), later_days=7,
    ),
    Special(
        91, "a withdrawn day", "a day comes in, and is withdrawn five days later: no value from then on",
        Effect.WITHDRAWN, Span(days=(23, 23)), later_days=5,
    ),
    Special(
        92, "a register without value", "injection (AMR: capacitive energy) never comes in, the others do",
        Effect.PARTIAL, Span(days=(25, 25), hours=(10, 16)), where=Where.SEVERAL_REGISTERS,
    ),
    Special(
        93, "a meter exchange in spring", "one physical meter ends in mid-day, the next begins",
        Effect.EXCHANGED, Span((3,), (15, 15), (11, 11)), where=Where.DIGITAL,
    ),
    Special(
        94, "a meter exchange in autumn", "one physical meter ends in mid-day, the next begins",
        Effect.EXCHANGED, Span((9,), (15, 15), (11, 11)), where=Where.DIGITAL,
    ),
    Special(95, "all zero", "all values are 0.000: that is a reading, not a gap", scale=0),
    Special(96, "very large", "all values are 1,234,567 times those of an ordinary meter", scale=1_234_567),
    Special(97, "started", "no values before 1 April, each year", Effect.ABSENT, Span((1, 2, 3))),
    Special(98, "ended", "no values after 30 September, each year", Effect.ABSENT, Span((10, 11, 12))),
    Special(
        99, "provisional becomes definitive", "energy comes in with conversion factor `P`, and again with `D` after the "
        "month, as on every digital gas meter; nothing else happens", where=Where.DIGITAL_GAS,
    ),
)  # fmt: skip
"""The special models, in order of their number."""

_BY_NUMBER: Final = {special.number: special for special in SPECIALS}


def special_of(meter: SandboxMeter) -> Special | None:
    """What a meter shows; None: it is an ordinary one."""
    special = _BY_NUMBER.get(meter.number % 100)
    return special if special is not None and special.where.includes(meter.kind) else None


def special_rows() -> list[tuple[str, ...]]:
    """The table for people: a row of headings, then one per model."""
    rows: list[tuple[str, ...]] = [("last two digits", "model", "what it shows", "when", "kinds of meter")]
    for one in SPECIALS:
        when = "always" if one.span is None else str(one.span)
        rows.append((f"{one.number:02}", one.name, one.shows, when, one.where.value))
    return rows
