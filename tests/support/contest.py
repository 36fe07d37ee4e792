"""Two processes that do contradictory things at once, round after round, and what each of them was told."""

from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import Any, Final, TypeAlias

from kwartier.domain.people import Acting
from kwartier.domain.scenario import ScenarioKind, Told
from kwartier.services import credentials
from kwartier.services.errors import RevokedCredentialsError
from kwartier.services.requests import Requested, Wanted
from support.domain import brussels
from support.living import ACME, GRANULARITY, OPEN, Living

__all__ = ["EFFECTIVE", "ask", "consent", "contest", "move", "refuse", "renew", "revoke"]

Act: TypeAlias = Callable[[Living, Any], str]

EFFECTIVE: Final = brussels("2024-06-01T00:00")
_PATIENCE: Final = 60  # seconds
_LEADS: Final = 9


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


def contest(url: str, rounds: Sequence[Any], left: Act, right: Act) -> list[tuple[str, str]]:
    """Let two processes act at once in each round; what each was told.

    They begin together; so that neither always comes first, one or the other looks around for a while before it acts.
    """
    context = get_context("spawn")
    barrier = context.Barrier(2)
    pipes = [context.Pipe(duplex=False) for _ in (left, right)]
    processes = [
        context.Process(target=_play, args=(url, rounds, act, barrier, sender, place))
        for place, (act, (_, sender)) in enumerate(zip((left, right), pipes, strict=True))
    ]
    for process in processes:
        process.start()
    told = [receiver.recv() if receiver.poll(_PATIENCE) else [] for receiver, _ in pipes]
    for process in processes:
        process.join(_PATIENCE)
        process.kill()
    return list(zip(*told, strict=True))


def _play(url: str, rounds: Sequence[Any], act: Act, barrier: Barrier, sender: Any, place: int) -> None:
    live = Living(url, real_time=True)
    told = []
    for number, round_ in enumerate(rounds):
        lead = number % _LEADS if place == 0 else _LEADS - 1 - number % _LEADS
        barrier.wait(_PATIENCE)
        for _ in range(lead):
            live.organisations.find(ACME)
        told.append(act(live, round_))
    sender.send(told)
    live.close()
