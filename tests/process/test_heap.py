"""The heap of a serving process."""

import re
import sys
from pathlib import Path
from platform import libc_ver
from subprocess import check_call
from typing import Final

import pytest

_PROGRAM: Final = """
import ctypes, sys
from threading import Barrier, Thread
from kwartier.serving.heap import share_heap

if sys.argv[2] == "shared":
    share_heap()
libc, together = ctypes.CDLL(None), Barrier(5)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p

def take():
    libc.malloc(ctypes.c_size_t(50_000))
    together.wait()

threads = [Thread(target=take) for _ in range(4)]
for thread in threads:
    thread.start()
together.wait()
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
for thread in threads:
    thread.join()
"""


@pytest.mark.skipif(libc_ver()[0] != "glibc", reason="other C libraries have one heap anyway")
def test_threads_share_one_heap(tmp_path: Path) -> None:
    """Of a process that serves, threads keep no heaps of their own; of another they do."""
    heaps = {}
    for how in ("shared", "apart"):
        report = tmp_path / how
        check_call([sys.executable, "-c", _PROGRAM, str(report), how])
        heaps[how] = len(re.findall("<heap nr=", report.read_text()))
    assert heaps["shared"] == 1 < heaps["apart"]
