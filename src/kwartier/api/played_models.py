"""The shapes of what a sandbox plays: bodies that are read, and answers for the documentation."""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from kwartier.api import explained
from kwartier.domain.ean import Ean
from kwartier.domain.played import Act, PlayedContract
from kwartier.services.state_parts import MAX_TEXT
from kwartier.wire import vocabulary
from kwartier.wire.mandate_facts import FactDocument, Moment

__all__ = [
    "AskMandate",
    "ContractAnswer",
    "GiveHeadpoint",
    "HeadpointsAnswer",
    "MandateAnswer",
    "MandatesAnswer",
    "NameMandate",
    "PlayContract",
    "PlayScenario",
    "ScenariosAnswer",
]

_EAN: Final = "541440110000000007"
_ID: Final = "d2b0a8a5e1dc4d3b8f1c9e37c1f8a642"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


def _ean(text: str) -> str:
    return Ean.parse(text)


def _printable(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must have printable characters")
    return text


def _named(names: vocabulary.Names[Any]) -> AfterValidator:
    def check(text: str) -> str:
        return names.write(names.read(text))

    return AfterValidator(check)


def _schema(names: vocabulary.Names[Any]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(names.names)})


_Ean = Annotated[str, AfterValidator(_ean), Field(pattern="^[0-9]{18}$")]
_Text = Annotated[str, AfterValidator(_printable), Field(min_length=1, max_length=MAX_TEXT)]
_Service = Annotated[str, _named(vocabulary.DATA_SERVICE_TYPE), _schema(vocabulary.DATA_SERVICE_TYPE)]
_Scenario = Annotated[str, _named(vocabulary.SCENARIO_KIND), _schema(vocabulary.SCENARIO_KIND)]
_GRID_USER: Final = "Who the grid user is: a name or an enterprise number."


class GiveHeadpoint(_Body):
    """Whose an EAN is, for what is asked from now on."""

    ean: _Ean = Field(description="An EAN of the sandbox.", examples=[_EAN])
    grid_user: _Text | None = Field(
        default=None,
        alias="gridUser",
        description="Who the grid user is: a name or an enterprise number. Left out, or your own enterprise number: the EAN is "
        "your own, as all are at first.",
        examples=["Bakkerij De Smet"],
    )


class AskMandate(_Body):
    """A mandate to ask for, as a portal user does."""

    ean: _Ean = Field(description="An EAN of the sandbox.", examples=[_EAN])
    reference_number: _Text | None = Field(
        default=None, alias="referenceNumber", description=explained.REFERENCE_NUMBER
    )
    data_service_type: _Service | None = Field(
        default=None, alias="dataServiceType", description="The level of detail; left out: as the EAN says."
    )
    data_period_from: Moment | None = Field(
        default=None,
        alias="dataPeriodFrom",
        description="Where the data period starts; left out: three years ago.",
        examples=["2024-02-01T23:00:00Z"],
    )
    data_period_to: Moment | None = Field(
        default=None,
        alias="dataPeriodTo",
        description="Where the data period ends, exclusive; left out: it stays open.",
    )


class NameMandate(_Body):
    """The mandate that is meant."""

    mandate: _Text = Field(
        description="Its `id`; or its EAN, where only one mandate for it can be meant.", examples=[_EAN]
    )


class PlayScenario(_Body):
    """Something that happens in the market."""

    ean: _Ean = Field(description="An EAN of the sandbox.", examples=[_EAN])
    kind: _Scenario = Field(
        description="What happens. A change of supplier changes nothing; each other ends the grid user's use of the EAN.",
        examples=["move"],
    )
    effective_date: Moment | None = Field(
        default=None,
        alias="effectiveDate",
        description="When it happens or happened; left out: now, by your clock.",
        examples=["2026-02-14T23:00:00Z"],
    )
    grid_user: _Text | None = Field(
        default=None,
        alias="gridUser",
        description="Who uses the EAN from then on; left out: nobody, or nobody knows. Not with a change of supplier or a "
        "disconnection.",
    )


class PlayContract(_Body):
    """How far your data access contract is to be."""

    contract: PlayedContract = Field(
        strict=False,
        description="`not-needed`: as at first. Any other: GET energy answers 403 for EANs of others, and says what is missing. "
        "`none`: there is no contract. `requested`: it is not approved yet. `approved`: it is, and the credentials are to be "
        "renewed. `ended`: it is over.",
    )


class ContractData(_Body):
    """How far your data access contract is played to be."""

    contract: PlayedContract = Field(strict=False, description="`not-needed`: it opens everything.")


class ContractAnswer(_Body):
    """Your data access contract, as it is played."""

    data: ContractData


class PhaseListed(_Body):
    """How a mandate stands from a moment on."""

    since: str = Field(description="Since when it stands so: its last-updated time.")
    status: Literal["Requested", "Approved", "Rejected", "Finished", "Removed"] = Field(
        description=explained.STATUS
    )
    data_period_from: str = Field(alias="dataPeriodFrom", description="Where the data period starts.")
    data_period_to: str | None = Field(
        default=None,
        alias="dataPeriodTo",
        description="Where the data period ends, exclusive; left out: it is open.",
    )
    expiration: str | None = Field(
        default=None, alias="mandateExpirationDate", description="When the mandate expires, exclusive."
    )
    renewal_status: str | None = Field(
        default=None, alias="renewalStatus", description=explained.RENEWAL_STATUS
    )


class MandateListed(PhaseListed):
    """A mandate: how it stands, what happened to it, what time will bring, and what can be done."""

    id: str = Field(description="By which it is named.", examples=[_ID])
    ean: str = Field(description="The EAN that the mandate is for, 18 digits.")
    reference_number: str | None = Field(
        default=None, alias="referenceNumber", description=explained.REFERENCE_NUMBER
    )
    energy_type: Literal["E", "G"] = Field(alias="energyType", description="Electricity (E) or gas (G).")
    data_service_type: Literal["VH_dag", "VH_kwartier_uur"] = Field(
        alias="dataServiceType", description=explained.DATA_SERVICE_TYPE
    )
    own: bool = Field(description="Whether the EAN was your own when it was asked for: no consent is needed.")
    grid_user: str | None = Field(
        default=None, alias="gridUser", description="Under which grid user it was given."
    )
    facts: list[FactDocument] = Field(description="What happened to it, in order.")
    next: list[PhaseListed] = Field(
        description="How it will stand, and from when on, if nobody does anything."
    )
    can: list[Act] = Field(description="What can be done with it now.")


class MandateData(_Body):
    """A mandate."""

    mandate: MandateListed


class MandateAnswer(_Body):
    """The mandate as it stands now."""

    data: MandateData


class MandatesData(_Body):
    """Mandates, the first made first."""

    mandates: list[MandateListed]


class MandatesAnswer(_Body):
    """Your mandates as they stand now."""

    data: MandatesData


class HeadpointListed(_Body):
    """Whose an EAN is."""

    ean: str = Field(description="An EAN of the sandbox.")
    grid_user: str | None = Field(
        default=None, alias="gridUser", description="Who the grid user is; left out: nobody, or nobody knows."
    )
    own: bool = Field(description="Whether it is your own.")


class HeadpointsData(_Body):
    """The EANs of which you said something."""

    headpoints: list[HeadpointListed]


class HeadpointsAnswer(_Body):
    """Whose EANs are; all others are your own."""

    data: HeadpointsData


class ScenarioListed(_Body):
    """A market scenario."""

    ean: str = Field(description="An EAN of the sandbox.")
    kind: str = Field(description="What happens.")
    effective_date: str = Field(alias="effectiveDate", description="When it happens or happened.")
    registered: str = Field(description="When it was registered, by your clock.")
    grid_user: str | None = Field(
        default=None, alias="gridUser", description="Who uses the EAN from then on."
    )


class ScenariosData(_Body):
    """Market scenarios, the first registered first."""

    scenarios: list[ScenarioListed]


class ScenariosAnswer(_Body):
    """The market scenarios that you registered."""

    data: ScenariosData
