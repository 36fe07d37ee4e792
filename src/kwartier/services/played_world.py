"""What a sandbox plays around mandates: whose the EANs are, what the market does, how far the contract is (M5, I5, I6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kwartier.db.engine import Database
from kwartier.domain.ean import Ean
from kwartier.domain.ending_use import use_ended_by
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.played import GridUserTold, PlayedContract, grid_user_at
from kwartier.domain.scenario import Scenario, ScenarioKind
from kwartier.domain.timeline import timeline
from kwartier.formats.headpoints_words import read_who
from kwartier.registry import played
from kwartier.registry.histories import histories
from kwartier.services.errors import WrongMandateError
from kwartier.services.mandates import told_by
from kwartier.services.played import (
    PlayedMandate,
    holder_in_sandbox,
    moment_of,
    organisation_in_sandbox,
    standing_now,
    write,
)
from kwartier.wire.timestamps import write_timestamp

__all__ = ["PlayedHeadpoint", "PlayedWorld"]

_MAX_TOLD: Final = 10_000


@dataclass(frozen=True, slots=True)
class PlayedHeadpoint:
    """Whose an EAN is.

    Attributes:
        grid_user: an enterprise number or a name; None: nobody, or nobody knows.
        own: whether it is the client's own organisation.
    """

    ean: Ean
    grid_user: str | None
    own: bool


class PlayedWorld:
    """What is said of EANs in the sandboxes of a database. All moments are those of the client's clock (A3)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def headpoints(self, client_id: str, now: datetime) -> list[PlayedHeadpoint]:
        """The EANs of which something was said; all others are the client's own."""
        with self._database.reading() as connection:
            moment = moment_of(connection, client_id, now)
            organisation = organisation_in_sandbox(connection, client_id)
            told = played.told(connection, client_id)
        found = []
        for ean in sorted({one.ean for one in told}):
            user = grid_user_at(moment, [one for one in told if one.ean == ean], organisation)
            found.append(PlayedHeadpoint(ean, user, user == organisation))
        return found

    def give(self, client_id: str, ean: Ean, grid_user: str | None, now: datetime) -> PlayedHeadpoint:
        """Let somebody be the grid user of an EAN, for what is asked from now on.

        Args:
            client_id: in whose sandbox.
            ean: one of the sandbox.
            grid_user: an enterprise number or a name; None: the client's own organisation.
            now: real time.

        Raises:
            InvalidValueError: the EAN is none of the sandbox, or too much was said already.
        """
        told_by(ean)
        with self._database.writing(holder_in_sandbox(client_id)) as connection:
            organisation = organisation_in_sandbox(connection, client_id)
            user = organisation if grid_user is None else read_who(grid_user)
            _check_room(len(played.told(connection, client_id)))
            said = GridUserTold(ean, moment_of(connection, client_id, now), user)
            played.tell(connection, client_id, [said])
        return PlayedHeadpoint(ean, user, user == organisation)

    def scenarios(self, client_id: str, now: datetime) -> list[Scenario]:
        """The market scenarios that were registered, the first first."""
        with self._database.reading() as connection:
            moment = moment_of(connection, client_id, now)
            told = played.told(connection, client_id)
        return [one for one in told if isinstance(one, Scenario) and one.registered_at <= moment]

    def register(
        self,
        client_id: str,
        ean: Ean,
        kind: ScenarioKind,
        now: datetime,
        *,
        effective: datetime | None = None,
        grid_user: str | None = None,
    ) -> list[PlayedMandate]:
        """Let something happen in the market; the client's mandates for the EAN as they stand then (M5).

        Args:
            client_id: in whose sandbox.
            ean: one of the sandbox.
            kind: what happens.
            now: real time, at which it is registered.
            effective: when it happens or happened; None: now.
            grid_user: who uses the EAN from then on, if anybody is known to.

        Raises:
            InvalidValueError: the EAN is none of the sandbox, nobody or the same one comes, or too much was said.
            WrongMandateError: it is registered already, or a mandate has later facts than the clock shows.
        """
        told_by(ean)
        holder = holder_in_sandbox(client_id)
        with self._database.writing(holder) as connection:
            moment = moment_of(connection, client_id, now)
            told = played.told(connection, client_id)
            _check_room(len(told))
            happens = effective or moment
            about = [one for one in told if one.ean == ean]
            # What happens later is not yet so then.
            earlier = [one for one in about if not isinstance(one, Scenario) or one.effective < happens]
            organisation = organisation_in_sandbox(connection, client_id)
            before = grid_user_at(moment, earlier, organisation)
            comer = None if grid_user is None else read_who(grid_user)
            scenario = Scenario(ean, kind, happens, moment, comer, before)
            _check_new(scenario, about)
            _check_comer(scenario)
            played.tell(connection, client_id, [scenario])
            standing = []
            for one in standing_now(histories(connection, holder, ean), moment):
                fact = use_ended_by(
                    scenario, one.told, timeline(one.told), one.phase.status, one.mandate.grid_user
                )
                standing.append(one if fact is None else write(connection, client_id, one, fact))
            return standing

    def contract(self, client_id: str) -> PlayedContract:
        """How far the client's contract is played to be."""
        return played.contract_of(self._database.quick, client_id)

    def set_contract(self, client_id: str, contract: PlayedContract) -> None:
        """Play that the client's contract is so far, whatever its clock shows."""
        with self._database.writing(holder_in_sandbox(client_id)) as connection:
            played.set_contract(connection, client_id, contract)


def _check_room(said: int) -> None:
    if said >= _MAX_TOLD:
        raise InvalidValueError(f"at most {_MAX_TOLD} things are said of EANs: reset the sandbox first")


def _check_comer(scenario: Scenario) -> None:
    """Refuse that somebody comes where nobody can, or where he is already."""
    if scenario.grid_user is None:
        return
    if not scenario.kind.may_begin_use:
        raise InvalidValueError(f"gridUser: nobody comes with a {scenario.kind.value}; leave it out")
    if scenario.grid_user == scenario.grid_user_before:
        raise InvalidValueError(f"gridUser: {scenario.grid_user} is the grid user before it already")


def _check_new(scenario: Scenario, told: list[played.Told]) -> None:
    for one in told:
        same = isinstance(one, Scenario) and (one.kind, one.effective) == (scenario.kind, scenario.effective)
        if same:
            raise WrongMandateError(
                f"a {scenario.kind.value} of {scenario.ean} at {write_timestamp(scenario.effective)} is registered already"
            )
