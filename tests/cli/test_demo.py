"""`kwartier demo`, whole."""

import os
import re
import signal
import subprocess
import sys

import httpx
import pytest

from support.running import command

pytestmark = pytest.mark.slow


def test_the_demo_plays_the_main_job_and_ends() -> None:
    """S1, I5, M2, M5: half a year of the sandbox with a picture; then the life of a live mandate, to a move that cuts it."""
    done = command("demo")
    assert done.returncode == 0, done.stderr
    for step in ("Credentials", "POST token", "POST mandate/mock", "GET mandate", "GET energy"):
        assert step in done.stdout
    assert re.search(r"17[4-7]\d\d quarter-hours of 541440110000000007", done.stdout)
    assert re.search(
        r"18[2-5] days of 541440100000000007", done.stdout
    )  # the last come in one to three days late
    for told in (
        "quarter-hours of 541448800000100014: approved",
        "quarter-hours of 541448800000100021: requested",
        "403: EAN 541448800000100021 is not one of your own",
        "Your organisation has no contract",
        "Your organisation's contract is approved: renew",
        "with renewed credentials",
        "lastUpdatedFrom finds it: Approved, data period to ",
    ):
        assert told in done.stdout
    [whole, left] = (
        int(re.findall(rf"(\d+) quarter-hours{words}", done.stdout)[0])
        for words in (", with renewed", " are left")
    )
    assert 0 < left <= whole - 6 * 96
    assert len(re.findall(r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ", done.stdout, re.MULTILINE)) == 7


def test_a_demo_that_stays_prints_a_curl_line_that_works() -> None:
    """With --keep the platform stays up, and the line that it prints gets days of energy."""
    with subprocess.Popen(
        [sys.executable, "-m", "kwartier", "demo", "--keep"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            printed = []
            for line in process.stdout:
                printed.append(line)
                if line.startswith("curl "):
                    break
            pages = re.findall(r"^  ([a-z]+) +(http\S+(?:html|outbox))$", "".join(printed), re.MULTILINE)
            names = ("sandbox", "live", "backoffice", "messages", "control", "journal")
            assert sorted(name for name, _ in pages) == sorted(names)
            for _, page in pages:
                assert httpx.get(page, timeout=60).status_code == 200
            answer = subprocess.check_output(["bash", "-c", line], text=True, timeout=240)
            assert '"dailyEnergy":[{"start":"' in answer
        finally:
            os.killpg(process.pid, signal.SIGINT)
