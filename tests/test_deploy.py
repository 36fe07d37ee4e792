"""The files of deploy/ name only what there is."""

import re
from pathlib import Path

import typer.main

from kwartier.cli.main import app
from kwartier.gateway.http_rules import MAX_HEADERS, MAX_TARGET
from kwartier.gateway.protocol import MAX_AROUND
from kwartier.serving import server_config
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


def test_commands_run_as_the_service_does() -> None:
    """I4, C9: a command beside the service has its user, folder, settings and database: else it has no pepper, or the wrong files."""
    unit, command = _FILES["kwartier.service"], _FILES["kwartier-command"]
    given = dict(re.findall(r"-p (\w+)=(\S+)", command))
    for name in ("DynamicUser", "User", "Group", "StateDirectory", "StateDirectoryMode", "UMask"):
        assert f"\n{name}={given[name]}\n" in unit
    assert f"\nEnvironmentFile={given['EnvironmentFile']}\n" in unit
    state = f"/var/lib/{given['StateDirectory']}"
    assert given["WorkingDirectory"] == state
    assert f"\nEnvironment={given['Environment'].replace('/var/lib', '%S')}\n" in unit
    program = re.search(r"^ExecStart=(\S+) serve", unit, re.MULTILINE)
    assert program is not None
    assert command.rstrip().endswith(f'{program[1]} "$@"')


def test_the_page_shows_the_first_steps_of_each_way() -> None:
    """C9: the page has bootstrap by the script beside systemd and inside the container, after the start, with options that there are."""
    page = (_FOLDER.parent / "docs" / "deployment.md").read_text(encoding="utf-8")
    image = re.search(r'^ENTRYPOINT \["(\S+)"\]', _FILES["Containerfile"], re.MULTILINE)
    assert image is not None
    starts = {"kwartier-command": "systemctl enable --now", f"podman exec kwartier {image[1]}": "podman run"}
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for prefix, start in starts.items():
        shown = re.search(rf"^ *{re.escape(prefix)} bootstrap (.+)$", page, re.MULTILINE)
        assert shown is not None
        assert page.index(start) < shown.start()
        options = {option for parameter in commands["bootstrap"].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", shown[1])) <= options
    assert "podman build --format docker" in page


def test_proxies_set_addresses_and_do_not_hold_answers() -> None:
    """C3, C6: what a client says of its own address does not get through; bounds are not tighter than ours, so that we refuse."""
    nginx, caddy = _FILES["nginx.conf"], _FILES["Caddyfile"]
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx
    assert "proxy_buffering off;" in nginx
    buffers = re.search(r"large_client_header_buffers (\d+) (\d+)k;", nginx)
    assert buffers is not None
    # A line lies in one buffer: the longest that we judge ourselves, and somewhat more of it.
    assert int(buffers[2]) * 1024 > MAX_AROUND
    assert "header_up X-Forwarded-For {remote_host}" in caddy
    assert "flush_interval -1" in caddy
    most = re.search(r"max_header_size (\d+)KB", caddy)
    assert most is not None
    assert int(most[1]) * 1000 > MAX_HEADERS + MAX_TARGET


def test_a_proxy_lets_go_of_idle_connections_first() -> None:
    """C6: whoever lets go while a request is on its way has it answered with 502, so that is never the platform."""
    kept = [
        re.search(r"\n    keepalive_timeout (\d+)s;", _FILES["nginx.conf"]),
        re.search(r"\n\t\t\tkeepalive (\d+)s\n", _FILES["Caddyfile"]),
    ]
    ours = server_config("kwartier.app:worker").timeout_keep_alive
    assert all(one is not None and int(one[1]) < ours for one in kept)


def test_a_proxy_passes_deliveries_on_as_they_come() -> None:
    """R4: a delivery may have any length, so the sample bounds no body and keeps none."""
    nginx = _FILES["nginx.conf"]
    assert re.findall(r"client_max_body_size (\S+);", nginx) == ["0"]
    assert "proxy_request_buffering off;" in nginx
    assert "proxy_http_version 1.1;" in nginx  # without it a body in chunks is gathered first


def test_the_sample_of_nginx_is_for_the_version_that_it_names() -> None:
    """C9: nginx 1.22 knows every directive of the sample; `http2 on` came with 1.25.1."""
    nginx = _FILES["nginx.conf"]
    assert "for nginx 1.22 and later" in nginx.splitlines()[0]
    directives = [line.strip() for line in nginx.splitlines() if not line.strip().startswith("#")]
    assert not [line for line in directives if line.startswith("http2 ")]
    assert "listen 443 ssl http2;" in directives
