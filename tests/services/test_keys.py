"""Signing keys: rotated, revoked, and the same in every process."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from joserfc import jws, jwt

from kwartier.db.engine import Database
from kwartier.domain.credentials import Credentials, EnvironmentName
from kwartier.domain.signing import PUBLICATION_LEAD, KeyTerm
from kwartier.services import keys
from kwartier.services.credentials import IssuedCredentials
from kwartier.services.errors import OtherPepperError, UnknownKeyError
from kwartier.services.key_cipher import KeyCipher
from support.platform import NOW
from support.tokens import CIPHER, Process, issue, secret_of

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
AGE = 90 * DAY


@pytest.fixture
def processes(database: Database) -> tuple[Process, Process]:
    """Two processes on one database, on one engine after the other."""
    return Process.on(database, NOW), Process.on(database, NOW + DAY)


def kid_of(token: str) -> str:
    """The name of the key that signed a token."""
    kid = jws.extract_compact(token.encode()).headers()["kid"]
    assert isinstance(kid, str)
    return kid


def published(process: Process, moment: datetime) -> set[str]:
    """The names of the keys that are published."""
    return {key["kid"] for key in process.tokens.public_keys(moment)["keys"]}


def opens(process: Process, issued: IssuedCredentials, token: str, moment: datetime) -> bool:
    """Whether a token opens the API."""
    found = process.authenticator.client(EnvironmentName.SANDBOX, issued.subscription_key, token, moment)
    return isinstance(found, Credentials)


def test_all_processes_have_the_same_key(processes: tuple[Process, Process]) -> None:
    """C1: a process that starts on a database with a key takes that one, and knows its tokens."""
    one, other = processes
    issued = issue(one.database, NOW)
    assert published(one, NOW) == published(other, NOW)
    assert len(published(one, NOW)) == 1
    assert opens(other, issued, one.grant(secret_of(issued), NOW), NOW)


def test_keys_rotate_by_age(processes: tuple[Process, Process]) -> None:
    """C1: past its age a key is followed: the next one is published, signs after a while, and the old one leaves last."""
    one, other = processes
    issued = issue(one.database, NOW)
    moment = NOW + AGE
    old = one.grant(secret_of(issued), moment - SECOND)
    assert len(published(one, moment)) == 1
    waiting = other.grant(secret_of(issued), moment)
    assert kid_of(waiting) == kid_of(old)
    assert len(published(one, moment)) == 2
    begins = moment + PUBLICATION_LEAD
    assert kid_of(one.grant(secret_of(issued), begins - SECOND)) == kid_of(old)
    new = one.grant(secret_of(issued), begins)
    assert kid_of(new) != kid_of(old)
    assert opens(other, issued, new, begins)
    assert opens(other, issued, one.grant(secret_of(issued), begins - SECOND), begins)
    ends = begins + HOUR + 60 * SECOND
    assert published(other, ends - SECOND) == {kid_of(old), kid_of(new)}
    assert published(other, ends) == {kid_of(new)}


def test_a_rotation_by_one_is_seen_by_the_other(processes: tuple[Process, Process]) -> None:
    """C1: what a command rotates at once, each process signs with and knows at its next request."""
    one, other = processes
    issued = issue(one.database, NOW)
    before = one.grant(secret_of(issued), NOW)
    assert opens(other, issued, before, NOW)
    made = keys.rotate(one.database, CIPHER, NOW, at_once=True)
    tokens = [process.grant(secret_of(issued), NOW) for process in processes]
    assert {kid_of(token) for token in tokens} == {made.kid}
    assert all(opens(process, issued, token, NOW) for process in processes for token in (*tokens, before))


def test_a_key_that_waits_is_replaced_by_the_next(processes: tuple[Process, Process]) -> None:
    """C1: rotated twice, what never signed is forgotten, and the key that signs verifies long enough."""
    one, _ = processes
    issued = issue(one.database, NOW)
    first = kid_of(one.grant(secret_of(issued), NOW))
    keys.rotate(one.database, CIPHER, NOW)
    second = keys.rotate(one.database, CIPHER, NOW + 5 * 60 * SECOND)
    [term] = [key.term for key in keys.list_all(one.database) if key.term.kid == first]
    assert term.verifies_until == second.signs_from + HOUR + 60 * SECOND
    last = one.grant(secret_of(issued), second.signs_from - SECOND)
    assert kid_of(last) == first
    assert published(one, second.signs_from) == {first, second.kid}
    assert kid_of(one.grant(secret_of(issued), second.signs_from)) == second.kid
    assert opens(one, issued, last, second.signs_from + 598 * SECOND)
    keys.rotate(one.database, CIPHER, NOW + DAY)
    assert first not in {key.term.kid for key in keys.list_all(one.database)}


def test_a_revoked_key_opens_nothing_anywhere_at_once(processes: tuple[Process, Process]) -> None:
    """C1, C2: revoking a key ends its tokens in every process at the next request, and another signs."""
    one, other = processes
    issued = issue(one.database, NOW)
    token = one.grant(secret_of(issued), NOW)
    assert all(opens(process, issued, token, NOW) for process in processes)
    signs = keys.revoke(one.database, CIPHER, kid_of(token), NOW)
    assert not any(opens(process, issued, token, NOW) for process in processes)
    assert published(other, NOW) == {signs.kid}
    again = other.grant(secret_of(issued), NOW)
    assert kid_of(again) == signs.kid
    assert opens(one, issued, again, NOW)


def test_a_key_that_waits_takes_the_place_of_a_revoked_one(processes: tuple[Process, Process]) -> None:
    """C1: when the key that signs is revoked, the next one, published already, signs at once."""
    one, other = processes
    issued = issue(one.database, NOW)
    first = kid_of(one.grant(secret_of(issued), NOW))
    waits = keys.rotate(one.database, CIPHER, NOW)
    signs = keys.revoke(one.database, CIPHER, first, NOW + SECOND)
    assert signs == KeyTerm(waits.kid, NOW + SECOND)
    assert [key.term for key in keys.list_all(one.database)] == [signs]
    assert kid_of(other.grant(secret_of(issued), NOW + SECOND)) == waits.kid


def test_a_revoked_key_that_waits_is_replaced(processes: tuple[Process, Process]) -> None:
    """C1: when the next key is revoked, a new one signs, and tokens of the last one live on."""
    one, other = processes
    issued = issue(one.database, NOW)
    token = one.grant(secret_of(issued), NOW)
    waits = keys.rotate(one.database, CIPHER, NOW)
    signs = keys.revoke(one.database, CIPHER, waits.kid, NOW)
    assert signs.kid not in {waits.kid, kid_of(token)}
    assert kid_of(other.grant(secret_of(issued), NOW)) == signs.kid
    assert opens(other, issued, token, NOW + 599 * SECOND)


def test_an_old_key_is_revoked_alone(processes: tuple[Process, Process]) -> None:
    """C1: revoking a key that no longer signs ends its tokens and changes nothing else."""
    one, _ = processes
    issued = issue(one.database, NOW)
    old = one.grant(secret_of(issued), NOW)
    made = keys.rotate(one.database, CIPHER, NOW, at_once=True)
    new = one.grant(secret_of(issued), NOW)
    assert keys.revoke(one.database, CIPHER, kid_of(old), NOW) == made
    assert [opens(one, issued, token, NOW) for token in (old, new)] == [False, True]


def test_an_unknown_key_is_told(database: Database) -> None:
    """C1: what is not there can't be revoked, and nothing changes."""
    process = Process.on(database, NOW)
    before = keys.list_all(database)
    with pytest.raises(UnknownKeyError, match="nobody"):
        keys.revoke(database, CIPHER, "nobody", NOW)
    assert keys.list_all(database) == before
    assert published(process, NOW) == {before[0].term.kid}


def test_processes_that_rotate_together_make_one_key(database: Database) -> None:
    """C1: however many processes find at once that the next key is due, they make one."""
    count = 4
    processes = [Process.on(database, NOW) for _ in range(count)]
    issued = issue(database, NOW)
    barrier = Barrier(count)

    def grant(process: Process) -> str:
        barrier.wait()
        return process.grant(secret_of(issued), NOW + AGE)

    with ThreadPoolExecutor(count) as pool:
        tokens = list(pool.map(grant, processes))
    assert len(keys.list_all(database)) == 2
    assert len({kid_of(token) for token in tokens}) == 1


def test_who_comes_second_makes_no_key(
    processes: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1: a process that saw that the next key is due, and comes to make it after another did, makes none."""
    one, other = processes
    issued, real = issue(one.database, NOW), other.keys.current
    seen = [real()]
    one.grant(secret_of(issued), NOW + AGE)
    made = keys.list_all(one.database)
    assert len(made) == 2
    monkeypatch.setattr(other.keys, "current", lambda: seen.pop() if seen else real())
    assert opens(one, issued, other.grant(secret_of(issued), NOW + AGE), NOW + AGE)
    assert not seen
    assert keys.list_all(one.database) == made


def test_a_key_that_ended_verifies_nothing(database: Database) -> None:
    """C1: past its end a key verifies no token, whatever the token says of its own end."""
    process, issued = Process.on(database, NOW), issue(database, NOW)
    key = process.keys.signing(NOW)
    token = process.grant(secret_of(issued), NOW)
    claims = jwt.decode(token, key, algorithms=["ES256"]).claims | {"exp": 4_000_000_000}
    lasting = jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key)
    keys.rotate(database, CIPHER, NOW, at_once=True)
    ends = NOW + HOUR + 60 * SECOND
    assert opens(process, issued, lasting, ends - SECOND)
    assert not opens(process, issued, lasting, ends)


def test_nonsense_costs_no_question(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """C1: tokens of keys that there are not are refused without asking the database about keys."""
    process, issued = Process.on(database, NOW), issue(database, NOW)
    token = process.grant(secret_of(issued), NOW)
    monkeypatch.setattr("kwartier.registry.keys.list_all", None)
    for number in range(20):
        key = {"alg": "ES256", "kid": f"nonsense {number}"}
        signed = jws.serialize_compact(key, b"{}", process.keys.current().key(keys_term(process)))
        assert not opens(process, issued, signed, NOW)
    assert opens(process, issued, token, NOW)


def keys_term(process: Process) -> KeyTerm:
    """What the one key of a process is good for."""
    [term] = process.keys.current().terms
    return term


def test_processes_of_another_pepper_have_a_key_of_their_own(database: Database) -> None:
    """C1, I4: what another pepper encrypted signs and verifies nothing, is not published, and stays for those who have it."""
    one = Process.on(database, NOW)
    issued = issue(database, NOW)
    token = one.grant(secret_of(issued), NOW)
    other = Process.on(database, NOW, cipher=KeyCipher("another pepper"))
    assert published(one, NOW) == {kid_of(token)}
    assert published(other, NOW).isdisjoint(published(one, NOW))
    assert not opens(other, issued, token, NOW)
    other.grant(secret_of(issued), NOW + AGE)
    assert len(published(other, NOW + AGE)) == 2
    assert published(one, NOW + AGE) == {kid_of(token)}
    assert opens(one, issued, token, NOW)


def test_a_command_without_the_pepper_changes_nothing(database: Database) -> None:
    """C1, I4: by another pepper than the platform's no key is made that those who serve would not know, and it is told."""
    process = Process.on(database, NOW)
    before = keys.list_all(database)
    with pytest.raises(OtherPepperError, match="KWARTIER_PEPPER"):
        keys.rotate(database, KeyCipher(""), NOW, at_once=True)
    with pytest.raises(OtherPepperError, match="KWARTIER_PEPPER"):
        keys.revoke(database, KeyCipher(""), before[0].term.kid, NOW)
    assert keys.list_all(database) == before
    assert published(process, NOW) == {before[0].term.kid}


def test_a_key_of_a_lost_pepper_can_be_revoked(database: Database) -> None:
    """C1, I4: once the platform has served with a new pepper, what the lost one encrypted can be forgotten."""
    Process.on(database, NOW, cipher=KeyCipher("lost"))
    [lost] = keys.list_all(database)
    process = Process.on(database, NOW)
    assert {keys.revoke(database, CIPHER, lost.term.kid, NOW).kid} == published(process, NOW)
    assert lost not in keys.list_all(database)


def test_private_parts_are_never_shown(database: Database) -> None:
    """A2: neither a kept key nor what is published says anything of its private part."""
    process = Process.on(database, NOW)
    [kept] = keys.list_all(database)
    assert "encrypted" not in repr(kept)
    assert kept.term.kid in repr(kept)
    [public] = process.tokens.public_keys(NOW)["keys"]
    assert public.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
