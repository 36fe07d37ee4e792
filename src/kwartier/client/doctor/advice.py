"""What to do about mandates and contracts: in the portal, or in a sandbox with what plays the portal there (K5)."""

from typing import Final

from kwartier.domain.mandate import RenewalStatus, Status
from kwartier.wire.vocabulary import RENEWAL_STATUS, STATUS

__all__ = ["contract_advice", "period_advice", "renewal_advice", "status_advice"]

_ASK_AGAIN: Final = "Ask for it again in the portal."
_MOCK_ANOTHER: Final = "`kwartier mock {ean}` makes one that is Approved."
_STATUSES: Final = {
    STATUS.write(Status.REQUESTED): (
        "Have the grid user answer the e-mail or the letter; without an answer it is Rejected after a month.",
        "`kwartier sandbox mandates consent {ean}` plays the grid user's consent; or " + _MOCK_ANOTHER,
    ),
    STATUS.write(Status.REJECTED): (_ASK_AGAIN, _MOCK_ANOTHER),
    STATUS.write(Status.FINISHED): (_ASK_AGAIN, _MOCK_ANOTHER),
}
_RENEWALS: Final = {
    RENEWAL_STATUS.write(RenewalStatus.TO_BE_RENEWED): (
        "Renew it in the portal before then.",
        "`kwartier sandbox mandates renew {ean}` asks for its renewal.",
    ),
    RENEWAL_STATUS.write(RenewalStatus.RENEWAL_REQUESTED): (
        "Its renewal is asked for, and waits for the grid user.",
        "Its renewal waits for the grid user: `kwartier sandbox mandates consent {ean}` plays the consent.",
    ),
    RENEWAL_STATUS.write(RenewalStatus.EXPIRED): (
        "Renew it in the portal; until then what is measured later is not given.",
        "`kwartier sandbox mandates renew {ean}` renews it; until then what is measured later is not given.",
    ),
}
_CONTRACT: Final = (
    (
        "If the contract is approved, renew the credentials in the portal, and `kwartier login` with the new secret; if "
        "there is none yet, choose the data access contract there."
    ),
    "Your sandbox plays a contract: `kwartier sandbox contract not-needed` opens the EANs of others again.",
)
_PERIOD: Final = (
    "Ask within that period, or ask for a mandate with a longer one in the portal.",
    "Ask within that period, or make a mandate with a longer one: `kwartier mock {ean} --from …`.",
)


def status_advice(status: str | None, ean: str, *, is_sandbox: bool) -> str:
    """What to do about a mandate of which the status gives no readings.

    Args:
        status: as on the wire.
        ean: of the mandate.
        is_sandbox: whether portal and grid user are played.
    """
    here = _STATUSES.get(
        status or "", ("Look at it in the portal.", "`kwartier sandbox mandates list` shows it.")
    )
    return here[is_sandbox].format(ean=ean)


def renewal_advice(status: str | None, ean: str, *, is_sandbox: bool) -> str | None:
    """What to do about a mandate that ends soon, or ended; None: nothing is to be done."""
    here = _RENEWALS.get(status or "")
    return None if here is None else here[is_sandbox].format(ean=ean)


def period_advice(ean: str, *, is_sandbox: bool) -> str:
    """What to do where mandates give another period."""
    return _PERIOD[is_sandbox].format(ean=ean)


def contract_advice(*, is_sandbox: bool) -> str:
    """What to do where the EAN of another needs a contract."""
    return _CONTRACT[is_sandbox]
