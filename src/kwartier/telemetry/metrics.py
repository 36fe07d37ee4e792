"""What is counted and measured for Prometheus. No label names a client: the series stay few (A2).

With several workers each process writes its own files, which `telemetry/collected.py` adds up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

__all__ = ["BUILD", "MEASURED", "Measured", "Metrics"]

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_BYTES: Final = (500, 2_000, 10_000, 50_000, 200_000, 1_000_000, 5_000_000, 20_000_000)
_SHARES: Final = (0.1, 0.25, 0.5, 0.75, 0.9, 1)
_DATABASE_SECONDS: Final = (0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1, 5)


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric.

    Attributes:
        name: as Prometheus shows it.
        kind: counter, gauge or histogram.
        labels: what its series are told apart by.
        meaning: one sentence.
        buckets: of a histogram, their upper bounds.
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str
    buckets: tuple[float, ...] = ()


_REQUESTS: Final = Measured(
    "kwartier_requests_total",
    "counter",
    ("environment", "endpoint", "method", "status"),
    "Requests that were answered; status 0 is an answer that never began.",
)
_LATENCY: Final = Measured(
    "kwartier_request_seconds",
    "histogram",
    ("environment", "endpoint"),
    "Seconds from the head of a request to the end of its answer, the client's reading of it included.",
    _SECONDS,
)
_SIZES: Final = Measured(
    "kwartier_answer_bytes",
    "histogram",
    ("environment", "endpoint"),
    "Bytes of the bodies of answers as they were sent, compressed or not.",
    _BYTES,
)
_IN_FLIGHT: Final = Measured(
    "kwartier_requests_in_flight", "gauge", (), "Requests that are being answered at this moment."
)
_REFUSALS: Final = Measured(
    "kwartier_refusals_total", "counter", ("environment", "reason"), "Requests that were refused, by reason."
)
_LIMIT: Final = Measured(
    "kwartier_limit_used_ratio",
    "histogram",
    ("environment",),
    "The share of its requests a minute that a subscription had used, told at each request that counts.",
    _SHARES,
)
_DATABASE: Final = Measured(
    "kwartier_database_seconds",
    "histogram",
    ("work",),
    "Seconds for which a piece of work held a connection of the database.",
    _DATABASE_SECONDS,
)
_AUDIT: Final = Measured(
    "kwartier_audit_writes_total",
    "counter",
    ("outcome",),
    "Rows for the audit, `written` or `failed`; where it fails the answer is not given.",
)
_WORKERS: Final = Measured("kwartier_workers", "gauge", (), "Processes that serve.")

BUILD: Final = Measured("kwartier_build_info", "gauge", ("version",), "Always 1; its label is the version.")
"""Told by who collects, not by those who serve."""

MEASURED: Final = (
    _REQUESTS,
    _LATENCY,
    _SIZES,
    _IN_FLIGHT,
    _REFUSALS,
    _LIMIT,
    _DATABASE,
    _AUDIT,
    _WORKERS,
    BUILD,
)
"""All of them, as docs/watching.md lists them."""


class Metrics:
    """The metrics of one process.

    Args:
        registry: where they are registered; a process that serves makes its own.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._requests = self._counter(_REQUESTS)
        self._latency = self._histogram(_LATENCY)
        self._sizes = self._histogram(_SIZES)
        self._refusals = self._counter(_REFUSALS)
        self._limit = self._histogram(_LIMIT)
        self._database = self._histogram(_DATABASE)
        audit = self._counter(_AUDIT)
        # Both from the beginning: a rule on failures needs a series that says nought.
        self._audit = {outcome: audit.labels(outcome) for outcome in ("written", "failed")}
        self._in_flight = self._gauge(_IN_FLIGHT)
        self._gauge(_WORKERS).set(1)
        # A child is found by its labels in two microseconds, in a dict in a tenth of one.
        self._counted: dict[tuple[str, str, str, int], Counter] = {}
        self._measured: dict[tuple[str, str], tuple[Histogram, Histogram]] = {}
        self._refused: dict[tuple[str, str], Counter] = {}
        self._limited: dict[str, Histogram] = {}
        self._worked: dict[str, Histogram] = {}

    def begun(self) -> None:
        """A request came."""
        self._in_flight.inc()

    def answered(
        self, where: tuple[str, str], method: str, status: int, *, seconds: float, sent_bytes: int
    ) -> None:
        """A request was answered.

        Args:
            where: its environment and endpoint.
            method: of the request, one of a known few.
            status: of the answer, 0 if it never began.
            seconds: from its begin to its end.
            sent_bytes: of the body.
        """
        self._in_flight.dec()
        counter = self._counted.get((*where, method, status))
        if counter is None:
            counter = self._requests.labels(*where, method, str(status))
            self._counted[*where, method, status] = counter
        counter.inc()
        measured = self._measured.get(where)
        if measured is None:
            measured = self._latency.labels(*where), self._sizes.labels(*where)
            self._measured[where] = measured
        measured[0].observe(seconds)
        measured[1].observe(sent_bytes)

    def refused(self, environment: str, reason: str) -> None:
        """A request was refused for one of a known few reasons."""
        counter = self._refused.get((environment, reason))
        if counter is None:
            counter = self._refused[environment, reason] = self._refusals.labels(environment, reason)
        counter.inc()

    def limit_used(self, environment: str, used_ratio: float) -> None:
        """A request counted, and its subscription had used this share of what it may ask (C4)."""
        histogram = self._limited.get(environment)
        if histogram is None:
            histogram = self._limited[environment] = self._limit.labels(environment)
        histogram.observe(used_ratio)

    def database_held(self, work: str, seconds: float) -> None:
        """A piece of work of some kind held a connection of the database for so long."""
        histogram = self._worked.get(work)
        if histogram is None:
            histogram = self._worked[work] = self._database.labels(work)
        histogram.observe(seconds)

    def audited(self, rows: int, *, written: bool) -> None:
        """Rows of the audit were written, or could not be."""
        self._audit["written" if written else "failed"].inc(rows)

    def _counter(self, measured: Measured) -> Counter:
        # The library decides when it is first imported whether processes share their figures: not before `serve` said so.
        from prometheus_client import Counter  # noqa: PLC0415

        return Counter(measured.name, measured.meaning, measured.labels, registry=self._registry)

    def _histogram(self, measured: Measured) -> Histogram:
        from prometheus_client import Histogram  # noqa: PLC0415

        return Histogram(
            measured.name,
            measured.meaning,
            measured.labels,
            buckets=measured.buckets,
            registry=self._registry,
        )

    def _gauge(self, measured: Measured) -> Gauge:
        from prometheus_client import Gauge  # noqa: PLC0415

        # What a process that died had in flight is in flight no more.
        return Gauge(
            measured.name,
            measured.meaning,
            measured.labels,
            registry=self._registry,
            multiprocess_mode="livesum",
        )
