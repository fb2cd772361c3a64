"""Keeps native libraries from printing what no setting of theirs suppresses."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Let C's `stderr` write to nowhere within the block, where the C library allows it.

    Python's own `sys.stderr`, the descriptor, and so the messages of all other threads, are left alone.
    """
    try:
        libc = ctypes.CDLL(None)
        stream = ctypes.c_void_p.in_dll(libc, "stderr")
    except (TypeError, OSError, ValueError):  # Windows has no such library, macOS no such symbol
        yield
        return
    libc.fopen.restype = ctypes.c_void_p
    # Never closed: another thread may be writing to it.
    before, nowhere = stream.value, libc.fopen(b"/dev/null", b"w")
    if not nowhere:
        yield
        return
    stream.value = nowhere
    try:
        yield
    finally:
        stream.value = before
