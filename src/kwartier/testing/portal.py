"""What happens to a client's mandates, as portal, grid users and market are played in its sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from kwartier.testing.asking import Ask, data_of, written
from kwartier.wire import paths
from kwartier.wire.timestamps import read_timestamp

__all__ = ["ContractName", "Mandate", "MandateFact", "MandatePhase", "Portal", "ScenarioName"]

ScenarioName: TypeAlias = Literal[
    "supplier-change", "grid-user-change", "combined-change", "move", "disconnection"
]
ContractName: TypeAlias = Literal["not-needed", "none", "requested", "approved", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MandatePhase:
    """How a mandate stands from a moment on.

    Attributes:
        since: its last-updated time.
        expiration: of an Approved one.
    """

    since: datetime
    status: str
    renewal_status: str | None
    data_period_from: datetime
    data_period_to: datetime | None
    expiration: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateFact:
    """Something that happened to a mandate, by its name on the wire: `asked`, `consented`, `use-ended` and so on."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """A mandate as it stands by the client's clock.

    Attributes:
        own: whether the EAN was the client's own when it was asked for: no consent is needed.
        grid_user: under whom it was given.
        phase: how it stands.
        facts: what happened to it so far.
        next: how it will stand, if nobody does anything.
        can: what can be done with it now.
    """

    id: str
    ean: str
    reference_number: str | None
    own: bool
    grid_user: str | None
    phase: MandatePhase
    facts: tuple[MandateFact, ...]
    next: tuple[MandatePhase, ...]
    can: tuple[str, ...]

    @property
    def status(self) -> str:
        """Its status now."""
        return self.phase.status

    @property
    def renewal_status(self) -> str | None:
        """Its renewal status now, if it has one."""
        return self.phase.renewal_status

    @property
    def data_period_to(self) -> datetime | None:
        """Where its data period ends now; None: it is open."""
        return self.phase.data_period_to

    @property
    def expiration(self) -> datetime | None:
        """When it expires as things stand now."""
        return self.phase.expiration


class Portal:
    """Portal, grid users and market, played for one client. All moments are those of its clock.

    A mandate is named by itself, by its id, or by its EAN where only one for it can be meant. What can't be done raises
    `RefusedError` with status 409, and says what can; a client that has no such mandate reads 404.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def give(self, ean: str, grid_user: str | None = None) -> None:
        """Let an EAN be another's, for what is asked from now on; without a name, the client's own, as all are at first.

        Args:
            ean: one of the sandbox.
            grid_user: an enterprise number or a name.
        """
        self._asked("POST", "/headpoints", {"ean": ean, "gridUser": grid_user})

    def ask(
        self,
        ean: str,
        *,
        data_period_from: datetime | None = None,
        data_period_to: datetime | None = None,
        reference_number: str | None = None,
    ) -> Mandate:
        """Ask for a mandate as a portal user does: Approved at once for an EAN of one's own, else Requested.

        Args:
            ean: one of the sandbox; it says the level of detail.
            data_period_from: three years ago if left out.
            data_period_to: the data period stays open if left out.
            reference_number: between customer, energy service provider and operator.
        """
        asked = {
            "ean": ean,
            "dataPeriodFrom": data_period_from,
            "dataPeriodTo": data_period_to,
            "referenceNumber": reference_number,
        }
        return _mandate(self._asked("POST", "/mandates", asked)["mandate"])

    def consent(self, mandate: Mandate | str) -> Mandate:
        """Have the grid user consent to what is open: the mandate, or its renewal."""
        return self._act("consent", mandate)

    def refuse(self, mandate: Mandate | str) -> Mandate:
        """Have the grid user refuse what is open: the mandate, or its renewal. To stay silent, move the clock on."""
        return self._act("refuse", mandate)

    def end(self, mandate: Mandate | str) -> Mandate:
        """Have the grid user end a mandate: it is Finished."""
        return self._act("end", mandate)

    def renew(self, mandate: Mandate | str) -> Mandate:
        """Ask for renewal: at once for an EAN of one's own, else the grid user has to consent."""
        return self._act("renew", mandate)

    def remove(self, mandate: Mandate | str) -> Mandate:
        """Remove a mandate, as a portal user does: the client finds it no more."""
        return self._act("remove", mandate)

    def mandates(self, ean: str | None = None) -> list[Mandate]:
        """The client's mandates as they stand, the newest thousand, the first made first.

        Args:
            ean: only those for it.
        """
        params: dict[str, str | int] = {"limit": 1000} | ({} if ean is None else {"ean": ean})
        return [
            _mandate(one) for one in data_of(self._ask("GET", _path("/mandates"), params=params))["mandates"]
        ]

    def happen(
        self,
        kind: ScenarioName,
        ean: str,
        *,
        effective: datetime | None = None,
        grid_user: str | None = None,
    ) -> list[Mandate]:
        """Let something happen in the market; the client's mandates for the EAN as they stand then.

        Args:
            kind: a change of supplier changes nothing; each other ends the grid user's use of the EAN.
            ean: one of the sandbox.
            effective: when it happens or happened; now if left out.
            grid_user: who uses the EAN from then on.
        """
        asked = {
            "ean": ean,
            "kind": kind,
            "effectiveDate": effective,
            "gridUser": grid_user,
        }
        return [_mandate(one) for one in self._asked("POST", "/scenarios", asked)["mandates"]]

    def move(
        self, ean: str, *, effective: datetime | None = None, grid_user: str | None = None
    ) -> list[Mandate]:
        """Let the grid user of an EAN move; as `happen`."""
        return self.happen("move", ean, effective=effective, grid_user=grid_user)

    def contract(self, contract: ContractName) -> None:
        """Play how far the data access contract is: any but `not-needed` keeps EANs of others closed, with 403."""
        self._asked("PUT", "/contract", {"contract": contract})

    def _act(self, act: str, mandate: Mandate | str) -> Mandate:
        name = mandate if isinstance(mandate, str) else mandate.id
        return _mandate(self._asked("POST", f"/mandates/{act}", {"mandate": name})["mandate"])

    def _asked(self, method: str, path: str, body: Mapping[str, str | datetime | None]) -> dict[str, Any]:
        given = {
            name: written(value) if isinstance(value, datetime) else value
            for name, value in body.items()
            if value is not None
        }
        return data_of(self._ask(method, _path(path), json=given))


def _path(path: str) -> str:
    return paths.CONTROL + path


def _mandate(told: Mapping[str, Any]) -> Mandate:
    return Mandate(
        id=told["id"],
        ean=told["ean"],
        reference_number=told.get("referenceNumber"),
        own=told["own"],
        grid_user=told.get("gridUser"),
        phase=_phase(told),
        facts=tuple(MandateFact(name=one["fact"], at=read_timestamp(one["at"])) for one in told["facts"]),
        next=tuple(_phase(one) for one in told["next"]),
        can=tuple(told["can"]),
    )


def _phase(told: Mapping[str, Any]) -> MandatePhase:
    return MandatePhase(
        since=read_timestamp(told["since"]),
        status=told["status"],
        renewal_status=told.get("renewalStatus"),
        data_period_from=read_timestamp(told["dataPeriodFrom"]),
        data_period_to=_optional(told.get("dataPeriodTo")),
        expiration=_optional(told.get("mandateExpirationDate")),
    )


def _optional(text: str | None) -> datetime | None:
    return None if text is None else read_timestamp(text)
