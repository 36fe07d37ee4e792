"""Market scenarios: one, or many from a table; also those that took effect long ago (M5)."""

from http import HTTPStatus
from typing import Final

from pydantic import Field

from kwartier.backoffice.call import Call
from kwartier.backoffice.files import KEPT, TABLES, kept_file
from kwartier.backoffice.operation import Operation
from kwartier.backoffice.paging import NEXT, PAGE, page_of, reach_of
from kwartier.backoffice.parameters import EAN
from kwartier.backoffice.shapes import (
    AskedEan,
    AskedMoment,
    Asking,
    LineShape,
    Moment,
    Shape,
    lines_of,
)
from kwartier.domain.ean import Ean
from kwartier.domain.operators import OperatorScope
from kwartier.domain.scenario import Scenario, ScenarioKind, Told
from kwartier.formats.headpoints_words import read_who
from kwartier.services.scenario_files import register_file
from kwartier.services.scenarios import WrongScenarioError

__all__ = ["OPERATIONS"]


class ScenarioShape(Shape):
    """A market scenario."""

    ean: str = Field(description="Of the headpoint.")
    scenario: ScenarioKind = Field(description="What happened.")
    effective: Moment = Field(description="When it happens, or happened.")
    registered_at: Moment = Field(description="When it was registered.")
    grid_user: str | None = Field(default=None, description="Who uses the EAN from then on.")


class ScenariosShape(Shape):
    """Market scenarios: those of an EAN in order of effect, or the last that were registered."""

    scenarios: list[ScenarioShape] = Field(description="The scenarios found.")
    next: int | None = Field(default=None, description=NEXT)


class RegisteredShape(Shape):
    """What a market scenario did."""

    scenario: ScenarioShape = Field(description="The scenario.")
    is_new: bool = Field(description="Whether it was not known; otherwise nothing was done anew.")
    cut: int = Field(description="How many Approved mandates have their data period end there.")
    rejected: int = Field(description="How many Requested mandates it rejects.")


class RegisteredManyShape(Shape):
    """What came of a table of market scenarios."""

    new: int = Field(description="How many were not known.")
    known: int = Field(description="How many were known.")
    cut: int = Field(description="How many Approved mandates have their data period end there.")
    rejected: int = Field(description="How many Requested mandates it rejects.")
    wrong: list[LineShape] = Field(description="Rows that can't be, which were skipped.")


class Register(Asking):
    """A market scenario that is registered."""

    ean: AskedEan = Field(description="Of the headpoint, 18 digits.")
    scenario: ScenarioKind = Field(description="What happened.")
    effective: AskedMoment = Field(
        description="When it happens or happened, in UTC, or a date, which begins at midnight in Brussels."
    )
    grid_user: str | None = Field(
        default=None,
        min_length=1,
        description="Who uses the EAN from then on: an enterprise number or a name; left out: nobody, or nobody knows.",
    )


def register_scenario(call: Call) -> RegisteredShape:
    """Register a market scenario; mandates that were given under the grid user before it end their data period there."""
    asked = call.body(Register)
    who = None if asked.grid_user is None else read_who(asked.grid_user)
    told = Told(Ean(asked.ean), asked.scenario, asked.effective, who)
    done = call.desk.scenarios.register(told, call.operator.client_id)
    return RegisteredShape(
        scenario=_shown(done.scenario), is_new=done.is_new, cut=done.cut, rejected=done.closed
    )


def register_scenarios(call: Call) -> RegisteredManyShape:
    """Register many market scenarios, from CSV or Parquet: ean, scenario, effective, and grid_user if one comes.

    A row that can't be does not stop the others. What was done stays done if it breaks off: send all of them again.
    """
    with kept_file(call) as file:
        done = register_file(call.desk.scenarios, file, call.operator.client_id, call.incoming.check)
    return RegisteredManyShape(
        new=done.new, known=done.known, cut=done.cut, rejected=done.closed, wrong=lines_of(done.wrong)
    )


def list_scenarios(call: Call) -> ScenariosShape:
    """List market scenarios: those of an EAN in order of effect, or the last that were registered."""
    found = call.desk.scenarios.list_all(call.given(EAN), reach_of(call))
    some, following = page_of(call, found)
    return ScenariosShape(scenarios=[_shown(one) for one in some], next=following)


def _shown(one: Scenario) -> ScenarioShape:
    return ScenarioShape(
        ean=one.ean,
        scenario=one.kind,
        effective=one.effective,
        registered_at=one.registered_at,
        grid_user=one.grid_user,
    )


OPERATIONS: Final = (
    Operation("GET", "/scenarios", OperatorScope.READ, list_scenarios, ScenariosShape, (EAN, *PAGE)),
    Operation(
        "POST",
        "/scenario",
        OperatorScope.WRITE,
        register_scenario,
        RegisteredShape,
        body=Register,
        refused={WrongScenarioError: (HTTPStatus.CONFLICT, "It can't be; or no such headpoint is known.")},
    ),
    Operation(
        "POST",
        "/scenarios",
        OperatorScope.WRITE,
        register_scenarios,
        RegisteredManyShape,
        streams=TABLES,
        refused=KEPT,
    ),
)
