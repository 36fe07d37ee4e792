"""Golden answers: the same bytes on every machine, for a dozen meters (S4).

A digest that changes says that users see other readings: that is a change for the changelog.
"""

from hashlib import sha256
from typing import Final

import pytest

from support.platform import Client

_NOW: Final = "2025-02-01T12:00:00Z"
_WINDOW: Final = ("2024-09-29T22:00:00Z", "2025-01-10T23:00:00Z")

_DIGESTS: Final = {
    "541440000000000007": "8b96fcafbdc588acffffa2c66d8b40c46d23482a2bc1ff994020793904a1a632",
    "541440010000000003": "1c5d51e0b9c7a21ae2e3dcd5306836a57e74ad15f90ab817b51ce75902049bc1",
    "541440110000000006": "21aeaf038ec46be38990d641a192efd705bf6e134e56377765556cf0f6b27def",
    "541440110000000094": "f35f224ad24670ea1aacc8079775ec1ea97430cf922a338d2dabe7f1dc8e566a",
    "541441000000000012": "a28319e25601637be3fbbaa01f96b0a4e2991f8d961424da74850286c7c6880c",
    "541441010000000012": "50d30169add64c71b034e3daca587353d3d5489f69e32debec7bb963fca877e4",
    "541450000000000021": "af99725873930c304b559ec0af8b609a4b7fac9ae186c0b099dfff7aa9a0b5a8",
    "541450010000000033": "305d1d51393a59a355b174ee0eee2bcd2af4e3d84e5eaa805db24759d0a48a43",
    "541450210000000033": "65e1bde01bdafc53d4176346849365a42dbf893ee8da940a15b43b2108faabf3",
    "541450211000000003": "e3dbf3b070357ce5b08a0c65167fef139e670e3eeef8354e4350caff7f6952ed",
    "541450011000000405": "91031afef1ff168ee09c1e8600c7198a46f7244eabdee09eba4d25cded729270",
    "541450012000000017": "d966b4a1ad6d67191d6f656029584bd31cfc4f6d31eb3da310594aafaa18e280",
    "541451010000000008": "d6c5459421fd0518f0573fd371e8934c3f7360bf8b8d555d4c709afe23b3f35c",
    "541451210000000008": "a109421cf9c056adab3af6f6ee6b4a7c673fca518bb552894c5f97de904a034f",
    "541451012000000008": "777b5c8eecbfba67cd79dafab1debf2c6803f70749a186c18615065b33619139",
}


@pytest.mark.parametrize(("ean", "digest"), _DIGESTS.items())
def test_an_answer_is_the_same_on_every_machine(client: Client, ean: str, digest: str) -> None:
    """S4: the answer for an EAN, a period and a moment is the same, byte for byte."""
    client.at(_NOW)
    client.mock(ean)
    answer = client.ask_energy(ean, *_WINDOW)
    assert len(answer.content) > 10_000
    assert sha256(answer.content).hexdigest() == digest
