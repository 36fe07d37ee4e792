"""What the doctor looks at, and what it finds (K5)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from kwartier.client.errors import KwartierError
from kwartier.client.gaps import Gap
from kwartier.client.mandates import Mandate
from kwartier.domain.period import Period

__all__ = ["Finding", "Found", "Observed", "Question", "Topic", "Weight"]


class Topic(Enum):
    """What a finding is about, in the order in which one looks."""

    NETWORK = "network"
    GEOGRAPHY = "geography"
    CREDENTIALS = "credentials"
    QUOTA = "quota"
    SERVER = "server"
    REQUEST = "request"
    SUBMETER = "submeter"
    MANDATE = "mandate"
    STATUS = "status"
    GRANULARITY = "granularity"
    PERIOD = "period"
    CONTRACT = "contract"
    DELAY = "delay"
    READINGS = "readings"


class Weight(Enum):
    """How much a finding matters."""

    FINE = "fine"
    WAIT = "wait"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was found.

    Attributes:
        topic: what it is about.
        weight: how much it matters.
        what: in words for the user.
        remedy: what to do about it; empty: nothing.
    """

    topic: Topic
    weight: Weight
    what: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks for and does not get.

    Attributes:
        ean: of the headpoint, as he says.
        period: of reading, with an end.
        granularity: as on the wire; None: whatever is granted.
    """

    ean: str
    period: Period
    granularity: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a question.

    Attributes:
        values: how many.
        newest_end: when the newest interval with a value ends.
        gaps: intervals without one, of what was granted and is over.
    """

    values: int
    newest_end: datetime | None = None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What was seen.

    Attributes:
        moment: now; in a sandbox that of its clock, where an answer told it.
        is_sandbox: whether the environment is one.
        secret_until: when the client secret ends, as far as the user told.
        refused: what listing the mandates ended with; None: it went well.
        mandates: all that the credentials show.
        question: None: nothing is asked but whether one gets in.
        of_ean: the mandates that fit the EAN asked for, also those that hide it (M11).
        headpoint: that of which the EAN is a submeter, if readings of other mandates show that.
        answer: what came of the question, or what it ended with.
    """

    moment: datetime
    is_sandbox: bool
    secret_until: datetime | None = None
    refused: KwartierError | None = None
    mandates: tuple[Mandate, ...] = ()
    question: Question | None = None
    of_ean: tuple[Mandate, ...] = ()
    headpoint: str | None = None
    answer: Found | KwartierError | None = field(default=None)
