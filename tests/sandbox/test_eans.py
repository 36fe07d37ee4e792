import pytest

from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.metering import EnergyType, Granularity, MeterType
from kwartier.sandbox.eans import GRAMMAR, PREFIXES, Directions, Submeter, sandbox_meter

# SPEC S3's table, by hand: prefixes of days and of quarter-hours (hours), and what they simulate.
E, G, DIGITAL, AMR = EnergyType.ELECTRICITY, EnergyType.GAS, MeterType.DIGITAL, MeterType.AMR
OFFTAKE, BOTH, INJECTION = Directions.OFFTAKE, Directions.BOTH, Directions.INJECTION
NONE, PRODUCTION, OTHER = Submeter.NONE, Submeter.PRODUCTION, Submeter.OTHER
TABLE = [
    ("541440000", "541440010", DIGITAL, E, OFFTAKE, NONE),
    ("541440100", "541440110", DIGITAL, E, BOTH, NONE),
    ("541441000", "541441010", DIGITAL, G, OFFTAKE, NONE),
    ("541450000", "541450010", AMR, E, OFFTAKE, NONE),
    ("541450200", "541450210", AMR, E, INJECTION, NONE),
    ("541451000", "541451010", AMR, G, OFFTAKE, NONE),
    ("541451200", "541451210", AMR, G, INJECTION, NONE),
    ("541450201", "541450211", AMR, E, INJECTION, PRODUCTION),
    ("541450001", "541450011", AMR, E, OFFTAKE, PRODUCTION),
    ("541450002", "541450012", AMR, E, OFFTAKE, OTHER),
    ("541451002", "541451012", AMR, G, OFFTAKE, OTHER),
]


def test_the_table_has_the_twenty_two_prefixes() -> None:
    """S3: exactly these 22 prefixes are allowed, and each simulates what the addendum says."""
    told = {
        prefix: (kind.meter_type, kind.energy_type, kind.directions, kind.submeter, granularity)
        for prefix, (kind, granularity) in PREFIXES.items()
    }
    expected = {}
    for day, quarter, *what in TABLE:
        expected[day] = (*what, Granularity.DAILY)
        expected[quarter] = (*what, Granularity.QUARTER_HOURLY)
    assert len(expected) == 22
    assert told == {prefix: (m, e, d, s, g) for prefix, (m, e, d, s, g) in expected.items()}


@pytest.mark.parametrize("prefix", sorted({prefix for row in TABLE for prefix in row[:2]}))
def test_an_ean_names_its_meter(prefix: str) -> None:
    """S3: the last three digits choose one of a thousand meters, 000 to 999."""
    meters = [sandbox_meter(Ean(f"{prefix}000000{number}")) for number in ("000", "042", "999")]
    assert [meter.number for meter in meters] == [0, 42, 999]
    assert {meter.kind for meter in meters} == {PREFIXES[prefix][0]}
    assert {meter.granularity for meter in meters} == {PREFIXES[prefix][1]}


@pytest.mark.parametrize(
    "ean",
    [
        "541440020000000001",  # no such granularity
        "541440011000000001",  # a submeter below a digital meter
        "541440210000000001",  # injection alone of a digital meter
        "541450110000000001",  # both directions of an AMR meter
        "541451211000000001",  # production below gas
        "541440010000001000",  # the thousand and first
        "541440010100000000",
        "541540010000000001",
        "123456789012345678",
    ],
)
def test_anything_else_is_refused_with_the_grammar(ean: str) -> None:
    """S3: an EAN outside the table is refused, and the text has the grammar with all prefixes."""
    with pytest.raises(InvalidValueError) as refusal:
        sandbox_meter(Ean(ean))
    assert GRAMMAR in str(refusal.value)
    assert all(prefix in GRAMMAR for row in TABLE for prefix in row[:2])
