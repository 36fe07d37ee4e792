"""`kwartier login`, `logout` and `profiles` (I3, I4, A2)."""

import json
from pathlib import Path

import pytest

from kwartier import Mandate
from kwartier.client.profiles import Profile
from kwartier.client.vault import Secrets
from kwartier.testing import Credentials, Sandbox
from support.commands import Command


class FakeKeyring:
    """A keyring of the system; may be locked."""

    name = "a keyring of tests"
    priority = 5.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def set_password(self, service: str, name: str, password: str) -> None:
        """Keep a password."""
        if self.locked:
            from keyring.errors import PasswordSetError  # noqa: PLC0415 - of this alone

            raise PasswordSetError("it is locked")
        self.kept[service, name] = password

    def get_password(self, service: str, name: str) -> str | None:
        """A password."""
        return self.kept.get((service, name))

    def delete_password(self, service: str, name: str) -> None:
        """Forget a password."""
        del self.kept[service, name]


@pytest.fixture
def keyring(kwartier: Command, monkeypatch: pytest.MonkeyPatch) -> FakeKeyring:
    """A system with a keyring."""
    from kwartier.client.vault import KeyringVault  # noqa: PLC0415 - of this fixture

    del kwartier  # it took the keyring away
    fake = FakeKeyring()
    monkeypatch.setattr("kwartier.cli.login.keyring_vault", lambda: KeyringVault(fake))
    monkeypatch.setattr("kwartier.client.vault.keyring_vault", lambda: KeyringVault(fake))
    return fake


def export(monkeypatch: pytest.MonkeyPatch, known: Credentials) -> None:
    """Have the shell have what `credentials issue --export` prints."""
    for name in ("base_url", "token_endpoint", "scope", "client_id", "client_secret", "subscription_key"):
        monkeypatch.setenv(name.upper(), getattr(known, name))


def test_a_login_is_tried_and_kept(kwartier: Command, sandbox: Sandbox) -> None:
    """I3, I4: the credentials are tried; what is said: mandates, until when, and where the secrets are."""
    client = sandbox.new_client()
    client.control.mandate("541440110000000007")
    done = kwartier.log_in(client.credentials)
    assert done.code == 0
    assert "Mandates: 1, approved: 1." in done.text
    assert f"valid until {client.credentials.valid_until:%Y-%m-%d}" in done.text
    assert "(mode 600)" in done.text
    [row] = kwartier.well("profiles", "--json").json
    assert (row["profile"], row["default"], row["secrets"]) == ("sandbox", True, "file")
    assert "541440110000000007" in kwartier.well("mandates").text


def test_secrets_lie_in_a_file_that_the_user_alone_reads(kwartier: Command, sandbox: Sandbox) -> None:
    """A2: mode 600, also after it was opened up; the profile itself has none of them, and no command shows them."""
    credentials = sandbox.new_client().credentials
    done = kwartier.log_in(credentials)
    path = kwartier.folder / "secrets.toml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert credentials.client_secret in path.read_text()
    for shown in (done.text, kwartier.well("profiles").text, (kwartier.folder / "profiles.toml").read_text()):
        assert credentials.client_secret not in shown
        assert credentials.subscription_key not in shown
    path.chmod(0o644)
    kwartier.well("mandates")
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_not_told_is_asked(kwartier: Command, sandbox: Sandbox) -> None:
    """I3: address, environment, token endpoint, scope, client id, and the secrets last."""
    known = sandbox.new_client().credentials
    address = known.base_url.partition("/ext")[0]
    answers = [address, "sandbox", known.token_endpoint, known.scope, known.client_id]
    answers += [known.client_secret, known.subscription_key]
    done = kwartier("login", "--profile", "mine", told="\n".join(answers) + "\n")
    assert done.code == 0, done.error
    assert "Profile mine" in done.text
    assert "Until when the secret is valid was not told" in done.text
    assert known.client_secret not in done.error
    kwartier.well("mandates", "--profile", "mine")


def test_what_is_exported_is_not_asked(
    kwartier: Command, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I3: what `credentials issue --export` prints is enough; which variables were taken is said, and no secret."""
    known = sandbox.new_client().credentials
    export(monkeypatch, known)
    done = kwartier.well("login")
    assert "BASE_URL" in done.error
    assert known.client_secret not in done.error + done.text
    assert kwartier.well("profiles", "--json").json[0]["client_id"] == known.client_id
    monkeypatch.delenv("SUBSCRIPTION_KEY")
    kwartier.well("logout")
    asked = kwartier.well("login", told=f"{known.subscription_key}\n")
    assert "Subscription key (not shown):" in asked.error
    assert "Client id" not in asked.error


def test_what_is_exported_of_others_is_left(
    kwartier: Command, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I3: an option that says other credentials, or a file, has nothing to do with what is exported."""
    export(monkeypatch, sandbox.new_client().credentials)
    other = sandbox.new_client().credentials
    done = kwartier("login", "--client-id", other.client_id)
    assert done.code == 2
    assert "--at" in done.error
    assert kwartier.log_in(other).code == 0
    assert kwartier.well("profiles", "--json").json[0]["client_id"] == other.client_id


def test_a_mistyped_answer_is_asked_again(kwartier: Command, sandbox: Sandbox) -> None:
    """I3: a slip does not cost all answers before it; why it can't be right is said."""
    known = sandbox.new_client().credentials
    address = known.base_url.partition("/ext")[0]
    answers = ["nowhere", address, "sandbx", "sandbox", "", "ftp://x", known.token_endpoint, known.scope]
    answers += [known.client_id, known.client_secret, known.subscription_key]
    done = kwartier.well("login", told="\n".join(answers) + "\n")
    for words in (
        "nowhere: operator-live",
        "no environment sandbx",
        "Nothing was given",
        "ftp://x: an address",
    ):
        assert words in done.error


def test_where_nobody_answers_what_is_missing_is_said(kwartier: Command) -> None:
    """I3: a script without input is told what to give, with exit code 2."""
    done = kwartier("login", "--scope", "s", "--client-id", "c", told="operator-live\n")
    assert done.code == 2
    said = done.error.splitlines()[-1]
    assert "missing: --token-endpoint, CLIENT_SECRET, SUBSCRIPTION_KEY." in said


def test_renewed_credentials_keep_their_subscription_key(
    kwartier: Command, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I4: a renewal tells no key, for it stays; it is that of the profile of the same credentials, and of no other."""
    kept: list[Secrets] = []
    known = sandbox.new_client().credentials
    assert kwartier.log_in(known, "--profile", "mine").code == 0

    def note(_: Profile, secrets: Secrets) -> tuple[Mandate, ...]:
        kept.append(secrets)
        return ()

    monkeypatch.setattr("kwartier.cli.login._mandates", note)
    renewed = {name: getattr(known, name) for name in ("client_id", "token_endpoint", "scope", "base_url")}
    renewed["client_secret"] = "the new one"
    done = kwartier.well("login", "--from", "-", "--profile", "mine", told=json.dumps(renewed))
    assert kept == [Secrets("the new one", known.subscription_key)]
    assert "that of profile mine" in done.error
    other = kwartier(
        "login", "--from", "-", "--profile", "new", told=json.dumps(renewed | {"client_id": "x"})
    )
    assert other.code == 2
    assert "missing: SUBSCRIPTION_KEY" in other.error


def test_wrong_credentials_are_not_kept(kwartier: Command, sandbox: Sandbox) -> None:
    """I3: what does not work is said in one line, with exit code 3, and leaves nothing behind."""
    credentials = sandbox.new_client().credentials
    known = {name: getattr(credentials, name) for name in credentials.__slots__ if name != "valid_until"}
    done = kwartier("login", "--from", "-", told=json.dumps(known | {"client_secret": "wrong"}))
    assert done.code == 3
    assert done.error.startswith("kwartier: client id and secret are refused")
    assert done.error.count("\n") == 1
    assert not kwartier.folder.exists()
    assert kwartier.well("profiles").text == "No profile yet: `kwartier login` makes one.\n"


def test_secrets_go_to_the_keyring(kwartier: Command, keyring: FakeKeyring, sandbox: Sandbox) -> None:
    """I3: where the system has one, no file has the secrets; logging out takes them away."""
    credentials = sandbox.new_client().credentials
    done = kwartier.log_in(credentials)
    assert "the system's keyring (a keyring of tests)" in done.text
    assert credentials.client_secret in keyring.kept["kwartier", "sandbox"]
    assert [path.name for path in kwartier.folder.iterdir()] == ["profiles.toml"]
    kwartier.well("mandates")
    kwartier.well("logout")
    assert not keyring.kept
    assert kwartier("mandates").code == 2


def test_a_keyring_that_is_locked(kwartier: Command, keyring: FakeKeyring, sandbox: Sandbox) -> None:
    """I3: then a file takes its place, and that is said."""
    keyring.locked = True
    done = kwartier.log_in(sandbox.new_client().credentials)
    assert done.code == 0
    assert "it is locked: a file takes its place" in done.error
    assert "(mode 600)" in done.text


def test_a_second_login_leaves_no_secret_behind(
    kwartier: Command, keyring: FakeKeyring, sandbox: Sandbox
) -> None:
    """I3: when they go to another place, the first is emptied."""
    credentials = sandbox.new_client().credentials
    assert kwartier.log_in(credentials, "--keep-in", "file").code == 0
    assert kwartier.log_in(credentials, "--keep-in", "keyring").code == 0
    assert not (kwartier.folder / "secrets.toml").exists()
    assert kwartier.log_in(credentials, "--keep-in", "file").code == 0
    assert not keyring.kept


def test_no_profile_is_replaced_by_chance(user: Command, sandbox: Sandbox) -> None:
    """K1: where nobody chose a name, other credentials do not take the place of those that are kept."""
    [before] = user.well("profiles", "--json").json
    other = sandbox.new_client().credentials
    done = user.log_in(other)
    assert done.code == 2
    assert "--profile sandbox to replace it" in done.error
    assert user.well("profiles", "--json").json == [before]
    assert user.log_in(other, "--profile", "sandbox").code == 0
    assert [one["client_id"] for one in user.well("profiles", "--json").json] == [other.client_id]


def test_logging_out_forgets(user: Command) -> None:
    """I4: nothing is left of the profile; the secret itself is still valid, which is said."""
    done = user.well("logout")
    assert "still valid" in done.text
    assert not (user.folder / "secrets.toml").exists()
    assert user.well("profiles", "--json").json == []
    assert not list(user.folder.parents[1].rglob("eans.json"))


def test_profiles_are_chosen(user: Command, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """K1: by option, else by variable, else the default; an unknown one is named with what is near."""
    other = sandbox.new_client()
    other.control.mandate("541440110000000008")
    assert user.log_in(other.credentials, "--profile", "other").code == 0
    assert user.well("mandates", "--json").json == []
    assert len(user.well("mandates", "--json", "--profile", "other").json) == 1
    monkeypatch.setenv("KWARTIER_PROFILE", "other")
    assert len(user.well("mandates", "--json").json) == 1
    done = user("mandates", "--profile", "othr")
    assert (done.code, done.error) == (2, "kwartier: no profile othr; did you mean other?\n")


def test_secrets_from_variables(user: Command, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """K1: machines give them in variables, which come before what is kept."""
    credentials = sandbox.new_client().credentials
    user.log_in(credentials, "--profile", "other")
    (user.folder / "secrets.toml").unlink()
    done = user("mandates", "--profile", "other")
    assert done.code == 2
    assert "KWARTIER_CLIENT_SECRET" in done.error
    monkeypatch.setenv("KWARTIER_CLIENT_SECRET", credentials.client_secret)
    monkeypatch.setenv("KWARTIER_SUBSCRIPTION_KEY", credentials.subscription_key)
    user.well("mandates", "--profile", "other")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--at", "ftp://somewhere/v1"), "begins with https://"),
        (("--at", "http://somewhere.example/v1"), "secrets go over https"),
        (("--at", "https://api.example/v1", "--token-endpoint", "http://a.example"), "secrets go over https"),
        (("--from", "no-such-file.json"), "no-such-file.json"),
        (("--keep-in", "pocket"), "keyring or file"),
    ],
)
def test_mistakes_at_login(words: tuple[str, ...], told: str, kwartier: Command) -> None:
    """I3: each is one line, before anything is sent."""
    done = kwartier("login", "--scope", "s", "--client-id", "c", *words)
    assert done.code in {1, 2}
    assert told in done.error
    assert done.error.count("\n") == 1


def test_a_file_of_profiles_that_is_broken(user: Command) -> None:
    """K1: a file that can't be read is named, and stays as it is."""
    path = user.folder / "profiles.toml"
    path.write_text("default = ", encoding="utf-8")
    done = user("mandates")
    assert done.code == 2
    assert str(path) in done.error
    assert path.read_text(encoding="utf-8") == "default = "


def test_a_name_that_is_none(kwartier: Command, sandbox: Sandbox) -> None:
    """K1: a profile's name goes into files and keyrings, so it is plain."""
    done = kwartier.log_in(sandbox.new_client().credentials, "--profile", "../elsewhere")
    assert done.code != 0
    assert "a name has letters" in done.error


def test_operators_own_environments_are_known(kwartier: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """K1: its live environment and its sandbox by name, with what the activation gives."""
    seen: list[Profile] = []

    def note(profile: Profile, _: Secrets) -> tuple[Mandate, ...]:
        seen.append(profile)
        return ()

    monkeypatch.setattr("kwartier.cli.login._mandates", note)
    words = ("--token-endpoint", "https://login.example/token", "--scope", "s", "--client-id", "c")
    for preset, name in (("operator-live", "live"), ("operator-sandbox", "sandbox")):
        done = kwartier("login", "--at", preset, *words, told="secret\nkey\n")
        assert done.code == 0, done.error
        assert seen[-1].name == name
        assert seen[-1].base_url.startswith("https://api.fluvius.be/")
        assert seen[-1].is_sandbox is (name == "sandbox")
    assert Path(kwartier.folder / "profiles.toml").read_text().startswith('default = "live"')
