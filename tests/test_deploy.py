"""The files of deploy/ name only what there is."""

import re
from pathlib import Path

import typer.main

from kwartier.cli.main import app
from kwartier.gateway.http_rules import MAX_HEADERS, MAX_TARGET
from kwartier.settings import Settings

_FOLDER = Path(__file__).parent.parent / "deploy"
_FILES = {path.name: path.read_text(encoding="utf-8") for path in _FOLDER.iterdir()}


def test_settings_of_the_samples_exist() -> None:
    """C9: every KWARTIER_ variable that a sample names is a setting."""
    named = {name for text in _FILES.values() for name in re.findall(r"KWARTIER_([A-Z_]+)", text)}
    assert {"DATABASE", "PUBLIC_URL", "PEPPER"} <= named
    assert named <= {name.upper() for name in Settings.model_fields}


def test_options_of_the_samples_exist() -> None:
    """C9: the unit calls `kwartier serve` with options that it has, and gives it more time than its grace."""
    unit = _FILES["kwartier.service"]
    command = re.search(r"^ExecStart=\S+/kwartier serve (.+)$", unit, re.MULTILINE)
    assert command is not None
    serve = typer.main.get_command(app).commands["serve"]  # type: ignore[attr-defined]
    options = {option for parameter in serve.params for option in parameter.opts}
    named = set(re.findall(r"--[a-z-]+", command[1]))
    assert named
    assert named <= options
    grace = re.search(r"SHUTDOWN_GRACE_SECONDS=(\d+)", unit)
    stop = re.search(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert grace is not None
    assert stop is not None
    assert int(stop[1]) > int(grace[1]) + 5


def test_the_unit_is_hardened_and_well_formed() -> None:
    """A2: the unit runs without privileges, writes its own folder alone, and each line is a section or an assignment."""
    unit = _FILES["kwartier.service"]
    lines = [line for line in unit.splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"\[[A-Z][a-z]+\]|[A-Za-z]+=.*", line) for line in lines)
    assert {"DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "KillMode=mixed"} <= set(lines)


def test_proxies_set_addresses_and_do_not_hold_answers() -> None:
    """C3: what a client says of its own address does not get through, and bounds are not tighter than ours."""
    nginx, caddy = _FILES["nginx.conf"], _FILES["Caddyfile"]
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx
    assert "proxy_buffering off;" in nginx
    buffers = re.search(r"large_client_header_buffers (\d+) (\d+)k;", nginx)
    assert buffers is not None
    assert int(buffers[2]) * 1024 > MAX_TARGET
    assert int(buffers[1]) * int(buffers[2]) * 1024 > MAX_HEADERS + MAX_TARGET
    assert "header_up X-Forwarded-For {remote_host}" in caddy
    assert "flush_interval -1" in caddy
