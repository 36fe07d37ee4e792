"""Facts about mandates on the wire."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from kwartier.domain.mandate import Fact, UseEnded
from kwartier.domain.scenario import ScenarioKind
from kwartier.wire.mandate_facts import FactDocument, FactName
from support.domain import mandate_histories, moments


@given(mandate_histories(), moments, st.sampled_from(ScenarioKind))
def test_a_fact_is_read_as_it_was_written(facts: list[Fact], effective: datetime, kind: ScenarioKind) -> None:
    """S1: whatever happened to a mandate, a state brings it back to the microsecond."""
    for fact in [*facts, UseEnded(facts[-1].at, effective, kind)]:
        written = FactDocument.of(fact).written()
        assert (
            FactDocument.model_validate_json(FactDocument.of(fact).model_dump_json(by_alias=True)).read()
            == fact
        )
        assert written["at"].endswith("Z")
        later = replace(fact, at=fact.at + timedelta(microseconds=1))
        assert FactDocument.of(later).written()["at"] != written["at"]


def test_every_fact_has_a_name() -> None:
    """S1: the names are as many as the kinds of facts, so that none is left out of a state."""
    assert len(get_args(FactName)) == len(get_args(Fact))
    assert FactDocument(fact="consented", at="2026-01-01T00:00:00Z").read().at == datetime(
        2026, 1, 1, tzinfo=UTC
    )
