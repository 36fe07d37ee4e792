"""The shapes of bodies, for the documentation; answers are written without them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from kwartier.api import explained
from kwartier.wire import vocabulary
from kwartier.wire.energy import INSTALLATION_TYPE, METERING, SUBMETERING

__all__ = ["EnergyModel", "HealthModel", "MandatesModel", "MockAnswerModel"]

_MOMENT = {"format": "date-time"}

Moment = Annotated[str, Field(json_schema_extra=_MOMENT)]


class _Model(BaseModel):
    model_config = ConfigDict(populate_by_name=True)


class MetaModel(_Model):
    """About the answer."""

    fetch_time: Moment = Field(alias="fetchTime", description="When the answer was made, in UTC.")


class MandateModel(_Model):
    """A mandate."""

    reference_number: str | SkipJsonSchema[None] = Field(
        default=None, alias="referenceNumber", description=explained.REFERENCE_NUMBER
    )
    status: str = Field(description=explained.STATUS, json_schema_extra={"enum": [*vocabulary.STATUS.names]})
    ean: str | SkipJsonSchema[None] = Field(
        default=None, description="Of Approved and Finished mandates: the EAN it is for."
    )
    energy_type: str | SkipJsonSchema[None] = Field(
        default=None,
        alias="energyType",
        description="Of Approved and Finished mandates: electricity (E) or gas (G).",
        json_schema_extra={"enum": [*vocabulary.ENERGY_TYPE.names]},
    )
    data_period_from: Moment = Field(alias="dataPeriodFrom", description="Where the data period starts.")
    data_period_to: Moment | SkipJsonSchema[None] = Field(
        default=None,
        alias="dataPeriodTo",
        description="Where the data period ends, exclusive; left out while open.",
    )
    data_service_type: str = Field(
        alias="dataServiceType",
        description=explained.DATA_SERVICE_TYPE,
        json_schema_extra={"enum": [*vocabulary.DATA_SERVICE_TYPE.names]},
    )
    mandate_expiration_date: Moment | SkipJsonSchema[None] = Field(
        default=None,
        alias="mandateExpirationDate",
        description="Of Approved mandates: when the mandate expires, exclusive.",
    )
    renewal_status: str | SkipJsonSchema[None] = Field(
        default=None,
        alias="renewalStatus",
        description=explained.RENEWAL_STATUS,
        json_schema_extra={"enum": [*vocabulary.RENEWAL_STATUS.names]},
    )


class MandatesDataModel(_Model):
    """The mandates found; an empty list if there are none."""

    mandates: list[MandateModel] = Field(description="Each mandate that was found.")


class MandatesModel(_Model):
    """The answer of GET mandate."""

    data: MandatesDataModel
    meta: MetaModel = Field(alias="_meta")


class ReadingModel(_Model):
    """A reading."""

    value: float = Field(description="The energy in the slot, to three decimals.")
    unit: str = Field(
        description="The unit of the value.", json_schema_extra={"enum": ["kWh", "kVArh", "m3"]}
    )
    validation_state: str = Field(
        alias="validationState",
        description="How sure the value is. Digital meters: `READ`, registered by the meter; `EST`, estimated. AMR meters: "
        "`VAL`, technically validated; `NVAL`, not validated yet, and may change.",
        json_schema_extra={"enum": ["READ", "EST", "VAL", "NVAL"]},
    )
    gas_conversion_factor: str | SkipJsonSchema[None] = Field(
        default=None,
        alias="gasConversionFactor",
        description="With which factor the energy was computed from a volume of gas: `P`, provisional, and may change; "
        "`D`, definitive, at the end of the month; `C`, constant, 11.",
        json_schema_extra={"enum": ["P", "D", "C"]},
    )


class RegistersModel(_Model):
    """The readings of one direction."""

    total: ReadingModel | SkipJsonSchema[None] = Field(
        default=None, description="All active energy of a quarter-hour or hour."
    )
    day: ReadingModel | SkipJsonSchema[None] = Field(
        default=None, description="Active energy on the day tariff, of a day."
    )
    night: ReadingModel | SkipJsonSchema[None] = Field(
        default=None, description="Active energy on the night tariff, of a day."
    )
    inductive: ReadingModel | SkipJsonSchema[None] = Field(
        default=None, description="Inductive reactive energy, in kVArh (AMR electricity)."
    )
    capacitive: ReadingModel | SkipJsonSchema[None] = Field(
        default=None, description="Capacitive reactive energy, in kVArh (AMR electricity)."
    )


class MeasurementModel(_Model):
    """The readings of a slot."""

    offtake: RegistersModel | SkipJsonSchema[None] = Field(
        default=None, description="What was taken from the grid."
    )
    injection: RegistersModel | SkipJsonSchema[None] = Field(
        default=None, description="What was given to the grid."
    )
    production: RegistersModel | SkipJsonSchema[None] = Field(
        default=None, description="What an installation produced (submeters)."
    )
    auxiliary: RegistersModel | SkipJsonSchema[None] = Field(
        default=None, description="What an installation used itself (submeters)."
    )


class SlotModel(_Model):
    """A stretch of time and what was measured in it."""

    start: Moment = Field(description="Where the slot begins, in UTC.")
    end: Moment = Field(description="Where the slot ends, in UTC, exclusive.")
    measurements: list[MeasurementModel] = Field(
        description="What was measured: one item, or for gas of a digital meter two, the volume and the energy."
    )


class _SeriesModel(_Model):
    daily_energy: list[SlotModel] | SkipJsonSchema[None] = Field(
        default=None,
        alias="dailyEnergy",
        description="Days, under a mandate VH_dag; of gas from 06:00 to 06:00 local time.",
    )
    quarter_hourly_energy: list[SlotModel] | SkipJsonSchema[None] = Field(
        default=None,
        alias="quarterHourlyEnergy",
        description="Quarter-hours of electricity, under a mandate VH_kwartier_uur.",
    )
    hourly_energy: list[SlotModel] | SkipJsonSchema[None] = Field(
        default=None, alias="hourlyEnergy", description="Hours of gas, under a mandate VH_kwartier_uur."
    )


class PhysicalMeterModel(_SeriesModel):
    """A digital meter; after an exchange there are two, each with its part."""

    seq_number: str = Field(alias="seqNumber", description="Which of the headpoint's meters.")
    meter_id: str = Field(alias="meterID", description="The number on the meter.")


class SubHeadpointModel(_SeriesModel):
    """A submeter of an AMR headpoint; it always comes with it."""

    kind: str = Field(
        alias="$type",
        description=explained.SUBMETERING,
        json_schema_extra={"enum": [*SUBMETERING.names]},
    )
    ean: str = Field(description="The EAN of the sub-headpoint, for which there are no mandates.")
    seq_number: str = Field(
        alias="seqNumber", description="What production and auxiliary of one installation share."
    )
    vreg_id: str | SkipJsonSchema[None] = Field(
        default=None, alias="vregId", description="How the regulator knows the installation."
    )
    installation_type: str | SkipJsonSchema[None] = Field(
        default=None,
        alias="type",
        description=explained.INSTALLATION,
        json_schema_extra={"enum": [*INSTALLATION_TYPE.names]},
    )


class HeadpointModel(_SeriesModel):
    """The headpoint and its series: on its meters if they are digital, on itself if it is AMR."""

    kind: str = Field(
        alias="$type",
        description=explained.METERING,
        json_schema_extra={"enum": [*METERING.names]},
    )
    ean: str = Field(description="The EAN that was asked for.")
    energy_type: str = Field(
        alias="energyType",
        description="Electricity (E) or gas (G).",
        json_schema_extra={"enum": [*vocabulary.ENERGY_TYPE.names]},
    )
    physical_meters: list[PhysicalMeterModel] | SkipJsonSchema[None] = Field(
        default=None,
        alias="physicalMeters",
        description="Of digital meters; left out when nothing was measured in the period.",
    )
    sub_headpoints: list[SubHeadpointModel] | SkipJsonSchema[None] = Field(
        default=None, alias="subHeadpoints", description="The submeters of an AMR headpoint."
    )


class EnergyDataModel(_Model):
    """What was measured."""

    headpoint: HeadpointModel


class EnergyModel(_Model):
    """The answer of GET energy. Values are informative, not for billing or market processes."""

    data: EnergyDataModel
    meta: MetaModel = Field(alias="_meta")


class MockDataModel(_Model):
    """The mandate that was made."""

    status: str = Field(
        description="The status that the mandate got.", json_schema_extra={"enum": [*vocabulary.STATUS.names]}
    )


class MockAnswerModel(_Model):
    """The answer of POST mandate/mock."""

    data: MockDataModel
    meta: MetaModel = Field(alias="_meta")


class HealthModel(_Model):
    """The answer of GET health."""

    status: Literal["ok"] = Field(description="The environment is up.")
