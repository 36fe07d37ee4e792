"""What a market scenario means to a mandate that was given before it was registered (M5)."""

from collections.abc import Sequence
from datetime import datetime

from kwartier.domain.mandate import Fact, Phase, Status, UseEnded
from kwartier.domain.scenario import Scenario, ends_use_of
from kwartier.domain.timeline import timeline

__all__ = ["given_at", "use_ended_by"]


def given_at(phases: Sequence[Phase]) -> datetime:
    """When a mandate was approved, or asked for if it never was."""
    return next((one.start for one in phases if one.status is Status.APPROVED), phases[0].start)


def use_ended_by(
    scenario: Scenario,
    history: Sequence[Fact],
    phases: Sequence[Phase],
    status: Status,
    given_by: str | None,
) -> UseEnded | None:
    """What is written of a mandate when a scenario is registered; None: it changes nothing of it.

    Args:
        scenario: what happened.
        history: of the mandate.
        phases: its timeline.
        status: how it stands at the registration.
        given_by: under which grid user it was given; None: nobody knew.
    """
    if status not in {Status.REQUESTED, Status.APPROVED}:
        return None
    if not ends_use_of(scenario, given_at(phases), given_by):
        return None
    told = UseEnded(scenario.registered_at, scenario.effective, scenario.kind)
    # One that is Requested may yet be Approved, and is cut short then.
    if status is Status.APPROVED and timeline([*history, told]) == tuple(phases):
        return None
    return told
