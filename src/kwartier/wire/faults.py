"""A fault on demand on the wire of the control surface."""

from datetime import timedelta
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from kwartier.domain.control import Endpoint, Fault, FaultKind

__all__ = ["FaultDocument"]

_DAY_SECONDS = 86400


class FaultDocument(BaseModel):
    """Something that is to go wrong."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)

    endpoint: Endpoint = Field(default=Endpoint.ANY, strict=False, description="What it strikes.")
    kind: FaultKind = Field(default=FaultKind.STATUS, strict=False, description="How the request goes wrong.")
    status: int | None = Field(default=None, description="With which status it is refused (kind status).")
    retry_after_seconds: int | None = Field(
        default=None,
        alias="retryAfterSeconds",
        ge=0,
        le=_DAY_SECONDS,
        description="What `Retry-After` says (kind status); 1 for a 429 if left out.",
    )
    delay_seconds: float | None = Field(
        default=None,
        alias="delaySeconds",
        ge=-_DAY_SECONDS,
        le=_DAY_SECONDS,
        allow_inf_nan=False,
        description="How long the answer is held back (kind delay).",
    )
    times: int | None = Field(
        default=None, ge=1, le=1_000_000, description="How many requests it strikes; left out: all of them."
    )
    probability: float = Field(default=1.0, description="The part of the requests that it strikes.")

    @classmethod
    def of(cls, fault: Fault, times: int | None) -> Self:
        """The document of a fault that strikes so many requests."""
        return cls(
            endpoint=fault.endpoint,
            kind=fault.kind,
            status=fault.status,
            retry_after_seconds=fault.retry_after_seconds,
            delay_seconds=None if fault.delay is None else fault.delay.total_seconds(),
            times=times,
            probability=fault.probability,
        )

    def written(self) -> dict[str, Any]:
        """By the names of the wire, without what is absent."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def fault(self) -> Fault:
        """The fault.

        Raises:
            InvalidValueError: what does not go together.
        """
        delay = None if self.delay_seconds is None else timedelta(seconds=self.delay_seconds)
        return Fault(
            self.endpoint,
            self.kind,
            self.status,
            self.retry_after_seconds,
            delay,
            self.times,
            self.probability,
        )
