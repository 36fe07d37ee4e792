"""What happened to a mandate, on the wire of the control surface and in the state of a sandbox."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self, TypeAlias, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kwartier.domain.errors import InvalidValueError
from kwartier.domain.mandate import (
    Asked,
    Consented,
    Ended,
    Fact,
    Mocked,
    Refused,
    Removed,
    RenewalAsked,
    UseEnded,
)
from kwartier.domain.period import Period
from kwartier.wire import vocabulary
from kwartier.wire.timestamps import read_timestamp, write_exactly

__all__ = ["FactDocument", "FactName", "Moment"]


def _moment(text: str) -> str:
    read_timestamp(text)
    return text


Moment: TypeAlias = Annotated[str, AfterValidator(_moment)]
"""A moment as text, in the form of the wire."""

FactName: TypeAlias = Literal[
    "asked", "mocked", "renewal-asked", "consented", "refused", "use-ended", "ended", "removed"
]

_KINDS: Final[Mapping[FactName, type[Fact]]] = MappingProxyType(
    {
        "asked": Asked,
        "mocked": Mocked,
        "renewal-asked": RenewalAsked,
        "consented": Consented,
        "refused": Refused,
        "use-ended": UseEnded,
        "ended": Ended,
        "removed": Removed,
    }
)
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}

# What each fact has beside its moment: what it must have, and what it may.
_PERIOD: Final = ({"dataPeriodFrom"}, {"dataPeriodTo"})
_NOTHING: Final[tuple[set[str], set[str]]] = (set(), set())
_FIELDS: Final[Mapping[FactName, tuple[set[str], set[str]]]] = MappingProxyType(
    dict.fromkeys(get_args(FactName), _NOTHING)
    | {
        "asked": (_PERIOD[0], _PERIOD[1] | {"byGridUser"}),
        "mocked": (
            _PERIOD[0] | {"status", "mandateExpirationDate"},
            _PERIOD[1] | {"renewalStatus"},
        ),
        "renewal-asked": (set(), {"byGridUser"}),
        "use-ended": ({"effectiveDate", "scenario"}, set()),
    }
)


class FactDocument(BaseModel):
    """Something that happened to a mandate."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)

    fact: FactName = Field(
        description="What happened: `asked` for, `mocked` (made by POST mandate/mock), `renewal-asked`, `consented`, `refused`, "
        "`use-ended` (by a market scenario), `ended` by the grid user, or `removed`."
    )
    at: Moment = Field(description="When, by the clock of the sandbox.")
    by_grid_user: bool | None = Field(
        default=None,
        alias="byGridUser",
        description="Of what was asked: whether by the grid user himself, so that no consent is needed. Left out: no.",
    )
    data_period_from: Moment | None = Field(
        default=None, alias="dataPeriodFrom", description="Where the data period starts (asked, mocked)."
    )
    data_period_to: Moment | None = Field(
        default=None,
        alias="dataPeriodTo",
        description="Where the data period ends, exclusive (asked, mocked). Left out: it stays open.",
    )
    status: str | None = Field(default=None, description="The status that was asked for (mocked).")
    expiration: Moment | None = Field(
        default=None,
        alias="mandateExpirationDate",
        description="When the mandate expires, exclusive (mocked).",
    )
    renewal_status: str | None = Field(
        default=None, alias="renewalStatus", description="The renewal status that was given (mocked)."
    )
    effective: Moment | None = Field(
        default=None, alias="effectiveDate", description="When the use ends or ended (use-ended)."
    )
    scenario: str | None = Field(default=None, description="What the market did (use-ended).")

    @classmethod
    def of(cls, fact: Fact) -> Self:
        """The document of a fact."""
        told: dict[str, Any] = {"fact": _NAMES[type(fact)], "at": write_exactly(fact.at)}
        match fact:
            case Asked(_, period, by_grid_user):
                told |= _period(period) | {"by_grid_user": by_grid_user or None}
            case RenewalAsked(_, by_grid_user):
                told |= {"by_grid_user": by_grid_user or None}
            case Mocked(_, status, period, expiration, renewal_status):
                told |= _period(period) | {
                    "status": vocabulary.STATUS.write(status),
                    "expiration": write_exactly(expiration),
                    "renewal_status": renewal_status and vocabulary.RENEWAL_STATUS.write(renewal_status),
                }
            case UseEnded(_, effective, kind):
                told |= {
                    "effective": write_exactly(effective),
                    "scenario": vocabulary.SCENARIO_KIND.write(kind),
                }
            case _:
                pass
        return cls.model_validate(told)

    def written(self) -> dict[str, Any]:
        """By the names of the wire, without what is absent."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def read(self) -> Fact:
        """The fact.

        Raises:
            InvalidValueError: what it must have is missing, or it has what it can't.
        """
        required, optional = _FIELDS[self.fact]
        given = self.written().keys() - {"fact", "at"}
        for name in sorted(required - given):
            raise InvalidValueError(f"{name}: is required for a fact `{self.fact}`")
        for name in sorted(given - required - optional):
            raise InvalidValueError(f"{name}: does not go with a fact `{self.fact}`")
        return self._read(read_timestamp(self.at))

    def _read(self, at: datetime) -> Fact:
        kind = _KINDS[self.fact]
        if kind is Asked:
            return Asked(at, self._data_period(), by_grid_user=bool(self.by_grid_user))
        if kind is RenewalAsked:
            return RenewalAsked(at, by_grid_user=bool(self.by_grid_user))
        if kind is Mocked:
            return Mocked(
                at,
                vocabulary.STATUS.read(self.status or ""),
                self._data_period(),
                read_timestamp(self.expiration or ""),
                None if self.renewal_status is None else vocabulary.RENEWAL_STATUS.read(self.renewal_status),
            )
        if kind is UseEnded:
            return UseEnded(
                at, read_timestamp(self.effective or ""), vocabulary.SCENARIO_KIND.read(self.scenario or "")
            )
        if issubclass(kind, Consented | Refused | Ended | Removed):
            return kind(at)
        raise AssertionError(kind)  # there are no others

    def _data_period(self) -> Period:
        end = None if self.data_period_to is None else read_timestamp(self.data_period_to)
        period = Period(read_timestamp(self.data_period_from or ""), end)
        if period.is_empty:
            raise InvalidValueError("dataPeriodTo must be after dataPeriodFrom")
        return period


def _period(period: Period) -> dict[str, str | None]:
    return {
        "data_period_from": write_exactly(period.start),
        "data_period_to": None if period.end is None else write_exactly(period.end),
    }
