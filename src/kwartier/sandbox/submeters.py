"""The EANs of the submeters of AMR electricity (E6, E9, S3), and on which headpoints they hang.

A submeter's EAN has 18 digits, like any other, and begins with 541490. No sandbox headpoint does: their fifth digit is
4 or 5. Then stand a digit each for the submeter digit of its headpoint, for what it meters (1 production, 2 auxiliary,
3 offtake) and its sequence number, then `000000` and the number of the site. (Those of gas begin with 541498.)
"""

from typing import Final

from kwartier.domain.ean import Ean
from kwartier.domain.metering import Direction, EnergyType, Granularity, InstallationType
from kwartier.sandbox.eans import KINDS, Submeter
from kwartier.sandbox.mix import SEED, Purpose, mix

__all__ = [
    "has_auxiliary",
    "headpoints_of_submeter",
    "installation_of",
    "offtake_submeters",
    "production_units",
    "sub_ean",
    "vreg_id",
]

_PREFIX: Final = "541490"
_SUBMETER_DIGITS: Final = {Submeter.PRODUCTION: "1", Submeter.OTHER: "2"}
_ROLE_DIGITS: Final = {Direction.PRODUCTION: "1", Direction.AUXILIARY: "2", Direction.OFFTAKE: "3"}

_INSTALLATIONS: Final = (
    (200, InstallationType.PV),
    (400, InstallationType.WATER),
    (600, InstallationType.WIND),
    (1000, InstallationType.COGENERATION_A),
)
_WITH_AUXILIARY: Final = (range(100), range(200, 300), range(400, 500))


def installation_of(number: int) -> InstallationType:
    """Which production hangs below site `number` of a kind with production (S3)."""
    return next(installation for stop, installation in _INSTALLATIONS if number < stop)


def has_auxiliary(number: int) -> bool:
    """Whether the production below site `number` has submeters of what it uses itself (S3)."""
    return any(number in numbers for numbers in _WITH_AUXILIARY)


def production_units(number: int) -> int:
    """How many installations of production hang below site `number`: two where it leaves 3 divided by eight."""
    return 2 if number % 8 == 3 else 1


def offtake_submeters(number: int) -> int:
    """How many submeters of offtake hang below site `number` of the kind with other submeters: one to three."""
    return (1, 2, 1, 3)[number % 4]


def sub_ean(submeter: Submeter, direction: Direction, seq_number: int, number: int) -> Ean:
    """The EAN of a submeter.

    Args:
        submeter: which kind of headpoint it hangs on.
        direction: what it meters: production, auxiliary or offtake.
        seq_number: 1 to 9.
        number: of the site, 0 to 999.
    """
    return Ean(
        f"{_PREFIX}{_SUBMETER_DIGITS[submeter]}{_ROLE_DIGITS[direction]}{seq_number}000000{number:03d}"
    )


def headpoints_of_submeter(ean: Ean) -> tuple[Ean, ...]:
    """The EANs of the headpoints below which a submeter hangs (E6); empty if there is no such submeter.

    Production hangs below injection and offtake, each with its EANs for days and for quarter-hours (S3).
    """
    if not ean.startswith(_PREFIX) or ean[9:15] != "000000":
        return ()
    number = int(ean[15:])
    for submeter in _SUBMETER_DIGITS:
        for direction, seq_number in _below(submeter, number):
            if ean == sub_ean(submeter, direction, seq_number, number):
                return tuple(
                    Ean(f"{kind.prefix(granularity)}000000{number:03d}")
                    for kind in KINDS
                    if kind.energy_type is EnergyType.ELECTRICITY and kind.submeter is submeter
                    for granularity in Granularity
                )
    return ()


def _below(submeter: Submeter, number: int) -> list[tuple[Direction, int]]:
    """What hangs below a site: the direction and sequence number of each submeter."""
    if submeter is Submeter.OTHER:
        return [(Direction.OFFTAKE, seq_number + 1) for seq_number in range(offtake_submeters(number))]
    directions = [Direction.PRODUCTION] + [Direction.AUXILIARY] * has_auxiliary(number)
    return [
        (direction, seq_number + 1)
        for seq_number in range(production_units(number))
        for direction in directions
    ]


_VREG: Final = {
    InstallationType.PV: "PVZG",
    InstallationType.WIND: "WNDG",
    InstallationType.WATER: "WTRG",
    InstallationType.COGENERATION_A: "WKKG",
}


def vreg_id(installation: InstallationType, number: int, seq_number: int) -> str:
    """Under what the regulator would know an installation of production; fictitious, like all else."""
    return (
        f"{_VREG[installation]}{mix(SEED + Purpose.SUBMETERS + number * 10 + seq_number) % 90_000 + 10_000}"
    )
