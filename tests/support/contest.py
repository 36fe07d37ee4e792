"""Two processes that do contradictory things at once, round after round, and what each of them was told."""

from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from kwartier.domain.people import Acting
from kwartier.domain.scenario import ScenarioKind, Told
from kwartier.services import credentials
from kwartier.services.errors import RevokedCredentialsError
from kwartier.services.requests import Requested, Wanted
from support.domain import brussels
from support.living import ACME, GRANULARITY, OPEN, Living

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

__all__ = ["EFFECTIVE", "ask", "consent", "contest", "move", "refuse", "renew", "revoke"]

Act: TypeAlias = Callable[[Living, Any], str]

EFFECTIVE: Final = brussels("2024-06-01T00:00")
_PATIENCE: Final = 300  # seconds, for all rounds together
_STEP: Final = 0.000_2  # seconds


def consent(live: Living, round_: Any) -> str:
    """The grid user says yes."""
    answered = live.consents.answer(round_["token"], {1: True})
    return "unknown" if answered is None else answered[1].value


def refuse(live: Living, round_: Any) -> str:
    """The grid user says no."""
    answered = live.consents.answer(round_["token"], {1: False})
    return "unknown" if answered is None else answered[1].value


def move(live: Living, round_: Any) -> str:
    """A move is registered late."""
    done = live.scenarios.register(Told(round_["ean"], ScenarioKind.MOVE, EFFECTIVE, "Cornelis"))
    return f"cut {done.cut}, closed {done.closed}"


def renew(live: Living, round_: Any) -> str:
    """Credentials are renewed."""
    try:
        made = credentials.renew(live.database, live.hasher, round_["client_id"], live.clock())
    except RevokedCredentialsError:
        return "revoked before"
    return f"generation {made.credentials.generation}"


def revoke(live: Living, round_: Any) -> str:
    """Credentials are revoked; how often they had been renewed is told."""
    revoked = credentials.revoke(live.database, round_["client_id"], live.clock())
    return f"generation {revoked.generation}"


def ask(live: Living, round_: Any) -> str:
    """The same mandate is asked for."""
    [answer] = live.requests.ask(Acting(ACME), [Wanted(round_["ean"], GRANULARITY, OPEN)]).answers
    return "requested" if isinstance(answer, Requested) else type(answer).__name__


def contest(url: str, rounds: Sequence[Any], left: Act, right: Act, *, first: str) -> list[tuple[str, str]]:
    """Let two processes act at once in each round; what each was told.

    They begin together, but who came first looks around for longer in the rounds that follow, until the other does:
    so each comes first in some of them, at any pace of the machine, and most are close. ``first`` is what ``left`` is
    told when it was first.
    """
    context = get_context("spawn")
    barrier = context.Barrier(2)
    lead = context.Value("d", 0.0)
    pipes = [context.Pipe(duplex=False) for _ in (left, right)]
    processes = [
        context.Process(target=_play, args=(url, rounds, act, barrier, lead, judged, sender))
        for act, judged, (_, sender) in zip((left, right), (first, None), pipes, strict=True)
    ]
    for process in processes:
        process.start()
    told = [receiver.recv() if receiver.poll(_PATIENCE) else [] for receiver, _ in pipes]
    for process in processes:
        process.join(_PATIENCE)
        process.kill()
    return list(zip(*told, strict=True))


def _play(
    url: str,
    rounds: Sequence[Any],
    act: Act,
    barrier: Barrier,
    lead: "Synchronized[float]",
    first: str | None,
    sender: Any,
) -> None:
    """One side's rounds. ``lead`` is how many seconds the right side is given (below 0: the left one)."""
    live = Living(url, real_time=True)
    told: list[str] = []
    balance = _Balance(lead)
    for round_ in rounds:
        barrier.wait(_PATIENCE)
        given = lead.value if first is not None else -lead.value
        until = perf_counter() + given
        while perf_counter() < until:
            live.organisations.find(ACME)
        told.append(act(live, round_))
        barrier.wait(_PATIENCE)
        if first is not None:
            balance.tell(left_first=told[-1] == first)
    sender.send(told)
    live.close()


class _Balance:
    """Shifts the lead against who came first: by twice as much while it is the same one, else by little again."""

    def __init__(self, lead: "Synchronized[float]") -> None:
        self._lead = lead
        self._step = _STEP
        self._left_first: bool | None = None

    def tell(self, *, left_first: bool) -> None:
        self._step = self._step * 2 if left_first is self._left_first else _STEP
        self._left_first = left_first
        self._lead.value += self._step if left_first else -self._step
