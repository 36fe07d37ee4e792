"""What the command says when it is used wrongly: one line, exit code 2; one line, exit code 1 where it can't."""

from pathlib import Path

import pytest

from support.running import command

pytestmark = pytest.mark.slow

_ISSUE = ("credentials", "issue", "--organisation")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("serve", "--prot", "1"), "--prot"),
        (("serv",), "serve"),
        (("serve", "--port", "many"), "--port"),
        (("serve", "--port", "70000"), "65535"),
        (("serve", "--workers", "0"), "workers"),
        (("serve", "--database", "mysql://x"), "sqlite:///"),
        ((*_ISSUE, "0999.999.923"), "mod 97"),
        ((*_ISSUE, "fluvius"), "0xxx.xxx.xxx"),
        ((*_ISSUE, "0999.999.922", "--environment", "moon"), "sandbox"),
        (("credentials", "revoke"), "CLIENT_ID"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(words: tuple[str, ...], told: str) -> None:
    """A mistyped option or a wrong value is named in one line, with what is allowed."""
    done = command(*words)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.startswith("kwartier: ")
    assert done.stderr.count("\n") == 1
    assert not done.stdout


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"PROT": "1"}, "did you mean KWARTIER_PORT?"),
        ({"PORT": "many"}, "port"),
        ({"TOKEN_LIFETIME": "7200"}, "3600"),
        ({"PUBLIC_URL": "metering"}, "public_url"),
        ({"PUBLIC_URL": "https://metering.example/?a=b"}, "public_url"),
        ({"PUBLIC_URL": "https://eva:secret@metering.example"}, "public_url"),
        ({"PUBLIC_URL": "https://metering.example/#a"}, "public_url"),
        ({"PUBLIC_URL": "https://metering.example/\nx"}, "public_url"),
        ({"LOG_LEVEL": "loud"}, "log_level"),
        ({"CONFIG": "no-such.toml"}, "no-such.toml"),
    ],
)
def test_a_wrong_setting_is_one_line_and_exit_code_2(settings: dict[str, str], told: str) -> None:
    """A wrong or unknown variable is named in one line."""
    done = command("credentials", "list", settings=settings)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [("port = ", "kwartier.toml"), ("prot = 1", "did you mean port"), ('workers = "x"', "workers")],
)
def test_a_wrong_settings_file_is_one_line_and_exit_code_2(content: str, told: str, tmp_path: Path) -> None:
    """A settings file that can't be read, or has what it must not, is named in one line."""
    (tmp_path / "kwartier.toml").write_text(content, encoding="utf-8")
    done = command("credentials", "list", cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_unknown_credentials_are_one_line_and_exit_code_1(tmp_path: Path) -> None:
    """What can't be done is said in one line."""
    database = ("--database", f"sqlite:///{tmp_path / 'k.db'}")
    assert command(*_ISSUE, "0999.999.922", *database).returncode == 0
    done = command("credentials", "revoke", "nobody", *database)
    assert done.returncode == 1
    assert done.stderr == "kwartier: there are no credentials with client id nobody\n"


def test_revoked_credentials_are_not_renewed(tmp_path: Path) -> None:
    """C2: revoked credentials end for good; renewing them is refused in one line."""
    database = ("--database", f"sqlite:///{tmp_path / 'k.db'}")
    issued = command(*_ISSUE, "0999.999.922", *database).stdout
    client_id = issued.partition("client_id")[2].split()[0]
    assert command("credentials", "revoke", client_id, *database).returncode == 0
    done = command("credentials", "renew", client_id, *database)
    assert done.returncode == 1
    assert "were revoked" in done.stderr


def test_a_database_that_cannot_be_made_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    """A database in a place that is no folder is named in one line."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = command("credentials", "list", "--database", f"sqlite:///{tmp_path / 'file' / 'k.db'}")
    assert done.returncode == 1
    assert "file" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_version_and_the_help_are_told() -> None:
    """`--version` and `--help` tell what they promise."""
    assert command("--version").stdout == "kwartier 0.1.0\n"
    assert "credentials" in command("--help").stdout
