"""The reference: the same answer as a competent developer would make it first.

FastAPI, pydantic response models, SQLAlchemy with a row per value on SQLite; one query per request, on the primary key.
It knows no credentials, no mandates, no versions and no gateway: all of that only our own server has to do.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import DateTime, Engine, ForeignKey, String, create_engine, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from benchmarks.processes import serve_like_us

__all__ = ["DATABASE_VARIABLE", "ENERGY", "app", "fill"]

ENERGY: Final = "/api/mandate/energy"
DATABASE_VARIABLE: Final = "BENCHMARK_DATABASE"
_QUARTER_HOUR: Final = timedelta(minutes=15)


class _Base(DeclarativeBase):
    pass


class HeadpointRow(_Base):
    """A headpoint with its meter."""

    __tablename__ = "headpoint"
    ean: Mapped[str] = mapped_column(String(18), primary_key=True)
    kind: Mapped[str]
    energy_type: Mapped[str]
    seq_number: Mapped[str]
    meter_id: Mapped[str]


class ReadingRow(_Base):
    """One value of one register in one quarter-hour."""

    __tablename__ = "reading"
    ean: Mapped[str] = mapped_column(ForeignKey("headpoint.ean"), primary_key=True)
    start: Mapped[datetime] = mapped_column(DateTime, primary_key=True)
    register: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float]
    unit: Mapped[str]
    state: Mapped[str]


class Value(BaseModel):
    """A value with its unit and state."""

    value: float
    unit: str
    validation_state: Annotated[str, Field(serialization_alias="validationState")]


class Total(BaseModel):
    """The registers of a direction."""

    total: Value


class Measurement(BaseModel):
    """What was measured in a slot, by direction."""

    offtake: Total | None = None
    injection: Total | None = None


class Slot(BaseModel):
    """A quarter-hour."""

    start: datetime
    end: datetime
    measurements: list[Measurement]


class PhysicalMeter(BaseModel):
    """A meter with its quarter-hours."""

    seq_number: Annotated[str, Field(serialization_alias="seqNumber")]
    meter_id: Annotated[str, Field(serialization_alias="meterID")]
    quarter_hourly_energy: Annotated[list[Slot], Field(serialization_alias="quarterHourlyEnergy")]


class Headpoint(BaseModel):
    """A headpoint with its meters."""

    kind: Annotated[str, Field(serialization_alias="$type")]
    ean: str
    energy_type: Annotated[str, Field(serialization_alias="energyType")]
    physical_meters: Annotated[list[PhysicalMeter], Field(serialization_alias="physicalMeters")]


class Data(BaseModel):
    """What was asked."""

    headpoint: Headpoint


class Meta(BaseModel):
    """When it was fetched."""

    fetch_time: Annotated[datetime, Field(serialization_alias="fetchTime")]


class EnergyAnswer(BaseModel):
    """The answer of GET energy."""

    data: Data
    meta: Annotated[Meta, Field(serialization_alias="_meta")]


def fill(database: Path, answers: Iterable[Mapping[str, Any]]) -> None:
    """Make the reference's database from answers of our own API, whose periods do not overlap."""
    engine = create_engine(f"sqlite:///{database}")
    _Base.metadata.create_all(engine)
    with engine.begin() as connection:
        known: set[str] = set()
        for answer in answers:
            told = answer["data"]["headpoint"]
            (meter,) = told["physicalMeters"]
            if told["ean"] not in known:
                known.add(told["ean"])
                connection.execute(
                    insert(HeadpointRow).values(
                        ean=told["ean"],
                        kind=told["$type"],
                        energy_type=told["energyType"],
                        seq_number=meter["seqNumber"],
                        meter_id=meter["meterID"],
                    )
                )
            connection.execute(insert(ReadingRow), list(_rows(told["ean"], meter["quarterHourlyEnergy"])))
    engine.dispose()


def _rows(ean: str, slots: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for slot in slots:
        start = datetime.fromisoformat(slot["start"]).replace(tzinfo=None)
        for direction, registers in slot["measurements"][0].items():
            told = registers["total"]
            yield {
                "ean": ean,
                "start": start,
                "register": direction,
                "value": told["value"],
                "unit": told["unit"],
                "state": told["validationState"],
            }


def app() -> FastAPI:
    """The reference server on the database that `BENCHMARK_DATABASE` names."""
    made = FastAPI()
    made.state.engine = create_engine(f"sqlite:///{os.environ[DATABASE_VARIABLE]}")
    made.add_api_route(
        ENERGY,
        get_energy,
        response_model=EnergyAnswer,
        response_model_exclude_none=True,
    )
    return made


def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


def get_energy(
    ean: Annotated[str, Query(pattern=r"^\d{18}$")],
    start: Annotated[datetime, Query(alias="from")],
    end: Annotated[datetime, Query(alias="to")],
    engine: Annotated[Engine, Depends(_engine)],
) -> EnergyAnswer:
    """The quarter-hours of an EAN in a period."""
    with Session(engine) as session:
        headpoint = session.get(HeadpointRow, ean)
        if headpoint is None:
            raise HTTPException(404)
        readings = session.scalars(
            select(ReadingRow)
            .where(
                ReadingRow.ean == ean,
                ReadingRow.start >= start.replace(tzinfo=None),
                ReadingRow.start < end.replace(tzinfo=None),
            )
            .order_by(ReadingRow.start)
        )
        slots = [_slot(list(rows)) for _, rows in groupby(readings, attrgetter("start"))]
        meter = PhysicalMeter(
            seq_number=headpoint.seq_number, meter_id=headpoint.meter_id, quarter_hourly_energy=slots
        )
        told = Headpoint(
            kind=headpoint.kind,
            ean=headpoint.ean,
            energy_type=headpoint.energy_type,
            physical_meters=[meter],
        )
    return EnergyAnswer(
        data=Data(headpoint=told), meta=Meta(fetch_time=datetime.now(UTC).replace(microsecond=0))
    )


def _slot(rows: list[ReadingRow]) -> Slot:
    """The rows of one quarter-hour."""
    measured = {
        row.register: Total(total=Value(value=row.value, unit=row.unit, validation_state=row.state))
        for row in rows
    }
    start = rows[0].start.replace(tzinfo=UTC)
    return Slot(start=start, end=start + _QUARTER_HOUR, measurements=[Measurement(**measured)])


if __name__ == "__main__":
    serve_like_us("benchmarks.reference:app", int(sys.argv[1]))
