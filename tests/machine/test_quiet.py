"""Native libraries are silenced, and nobody else."""

import subprocess
import sys

import pytest

WITHIN = """
import ctypes, os, sys
from shotlens.machine.quiet import quiet

libc = ctypes.CDLL(None)
def native(text):
    stream = ctypes.c_void_p(ctypes.c_void_p.in_dll(libc, "stderr").value)
    libc.fputs(text, stream)
    libc.fflush(stream)

native(b"before\\n")
with quiet():
    native(b"hidden\\n")
    print("from Python", file=sys.stderr, flush=True)
    os.write(2, b"by the descriptor\\n")
native(b"after\\n")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there can it be done")
def test_only_what_c_prints_within_the_block_is_lost() -> None:
    run = subprocess.run([sys.executable, "-c", WITHIN], capture_output=True, text=True, check=True)
    assert run.stderr.split("\n") == ["before", "from Python", "by the descriptor", "after", ""]
